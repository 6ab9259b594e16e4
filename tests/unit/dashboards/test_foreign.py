"""Dashboards that others wrote for snmp_exporter and node_exporter find all they ask for."""

from __future__ import annotations

import pytest

from collector.expose.catalogue.all import FAMILIES
from tests.unit.dashboards.foreign import NETWORK, NODES


@pytest.mark.parametrize("asked", [NETWORK, NODES], ids=["if_mib", "node_exporter"])
def test_every_metric_and_label_they_ask_for_is_in_the_catalogue(asked: dict[str, set[str]]) -> None:
    """Under the same names, so that they run unchanged."""
    known = {family.name: {*family.labels, "instance", "job"} for family in FAMILIES}
    missing = {name: labels - known.get(name, set()) for name, labels in asked.items()}
    assert {name: labels for name, labels in missing.items() if labels} == {}
