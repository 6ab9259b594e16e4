"""Devices from CSV files."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from collector.inventory.csv_import import device_keys
from collector.inventory.loaded import Accepted, Refused
from collector.inventory.values import Capacity, SnmpCheck
from tests.unit.inventory.running import LoadText

GROUP = "groups: {commune: {icmp: true, snmp: {credential: routers}}}\n"
IMPORT = (
    GROUP
    + "import: [{csv: c.csv, group: commune, id_prefix: c-, columns: {id: ma, name: tên, address: ip}}]\n"
)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_what_spreadsheets_write_is_read(
    separator: str, encoding: str, line_end: str, load_text: LoadText
) -> None:
    """Commas, semicolons and tabs, with a byte order mark or without, Windows' line ends or Unix's."""
    rows = [["ma", "tên", "ip", "ghi chú"], ["12687", "Xã An Khê", "127.34.0.1", ""], ["", "", "", ""]]
    Path("c.csv").write_text(
        "".join(separator.join(row) + line_end for row in rows), encoding=encoding, newline=""
    )
    loaded = load_text(IMPORT)
    assert isinstance(loaded, Accepted)
    (device,) = loaded.inventory.devices
    assert (device.id, device.name, device.address) == ("c-12687", "Xã An Khê", "127.34.0.1")
    assert device.role == "commune"
    assert device.snmp == SnmpCheck(credential="routers")


def test_columns_reach_into_blocks_and_empty_cells_give_nothing(load_text: LoadText) -> None:
    """`snmp.port` fills a block, words fill a list; an empty cell leaves the word to the group."""
    Path("c.csv").write_text(
        "ma,ip,port,rate,role,up,parents,group\n"
        "1,127.34.0.1,1161,100M,,wan0,,\n"
        '2,127.34.0.2,,,ward,,"c-1, c-3",\n'
        "3,127.34.0.3,,,,,,other\n"
    )
    loaded = load_text(
        GROUP.replace("}}}", "}}, other: {icmp: true}}")
        + "import: [{csv: c.csv, group: commune, id_prefix: c-, columns: {id: ma, address: ip, group: group, "
        "snmp.port: port, capacity: rate, role: role, uplink.interface: up, parents: parents}}]\n"
    )
    assert isinstance(loaded, Accepted), loaded.mistakes
    one, two, three = loaded.inventory.devices
    assert one.snmp == SnmpCheck(credential="routers", port=1_161)
    assert one.capacities == (Capacity(in_bps=10**8, out_bps=10**8),)
    assert one.uplink is not None
    assert (one.role, two.role, three.role) == ("commune", "ward", "other")
    assert (two.parents, two.uplink, two.snmp) == (("c-1", "c-3"), None, SnmpCheck(credential="routers"))
    assert three.snmp is None


def test_numbers_of_a_csv_are_texts(load_text: LoadText) -> None:
    """A code with leading zeros stays as it is: a CSV cell is never read as a YAML number."""
    Path("c.csv").write_text("ma,tên,ip\n00123,0123,127.34.0.1\n")
    loaded = load_text(IMPORT.replace("id_prefix: c-, ", ""))
    assert isinstance(loaded, Accepted)
    assert (loaded.inventory.devices[0].id, loaded.inventory.devices[0].name) == ("00123", "0123")


def test_headers_match_however_their_accents_are_typed(load_text: LoadText) -> None:
    """A header typed with combining marks is the same column as one typed whole."""
    Path("c.csv").write_text(unicodedata.normalize("NFD", "ma,tên,ip\n1,An Khê,127.34.0.1\n"))
    loaded = load_text(IMPORT)
    assert isinstance(loaded, Accepted)
    assert loaded.inventory.devices[0].name == "An Khê"


def test_mistakes_name_the_line_a_row_begins_on(load_text: LoadText) -> None:
    """Cells over several lines do not shift the lines of what follows."""
    Path("c.csv").write_text('ma,tên,ip\n\n1,"Xã\nAn Khê",127.34.0.1\n2,An Vinh,nowhere\n')
    loaded = load_text(IMPORT)
    assert isinstance(loaded, Refused)
    assert [(mistake.where, mistake.path) for mistake in loaded.mistakes] == [
        ("c.csv:3", "column tên"),
        ("c.csv:5", "column ip"),
    ]


def test_a_broken_import_makes_no_mistakes_elsewhere(load_text: LoadText) -> None:
    """Devices of a file that cannot be read are not called unknown where others refer to them."""
    loaded = load_text(
        IMPORT + "areas: [{id: x, hub: c-1}]\n"
        "maintenance: [{id: m, devices: [c-2], from: 2026-01-01, until: 2026-01-02, reason: r, author: a}]\n"
    )
    assert isinstance(loaded, Refused)
    assert [mistake.path for mistake in loaded.mistakes] == ["import[0].csv"]


def test_a_file_lies_beside_the_inventory(tmp_path: Path, load_text: LoadText) -> None:
    """A path counts from the inventory's folder, and mistakes name the file from where the user stands."""
    folder = tmp_path / "lists"
    folder.mkdir()
    (folder / "c.csv").write_text("ma,tên,ip\n1,An Khê,nowhere\n")
    loaded = load_text(IMPORT.replace("c.csv", "lists/c.csv"))
    assert isinstance(loaded, Refused)
    assert loaded.mistakes[0].where == "lists/c.csv:2"


def test_every_key_of_a_device_can_come_from_a_column() -> None:
    """Scalars by their name, keys of blocks with a dot; a list of capacities as a rate alone."""
    assert list(device_keys()) == [
        "id", "name", "group", "address", "latitude", "longitude", "commissioned", "withdrawn",
        "role", "area", "parents", "icmp.packets", "icmp.timeout",
        "snmp.credential", "snmp.port", "snmp.timeout", "snmp.retries",
        "ssh.credential", "ssh.port", "ssh.timeout", "ssh.host_key",
        "reachability", "interval", "deadline", "capacity", "uplink.interface", "uplink.side", "serves",
    ]  # fmt: skip
