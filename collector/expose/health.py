"""The collector's own metrics, through prometheus_client: is the monitor well."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

import prometheus_client
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

from collector.expose.catalogue import collector as catalogue
from collector.expose.catalogue.family import Family, Kind
from collector.model import State, Verdict

_LATENESS_BUCKETS = (0.001, 0.005, 0.02, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
_DURATION_BUCKETS = (0.005, 0.02, 0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)

Reading = tuple[Family, tuple[str, ...], float]
"""A family, its label values and its value, read at the scrape."""


class Health:
    """Counters that events raise, and `readings`: what is looked up at each scrape."""

    def __init__(self, version: str, readings: Callable[[], Iterable[Reading]]) -> None:
        # Without this every counter brings a second series `…_created` that nothing here reads.
        prometheus_client.disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self.registry.register(_Readings(readings))
        self._counters: dict[Family, Counter] = {}
        self.lateness = self._histogram(catalogue.LATENESS, _LATENESS_BUCKETS)
        self.duration = self._histogram(catalogue.POLL_SECONDS, _DURATION_BUCKETS)
        for family in catalogue.COUNTED:
            self._counters[family] = Counter(family.name, family.help, family.labels, registry=self.registry)
        # There from the start, at 0: increase() of a series that begins at 1 is 0, and hides the first event.
        for family, kinds in ((catalogue.POLLS, Verdict), (catalogue.TRANSITIONS, State)):
            for kind in kinds:
                self._counters[family].labels(str(kind))
        build = Gauge(
            catalogue.BUILD_INFO.name,
            catalogue.BUILD_INFO.help,
            catalogue.BUILD_INFO.labels,
            registry=self.registry,
        )
        build.labels(version).set(1)

    def count(self, family: Family, *labels: str, by: float = 1) -> None:
        """Raise a counter of the catalogue."""
        counter = self._counters[family]
        (counter.labels(*labels) if labels else counter).inc(by)

    def render(self) -> bytes:
        """Return the text of the collector's own metrics."""
        return prometheus_client.generate_latest(self.registry)

    def watch_log(self) -> logging.Handler:
        """Return a log handler that counts errors of the collector's own."""
        return _ErrorCounter(self)

    def _histogram(self, family: Family, buckets: tuple[float, ...]) -> Histogram:
        return Histogram(family.name, family.help, registry=self.registry, buckets=buckets)


class _ErrorCounter(logging.Handler):
    def __init__(self, health: Health) -> None:
        super().__init__(level=logging.ERROR)
        self._health = health

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info:
            self._health.count(catalogue.INTERNAL_ERRORS)


class _Readings:
    """Builds families fresh at each scrape."""

    def __init__(self, readings: Callable[[], Iterable[Reading]]) -> None:
        self._readings = readings

    def describe(self) -> list[Metric]:
        """Return nothing: the names are the catalogue's, which a test checks."""
        return []

    def collect(self) -> Iterable[Metric]:
        """Yield what the collector's parts say of themselves now."""
        families: dict[str, Metric] = {}
        for family, labels, value in self._readings():
            metric = families.get(family.name)
            if metric is None:
                kind = CounterMetricFamily if family.kind is Kind.COUNTER else GaugeMetricFamily
                metric = families[family.name] = kind(family.name, family.help, labels=family.labels)
            metric.add_metric(labels, value)  # type: ignore[attr-defined]
        yield from families.values()
