"""Decides which device is polled when: spread by a stable hash, one poll of a device at a time, no I/O."""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterable
from dataclasses import dataclass

_SAME_POLL_S = 1.0
"""An extra poll this close behind another of the same device would tell nothing new."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A poll to begin now. `skipped` means that the poll before has not ended: begin none, but count it.

    `missed` is how many turns of this device went by unseen because nobody asked what was due.
    """

    device: str
    due_at: float
    skipped: bool = False
    missed: int = 0


@dataclass(slots=True)
class _Turn:
    interval: float
    next_at: float
    running: bool = False
    began_at: float = float("-inf")
    again: bool = False


def phase(device: str, interval: float) -> float:
    """Return the device's place within its interval, in seconds: the same on every start and machine."""
    digest = hashlib.blake2s(device.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64 * interval


class Schedule:
    """The turns of all devices on one monotonic axis (seconds).

    `epoch` is the value of that axis at which UTC time was a multiple of every interval (that is, 1970): it
    keeps a device's place in the minute over restarts of the collector.
    """

    def __init__(self, epoch: float = 0.0) -> None:
        self._epoch = epoch
        self._turns: dict[str, _Turn] = {}
        self._heap: list[tuple[float, str, bool]] = []

    def replace(self, devices: Iterable[tuple[str, float]], now: float) -> None:
        """Follow a new set of (device, interval in seconds); who stays keeps its turn."""
        wanted = dict(devices)
        for device in self._turns.keys() - wanted.keys():
            del self._turns[device]
        for device, interval in wanted.items():
            turn = self._turns.get(device)
            if turn is None:
                self._turns[device] = turn = _Turn(interval=interval, next_at=0.0)
            elif turn.interval == interval:
                continue
            turn.interval = interval
            turn.next_at = self._first_after(device, interval, now)
        self._heap = [entry for entry in self._heap if entry[2] and entry[1] in wanted]
        self._heap += [(turn.next_at, device, False) for device, turn in self._turns.items()]
        heapq.heapify(self._heap)

    def expedite(self, device: str, at: float) -> None:
        """Ask for one poll beside the regular turns; it is dropped if another began just before.

        Behind a poll that still runs it waits for the end of that one, and several become one.
        """
        if device in self._turns:
            heapq.heappush(self._heap, (at, device, True))

    def next_at(self) -> float | None:
        """Return the instant at which something may be due, None while there is nothing to poll."""
        return self._heap[0][0] if self._heap else None

    def due(self, now: float) -> list[Due]:
        """Return what is due at `now`, oldest first, and mark it as begun."""
        found: list[Due] = []
        while self._heap and self._heap[0][0] <= now:
            at, device, extra = heapq.heappop(self._heap)
            turn = self._turns.get(device)
            if turn is None or (not extra and at != turn.next_at):
                continue
            if extra:
                wanted = at - turn.began_at >= _SAME_POLL_S
                if turn.running:
                    turn.again = turn.again or wanted
                elif turn.again or wanted:
                    # One that had to wait for another's end was not due before.
                    found.append(self._begin(turn, device, now if turn.again else at, now, missed=0))
                continue
            missed = int((now - at) // turn.interval)
            turn.next_at = at + (missed + 1) * turn.interval
            heapq.heappush(self._heap, (turn.next_at, device, False))
            found.append(self._begin(turn, device, at, now, missed=missed))
        return found

    def finish(self, device: str) -> None:
        """Say that the device's poll has ended, whatever came of it."""
        turn = self._turns.get(device)
        if turn is not None:
            turn.running = False
            if turn.again:
                self.expedite(device, turn.began_at + _SAME_POLL_S)

    def _begin(self, turn: _Turn, device: str, at: float, now: float, *, missed: int) -> Due:
        if turn.running:
            return Due(device=device, due_at=at, skipped=True, missed=missed)
        turn.running, turn.again = True, False
        turn.began_at = now
        return Due(device=device, due_at=at, missed=missed)

    def _first_after(self, device: str, interval: float, now: float) -> float:
        offset = self._epoch + phase(device, interval)
        return offset + ((now - offset) // interval + 1) * interval
