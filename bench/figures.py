"""What the figures of a month cost, and how that grows with the number of devices.

    .venv/bin/python -m bench.figures [--devices 317 2000] [--days 31] [--again 3]

The ledger is made through the ledger's own book and store, from repeats: each device is polled every 30 s; it
has four outages of its own, of 20 s to two hours, a hub three and the core's two devices one each, which are those
of what hangs on them too. The collector is started anew 20 times in a month. No peer runs beside it: none computes such
figures from evidence. Each measurement is a process of its own. Writes bench/results/figures-<date>.json.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from bench.measure import save, show
from collector.figures.compute import compute
from collector.figures.period import days_period
from collector.inventory.canonical import canonical_json
from collector.inventory.values import Device, Inventory
from collector.ledger.book import Book
from collector.ledger.days import next_midnight_ms
from collector.ledger.evidence import Evidence, Repeats
from collector.ledger.reader import LedgerReader
from collector.ledger.rows import Session
from collector.ledger.store import open_store
from collector.model import Reason, Uptime, UptimeSource, Verdict
from collector.schedule import phase
from lab.month.simulated import TIMEZONE, inventory_of
from lab.province import fleet

_ZONE = ZoneInfo(TIMEZONE)
_DAY_MS = 86_400_000
_INTERVAL, _DEADLINE, _RTT = 30_000, 5_000, 12
_SESSIONS = 20
_OUTAGES = {"core": 1, "hub": 3, "commune": 4}
_FIRST_DAY = 20_727
"""2026-10-01, in days since 1970-01-01."""

Span = tuple[int, int]


def outages_of(device: Device, period: Span) -> list[Span]:
    """Return when a device is away by itself, drawn by its name."""
    random = Random(device.id)
    begins = sorted(random.randrange(*period) for _ in range(_OUTAGES[device.role]))
    return [(at_ms, at_ms + random.choice((20_000, 90_000, 600_000, 7_200_000))) for at_ms in begins]


def stretches(inventory: Inventory, period: Span) -> Iterator[tuple[str, int, int, bool]]:
    """Yield device, begin, end and whether it answers, of all devices, unsorted."""
    away: dict[str, list[Span]] = {}
    for device in inventory.devices:
        own = outages_of(device, period)
        for parent in device.parents:
            own = sorted([*own, *away.get(parent, ())])
        away[device.id] = own if device.role in ("core", "hub") else []
        at_ms = period[0]
        for begin_ms, end_ms in own:
            if begin_ms > at_ms:
                yield device.id, at_ms, begin_ms, True
            if end_ms > max(at_ms, begin_ms):
                yield device.id, max(at_ms, begin_ms), end_ms, False
            at_ms = max(at_ms, end_ms)
        yield device.id, at_ms, period[1], True


def make(path: Path, devices: int, days: int) -> Span:
    """Make the ledger of so many devices and days; return its period."""
    start_ms = next_midnight_ms(_FIRST_DAY * _DAY_MS - 1 - 8 * 3_600_000, _ZONE)
    period = (start_ms, start_ms + days * _DAY_MS)
    inventory = inventory_of(fleet(devices), interval_ms=_INTERVAL, deadline_ms=_DEADLINE, lines=False)
    parts = sorted(stretches(inventory, period), key=lambda part: (part[1], part[0]))
    step_ms = (period[1] - period[0]) // _SESSIONS
    for number in range(_SESSIONS):
        begin_ms, end_ms = period[0] + number * step_ms, period[0] + (number + 1) * step_ms - 120_000
        _session(path, inventory, parts, (begin_ms, end_ms), number)
    return period


def _session(
    path: Path, inventory: Inventory, parts: list[tuple[str, int, int, bool]], alive: Span, number: int
) -> None:
    store, restored = open_store(path, now_ms=alive[0], simulated=True)
    book = Book(
        Session(id=f"s{number}", started_ms=alive[0], version="bench"), restored, _ZONE, max_pending=10**9
    )
    revision = book.revision(canonical_json(inventory), alive[0], _ZONE)
    for device, begin_ms, end_ms, answers in parts:
        first, last = max(begin_ms, alive[0]), min(end_ms, alive[1])
        while first < last:
            cut_ms = min(last, next_midnight_ms(first, _ZONE))
            _polls(book, device, revision, (first, cut_ms), answers=answers)
            first = cut_ms
    for at_ms in range(alive[0], alive[1], 20_000):
        book.heartbeat(at_ms)
    book.stop()
    store.write(book.take().rows.values())
    store.close()


def _polls(book: Book, device: str, revision: int, span: Span, *, answers: bool) -> None:
    """Book the polls whose turns lie in a span of one day, and the uptimes that they read."""
    turn_ms = round(phase(device, _INTERVAL / 1000) * 1000)
    first_ms = span[0] + (turn_ms - span[0]) % _INTERVAL
    count = (span[1] - 1 - _RTT - first_ms) // _INTERVAL + 1
    if count < 1:
        return
    took_ms = _RTT if answers else _DEADLINE
    evidence = Evidence(
        device=device,
        revision=revision,
        verdict=Verdict.ANSWERED if answers else Verdict.SILENT,
        reason=None if answers else Reason.TIMEOUT,
        sent_ms=first_ms,
        done_ms=first_ms + took_ms,
        answered_ms=first_ms + took_ms if answers else None,
        interval_ms=_INTERVAL,
        deadline_ms=_DEADLINE,
    )
    last_ms = first_ms + (count - 1) * _INTERVAL
    book.poll(evidence)
    if count > 1:
        book.repeated(
            device,
            Repeats(
                polls=count - 1,
                last_sent_ms=last_ms,
                last_end_ms=last_ms + took_ms,
                longest_gap_ms=_INTERVAL + took_ms,
            ),
        )
    if answers:
        uptime = _uptime(first_ms)
        book.uptime(device, uptime)
        if count > 1:
            book.uptime_repeated(device, _uptime(last_ms), count - 1)


def _uptime(at_ms: int) -> Uptime:
    booted_ms = _FIRST_DAY * _DAY_MS - 90 * _DAY_MS
    return Uptime(
        source=UptimeSource.SYS_UPTIME,
        ticks=(at_ms - booted_ms) // 10,
        sent_ms=at_ms,
        at_ms=at_ms + _RTT,
        wraps=True,
    )


def measure(path: Path, days: int) -> dict[str, float]:
    """Compute the figures once, in this process; return what it took."""
    from datetime import date, timedelta  # noqa: PLC0415

    first = date(1970, 1, 1) + timedelta(days=_FIRST_DAY)
    period = days_period(first, first + timedelta(days=days - 1), TIMEZONE)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    wall, cpu = time.monotonic(), time.process_time()
    with LedgerReader(path) as reader:
        figures = compute(reader, period).figures
    return {
        "devices": len(figures.devices),
        "outages": len(figures.outages),
        "seconds": round(time.monotonic() - wall, 2),
        "cpu_s": round(time.process_time() - cpu, 2),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        "before_mb": round(before / 1024, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--devices", type=int, nargs="+", default=[317, 2_000])
    parser.add_argument("--days", type=int, default=31)
    parser.add_argument("--again", type=int, default=3, help="the best of so many counts")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure is not None:
        print(json.dumps(measure(given.measure, given.days)))
        return
    found = []
    with tempfile.TemporaryDirectory() as name:
        for devices in given.devices:
            path = Path(name) / f"{devices}.sqlite"
            make(path, devices, given.days)
            command = [
                sys.executable,
                "-m",
                "bench.figures",
                "--days",
                str(given.days),
                "--measure",
                str(path),
            ]
            runs = [
                json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
                for _ in range(given.again)
            ]
            best = min(runs, key=lambda run: float(run["seconds"]))
            found.append({**best, "ledger_mb": round(path.stat().st_size / 1e6, 1), "days": given.days})
    columns = ["devices", "outages", "seconds", "cpu_s", "peak_mb", "before_mb", "ledger_mb"]
    show("The figures of a month", columns, [[one[column] for column in columns] for one in found])
    print(save("figures", {"interval_s": _INTERVAL // 1000, "months": found}))


if __name__ == "__main__":
    main()
