"""How long the monthly report of the whole province takes, in all formats, and how much memory.

    .venv/bin/python -m bench.report [--ledger FILE] [--lang vi] [--only docx,pdf]

Runs `haidang report --draft` in a process of its own on a simulated month of 317 devices; without --ledger it
makes the month first (`haidang lab month 2026-10 --seed 7`), which takes minutes and is not counted.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from bench.measure import save, show

PROGRAM = str(Path(sys.executable).with_name("haidang"))
FORMATS = ("json", "xlsx", "docx", "pdf", "docx,pdf,xlsx,json")


@dataclass(frozen=True)
class Run:
    """One run: which files, how long, how much memory its processes shared out (PSS) had, how large they are."""

    formats: str
    seconds: float
    cpu_s: float
    peak_mib: float
    bytes: int
    load_before: float


def run(ledger: Path, formats: str, language: str) -> Run:
    with tempfile.TemporaryDirectory() as name:
        command = [PROGRAM, "report", "2026-10", "--draft", "--lang", language, "--format", formats,
                   "--ledger", str(ledger), "-o", name]  # fmt: skip
        load, began = os.getloadavg()[0], time.monotonic()
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        peak, spent = 0, dict[int, float]()
        while child.poll() is None:
            peak = max(peak, memory_of_all(child.pid, spent))
            time.sleep(0.25)
        took = time.monotonic() - began
        if child.returncode:
            raise SystemExit(f"haidang report ended with {child.returncode}")
        return Run(
            formats=formats,
            seconds=round(took, 1),
            cpu_s=round(sum(spent.values()), 1),
            peak_mib=round(peak / 2**20, 0),
            bytes=sum(path.stat().st_size for path in Path(name).iterdir()),
            load_before=round(load, 1),
        )


def memory_of_all(pid: int, spent: dict[int, float]) -> int:
    """Return the proportional set sizes of a process and those below it; note the CPU seconds of each."""
    found = 0
    with contextlib.suppress(psutil.Error):
        top = psutil.Process(pid)
        for process in (top, *top.children(recursive=True)):
            with contextlib.suppress(psutil.Error):
                found += process.memory_full_info().pss
                times = process.cpu_times()
                spent[process.pid] = times.user + times.system
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--ledger", type=Path)
    parser.add_argument("--lang", default="vi")
    parser.add_argument("--only", help="only these formats, such as docx,pdf,xlsx,json")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        ledger = given.ledger
        if ledger is None:
            ledger = Path(name) / "month.db"
            subprocess.run(
                [PROGRAM, "lab", "month", "2026-10", "--seed", "7", "--ledger", str(ledger)], check=True
            )
        runs = [run(ledger, one, given.lang) for one in ([given.only] if given.only else FORMATS)]
    show(
        "haidang report, 317 devices, one month",
        ["files", "s", "CPU s", "peak MiB", "kB", "load before"],
        [(r.formats, r.seconds, r.cpu_s, r.peak_mib, r.bytes // 1000, r.load_before) for r in runs],
    )
    save("report", {"language": given.lang, "devices": 317, "runs": [asdict(one) for one in runs]})


if __name__ == "__main__":
    main()
