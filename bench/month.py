"""How long a simulated month takes on one core, and what it comes to.

    .venv/bin/python -m bench.month [--days 31] [--interval 600] [--density 6] [--again]

Runs `haidang lab month` on the whole province in a process of its own; `--again` runs it a second time and
compares both files byte by byte.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.measure import save, show
from lab.intervals import Cause, intervals, outages
from lab.truth_log import read


@dataclass(frozen=True)
class Made:
    """One simulated month."""

    days: int
    interval_s: int
    density: float
    cpu_s: float
    seconds: float
    said: str
    ledger_bytes: int
    truth_bytes: int
    outages: int
    by_cause: dict[str, int]


def make(folder: Path, name: str, *, days: int, interval_s: int, density: float) -> Made:
    ledger = folder / name
    command = [
        str(Path(sys.executable).with_name("haidang")), "lab", "month", "2026-10", "--seed", "7",
        "--days", str(days), "--interval", f"{interval_s}s", "--density", str(density), "--ledger", str(ledger),
    ]  # fmt: skip
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[0]
    took, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    truth = folder / f"{name}.truth.jsonl"
    found = [o for parts in intervals(read(truth)).values() for o in outages(parts)]
    return Made(
        days=days,
        interval_s=interval_s,
        density=density,
        cpu_s=round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 1),
        seconds=round(took, 1),
        said=said.partition(": ")[2],
        ledger_bytes=ledger.stat().st_size,
        truth_bytes=truth.stat().st_size,
        outages=len(found),
        by_cause={str(cause): sum(o.cause is cause for o in found) for cause in Cause},
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--days", type=int, default=31)
    parser.add_argument("--interval", type=int, default=600, help="seconds")
    parser.add_argument("--density", type=float, default=6.0)
    parser.add_argument("--again", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        names = ["one", "again"] if given.again else ["one"]
        made = [
            make(folder, name, days=given.days, interval_s=given.interval, density=given.density)
            for name in names
        ]
        same = None
        if given.again:
            same = all(
                (folder / f"one{suffix}").read_bytes() == (folder / f"again{suffix}").read_bytes()
                for suffix in ("", ".truth.jsonl")
            )
    show(
        "A simulated month of the whole province",
        ["days", "interval", "CPU s", "seconds", "ledger MB", "outages", "what it says"],
        [
            [
                m.days,
                f"{m.interval_s} s",
                m.cpu_s,
                m.seconds,
                f"{m.ledger_bytes / 1e6:.1f}",
                m.outages,
                m.said,
            ]
            for m in made
        ],
    )
    if same is not None:
        print("both runs are equal, byte by byte" if same else "THE RUNS DIFFER")
    print(save("month", {"months": [asdict(m) for m in made], "same_bytes": same}))


if __name__ == "__main__":
    main()
