"""What the ledger still knew of a device, as a live state to begin with. Pure."""

from __future__ import annotations

from collector.ledger.restored import LastEvidence
from collector.live import Live, Pace
from collector.model import State, Verdict


def recall(last: LastEvidence, pace: Pace, *, began_at: float, began_ms: int) -> Live | None:
    """Return the live state that the last run of evidence leads to; None if it is too old to stand for now.

    `began_at` and `began_ms` are the same instant on the monotonic and on the ledger clock. Whether a silent
    device is down or upstream is judged again, from all devices' evidence.
    """
    run = last.run
    if began_ms - run.last_end_ms > pace.patience * 1000:
        return None

    def at(ms: int) -> float:
        return began_at - (began_ms - ms) / 1000

    since, last_sent_at, last_end_at = at(last.since_ms), at(run.last_sent_ms), at(run.last_end_ms)
    fault = "" if run.reason is None else str(run.reason)
    if run.verdict is Verdict.ANSWERED:
        return Live(
            state=State.UP,
            since=since,
            fault=fault,
            verdict=run.verdict,
            last_started_at=last_sent_at,
            evidence_at=last_end_at,
            passed_at=last_sent_at,
            passing_since=since,
        )
    if run.verdict is Verdict.SILENT:
        return Live(
            since=since,
            fault=fault,
            verdict=run.verdict,
            last_started_at=last_sent_at,
            evidence_at=last_end_at,
            silent_since=since,
            silent_count=run.polls,
        )
    return None
