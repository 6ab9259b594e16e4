"""What benchmarks share: CPU of a process, metrics of a collector, dated results, a table."""

from __future__ import annotations

import json
import os
import platform
import urllib.request
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families
from rich.console import Console
from rich.table import Table

RESULTS = Path(__file__).parent / "results"
Samples = dict[str, list[tuple[Mapping[str, str], float]]]
"""Labels and value of each sample, by name."""

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


def cpu_seconds(pid: int) -> float:
    """Return the user and system time that a process (all its threads) has taken."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def memory_bytes(pid: int) -> int:
    """Return the resident memory of a process."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE


def scrape(url: str) -> tuple[Samples, int]:
    """Return all samples by name, and how many bytes the exposition has."""
    with urllib.request.urlopen(url, timeout=30) as response:
        text = response.read().decode()
    found: Samples = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found.setdefault(sample.name, []).append((sample.labels, sample.value))
    return found, len(text.encode())


def quantile(buckets: Iterable[tuple[Mapping[str, str], float]], q: float) -> float:
    """Return the upper bound of the histogram bucket that holds the quantile: an upper estimate."""
    ordered = sorted((float(labels["le"]), count) for labels, count in buckets)
    total = ordered[-1][1]
    return next(bound for bound, count in ordered if count >= q * total)


def machine() -> dict[str, object]:
    """Return what the figures depend on."""
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "python": platform.python_version(),
        "machine": f"{os.cpu_count()} cores, {platform.machine()}",
    }


def save(name: str, results: Mapping[str, object]) -> Path:
    """Write dated results and return the file."""
    RESULTS.mkdir(exist_ok=True)
    found = machine()
    file = RESULTS / f"{name}-{found['date']}.json"
    file.write_text(json.dumps({**found, **results}, indent=1) + "\n", encoding="utf-8")
    return file


def show(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table."""
    table = Table(title=title)
    for number, column in enumerate(columns):
        table.add_column(column, justify="left" if number == 0 else "right")
    for row in rows:
        table.add_row(*(f"{cell:,.3g}" if isinstance(cell, float) else str(cell) for cell in row))
    Console().print(table)
