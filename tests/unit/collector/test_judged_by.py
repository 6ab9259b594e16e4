"""`haidang run --reachability`: one check decides for everybody who has it."""

from __future__ import annotations

from pathlib import Path

from collector.in_use import _judged
from collector.inventory.load import load
from collector.inventory.loaded import Accepted
from collector.inventory.values import Probe

TEXT = """\
organisation: {name: Test}
credentials: {c: {type: snmpv2c, community: env:NONE}}
devices:
  - {id: both, address: 127.0.0.1, icmp: true, snmp: {credential: c}}
  - {id: pinged, address: 127.0.0.2, icmp: true}
"""


def test_a_device_that_has_the_check_is_judged_by_it_alone(tmp_path: Path) -> None:
    """One without it keeps what the file says; without the option all do."""
    (tmp_path / "inventory.yaml").write_text(TEXT)
    loaded = load(tmp_path / "inventory.yaml", environ={"NONE": "x"})
    assert isinstance(loaded, Accepted), loaded
    judged = {device.id: device.reachability for device in _judged(loaded.inventory, Probe.SNMP).devices}
    assert judged == {"both": (Probe.SNMP,), "pinged": (Probe.ICMP,)}
    assert _judged(loaded.inventory, None) is loaded.inventory
