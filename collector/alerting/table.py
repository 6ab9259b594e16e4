"""The whole table of alerts and shared rules, in the order of evaluation."""

from __future__ import annotations

from collector.alerting import table_collector, table_devices, table_hosts, table_outages
from collector.alerting.alert import Alert, Recording

RECORDINGS: tuple[Recording, ...] = (*table_outages.RECORDINGS, table_devices.WATCHED)

ALERTS: tuple[Alert, ...] = (
    *table_outages.ALERTS,
    *table_devices.ALERTS,
    *table_hosts.ALERTS,
    *table_collector.ALERTS,
)


def alert(code: str) -> Alert | None:
    """Return the alert of this code."""
    return next((found for found in ALERTS if found.code == code), None)
