"""Fills a ledger with a simulated month: the collector's core and writer on virtual time, and its truth."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from zoneinfo import ZoneInfo

from collector.core import Core
from collector.inventory.canonical import canonical_json
from collector.inventory.planning_values import MaintenanceWindow
from collector.inventory.values import Inventory
from collector.ledger.errors import LedgerError
from collector.ledger.rows import Session
from collector.ledger.store import open_store
from collector.ledger.writer import LedgerWriter, WriterSettings
from lab.month.answers import Answers
from lab.month.chances import Absence, Own, Step, Suspend, Work
from lab.month.core import Found, NoBlocks, QuietCore
from lab.month.driver import Driver
from lab.month.resting import RestingSchedule
from lab.month.resting_core import RestingCore
from lab.month.simulated import TIMEZONE, inventory_of, plans_of
from lab.month.virtual import MonthWorld, VirtualClock
from lab.month.wanted import Done, Month
from lab.scenario import perform
from lab.truth import Began, Over, Planned, Truth, Watcher

_FLUSH_MS = 6 * 3_600_000
_NEVER_S = 1e9


def simulate(
    month: Month,
    ledger: Path,
    *,
    truth: Callable[[Truth], None],
    progress: Callable[[float], None] = lambda _share: None,
    plain: bool = False,
) -> Done:
    """Make the ledger, which must not be there yet; raise a LedgerError.

    `progress` is told the share that is done. `plain` takes the collector's own core, which is slower.
    """
    return _Run(month, ledger, truth, progress, plain=plain).run()


@dataclass(slots=True)
class _Part:
    """One session of the collector."""

    writer: LedgerWriter
    core: Core
    driver: Driver


@dataclass(slots=True)
class _Time:
    """The collector's clock, and how true time runs beside it."""

    clock: VirtualClock
    from_ms: int
    slept_ms: int = field(default=0)

    def true_ms(self, at: float) -> int:
        """Return the true instant of a monotonic one."""
        return self.from_ms + self.slept_ms + round((at - 1.0) * 1000)

    def mono(self, true_ms: int) -> float:
        """Return the monotonic instant of a true one."""
        return 1.0 + (true_ms - self.from_ms - self.slept_ms) / 1000


class _Run:
    """The state of a month that is being simulated."""

    def __init__(
        self,
        month: Month,
        ledger: Path,
        truth: Callable[[Truth], None],
        progress: Callable[[float], None],
        *,
        plain: bool,
    ) -> None:
        self._plain = plain
        self._month, self._ledger, self._truth, self._progress = month, ledger, truth, progress
        self._time = _Time(VirtualClock(month.from_ms), month.from_ms)
        self._world = MonthWorld(month.province, seed=month.seed, began_ms=month.from_ms, truth=truth)
        self._answers = Answers(self._world, seed=month.seed, deadline_s=month.deadline_ms / 1000)
        self._windows: list[MaintenanceWindow] = []
        self._deeds = list(reversed(month.chances.deeds))
        self._found: dict[str, Found] = {}
        self._revision = 0
        self._sessions = self._polls = self._rows = 0
        self._flushed_ms = month.from_ms
        self._progressed_ms = month.from_ms

    def run(self) -> Done:
        month = self._month
        places = tuple(place.id for place in month.province.places)
        self._truth(Began(at_ms=month.from_ms, seed=month.seed, places=places))
        part = self._begin()
        try:
            for own in month.chances.own:
                self._until(part, own.at_ms)
                part = self._suffer(part, own)
            self._until(part, month.to_ms)
        finally:
            self._end(part)
        self._told(Over(at_ms=month.to_ms))
        return Done(polls=self._polls, sessions=self._sessions, revisions=self._revision, rows=self._rows)

    def _inventory(self) -> Inventory:
        month = self._month
        return inventory_of(
            month.province,
            interval_ms=month.interval_ms,
            deadline_ms=month.deadline_ms,
            maintenance=self._windows,
            lines=month.traffic,
        )

    def _begin(self) -> _Part:
        """Start the collector as `haidang run` does."""
        clock = self._time.clock
        store, restored = open_store(
            self._ledger,
            now_ms=clock.now_ms(),
            simulated=True,
            ledger_id=self._drawn("ledger", 32),
        )
        clock.not_before(restored.latest_ms)
        self._sessions += 1
        writer = LedgerWriter(
            store,
            restored,
            session=Session(
                id=self._drawn(f"session {self._sessions}", 16),
                started_ms=clock.now_ms(),
                version=version("haidang"),
            ),
            timezone=ZoneInfo(TIMEZONE),
            mono=clock.mono,
            # Committed when we say so: what is in one commit must not hang on how fast this machine is.
            settings=WriterSettings(flush_s=_NEVER_S, first_retry_s=_NEVER_S),
        )
        schedule = RestingSchedule(epoch=clock.mono() - clock.now_ms() / 1000)
        core = self._core(clock, writer, schedule)
        driver = Driver(
            clock=clock,
            core=core,
            schedule=schedule,
            heart=writer,
            answers=self._answers,
            true_ms=self._time.true_ms,
            mono=self._time.mono,
            happen=self._happen,
            next_change_ms=self._next_change_ms,
            changed=core.changed if isinstance(core, RestingCore) else lambda _now: None,
            revision=lambda: self._revision,
            tick_s=self._month.tick_s,
        )
        if isinstance(core, RestingCore):
            core.late = driver.begin
        clock.listen(writer.discontinuity)
        part = _Part(writer, core, driver)
        self._take_up(part)
        core.restore(restored.last)
        return part

    def _core(self, clock: VirtualClock, writer: LedgerWriter, schedule: RestingSchedule) -> Core:
        if self._plain:
            return Core(
                clock=clock, sink=writer, schedule=schedule, blocks=NoBlocks(), moved=lambda _moved: None
            )
        if self._month.traffic:
            return QuietCore(clock=clock, sink=writer, schedule=schedule, found=self._found)
        return RestingCore(
            clock=clock,
            sink=writer,
            schedule=schedule,
            world=self._world,
            true_ms=self._time.true_ms,
            mono=self._time.mono,
            took_s=self._answers.rtt_s,
            revision=lambda: self._revision,
            timezone=ZoneInfo(TIMEZONE),
            found=self._found,
        )

    def _end(self, part: _Part) -> None:
        part.core.stop()
        health = part.writer.close()
        self._polls += part.driver.polls
        if isinstance(part.core, RestingCore):
            self._polls += part.core.reckoned
        self._rows += health.rows_written
        if not health.ok:
            raise LedgerError(f"{self._ledger}: {health.reason}")

    def _take_up(self, part: _Part) -> None:
        inventory = self._inventory()
        now_ms = self._time.clock.now_ms()
        self._revision = part.writer.revision(canonical_json(inventory), now_ms, ZoneInfo(TIMEZONE))
        part.core.apply(inventory, plans_of(inventory))

    def _until(self, part: _Part, true_ms: int) -> None:
        """Poll until that instant, committing now and then."""
        while self._flushed_ms + _FLUSH_MS <= true_ms:
            self._flushed_ms += _FLUSH_MS
            at = self._time.mono(self._flushed_ms)
            part.driver.run_until(at)
            if isinstance(part.core, RestingCore):
                part.core.hand_over_all(at)
            self._commit(part)
            self._progress(
                (self._flushed_ms - self._month.from_ms) / (self._month.to_ms - self._month.from_ms)
            )
        at = self._time.mono(true_ms)
        part.driver.run_until(at)
        if isinstance(part.core, RestingCore):
            part.core.wake_all(at)

    def _commit(self, part: _Part) -> None:
        if not part.writer.flush(timeout_s=60):
            raise LedgerError(f"{self._ledger}: {part.writer.health().reason or 'the disk does not answer'}")

    def _suffer(self, part: _Part, own: Own) -> _Part:
        """Let something befall the collector; return the session that goes on."""
        time = self._time
        # A jump of the clock lies between two looks at it: one right before, one right after, as a collector
        # takes them that looks many times a second.
        time.clock.now_ms()
        match own:
            case Absence():
                self._told(Watcher(at_ms=own.at_ms, what="away"))
                self._end(part)
                time.clock.advance(time.mono(own.until_ms) - time.clock.mono())
                self._told(Watcher(at_ms=own.until_ms, what="back"))
                return self._begin()
            case Suspend():
                self._told(Watcher(at_ms=own.at_ms, what="away"))
                time.clock.suspend((own.until_ms - own.at_ms) / 1000)
                time.slept_ms += own.until_ms - own.at_ms
                time.clock.now_ms()
                self._told(Watcher(at_ms=own.until_ms, what="back"))
            case Step():
                self._told(Watcher(at_ms=own.at_ms, what="step", step_ms=own.step_ms))
                time.clock.step(own.step_ms)
                time.clock.now_ms()
            case Work():
                window = MaintenanceWindow(
                    id=f"work-{len(self._windows) + 1}",
                    devices=(own.place,),
                    areas=(),
                    start=datetime.fromtimestamp(own.from_ms / 1000, UTC),
                    end=datetime.fromtimestamp(own.to_ms / 1000, UTC),
                    reason="Planned work",
                    author="lab",
                )
                self._windows.append(window)
                self._told(
                    Planned(at_ms=own.at_ms, places=(own.place,), from_ms=own.from_ms, to_ms=own.to_ms)
                )
                self._take_up(part)
        return part

    def _told(self, truth: Truth) -> None:
        """Tell a truth of the collector's, after all that happened before it."""
        self._happen(truth.at_ms)
        self._truth(truth)

    def _happen(self, true_ms: int) -> None:
        """Let the world's events until that instant happen."""
        deeds = self._deeds
        while deeds and deeds[-1].at_ms <= true_ms:
            perform(self._world, deeds.pop())
        self._world.advance(true_ms)

    def _next_change_ms(self) -> int | None:
        """Return when something happens next in the world, as far as is known."""
        boots_ms = self._world.next_change_ms
        deed_ms = self._deeds[-1].at_ms if self._deeds else None
        return min((ms for ms in (boots_ms, deed_ms) if ms is not None), default=None)

    def _drawn(self, what: str, digits: int) -> str:
        """Return an id that follows from the seed."""
        return hashlib.blake2s(f"{self._month.seed}/{what}".encode()).hexdigest()[:digits]
