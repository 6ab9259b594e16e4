"""Folds polls into runs of equal verdicts: pure bookkeeping, evidence in, rows to insert or extend out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import tzinfo

from collector.ledger.days import next_midnight_ms
from collector.ledger.evidence import Evidence
from collector.ledger.rows import Ended, Run

FINAL_AFTER_MS = 600_000
"""A day's open rows are closed this long after its midnight, so that polls begun before it still count."""


class RunBook:
    """The open run of each device. Every method returns the rows that are new or changed, in their order."""

    def __init__(self, session: str, timezone: tzinfo) -> None:
        self._session = session
        self._timezone = timezone
        self._open: dict[str, Run] = {}
        self._day_end: dict[str, int] = {}
        self._last_sent: dict[str, int] = {}
        self._unsure_until_ms = -1

    def resume(self, last: Iterable[Run]) -> list[Run]:
        """Take up after an earlier collector: its open runs end, its polls are not counted twice."""
        killed = []
        for run in last:
            self._last_sent[run.device] = run.last_sent_ms
            if run.ended is None:
                killed.append(replace(run, ended=Ended.KILLED))
        return killed

    def use_timezone(self, timezone: tzinfo) -> None:
        """Cut days by another time zone, from the next run on."""
        self._timezone = timezone

    def known(self, evidence: Evidence) -> bool:
        """Return True for a poll that was fed already, or that was sent before one that was."""
        return evidence.sent_ms <= self._last_sent.get(evidence.device, -1)

    def unsure(self, evidence: Evidence) -> bool:
        """Return True for a poll sent when the clock could not be trusted."""
        return evidence.sent_ms <= self._unsure_until_ms

    def extends(self, evidence: Evidence) -> bool:
        """Return True if the poll would lengthen an open run and start none."""
        run = self._open.get(evidence.device)
        return run is not None and self._why_ended(run, evidence) is None

    def feed(self, evidence: Evidence) -> tuple[Run, ...]:
        """Book one poll: the run it extends, or the one it ends and the one it starts, or nothing."""
        if self.known(evidence) or self.unsure(evidence):
            return ()
        device = evidence.device
        self._last_sent[device] = evidence.sent_ms
        run = self._open.get(device)
        if run is None:
            return (self._start(evidence),)
        cause = self._why_ended(run, evidence)
        if cause is not None:
            return (replace(run, ended=cause), self._start(evidence))
        run = replace(
            run,
            last_sent_ms=evidence.sent_ms,
            last_end_ms=evidence.end_ms,
            polls=run.polls + 1,
            longest_gap_ms=max(run.longest_gap_ms, evidence.end_ms - run.last_sent_ms),
        )
        self._open[device] = run
        return (run,)

    def lose(self, evidence: Evidence) -> tuple[Run, ...]:
        """Note a poll that cannot be kept: the device's run ends, so nothing is carried over the hole."""
        self._last_sent[evidence.device] = max(evidence.sent_ms, self._last_sent.get(evidence.device, -1))
        return self._close((evidence.device,), Ended.LOSS)

    def jump(self, to_ms: int) -> tuple[Run, ...]:
        """End all runs at a clock jump; polls sent up to `to_ms` are no evidence."""
        self._unsure_until_ms = max(self._unsure_until_ms, to_ms)
        return self._close(tuple(self._open), Ended.CLOCK)

    def tick(self, now_ms: int) -> tuple[Run, ...]:
        """End the runs of days that are over, also those of devices that are polled no more."""
        over = [device for device, end_ms in self._day_end.items() if now_ms >= end_ms + FINAL_AFTER_MS]
        return self._close(over, Ended.MIDNIGHT)

    def stop(self) -> tuple[Run, ...]:
        """End all runs: the collector stops."""
        return self._close(tuple(self._open), Ended.STOP)

    def _start(self, evidence: Evidence) -> Run:
        run = Run(
            device=evidence.device,
            session=self._session,
            revision=evidence.revision,
            verdict=evidence.verdict,
            reason=evidence.reason,
            interval_ms=evidence.interval_ms,
            deadline_ms=evidence.deadline_ms,
            first_sent_ms=evidence.sent_ms,
            first_end_ms=evidence.end_ms,
            last_sent_ms=evidence.sent_ms,
            last_end_ms=evidence.end_ms,
            polls=1,
            longest_gap_ms=0,
            ended=None,
        )
        self._open[evidence.device] = run
        self._day_end[evidence.device] = next_midnight_ms(evidence.sent_ms, self._timezone)
        return run

    def _close(self, devices: Iterable[str], cause: Ended) -> tuple[Run, ...]:
        closed = []
        for device in devices:
            run = self._open.pop(device, None)
            if run is not None:
                del self._day_end[device]
                closed.append(replace(run, ended=cause))
        return tuple(closed)

    def _why_ended(self, run: Run, evidence: Evidence) -> Ended | None:
        if evidence.sent_ms - run.last_sent_ms > evidence.patience_ms:
            return Ended.GAP
        pace = (run.revision, run.interval_ms, run.deadline_ms)
        if pace != (evidence.revision, evidence.interval_ms, evidence.deadline_ms):
            return Ended.REVISION
        if run.verdict is not evidence.verdict:
            return Ended.VERDICT
        if run.reason is not evidence.reason:
            return Ended.REASON
        if evidence.sent_ms >= self._day_end[run.device]:
            return Ended.MIDNIGHT
        return None
