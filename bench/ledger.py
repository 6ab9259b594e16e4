"""What the evidence ledger costs for 2,000 devices (CPU, disk writes, growth), beside a row for each poll.

    .venv/bin/python -m bench.ledger [--devices 2000] [--day-hours 24] [--fast-hours 1]

Feeds polls and two uptimes a poll at full speed in virtual time, commits every 5 virtual seconds, prints a
table and writes it to bench/results/ledger-<date>.json. The peer keeps one row a poll, as Uptime Kuma's
`heartbeat` table does, in the same SQLite with the same settings. CPU is user + system time of this process.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from collector.ledger.book import Book
from collector.ledger.connection import connect, transaction
from collector.ledger.evidence import Evidence
from collector.ledger.opening import inspected
from collector.ledger.reader import LedgerReader
from collector.ledger.rows import Session
from collector.ledger.salvage import salvage
from collector.ledger.store import open_store
from collector.ledger.tables import RUN
from collector.model import Reason, Uptime, UptimeSource, Verdict

RESULTS = Path(__file__).parent / "results"
# 2026-11-22T17:00:00Z, midnight in Hanoi.
START_MS = 1_795_366_800_000
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
FLUSH_S = 5
HOUR_S = 3_600
DAYS_A_MONTH = 30
OUTAGES_A_DAY = 0.5
"""Per device: a poor line has more, most have none; half of these end with a restart of the device."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """One run. Bytes are those of the file at its end, `written_bytes` what went to the disk on the way."""

    name: str
    devices: int
    interval_s: int
    hours: float
    polls: int
    rows: int
    book_cpu_s: float
    commit_cpu_s: float
    commits: int
    slowest_commit_s: float
    written_bytes: int
    file_bytes: int

    @property
    def month_bytes(self) -> float | None:
        """The file's growth in 30 days; None if less than a day of runs was measured (they begin daily)."""
        if self.hours < 24 and self.name == "ledger":
            return None
        return self.file_bytes * DAYS_A_MONTH * 24 / self.hours

    @property
    def cpu_share(self) -> float:
        """The share of one core that this takes in real time."""
        return (self.book_cpu_s + self.commit_cpu_s) / (self.hours * HOUR_S)


class Fleet:
    """Devices with random outages; polls in the order in which a collector would make them."""

    def __init__(self, devices: int, interval_s: int, hours: float) -> None:
        self._interval_s = interval_s
        self._devices = devices
        self._seconds = round(hours * HOUR_S)
        random = Random(2026)
        self._outages: list[list[tuple[int, int]]] = []
        self._boots_s: list[list[int]] = []
        for _ in range(devices):
            count = sum(random.random() < OUTAGES_A_DAY * hours / 24 / 4 for _ in range(4))
            starts = sorted(random.randrange(self._seconds) for _ in range(count))
            outages = [(start, start + random.choice([120, 600, 3_600])) for start in starts]
            restarts = [end - 60 for _, end in outages if random.random() < 0.5]
            self._outages.append(outages)
            self._boots_s.append([-random.randrange(10, 400 * 86_400), *restarts])

    def batches(self) -> Iterator[tuple[int, list[tuple[Evidence, tuple[Uptime, ...]]]]]:
        """Yield, for each 5 s, the second at its end and the polls made in it."""
        for second in range(0, self._seconds, FLUSH_S):
            due = [
                self._poll(number, at)
                for number in range(self._devices)
                for at in range(second, second + FLUSH_S)
                if at % self._interval_s == number % self._interval_s
            ]
            yield second + FLUSH_S, due

    def _poll(self, number: int, second: int) -> tuple[Evidence, tuple[Uptime, ...]]:
        sent_ms = START_MS + second * 1000 + number % 1000
        silent = any(start <= second < end for start, end in self._outages[number])
        evidence = Evidence(
            device=f"xa-ngoc-son-{number:04d}",
            revision=1,
            verdict=Verdict.SILENT if silent else Verdict.ANSWERED,
            reason=Reason.TIMEOUT if silent else None,
            sent_ms=sent_ms,
            done_ms=sent_ms + (3_000 if silent else 40),
            answered_ms=None if silent else sent_ms + 35,
            interval_ms=self._interval_s * 1000,
            deadline_ms=self._interval_s * 500,
        )
        if silent:
            return evidence, ()
        boot_s = max(boot for boot in self._boots_s[number] if boot <= second)
        ticks = ((second - boot_s) * 1000 + number % 1000) // 10 % 2**32
        return evidence, tuple(
            Uptime(source=source, ticks=ticks, sent_ms=sent_ms, at_ms=sent_ms + 35, wraps=True)
            for source in (UptimeSource.SYS_UPTIME, UptimeSource.HR_SYSTEM_UPTIME)
        )


def disk_writes() -> int:
    """Return the bytes this process has caused to be written to disks."""
    lines = Path("/proc/self/io").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("write_bytes")))


def run_ledger(folder: Path, devices: int, interval_s: int, hours: float) -> Cost:
    """Feed a fleet's polls to the ledger."""
    path = folder / f"ledger-{interval_s}.db"
    store, restored = open_store(path, now_ms=START_MS)
    book = Book(Session(id="bench", started_ms=START_MS, version="bench"), restored, ZONE)
    book.revision("{}", START_MS, ZONE)
    polls = rows = commits = 0
    booking = committing = slowest = 0.0
    before = disk_writes()
    for second, due in Fleet(devices, interval_s, hours).batches():
        began = time.process_time()
        for evidence, uptimes in due:
            book.poll(evidence)
            for uptime in uptimes:
                book.uptime(evidence.device, uptime)
        book.heartbeat(START_MS + second * 1000)
        booked, clock = time.process_time(), time.perf_counter()
        rows += store.write(book.take().rows.values()).rows
        book.done()
        committing += time.process_time() - booked
        slowest = max(slowest, time.perf_counter() - clock)
        booking += booked - began
        polls += len(due)
        commits += 1
    store.close()
    return Cost(
        name="ledger",
        devices=devices,
        interval_s=interval_s,
        hours=hours,
        polls=polls,
        rows=rows,
        book_cpu_s=booking,
        commit_cpu_s=committing,
        commits=commits,
        slowest_commit_s=slowest,
        written_bytes=disk_writes() - before,
        file_bytes=path.stat().st_size,
    )


def run_row_a_poll(folder: Path, devices: int, interval_s: int, hours: float) -> Cost:
    """Store the same polls as one row each: device, instant, status, round trip."""
    path = folder / f"rows-{interval_s}.db"
    polls, commits, committing, slowest = 0, 0, 0.0, 0.0
    before = disk_writes()
    with closing(connect(path, mode="rwc")) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(
            "CREATE TABLE heartbeat (device TEXT, at_ms INTEGER, status INTEGER, ping INTEGER)"
        )
        connection.execute("CREATE INDEX by_device ON heartbeat (device, at_ms)")
        for _, due in Fleet(devices, interval_s, hours).batches():
            began, clock = time.process_time(), time.perf_counter()
            rows = [(e.device, e.sent_ms, int(e.verdict is Verdict.ANSWERED), 35) for e, _ in due]
            with transaction(connection):
                connection.executemany("INSERT INTO heartbeat VALUES (?, ?, ?, ?)", rows)
            committing += time.process_time() - began
            slowest = max(slowest, time.perf_counter() - clock)
            polls += len(due)
            commits += 1
    return Cost(
        name="row a poll",
        devices=devices,
        interval_s=interval_s,
        hours=hours,
        polls=polls,
        rows=polls,
        book_cpu_s=0.0,
        commit_cpu_s=committing,
        commits=commits,
        slowest_commit_s=slowest,
        written_bytes=disk_writes() - before,
        file_bytes=path.stat().st_size,
    )


def reading(folder: Path) -> dict[str, float]:
    """Return seconds to open, check, read and salvage the measured day."""
    path = folder / "ledger-60.db"
    times = {}
    for name, thorough in (("quick_check_s", False), ("thorough_check_s", True)):
        began = time.perf_counter()
        with inspected(path, thorough=thorough):
            times[name] = time.perf_counter() - began
    began = time.perf_counter()
    store, _ = open_store(path, now_ms=START_MS)
    store.close()
    times["open_and_restore_s"] = time.perf_counter() - began
    began = time.perf_counter()
    with LedgerReader(path) as reader:
        times["runs"] = sum(1 for _ in reader.rows(RUN, START_MS, START_MS + 86_400_000))
    times["read_runs_s"] = time.perf_counter() - began
    began = time.perf_counter()
    salvage(path, folder / "salvaged.db", now_ms=START_MS)
    times["salvage_s"] = time.perf_counter() - began
    return times


def show(costs: list[Cost], times: dict[str, float]) -> None:
    """Print the tables."""
    print(
        f"{'':12}{'devices':>8}{'every':>7}{'hours':>7}{'polls':>12}{'rows/s CPU':>12}{'core':>8}"
        f"{'written/day':>14}{'file/month':>13}{'slowest':>10}"
    )
    for cost in costs:
        cpu = cost.book_cpu_s + cost.commit_cpu_s
        month = "–" if cost.month_bytes is None else f"{cost.month_bytes / 1e6:,.0f} MB"
        print(
            f"{cost.name:12}{cost.devices:8,}{cost.interval_s:5} s{cost.hours:7g}{cost.polls:12,}"
            f"{cost.rows / cpu:12,.0f}{cost.cpu_share:8.2%}"
            f"{cost.written_bytes * 24 / cost.hours / 1e9:11.2f} GB{month:>13}"
            f"{cost.slowest_commit_s * 1000:7.0f} ms"
        )
    print(", ".join(f"{name} {value:.3g}" for name, value in times.items()))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--devices", type=int, default=2_000)
    parser.add_argument("--day-hours", type=float, default=24.0, help="virtual hours at 60 s")
    parser.add_argument(
        "--fast-hours", type=float, default=1.0, help="virtual hours at 10 s, and of the peer"
    )
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="haidang-bench-", dir=Path.cwd()))
    try:
        costs = [
            run_ledger(folder, options.devices, 60, options.day_hours),
            run_ledger(folder, options.devices, 10, options.fast_hours),
            run_row_a_poll(folder, options.devices, 60, options.fast_hours),
            run_row_a_poll(folder, options.devices, 10, options.fast_hours),
        ]
        times = reading(folder)
    finally:
        shutil.rmtree(folder)
    show(costs, times)
    now = datetime.now(UTC)
    RESULTS.mkdir(exist_ok=True)
    result = {
        "date": now.isoformat(timespec="seconds"),
        "machine": {
            "cpus": os.cpu_count(),
            "kernel": platform.release(),
            "python": platform.python_version(),
        },
        "sqlite": sqlite3.sqlite_version,
        "flush_s": FLUSH_S,
        "outages_per_device_and_day": OUTAGES_A_DAY,
        "costs": [asdict(cost) | {"month_bytes": cost.month_bytes, "core": cost.cpu_share} for cost in costs],
        "day_of_60_s": times,
    }
    (RESULTS / f"ledger-{now.date()}.json").write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
