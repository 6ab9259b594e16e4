"""The probe of the network interfaces: the kernel's values, bounded and printable."""

from __future__ import annotations

import socket
from pathlib import Path

import psutil
import pytest

from agent.probe.net import read_interfaces
from agent.wire_sections import (
    Interfaces,
    OperState,
)
from tests.unit.agent.probing import tree


def test_interfaces_are_those_of_the_kernel() -> None:
    """Index, MTU and counters of every interface agree with the kernel's own files."""

    def counters() -> dict[str, tuple[int, int]]:
        lines = Path("/proc/net/dev").read_text().splitlines()[2:]
        cut = [line.split(":") for line in lines]
        return {name.strip(): (int(rest.split()[0]), int(rest.split()[8])) for name, rest in cut}

    before, section, after = counters(), read_interfaces(), counters()
    assert isinstance(section, Interfaces)
    assert [one.index for one in section.interfaces] == [index for index, _ in sorted(socket.if_nameindex())]
    for one in section.interfaces:
        assert one.index == socket.if_nametoindex(one.name)
        assert one.mtu == int(Path(f"/sys/class/net/{one.name}/mtu").read_text())
        assert before[one.name][0] <= one.in_bytes <= after[one.name][0]
        assert before[one.name][1] <= one.out_bytes <= after[one.name][1]
    loopback = next(one for one in section.interfaces if one.name == "lo")
    assert (loopback.type, loopback.admin_up, loopback.oper_state) == (24, True, OperState.UP)
    assert (loopback.mac, loopback.speed_bps) == (None, None)


@pytest.mark.parametrize(
    ("operstate", "flags", "wanted"),
    [
        ("up", "up,running", OperState.UP),
        ("unknown", "up,running", OperState.UP),
        ("unknown", "up", OperState.UNKNOWN),
        ("down", "up", OperState.DOWN),
        ("lowerlayerdown", "up", OperState.LOWER_LAYER_DOWN),
        ("dormant", "up,running", OperState.DORMANT),
        ("notpresent", "", OperState.NOT_PRESENT),
        (None, "up,running", OperState.UP),
        (None, "up", OperState.DOWN),
        ("nonsense", "up", OperState.DOWN),
    ],
)
def test_the_state_of_an_interface(
    operstate: str | None, flags: str, wanted: OperState, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kernel's word decides; where it says unknown, whether it runs."""
    index, name = socket.if_nameindex()[0]
    stat = psutil.net_if_stats()[name]._replace(flags=flags)
    monkeypatch.setattr(psutil, "net_if_stats", lambda: {name: stat})
    root = tree(tmp_path, {} if operstate is None else {f"class/net/{name}/operstate": operstate + "\n"})
    section = read_interfaces(root)
    assert isinstance(section, Interfaces)
    assert [(one.index, one.oper_state) for one in section.interfaces] == [(index, wanted)]
    assert section.interfaces[0].admin_up is ("up" in flags.split(","))


def test_what_interfaces_are_called_is_made_printable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hostile alias shows as escapes, a kind that is not known as other(1), a missing number as None."""
    name = socket.if_nameindex()[0][1]
    stat = psutil.net_if_stats()[name]._replace(speed=10_000, duplex=psutil.NIC_DUPLEX_FULL)
    monkeypatch.setattr(psutil, "net_if_stats", lambda: {name: stat})
    files = {"ifalias": "a\x1b[2J\nb", "type": "9999", "address": "0a:0b:0c:0d:0e:0f", "carrier_changes": "x"}
    root = tree(tmp_path, {f"class/net/{name}/{file}": text for file, text in files.items()})
    section = read_interfaces(root)
    assert isinstance(section, Interfaces)
    one = section.interfaces[0]
    assert (one.alias, one.type, one.mac) == ("a\\x1b[2J\\x0ab", 1, "0a:0b:0c:0d:0e:0f")
    assert (one.carrier_changes, one.in_multicast) == (None, None)
    assert (one.speed_bps, one.full_duplex) == (10_000_000_000, True)


def test_interfaces_are_bounded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine with thousands of interfaces shows 512 and how many it leaves out."""
    io, stat = psutil.net_io_counters(pernic=True)["lo"], psutil.net_if_stats()["lo"]
    names = [(index, f"veth{index}") for index in range(1, 3_001)]
    monkeypatch.setattr(psutil, "net_io_counters", lambda **_: {name: io for _, name in names})
    monkeypatch.setattr(psutil, "net_if_stats", lambda: {name: stat for _, name in names})
    monkeypatch.setattr(socket, "if_nameindex", lambda: names)
    section = read_interfaces(tmp_path)
    assert isinstance(section, Interfaces)
    assert (len(section.interfaces), section.omitted) == (512, 2_488)
