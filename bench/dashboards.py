"""How long each question of each dashboard takes on thirty days of the lab's province.

    .venv/bin/python -m bench.dashboards --metrics http://127.0.0.1:10286/metrics [--days 30] [--step 300]

What a running collector exposes of the lab is taken once as it stands, and repeated for the days before: gauges as they
are, counters growing at an even rate, every --step seconds. promtool makes blocks of it, as large as Prometheus would
have made them by then (that takes a quarter of an hour and 20 GB of disk for a while), a Prometheus of its own serves
them, and each question is asked as Grafana does: instant ones once, the others over the whole time in 720 points (each
three times, the median counts). Only families that dashboards ask for are kept.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench.measure import save, show
from dashboards.build import GENERATED
from deploy.stack.ports import free_port
from deploy.stack.prometheus import http_ok, prometheus_child
from tests.unit.dashboards.promql import metrics
from tests.unit.dashboards.questions import Question, questions

CHOSEN = {
    "district": {"area": "thai-thuy"},
    "site": {"device": "hub-thai-thuy"},
    "server": {"device": "srv-portal-db"},
    "services": {"device": "portal|eoffice"},
}
POINTS, TIMES = 720, 3
BLOCK_S = 162 * 3_600
"""Of its steps of 2 h, 6 h, 18 h … the longest block that Prometheus makes when it keeps 90 days."""
_SAMPLE = re.compile(r"^([A-Za-z_:][\w:]*)(\{.*\})? (\S+)(?: \d+)?$")
CONFIGURATION = "global: {scrape_interval: 1h}\nscrape_configs: []\n"


def asked_for() -> set[str]:
    """Return the names of all metrics that dashboards ask for."""
    return {name for question in questions({}) for name in metrics(question.expr)}


def exposed(url: str) -> list[tuple[str, str, float]]:
    """Return the samples of a collector that dashboards ask for: name, labels, value."""
    wanted = asked_for()
    with urllib.request.urlopen(url, timeout=60) as response:
        lines = response.read().decode().splitlines()
    found = (_SAMPLE.match(line) for line in lines if not line.startswith("#"))
    return [(one[1], one[2] or "", float(one[3])) for one in found if one is not None and one[1] in wanted]


def open_metrics(samples: list[tuple[str, str, float]], times: range, first: int) -> Iterator[str]:
    """Yield the lines of an OpenMetrics file: each series at all times, families together; `first` is counters' zero."""
    family = ""
    for name, labels, value in sorted(samples):
        if name != family:
            family = name
            yield f"# TYPE {name} unknown\n"
        if name.endswith(("_total", "_bucket", "Octets", "Errors")):
            rate = value / (86_400.0 * 30)
            yield from (f"{name}{labels} {value + rate * (at - first):.15g} {at}\n" for at in times)
        else:
            start = f"{name}{labels} {value:.15g} "
            yield from (f"{start}{at}\n" for at in times)
    yield "# EOF\n"


def blocks(
    promtool: str, samples: list[tuple[str, str, float]], times: range, folder: Path, data: Path
) -> int:
    """Make a block of each stretch of BLOCK_S; return how many bytes of text that took."""

    def block(begin: int) -> int:
        inside = range(max(begin, times.start), min(begin + BLOCK_S, times.stop), times.step)
        file = folder / f"{begin}.om"
        with file.open("w", encoding="utf-8") as text:
            text.writelines(open_metrics(samples, inside, times.start))
        kind = ["create-blocks-from", f"--max-block-duration={BLOCK_S}s", "openmetrics"]
        subprocess.run([promtool, "tsdb", *kind, str(file), str(data)], check=True, stdout=subprocess.DEVNULL)
        size = file.stat().st_size
        file.unlink()
        print(f"history: {len(inside)} of {len(times)} points", file=sys.stderr)
        return size

    with ThreadPoolExecutor(os.cpu_count()) as makers:
        return sum(makers.map(block, range(times.start // BLOCK_S * BLOCK_S, times.stop, BLOCK_S)))


def ask(url: str, question: Question, start: int, end: int) -> float:
    """Return how long an answer took."""
    given: dict[str, object] = {"query": question.expr}
    if question.instant:
        path, given = "query", given | {"time": end}
    else:
        path, given = "query_range", given | {"start": start, "end": end, "step": (end - start) // POINTS}
    began = time.monotonic()
    with urllib.request.urlopen(
        f"{url}/api/v1/{path}?{urllib.parse.urlencode(given)}", timeout=120
    ) as response:
        json.load(response)
    return time.monotonic() - began


def main() -> None:
    """Measure, print, save."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--metrics", required=True)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--step", type=int, default=300)
    given = parser.parse_args()
    samples = exposed(given.metrics)
    end = int(time.time()) // 7_200 * 7_200
    start = end - given.days * 86_400
    promtool = shutil.which("promtool")
    if promtool is None:
        sys.exit("promtool is not installed (Debian package prometheus)")
    took: list[tuple[float, Question]] = []
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        data = folder / "prometheus" / "data"
        data.mkdir(parents=True)
        size = blocks(promtool, samples, range(start, end, given.step), folder, data)
        with prometheus_child(folder / "prometheus", CONFIGURATION, port=port) as child:
            url = f"http://127.0.0.1:{port}"
            child.wait_until(lambda: http_ok(f"{url}/-/ready"), seconds=300)
            for question in questions(CHOSEN, range_s=given.days * 86_400, rate_s=4 * given.step):
                each = [ask(url, question, start, end - given.step) for _ in range(TIMES)]
                took.append((statistics.median(each), question))
    took.sort(key=lambda one: -one[0])
    slowest = [
        (question.at, "instant" if question.instant else "range", f"{s:.3f}") for s, question in took[:15]
    ]
    show(f"{given.days} days, {len(samples)} series", ["question", "kind", "s"], slowest)
    figures = {
        "days": given.days,
        "step_s": given.step,
        "series": len(samples),
        "openmetrics_mb": round(size / 1e6, 1),
        "questions": len(took),
        "dashboards": len(list((GENERATED / "vi").glob("*.json"))),
        "slowest_s": round(took[0][0], 3),
        "over_a_second": [question.at for s, question in took if s > 1.0],
        "median_s": round(statistics.median(s for s, _ in took), 4),
    }
    print(json.dumps(figures, ensure_ascii=False, indent=1))
    print(save("dashboards", figures))


if __name__ == "__main__":
    main()
