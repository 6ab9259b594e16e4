"""The only reader of real time in the collector: a ledger clock that never goes back, and a monotonic one.

Why it holds still after a backward step, and what that costs: docs/decisions/0020-ledger-clock.md.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

_NS_PER_MS = 1_000_000
_NS_PER_S = 1_000_000_000
_SLEW_PPM = 1_000
_MAX_UNHEARD = 64
_MAX_SEGMENTS = 64
_MAX_REREADINGS = 3

TOLERANCE_MS = 250
"""Wall and elapsed time may differ by this much between two looks before it is called a step."""


class JumpKind(StrEnum):
    """Why a stretch of ledger time cannot be trusted."""

    STEP_FORWARD = "step_forward"
    STEP_BACK = "step_back"
    SUSPEND = "suspend"
    BEHIND_LEDGER = "behind_ledger"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockJump:
    """A clock discontinuity: nothing sent in `from_ms`..`to_ms` of ledger time is evidence.

    `size_ms` is how far the wall clock moved beyond the time that passed (negative: back), for a suspend how
    long the machine slept, for a ledger from the future how far the wall clock is behind it (negative).
    """

    kind: JumpKind
    from_ms: int
    to_ms: int
    size_ms: int

    def describe(self) -> str:
        """Return a sentence for the log: what happened, and what follows from it."""
        return _SENTENCES[self.kind].format(seconds=abs(self.size_ms) / 1000)


_NO_EVIDENCE = "the ledger has no evidence of that stretch"
_HOLDS_STILL = "nothing is booked until it has caught up; polls, alerts and metrics go on"
_WHAT_TO_DO = (
    "If the clock is wrong now, set it (timedatectl set-ntp true); if it was wrong before, wait, or begin a "
    "new ledger by naming another file as collector.ledger"
)
_SENTENCES = {
    JumpKind.STEP_FORWARD: f"the wall clock was set forward by {{seconds:.1f}} s; {_NO_EVIDENCE}",
    JumpKind.STEP_BACK: f"the wall clock was set back by {{seconds:.1f}} s; {_HOLDS_STILL}",
    JumpKind.SUSPEND: f"this machine slept for {{seconds:.1f}} s; {_NO_EVIDENCE}",
    JumpKind.BEHIND_LEDGER: (
        f"the wall clock is {{seconds:.1f}} s behind the ledger's last entry; {_HOLDS_STILL}. {_WHAT_TO_DO}"
    ),
}


class Clock(Protocol):
    """What the collector knows of time. Instants in ms are UTC ledger time; `mono` is seconds of no epoch."""

    def now_ms(self) -> int:
        """Return ledger time: it never goes back."""
        ...

    def mono(self) -> float:
        """Return monotonic seconds, on the scale of `time.monotonic`."""
        ...

    def ms_at(self, at: float) -> int:
        """Return the ledger time of a recent monotonic instant (not later than now)."""
        ...


def _boottime_ns() -> int:
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Where time comes from, in ns: `boot_ns` goes on while the machine sleeps, `mono_ns` does not."""

    wall_ns: Callable[[], int]
    boot_ns: Callable[[], int]
    mono_ns: Callable[[], int]


SYSTEM = Sources(
    wall_ns=time.time_ns,
    boot_ns=_boottime_ns if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic_ns,
    mono_ns=time.monotonic_ns,
)


@dataclass(frozen=True, slots=True)
class _Reading:
    wall_ns: int
    boot_ns: int
    mono_ns: int


@dataclass(frozen=True, slots=True)
class _Segment:
    """How monotonic time is placed from `since_ns` on: at an offset, or held still at `from_ms` (None)."""

    since_ns: int
    from_ms: int
    offset_ns: int | None

    def ms_at(self, at_ns: int) -> int:
        if self.offset_ns is None:
            return self.from_ms
        return max(self.from_ms, (at_ns + self.offset_ns) // _NS_PER_MS)


class LedgerClock:
    """Follows the wall clock forward only; tells every step and suspend to its listener.

    Thread-safe. The listener runs before any instant after the jump is given out; it must not call the clock.
    """

    def __init__(self, sources: Sources = SYSTEM, *, tolerance_ms: int = TOLERANCE_MS) -> None:
        self._sources = sources
        self._tolerance_ns = tolerance_ms * _NS_PER_MS
        self._lock = threading.Lock()
        self._listener: Callable[[ClockJump], None] | None = None
        self._unheard: deque[ClockJump] = deque(maxlen=_MAX_UNHEARD)
        self._last = last = self._read()[0]
        self._now_ms = last.wall_ns // _NS_PER_MS
        first = _Segment(last.mono_ns, self._now_ms, last.wall_ns - last.mono_ns)
        self._segments: deque[_Segment] = deque([first], maxlen=_MAX_SEGMENTS)

    def listen(self, listener: Callable[[ClockJump], None]) -> None:
        """Hand every jump to `listener` from now on, those not yet told to anybody at once."""
        with self._lock:
            self._listener = listener
            while self._unheard:
                listener(self._unheard.popleft())

    def not_before(self, ms: int) -> None:
        """Never return less than `ms`, a ledger's last instant; a jump if the wall clock is behind it."""
        with self._lock:
            self._look()
            if ms <= self._now_ms:
                return
            behind_ms = ms - self._last.wall_ns // _NS_PER_MS
            self._now_ms = ms
            if behind_ms * _NS_PER_MS > self._tolerance_ns:
                self._jump(JumpKind.BEHIND_LEDGER, from_ms=ms, size_ms=-behind_ms)
            self._segments.append(_Segment(self._last.mono_ns, ms, None))

    def now_ms(self) -> int:
        """Return ledger time: the wall clock within 1 ms, or the last value while that is behind it."""
        with self._lock:
            self._look()
            return self._now_ms

    def mono(self) -> float:
        """Return monotonic seconds."""
        return self._sources.mono_ns() / _NS_PER_S

    def ms_at(self, at: float) -> int:
        """Return the ledger time of a monotonic instant, by the clock as it was set at that instant.

        The same instant is always given the same time, and an earlier one never a later time.
        """
        at_ns = round(at * _NS_PER_S)
        with self._lock:
            self._look()
            limit_ms = self._now_ms
            for segment in reversed(self._segments):
                if at_ns >= segment.since_ns:
                    return min(limit_ms, segment.ms_at(at_ns))
                limit_ms = segment.from_ms
            return limit_ms

    def behind_ms(self) -> int:
        """Return how long ledger time will still hold still for the wall clock to catch up; 0 as a rule."""
        with self._lock:
            self._look()
            return max(0, self._now_ms - self._last.wall_ns // _NS_PER_MS)

    def _read(self) -> tuple[_Reading, bool]:
        """Read the three clocks as one; False if this thread was held up between them each time."""
        reading, together = self._read_once()
        for _ in range(_MAX_REREADINGS):
            if together:
                break
            reading, together = self._read_once()
        return reading, together

    def _read_once(self) -> tuple[_Reading, bool]:
        before_ns = self._sources.mono_ns()
        wall_ns, boot_ns = self._sources.wall_ns(), self._sources.boot_ns()
        mono_ns = self._sources.mono_ns()
        return _Reading(wall_ns, boot_ns, mono_ns), mono_ns - before_ns <= self._tolerance_ns // 4

    def _look(self) -> None:
        reading, together = self._read()
        if not together:
            # Not fit to be judged, so the next look compares with the same old reading.
            return
        last, self._last = self._last, reading
        elapsed_ns = reading.boot_ns - last.boot_ns
        slept_ns = elapsed_ns - (reading.mono_ns - last.mono_ns)
        step_ns = reading.wall_ns - last.wall_ns - elapsed_ns
        # Where slewing moves the wall clock alone (on Linux it moves all three), it is no step.
        slack_ns = self._tolerance_ns + max(0, elapsed_ns) * _SLEW_PPM // 1_000_000
        slept, stepped = slept_ns > self._tolerance_ns, abs(step_ns) > slack_ns
        from_ms = self._now_ms
        self._follow(reading, anew=slept or stepped)
        if slept:
            self._jump(JumpKind.SUSPEND, from_ms=from_ms, size_ms=slept_ns // _NS_PER_MS)
        if stepped:
            kind = JumpKind.STEP_FORWARD if step_ns > 0 else JumpKind.STEP_BACK
            self._jump(kind, from_ms=from_ms, size_ms=step_ns // _NS_PER_MS)

    def _follow(self, reading: _Reading, *, anew: bool) -> None:
        """Go on as before while that is the wall clock within 1 ms; else begin a segment here.

        All times given out so far are at most `_now_ms`, where the new segment begins: none of them changes.
        """
        segment = self._segments[-1]
        wall_ms, offset_ns = reading.wall_ns // _NS_PER_MS, reading.wall_ns - reading.mono_ns
        holds = wall_ms < self._now_ms
        if segment.offset_ns is None:
            anew = anew or not holds
        else:
            anew = anew or abs(offset_ns - segment.offset_ns) >= _NS_PER_MS
        if anew:
            self._now_ms = max(self._now_ms, wall_ms)
            self._segments.append(_Segment(reading.mono_ns, self._now_ms, None if holds else offset_ns))
        else:
            self._now_ms = max(self._now_ms, segment.ms_at(reading.mono_ns))

    def _jump(self, kind: JumpKind, *, from_ms: int, size_ms: int) -> None:
        jump = ClockJump(kind=kind, from_ms=from_ms, to_ms=self._now_ms, size_ms=size_ms)
        if self._listener is None:
            self._unheard.append(jump)
        else:
            self._listener(jump)


class ManualClock(LedgerClock):
    """A ledger clock that stands still until it is told: for tests and for months of virtual time."""

    def __init__(self, start_ms: int, *, tolerance_ms: int = TOLERANCE_MS) -> None:
        self._wall = start_ms * _NS_PER_MS
        self._boot = self._mono = _NS_PER_S
        self._moved = True
        super().__init__(
            Sources(wall_ns=lambda: self._wall, boot_ns=lambda: self._boot, mono_ns=lambda: self._mono),
            tolerance_ms=tolerance_ms,
        )

    def advance(self, seconds: float, *, slew_ppm: int = 0) -> None:
        """Let time pass; `slew_ppm` makes the wall clock run that much fast (negative: slow)."""
        passed_ns = round(seconds * _NS_PER_S)
        self._moved = True
        self._boot += passed_ns
        self._mono += passed_ns
        self._wall += passed_ns + passed_ns * slew_ppm // 1_000_000

    def step(self, ms: int) -> None:
        """Set the wall clock forward, or back if negative; no time passes."""
        self._moved = True
        self._wall += ms * _NS_PER_MS

    def suspend(self, seconds: float) -> None:
        """Let the machine sleep: wall and boot time pass, monotonic time does not."""
        passed_ns = round(seconds * _NS_PER_S)
        self._moved = True
        self._boot += passed_ns
        self._wall += passed_ns

    def _look(self) -> None:
        # It moves when it is told to, and a month of virtual time looks a hundred million times.
        if self._moved:
            self._moved = False
            super()._look()
