"""A real Prometheus over polls, asked for increase() or avg_over_time(): the peer of bench/traffic.py and truth.py."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from deploy.stack.ports import free_port
from deploy.stack.prometheus import http_ok, prometheus_child

Samples = Sequence[tuple[int, int, int]]
"""Polls of one interface: UTC ms, ifIndex, octets as shown."""


class Prometheus:
    """A real Prometheus over blocks that hold the polls; each exposition is a text without its end."""

    def __init__(self, folder: Path, expositions: Iterable[Iterable[str]]) -> None:
        series = folder / "polls.om"
        tool = shutil.which("promtool")
        if tool is None:
            raise SystemExit("this needs Debian's package prometheus")
        data = folder / "prometheus" / "data"
        command = [tool, "tsdb", "create-blocks-from", "openmetrics", str(series), str(data)]
        for lines in expositions:
            with series.open("w", encoding="utf-8") as text:
                text.writelines(lines)
                text.write("# EOF\n")
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        series.unlink(missing_ok=True)
        self._port = free_port()
        self._child = prometheus_child(
            folder / "prometheus", "global: {}\n", port=self._port, retention="10y"
        )

    def __enter__(self) -> Self:
        self._child.start()
        deadline = time.monotonic() + 30
        while not http_ok(f"http://127.0.0.1:{self._port}/-/ready"):
            if time.monotonic() > deadline:
                raise SystemExit("Prometheus did not become ready")
            time.sleep(0.1)
        return self

    def __exit__(self, *_: object) -> None:
        self._child.stop()

    def increase(self, name: str, start_ms: int, end_ms: int) -> float:
        """Return what the function of this name says passed between the first and the last poll."""
        window_ms = end_ms - start_ms + 2
        query = f'sum(increase(octets{{scenario="{name}"}}[{window_ms}ms]))'
        found = self._ask("query", query=query, time=str((end_ms + 1) / 1000))
        return float(found[0]["value"][1])

    def average(self, instance: str, start_ms: int, end_ms: int) -> float | None:
        """Return avg_over_time(up) of an instance over a period; None where there is no sample."""
        query = f'avg_over_time(up{{instance="{instance}"}}[{end_ms - start_ms}ms])'
        found = self._ask("query", query=query, time=f"{(end_ms - 1) / 1000:.3f}")
        return float(found[0]["value"][1]) if found else None

    def peak_bps(self, name: str, start_ms: int, end_ms: int) -> float:
        """Return the highest rate over five minutes that increase() shows."""
        query = f'sum(increase(octets{{scenario="{name}"}}[5m])) * 8 / 300'
        edges = {"start": str(start_ms / 1000 + 300), "end": str(end_ms / 1000), "step": "300"}
        found = self._ask("query_range", query=query, **edges)
        return max((float(value) for _, value in found[0]["values"]), default=0.0) if found else 0.0

    def _ask(self, path: str, **words: str) -> list[dict[str, Any]]:
        url = f"http://127.0.0.1:{self._port}/api/v1/{path}?{urllib.parse.urlencode(words)}"
        with urllib.request.urlopen(url, timeout=60) as answer:
            found: list[dict[str, Any]] = json.load(answer)["data"]["result"]
        return found


def octets(polls: Mapping[str, Samples]) -> Iterator[str]:
    """Yield the lines of the polls of interfaces."""
    yield "# TYPE octets unknown\n"
    for name, samples in polls.items():
        for index in sorted({sample[1] for sample in samples}):
            for at_ms, at_index, shown in samples:
                if at_index == index:
                    labels = f'scenario="{name}",ifName="wan0",ifIndex="{index}"'
                    yield f"octets{{{labels}}} {shown} {at_ms / 1000:.3f}\n"
