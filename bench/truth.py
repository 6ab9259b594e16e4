"""What a month's figures say against the truth, and what others would say of the same polls.

    .venv/bin/python -m bench.truth LEDGER [--truth LEDGER.truth.jsonl] [--month 2026-10] [--prometheus 40]

LEDGER is a month of the lab, such as `haidang lab month 2026-10 --hard --no-traffic --interval 30s --ledger
LEDGER` makes. For every device the truth log's seconds are held against the figures: E and A within their
bounds, interruptions shorter than the resolution seen or not, and the error of the printed figure, over the
whole period and over the time that somebody looked. Beside it `avg_over_time(up)` of a real Prometheus for so
many devices, and the rules of bench/peer_rules.py. Writes bench/results/truth-<date>.json.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path
from statistics import fmean

from bench.measure import save, show
from bench.peer_rules import beats_counted, last_state_carried, recorded_outages, scrapes
from bench.promql import Prometheus
from collector.figures.compute import Computed, compute
from collector.figures.period import month_period
from collector.figures.spans import Span, total, union
from collector.inventory.report_values import PeriodKind
from collector.ledger.reader import LedgerReader
from collector.ledger.rows import Run
from collector.ledger.tables import RUN
from collector.model import State
from lab.intervals import intervals, outages
from lab.month.simulated import TIMEZONE
from lab.province import reference
from lab.true_time import LedgerTime, TrueTime, true_time
from lab.truth import Began, Planned, Truth, Watcher
from lab.truth_log import read

_WINDOW_MS = 12 * 3_600_000
_POINT = 100.0
_WRONG_POINTS = 0.1


@dataclass(frozen=True)
class Errors:
    """Of printed figures against the truth, in percentage points."""

    rule: str
    devices: int
    mean: float
    signed: float
    worst: float
    above_100: int
    wrong_by_a_tenth: int
    full_though_not: int

    @staticmethod
    def of(rule: str, said: Mapping[str, float | None], true: Mapping[str, float]) -> Errors:
        """Return what a rule says against the truth, where it says anything."""
        pairs = [(figure, true[device]) for device, figure in said.items() if figure is not None]
        off = [(figure - truth) * _POINT for figure, truth in pairs]
        return Errors(
            rule=rule,
            devices=len(pairs),
            mean=fmean(map(abs, off)),
            signed=fmean(off),
            worst=max(map(abs, off)),
            above_100=sum(figure > 1 for figure, _ in pairs),
            wrong_by_a_tenth=sum(abs(one) > _WRONG_POINTS for one in off),
            full_though_not=sum(figure >= 1 > truth for figure, truth in pairs),
        )


@dataclass(frozen=True)
class Short:
    """True interruptions that are shorter than the resolution, and how many of them were seen."""

    seen: int
    unseen: int
    unseen_while_away: int


def shares(computed: Computed, true: Mapping[str, TrueTime]) -> Iterator[tuple[str, float, bool, bool]]:
    """Yield device, printed E and whether the truth lies within the bounds of E and of A."""
    for figures in computed.figures.devices:
        tally, truth = figures.all_hours.tally, true[figures.device]
        inside = []
        for share, real in ((tally.end_to_end, truth.end_to_end), (tally.attributable, truth.attributable)):
            if real is None or share.low_ppm is None or share.high_ppm is None:
                inside.append(True)
            else:
                inside.append(share.low_ppm <= round(real * 1e6, 6) <= share.high_ppm)
        printed = tally.end_to_end.ppm
        if printed is not None:
            yield figures.device, printed / 1e6, inside[0], inside[1]


def looked_at(computed: Computed, device: str) -> tuple[Span, ...]:
    """Return the time of which the figures say something."""
    pieces = computed.booked[device].pieces
    return union((piece.start_ms, piece.end_ms) for piece in pieces if piece.state is not State.UNKNOWN)


def short_ones(computed: Computed, truths: Sequence[Truth], period: Span) -> Short:
    """Return what became of interruptions that are too short to be certain of."""
    clock = LedgerTime(truths)
    found: Counter[str] = Counter()
    resolution = {figures.device: figures.resolution_ms or 0 for figures in computed.figures.devices}
    silent: dict[str, list[Span]] = {}
    for one in computed.figures.outages:
        end_ms = period[1] if one.end_ms is None else one.end_ms
        gap_ms = end_ms if one.end_gap_ms is None else one.end_gap_ms[1]
        silent.setdefault(one.device, []).append((one.start_gap_ms[0], gap_ms))
    for place, parts in intervals(truths).items():
        for outage in outages(parts):
            if outage.to_ms is None:
                continue
            span = clock.at(outage.from_ms), clock.at(outage.to_ms)
            if span[1] - span[0] >= resolution[place] or not period[0] <= span[0] < period[1]:
                continue
            if any(start < span[1] and span[0] < end for start, end in silent.get(place, ())):
                found["seen"] += 1
            else:
                booked = computed.booked[place].pieces
                unknown = any(
                    piece.state is State.UNKNOWN and piece.start_ms < span[1] and span[0] < piece.end_ms
                    for piece in booked
                )
                found["away" if unknown else "unseen"] += 1
    return Short(seen=found["seen"], unseen=found["unseen"], unseen_while_away=found["away"])


def samples(runs: Mapping[str, Sequence[Run]], period: Span) -> Iterator[Iterator[str]]:
    """Yield expositions of `up`, one for each stretch of time: promtool reads each once for every block."""
    start_ms = period[0] // _WINDOW_MS * _WINDOW_MS
    while start_ms < period[1]:
        window = max(start_ms, period[0]), min(start_ms + _WINDOW_MS, period[1])
        yield _up(runs, window)
        start_ms += _WINDOW_MS


def _up(runs: Mapping[str, Sequence[Run]], window: Span) -> Iterator[str]:
    yield "# TYPE up gauge\n"
    for device, own in runs.items():
        near = [run for run in own if run.first_sent_ms < window[1] and run.last_end_ms >= window[0]]
        for at_ms, up in scrapes(near, window):
            yield f'up{{instance="{device}",job="snmp"}} {int(up)} {at_ms / 1000:.3f}\n'


def prometheus(
    runs: Mapping[str, Sequence[Run]], period: Span, devices: Iterable[str]
) -> Mapping[str, float | None]:
    """Return what a real Prometheus says of these devices."""
    chosen = {device: runs[device] for device in devices}
    with (
        tempfile.TemporaryDirectory() as folder,
        Prometheus(Path(folder), samples(chosen, period)) as server,
    ):
        return {device: server.average(device, *period) for device in chosen}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("ledger", type=Path)
    parser.add_argument("--truth", type=Path)
    parser.add_argument("--month", default="2026-10")
    parser.add_argument("--prometheus", type=int, default=40, help="devices; 0: none")
    given = parser.parse_args()
    log = given.truth or given.ledger.with_name(given.ledger.name + ".truth.jsonl")
    truths = list(read(log))
    places = next(truth.places for truth in truths if isinstance(truth, Began))
    whole = month_period(given.month, PeriodKind.MONTH, TIMEZONE)
    began = time.process_time()
    with LedgerReader(given.ledger) as reader:
        computed = compute(reader, whole)
        took_s = time.process_time() - began
        rows = groupby(reader.rows(RUN, whole.start_ms, whole.end_ms), key=lambda run: run.device)
        runs = {device: list(own) for device, own in rows}
    period = computed.figures.start_ms, computed.figures.end_ms
    true = true_time(truths, reference().part(places), period)
    found = list(shares(computed, true))
    outside = [(device, *inside) for device, _, *inside in found if not all(inside)]
    printed: dict[str, float | None] = {device: figure for device, figure, _, _ in found}
    full = {device: truth.end_to_end for device, truth in true.items() if truth.end_to_end is not None}
    seen = {
        device: share
        for device in full
        if (share := true[device].within(looked_at(computed, device)).end_to_end) is not None
    }
    # Nobody else's rule here knows planned work: those that had some are left out of the comparison.
    fair = [device for device in full if not true[device].maintenance]
    step = max(1, len(fair) // given.prometheus) if given.prometheus else len(fair) + 1
    asked = fair[::step][: given.prometheus]
    tables = [
        Errors.of("Hải Đăng, of the time it looked", printed, seen),
        Errors.of("Hải Đăng, of the whole month", printed, full),
    ]
    peers: dict[str, Mapping[str, float | None]] = {
        "Hải Đăng": {device: printed[device] for device in fair},
        "Uptime Kuma: beats counted": {device: beats_counted(runs[device]) for device in fair},
        "Icinga 2: last state carried": {d: last_state_carried(runs[d], period) for d in fair},
        "LibreNMS: recorded outages": {d: recorded_outages(runs[d], period) for d in fair},
    }
    beside = [Errors.of(name, said, full) for name, said in peers.items()]
    if asked:
        beside.append(Errors.of("Hải Đăng, the same devices", {d: printed[d] for d in asked}, full))
        answered = prometheus(runs, period, asked)
        beside.append(Errors.of("Prometheus: avg_over_time(up)", answered, full))
    short = short_ones(computed, truths, period)
    real = [one for parts in intervals(truths).values() for one in outages(parts)]
    lengths = sorted(one.to_ms - one.from_ms for one in real if one.to_ms is not None)
    what = {
        "devices": len(places),
        "days": (period[1] - period[0]) / 86_400_000,
        "polls": sum(run.polls for own in runs.values() for run in own),
        "true_outages": len(real),
        "not_upstream": sum(str(one.cause) != "upstream" for one in real),
        "by_cause": dict(sorted(Counter(str(one.cause) for one in real).items())),
        "shortest_s": lengths[0] / 1000,
        "longest_h": round(lengths[-1] / 3_600_000, 1),
        "absences": sum(isinstance(one, Watcher) and one.what == "away" for one in truths),
        "clock_steps": sum(isinstance(one, Watcher) and bool(one.step_ms) for one in truths),
        "planned_works": sum(isinstance(one, Planned) for one in truths),
        "coverage_mean": round(
            fmean(
                1 - f.all_hours.tally.unknown_ms / f.all_hours.tally.period_ms
                for f in computed.figures.devices
            ),
            4,
        ),
        "outside_bounds": outside,
        "compute_cpu_s": round(took_s, 2),
        "resolution_s": max(round((f.resolution_ms or 0) / 1000, 1) for f in computed.figures.devices),
        "maintenance_hours": round(sum(total(t.maintenance) for t in true.values()) / 3_600_000, 1),
    }
    for key, value in what.items():
        print(f"{key}: {value}")
    print(f"shorter than the resolution: {short}")
    columns = ["rule", "devices", "mean", "signed", "worst", "> 100 %", "> 0.1 off", "100 % untrue"]
    for title, table in (("The printed E against the truth, points", tables), ("The same polls", beside)):
        show(title, columns, [list(asdict(one).values()) for one in table])
    print(
        save(
            "truth",
            {"month": what, "short": asdict(short), "errors": [asdict(one) for one in (*tables, *beside)]},
        )
    )


if __name__ == "__main__":
    main()
