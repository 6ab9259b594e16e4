"""Writes docs/metrics.md from the catalogue: `python -m collector.expose.catalogue.reference FILE`."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from collector.expose.catalogue import collector, device, host, interface, outage, service, traffic
from collector.expose.catalogue.family import Family

HEAD = """\
# Metrics

Every metric that Hải Đăng exposes, generated from the catalogue in `collector/expose/catalogue/`. A test
fails when this page and the catalogue differ.

- `/metrics` is the whole exposition, `/metrics/area/ID` the devices of one area, without the collector's own.
- Device samples bear their own `instance` (the device's id) and `job`: scrape with `honor_labels: true`.
- Counters that are read from a device or an agent (marked *stamped*) carry the instant of the reading, so
  that `rate()` is steady however polls and scrapes fall (docs/decisions/0002). All other samples carry none
  and go stale as usual. Scrape at least twice in a poll interval, and take rate windows of at least four of
  them.
- What was read of a device leaves at its first silent poll, or 1.5 intervals after the last reading. Its
  state stays.
- A number that is missing is absent, never 0.
- Beside what is listed here, prometheus_client tells of the collector's process: `process_*`, `python_info`.
- Names of the ecosystem are kept: IF-MIB as snmp_exporter's `if_mib` has it, hosts as node_exporter does,
  services as blackbox_exporter does.
"""

_SECTIONS: tuple[tuple[str, str, tuple[Family, ...]], ...] = (
    ("Devices", 'job="haidang"', device.FAMILIES),
    ("Outages of now", 'job="haidang"', outage.FAMILIES),
    ("Lines", 'job="haidang"', traffic.FAMILIES),
    ("Interfaces", 'job="snmp"', interface.FAMILIES),
    ("Hosts", 'job="node"', host.FAMILIES),
    ("Services", 'job="blackbox"', service.FAMILIES),
    ("The collector itself", "labels of the scrape", collector.FAMILIES),
)


def reference() -> str:
    """Return the page."""
    return HEAD + "".join(_section(*section) for section in _SECTIONS)


def _section(title: str, job: str, families: Iterable[Family]) -> str:
    rows = "".join(_row(family) for family in sorted(families, key=lambda family: family.name))
    head = "| metric | type | unit | labels | meaning | source |\n|---|---|---|---|---|---|\n"
    return f"\n## {title}\n\n{job}\n\n{head}{rows}"


def _row(family: Family) -> str:
    kind = f"{family.kind}, stamped" if family.stamped else str(family.kind)
    labels = ", ".join(f"`{label}`" for label in family.labels) or "–"
    return f"| `{family.name}` | {kind} | {family.unit} | {labels} | {family.help} | {family.source} |\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(reference(), encoding="utf-8")
