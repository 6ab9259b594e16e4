"""Bytes of lines with wraps, reboots, resets, renumbering and lost polls: the truth, ours, and PromQL's.

    .venv/bin/python -m bench.traffic [--seeds 3]

Simulated devices are polled for a day of virtual time through the collector's own core into a real ledger.
The same polls are given to a real Prometheus, which is asked for `increase()` from the first to the last of
them. Ours is what the ledger's buckets hold; what it left out is compared with the truth of the very stretches
that it lists, so that an error which is not flagged shows as `unflagged`. `peak` is the highest five minutes
as a share of the highest true ones. Writes bench/results/traffic-<date>.json.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC
from pathlib import Path
from random import Random

from bench.lines import DAY_S, Line, Scenario, inventory_of, plans_of
from bench.measure import save, show
from bench.promql import Prometheus, octets
from collector.clock import ManualClock
from collector.core import Core
from collector.expose.blocks import Blocks
from collector.expose.catalogue.all import DEVICE_FAMILIES
from collector.inventory.values import Probe
from collector.ledger import lines
from collector.ledger.book import Book
from collector.ledger.reader import LedgerReader
from collector.ledger.rows import LeftOut, Session
from collector.ledger.store import open_store
from collector.ledger.tables import TRAFFIC
from collector.model import Check, Doubt, Fault, Got, Outcome, Reason, Reply, Walk, Walked
from collector.schedule import Schedule
from collector.traffic.buckets import BUCKET_MS, Bucket

START_MS = 1_795_107_600_000
"""2026-11-19T17:00:00Z: midnight in Hanoi."""

_RTT_S = 0.02
_MEGABIT, _HUNDRED, _GIGABIT = 1_000_000, 100_000_000, 1_000_000_000

_NARROW = Scenario(name="", bits=32, speed_bps=_HUNDRED, mbps=100, poll_s=60, steady=True)
_WIDE = Scenario(name="", bits=64, speed_bps=_HUNDRED, mbps=40, poll_s=60)
SCENARIOS = (
    *(
        replace(_NARROW, name=f"Counter32, {mbps} Mb/s, {poll_s} s", mbps=mbps, poll_s=poll_s)
        for mbps in (10, 50, 100)
        for poll_s in (30, 60, 300)
    ),
    *(
        replace(
            _NARROW,
            name=f"Counter32, 300 Mb/s on 1 Gb/s, {poll_s} s",
            mbps=300,
            speed_bps=_GIGABIT,
            poll_s=poll_s,
        )
        for poll_s in (30, 60)
    ),
    replace(
        _NARROW,
        name="Counter32, 20 of 30 Mb/s on 1 Gb/s, 60 s",
        mbps=20,
        speed_bps=_GIGABIT,
        subscribed_bps=30 * _MEGABIT,
    ),
    replace(_WIDE, name="Counter64, nothing happens"),
    replace(_WIDE, name="Counter64, 6 reboots", reboots=6),
    replace(_WIDE, name="Counter64, 12 resets, unannounced", quiet_resets=12),
    replace(_WIDE, name="Counter64, 12 resets, announced", told_resets=12),
    replace(_WIDE, name="Counter64, 12 renumberings", renumberings=12),
    replace(_WIDE, name="Counter64, 10 % of polls lost", lost=0.1),
    *(
        replace(
            _WIDE,
            name=f"Counter{bits}, all of it",
            bits=bits,
            reboots=4,
            quiet_resets=4,
            told_resets=4,
            renumberings=4,
            lost=0.05,
        )
        for bits in (64, 32)
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One scenario's result: bytes towards the site between the first and the last poll that was answered.

    `unflagged` is (ours + the truth of what is listed as left out - truth) / truth.
    """

    scenario: str
    seed: int
    truth_bytes: int
    ours_bytes: int
    gap_bytes: int
    unflagged: float
    left_out_share: float
    missing_buckets: int
    peak: float
    prometheus: float
    prometheus_peak: float
    doubts: dict[str, int]


@dataclass(slots=True)
class Day:
    """A day that was polled: the line, the ledger it went to, and the samples for Prometheus."""

    line: Line
    ledger: Path
    samples: list[tuple[int, int, int]]


def polled(scenario: Scenario, seed: int, folder: Path) -> Day:
    """Poll a line for a day through the core, into a ledger."""
    day = Day(
        Line(scenario, Random(f"{scenario.name}/{seed}")), folder / f"{len(list(folder.iterdir()))}.db", []
    )
    store, restored = open_store(day.ledger, now_ms=START_MS, simulated=True)
    clock = ManualClock(START_MS)
    book = Book(Session(id="bench", started_ms=START_MS, version="bench"), restored, UTC)
    inventory = inventory_of(scenario)
    core = Core(
        clock=clock,
        sink=book,
        schedule=Schedule(epoch=0.0),
        blocks=Blocks(DEVICE_FAMILIES),
        moved=lambda _moved: None,
    )
    book.revision("{}", START_MS, UTC)
    core.apply(inventory, plans_of(inventory))
    began, draw = clock.mono(), Random(seed)
    for due_s in range(0, DAY_S, scenario.poll_s):
        for at_s in _instants(due_s, draw):
            clock.advance(max(0.0, began + at_s - clock.mono()))
            day.line.happen(at_s)
            lost = draw.random() < scenario.lost or not day.line.answers(at_s)
            again = _poll(core, clock, day, at_s, draw, lost=lost)
            book.heartbeat(clock.now_ms())
            if not again:
                break
        core.tick()
    core.stop()
    book.stop()
    store.write(book.take().rows.values())
    store.close()
    return day


def _instants(due_s: int, draw: Random) -> Iterator[float]:
    """Yield when a poll is made, and the two that may follow a discovery."""
    at_s = due_s + draw.uniform(0, 0.5)
    yield from (at_s, at_s + 1.1, at_s + 2.2)


def _poll(core: Core, clock: ManualClock, day: Day, at_s: float, draw: Random, *, lost: bool) -> bool:
    """Make one poll; return True if it only found out what to ask."""
    started = clock.mono()
    ask, _ = core.question("line", started)
    # Of when the device looked nobody knows more than that it was between request and answer.
    looked_s = max(0.0, at_s + draw.uniform(-_RTT_S / 2, _RTT_S / 2))
    rows = day.line.rows(looked_s)
    check: Check
    if lost:
        check = Fault(
            probe=Probe.SNMP, reason=Reason.TIMEOUT, detail="", sent_at=started, done_at=started + 5
        )
    else:
        walk = isinstance(ask, Walk)
        check = Reply(
            probe=Probe.SNMP,
            sent_at=started - _RTT_S / 2,
            answered_at=started + _RTT_S / 2,
            done_at=started + _RTT_S / 2,
            rtt_s=_RTT_S,
            packets_sent=1,
            packets_received=1,
            payload=Walked(rows=rows, failures={})
            if isinstance(ask, Walk)
            else Got(values=tuple(rows.get(name) for name in ask.names)),
        )
        if not walk:
            index, octets = day.line.shown(looked_s)
            day.samples.append((START_MS + round(at_s * 1000), index, octets))
    clock.advance(check.done_at - started)
    core.ended(
        Outcome(
            device="line",
            revision=1,
            due_at=started,
            started_at=started,
            done_at=check.done_at,
            checks=(check,),
        )
    )
    return not lost and isinstance(ask, Walk)


def judged(name: str, seed: int, day: Day, prometheus: Prometheus) -> Row:
    """Compare a day with its truth."""
    first_ms, last_ms = day.samples[0][0], day.samples[-1][0]
    with LedgerReader(day.ledger) as reader:
        found = dict(lines.buckets(reader, START_MS, START_MS + 2 * DAY_S * 1000)).get("line", {})
        left = lines.left_out(reader, START_MS, START_MS + 2 * DAY_S * 1000, "line")
    truth = _true(day, first_ms, last_ms)
    ours = sum(bucket.in_bytes for bucket in found.values())
    flagged = sum(_true(day, row.first_ms, row.last_ms) for row in left)
    truest = max(_true(day, at, at + BUCKET_MS) for at in range(first_ms, last_ms - BUCKET_MS, 10_000))
    return Row(
        scenario=day.line.scenario.name,
        seed=seed,
        truth_bytes=truth,
        ours_bytes=ours,
        gap_bytes=sum(row.in_bytes for row in left if row.doubt is Doubt.GAP),
        unflagged=(ours + flagged - truth) / truth,
        left_out_share=sum(row.last_ms - row.first_ms for row in left) / (last_ms - first_ms),
        missing_buckets=_missing(found, first_ms, last_ms),
        peak=max((b.in_bps for b in found.values() if not b.missing), default=0) / (truest * 8 / 300),
        prometheus=prometheus.increase(name, first_ms, last_ms) / truth,
        prometheus_peak=prometheus.peak_bps(name, first_ms, last_ms) / (truest * 8 / 300),
        doubts=_doubts(left),
    )


def _true(day: Day, start_ms: int, end_ms: int) -> int:
    start_s, end_s = (start_ms - START_MS) / 1000, (end_ms - START_MS) / 1000
    return day.line.carried(end_s) - day.line.carried(start_s)


def _missing(found: dict[int, Bucket], first_ms: int, last_ms: int) -> int:
    whole = range(first_ms + BUCKET_MS - first_ms % BUCKET_MS, last_ms - BUCKET_MS, BUCKET_MS)
    return sum(at not in found or found[at].missing for at in whole)


def _doubts(left: list[LeftOut]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for row in left:
        counts[str(row.doubt)] = counts.get(str(row.doubt), 0) + row.readings
    return counts


def _row_bytes(ledger: Path) -> int:
    """Return how many bytes of text the longest day of a line takes."""
    with LedgerReader(ledger) as reader:
        rows = list(reader.all(TRAFFIC))
    sizes = (sum(map(len, (row.in_bytes, row.out_bytes, row.missed_ms))) for row in rows)
    return max(sizes, default=0)


def _shown(rows: list[Row]) -> list[str]:
    """Return a scenario's line of the table: totals, and the worst of the seeds where there are several."""
    truth = sum(row.truth_bytes for row in rows)
    peers = sorted(100 * row.prometheus for row in rows)
    return [
        rows[0].scenario,
        f"{truth / len(rows) / 1e9:.1f}",
        f"{100 * sum(row.ours_bytes for row in rows) / truth:.2f} %",
        f"{100 * max(row.left_out_share for row in rows):.2f} %",
        f"{100 * max((row.unflagged for row in rows), key=abs):+.4f} %",
        f"{max(row.peak for row in rows):.3f}",
        f"{peers[0]:.1f} to {peers[-1]:.1f} %",
        f"{max(row.prometheus_peak for row in rows):.2f}",
    ]


def main() -> None:
    """Run all scenarios and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    seeds = range(parser.parse_args().seeds)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        days = {f"{n}-{seed}": polled(one, seed, folder) for n, one in enumerate(SCENARIOS) for seed in seeds}
        row_bytes = max(_row_bytes(day.ledger) for day in days.values())
        with Prometheus(folder, [octets({name: day.samples for name, day in days.items()})]) as prometheus:
            rows = [judged(name, int(name.rpartition("-")[2]), day, prometheus) for name, day in days.items()]
    show(
        f"A day of a line, towards the site; {len(seeds)} seeds each, the worst of them",
        ["scenario", "truth GB", "ours", "left out", "unflagged", "peak", "increase()", "its peak"],
        (_shown([row for row in rows if row.scenario == one.name]) for one in SCENARIOS),
    )
    worst = max(abs(row.unflagged) for row in rows)
    results = {"worst_unflagged": worst, "worst_peak": max(row.peak for row in rows)}
    print(f"worst error that is not flagged: {100 * worst:.4f} %; highest peak: {results['worst_peak']:.3f}")
    print(save("traffic", {**results, "row_bytes_a_day": row_bytes, "rows": [asdict(row) for row in rows]}))


if __name__ == "__main__":
    main()
