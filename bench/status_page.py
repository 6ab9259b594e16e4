"""What readers of the status page cost: 1,000 devices polled, 50 readers at once, answers and lateness of polls.

    .venv/bin/python -m bench.status_page [--devices 1000] [--readers 50] [--every 10] [--interval 30] [--seconds 60]

The fleet is the lab's, by SNMPv3; the collector is the real one in a process of its own. It is watched without readers
first, then with: all of them ask at the same instant, every ten seconds as the page does, each for another page than
its neighbour. Lateness is an upper estimate, a bucket's bound.
"""

from __future__ import annotations

import argparse
import http.client
import tempfile
import threading
import time
from contextlib import ExitStack
from itertools import cycle
from pathlib import Path

from bench.fleet import (
    DISCOVERED_S,
    Run,
    collector,
    difference,
    lab,
    nobody_unknown,
    scraped,
    value_of,
    write_inventory,
)
from bench.measure import Samples, cpu_seconds, memory_bytes, quantile, save, show
from deploy.stack.ports import free_port
from lab.province import fleet

PATHS = ("/", "/devices", "/devices/{device}", "/outages", "/api/v1/province", "/api/v1/devices")
LATENESS = "haidang_poll_start_lateness_seconds_bucket"


class Reader(threading.Thread):
    """Asks for a page whenever all readers do, on a connection of its own, until told to stop."""

    def __init__(self, port: int, paths: list[str], together: threading.Barrier) -> None:
        super().__init__()
        self._port, self._paths, self._together = port, paths, together
        self.took: list[float] = []
        self.failed: list[str] = []

    def run(self) -> None:
        """Read."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        headers = {"Accept": "text/html", "Accept-Encoding": "gzip"}
        for path in cycle(self._paths):
            try:
                self._together.wait()
            except threading.BrokenBarrierError:
                break
            began = time.monotonic()
            try:
                connection.request("GET", path, headers=headers)
                answer = connection.getresponse()
                answer.read()
                if answer.status != 200:
                    self.failed.append(f"{path}: {answer.status}")
            except (OSError, http.client.HTTPException) as error:
                self.failed.append(f"{path}: {error}")
                connection.close()
            self.took.append(time.monotonic() - began)
        connection.close()


def lead(together: threading.Barrier, every_s: float) -> None:
    """Let all readers ask at the same instant, again and again."""
    while not together.broken:
        try:
            together.wait()
        except threading.BrokenBarrierError:
            break
        time.sleep(every_s)


def lateness(before: Samples, after: Samples, q: float) -> float:
    found = [(labels, value - value_of(before, LATENESS, labels)) for labels, value in after[LATENESS]]
    return quantile(found, q)


def watched(url: str, pid: int, seconds: float) -> dict[str, float]:
    """Watch the polls for a while."""
    before, cpu = scraped(url).samples, cpu_seconds(pid)
    began = time.monotonic()
    time.sleep(seconds)
    cpu, passed = cpu_seconds(pid) - cpu, time.monotonic() - began
    after = scraped(url).samples
    return {
        "polls": difference(before, after, "haidang_polls_total"),
        "polls missed": difference(before, after, "haidang_polls_missed_total"),
        "polls skipped": difference(before, after, "haidang_polls_skipped_total"),
        "lateness p99 below, s": lateness(before, after, 0.99),
        "lateness max below, s": lateness(before, after, 1.0),
        "CPU, share of a core": round(cpu / passed, 3),
        "memory, MB": round(memory_bytes(pid) / 1e6, 1),
    }


def main() -> None:
    """Measure, print, save."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--devices", type=int, default=1_000)
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--every", type=float, default=10.0)
    parser.add_argument("--interval", type=float, default=30.0)
    parser.add_argument("--seconds", type=float, default=60.0)
    given = parser.parse_args()
    run = Run(
        province=fleet(given.devices, interfaces=24),
        interfaces=24,
        silent=0,
        interval_s=given.interval,
        seconds=given.seconds,
    )
    port, served = free_port(), free_port()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        inventory = write_inventory(folder, run, port=port, http=served)
        stack.enter_context(lab(folder, run, inventory))
        child = stack.enter_context(collector(folder, inventory, served))
        child.wait_until(lambda: nobody_unknown(served), seconds=DISCOVERED_S)
        time.sleep(run.interval_s + 10)
        url = f"http://127.0.0.1:{served}/metrics"
        alone = watched(url, child.pid, given.seconds)
        together = threading.Barrier(given.readers + 1)
        device = run.province.places[-1].id
        paths = [path.format(device=device) for path in PATHS]
        turned = [paths[at % len(paths) :] + paths[: at % len(paths)] for at in range(given.readers)]
        readers = [Reader(served, each, together) for each in turned]
        leader = threading.Thread(target=lead, args=(together, given.every))
        for thread in (*readers, leader):
            thread.start()
        crowded = watched(url, child.pid, given.seconds)
        together.abort()
        for thread in (*readers, leader):
            thread.join()
    took = [one for reader in readers for one in reader.took]
    failed = [one for reader in readers for one in reader.failed]
    took.sort()
    answers = {
        "answers": len(took),
        "answers a second": round(len(took) / given.seconds, 1),
        "not answered": len(failed),
        "median, s": round(took[len(took) // 2], 4),
        "p99, s": round(took[int(len(took) * 0.99)], 4),
        "slowest, s": round(took[-1], 4),
    }
    rows: list[tuple[object, ...]] = [(name, alone[name], crowded[name]) for name in alone]
    rows += [(name, "", value) for name, value in answers.items()]
    show(f"{given.devices} devices, {given.readers} readers", ["figure", "no readers", "readers"], rows)
    print(*failed[:5], sep="\n")
    print(
        save(
            "status-page",
            {
                "devices": given.devices,
                "readers": given.readers,
                "every_s": given.every,
                "interval_s": given.interval,
                "alone": alone,
                "crowded": crowded,
                "answers": answers,
            },
        )
    )


if __name__ == "__main__":
    main()
