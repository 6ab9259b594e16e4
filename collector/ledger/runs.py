"""Folds polls into runs of equal verdicts: pure bookkeeping, evidence in, rows to insert or extend out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import tzinfo

from collector.ledger.evidence import Evidence, Repeats
from collector.ledger.open_rows import OpenRows
from collector.ledger.rows import Ended, Run


class RunBook:
    """The open run of each device. Its methods return the rows that are new or changed."""

    def __init__(self, session: str, timezone: tzinfo) -> None:
        self._session = session
        self.open: OpenRows[str, Run] = OpenRows(timezone)

    def resume(self, last: Iterable[Run]) -> list[Run]:
        """Take up after an earlier collector: its open runs end, its polls are not counted twice."""
        return [killed for run in last for killed in self.open.resume(run.device, run, run.last_sent_ms)]

    def known(self, evidence: Evidence) -> bool:
        """Return True for a poll that was fed already, or that was sent before one that was."""
        return self.open.known(evidence.device, evidence.sent_ms)

    def unsure(self, evidence: Evidence) -> bool:
        """Return True for a poll sent when the clock could not be trusted."""
        return self.open.unsure(evidence.sent_ms)

    def extends(self, evidence: Evidence) -> bool:
        """Return True if the poll would lengthen an open run and start none."""
        run = self.open.get(evidence.device)
        return run is not None and self._why_ended(run, evidence) is None

    def feed(self, evidence: Evidence) -> tuple[Run, ...]:
        """Book one poll: the run it extends, or the one it ends and the one it starts, or nothing."""
        if self.known(evidence) or self.unsure(evidence):
            return ()
        device, sent_ms = evidence.device, evidence.sent_ms
        run = self.open.get(device)
        if run is None:
            return (self.open.start(device, self._first(evidence), sent_ms),)
        cause = self._why_ended(run, evidence)
        if cause is not None:
            ended = self.open.end((device,), cause)
            return (*ended, self.open.start(device, self._first(evidence), sent_ms))
        longer = replace(
            run,
            last_sent_ms=sent_ms,
            last_end_ms=evidence.end_ms,
            polls=run.polls + 1,
            longest_gap_ms=max(run.longest_gap_ms, evidence.end_ms - run.last_sent_ms),
        )
        return (self.open.extend(device, longer, sent_ms),)

    def repeat(self, device: str, repeats: Repeats) -> tuple[Run, ...]:
        """Book polls like the device's last one, many at once; ValueError if there is no run they go on."""
        run, sent_ms = self.open.get(device), repeats.last_sent_ms
        if run is None or sent_ms < run.last_sent_ms or self.open.day_over(device, sent_ms):
            raise ValueError(f"{device}: no run of that day goes on with {repeats}")
        longer = replace(
            run,
            last_sent_ms=sent_ms,
            last_end_ms=repeats.last_end_ms,
            polls=run.polls + repeats.polls,
            longest_gap_ms=max(run.longest_gap_ms, repeats.longest_gap_ms),
        )
        return (self.open.extend(device, longer, sent_ms),)

    def lose(self, evidence: Evidence) -> tuple[Run, ...]:
        """Note a poll that cannot be kept: the device's run ends, so nothing is carried over the hole."""
        self.open.pass_over(evidence.device, evidence.sent_ms)
        return self.open.end((evidence.device,), Ended.LOSS)

    def _first(self, evidence: Evidence) -> Run:
        return Run(
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
        return Ended.MIDNIGHT if self.open.day_over(run.device, evidence.sent_ms) else None
