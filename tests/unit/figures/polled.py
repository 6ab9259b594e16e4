"""Polls of made-up devices, folded into runs by the ledger's own book, and partitions of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC

from collector.figures.partition import Booked, Evidence, partition
from collector.figures.sightings import of_runs
from collector.figures.spans import Span
from collector.figures.ways import Planned, Slice
from collector.ledger.evidence import Evidence as Poll
from collector.ledger.rows import Ended, Run
from collector.ledger.runs import RunBook
from collector.model import Reason, State, Verdict
from collector.topology import Topology

SECOND, MINUTE, HOUR = 1_000, 60_000, 3_600_000
INTERVAL, DEADLINE, RTT = 30 * SECOND, 5 * SECOND, 20
START = 1_790_000_000_000
EVER: Span = (-(2**62), 2**62)

Answers = Callable[[int], Verdict | None]
"""What a poll sent at this instant brings; None: there was no poll."""


def poll(device: str, sent_ms: int, verdict: Verdict, *, interval: int = INTERVAL) -> Poll:
    """One poll: an answer after 20 ms, silence after the deadline, a local failure at once."""
    took = {Verdict.ANSWERED: RTT, Verdict.SILENT: DEADLINE, Verdict.LOCAL: 1}[verdict]
    reason = {Verdict.ANSWERED: None, Verdict.SILENT: Reason.TIMEOUT, Verdict.LOCAL: Reason.NO_ROUTE}[verdict]
    return Poll(
        device=device,
        revision=1,
        verdict=verdict,
        reason=reason,
        sent_ms=sent_ms,
        done_ms=sent_ms + took,
        answered_ms=sent_ms + took if verdict is Verdict.ANSWERED else None,
        interval_ms=interval,
        deadline_ms=DEADLINE,
    )


def polls(device: str, answers: Answers, until_ms: int, *, phase: int = 0) -> list[Poll]:
    """Polls every 30 s from the start on; a silent one is asked again after 5 and 10 s."""
    found = []
    at_ms = START + phase
    silent = 0
    regular = at_ms
    while at_ms < until_ms:
        verdict = answers(at_ms)
        if verdict is not None:
            found.append(poll(device, at_ms, verdict))
        silent = silent + 1 if verdict is Verdict.SILENT else 0
        if silent in (1, 2):
            at_ms += DEADLINE + 5 * SECOND
        else:
            while regular <= at_ms:
                regular += INTERVAL
            at_ms = regular
    return found


def runs(evidence: Iterable[Poll], *, breaks: Iterable[int] = ()) -> list[Run]:
    """The rows that the ledger keeps of polls; the clock jumps before the first poll after each break."""
    book = RunBook("s", UTC)
    rows: dict[tuple[str, int], Run] = {}
    jumps = sorted(breaks, reverse=True)
    for one in sorted(evidence, key=lambda one: (one.sent_ms, one.device)):
        changed: list[Run] = []
        while jumps and jumps[-1] <= one.sent_ms:
            changed += book.open.jump(jumps.pop())
        for row in (*changed, *book.feed(one)):
            rows[row.device, row.first_sent_ms] = row
    for row in book.open.end(tuple({device for device, _ in rows}), Ended.STOP):
        rows[row.device, row.first_sent_ms] = row
    return list(rows.values())


def topology(parents: Mapping[str, Sequence[str]]) -> tuple[Slice, ...]:
    """Who hangs on whom, all the time."""
    built = Topology.build((device, tuple(above), True) for device, above in parents.items())
    return (Slice(start_ms=EVER[0], end_ms=EVER[1], topology=built),)


def booked(
    rows: Iterable[Run],
    parents: Mapping[str, Sequence[str]],
    period: Span,
    *,
    planned: Mapping[str, Planned] | None = None,
    breaks: Iterable[int] = (),
    upto_ms: int | None = None,
) -> dict[str, Booked]:
    """The partition of a period."""
    by_device: dict[str, list[Run]] = {device: [] for device in parents}
    for row in rows:
        by_device[row.device].append(row)
    latest = max((row.last_end_ms for some in by_device.values() for row in some), default=START)
    evidence = Evidence(
        own={device: of_runs(some) for device, some in by_device.items()},
        slices=topology(parents),
        planned=planned or {},
        breaks=tuple((at, at) for at in sorted(breaks)),
        breaks_of={},
        upto_ms=max(latest, period[1]) if upto_ms is None else upto_ms,
    )
    return partition(evidence, *period, parents)


def total(found: Booked, state: State) -> int:
    """How long a device was booked as this."""
    return sum(piece.end_ms - piece.start_ms for piece in found.pieces if piece.state is state)
