"""What one inventory changes against another."""

from __future__ import annotations

from pathlib import Path

from collector.inventory.load import load
from collector.inventory.loaded import Accepted
from collector.inventory.values import Inventory
from collector.planning.changes import Change, ChangeKind, Section, changes, cuts
from tests.unit.planning.windows import HEAD

BASE = HEAD + "credentials: {old: {type: snmpv2c, community: 'env:C'}}\n"


def text(folder: Path, words: str, name: str = "new") -> Inventory:
    place = folder / name
    place.mkdir(exist_ok=True)
    (place / "inventory.yaml").write_text(words, encoding="utf-8")
    loaded = load(place / "inventory.yaml", environ={"C": "c"})
    assert isinstance(loaded, Accepted), loaded
    return loaded.inventory


def told(folder: Path, old: str, new: str) -> list[tuple[str, str, str, str, str, str]]:
    """Return the changes from one text to another, kept in two folders."""
    found = changes(text(folder, old, "old"), text(folder, new))
    return [(str(c.section), c.id, str(c.kind), c.key, c.before, c.after) for c in found]


def test_the_same_in_another_folder_and_order_is_no_change(tmp_path: Path) -> None:
    """Paths count from the folder of each file; comments, order and layout are not looked at."""
    extra = "collector: {ledger: my/ledger.db, listen: 127.0.0.1:9000}\n"
    assert told(tmp_path, BASE + extra, "# new\n" + extra + BASE) == []


def test_devices_come_go_and_are_renamed(tmp_path: Path) -> None:
    """The id carries the history: another name under the same id is a renaming, and nothing else."""
    new = BASE.replace("{id: a, address", "{id: a, name: Xã An Khê, address").replace(
        "127.34.0.4", "127.34.0.9"
    )
    new = new.replace("id: b,", "id: c,")
    assert told(tmp_path, BASE, new) == [
        ("device", "a", "renamed", "name", "a", "Xã An Khê"),
        ("device", "b", "removed", "", "b", ""),
        ("device", "c", "added", "", "", "c"),
    ]


def test_the_same_place_under_another_id_cuts_the_history(tmp_path: Path) -> None:
    """It is said at the new device, with the id that would keep it."""
    found = changes(text(tmp_path, BASE, "old"), text(tmp_path, BASE.replace("id: b,", "id: b2,")))
    assert cuts(found) == (
        Change(
            section=Section.DEVICE,
            id="b2",
            kind=ChangeKind.HISTORY_CUT,
            key="id",
            before="b",
            after="b2",
        ),
    )
    assert [change.kind for change in found] == [
        ChangeKind.HISTORY_CUT,
        ChangeKind.REMOVED,
        ChangeKind.ADDED,
    ]


def test_an_address_that_moves_to_a_device_that_was_there_cuts_nothing(tmp_path: Path) -> None:
    """Two devices that both had a history keep it."""
    swapped = BASE.replace("127.34.0.4", "127.34.0.9").replace("127.34.0.3", "127.34.0.4")
    assert cuts(changes(text(tmp_path, BASE, "old"), text(tmp_path, swapped))) == ()


def test_what_is_changed_is_told_key_by_key(tmp_path: Path) -> None:
    """In the words of the file, as far as they are shorter than its values."""
    new = BASE.replace(
        "{id: b, address: 127.34.0.4, icmp: true, parents: [hub, core]}",
        "{id: b, address: 127.34.0.4, icmp: {packets: 5}, parents: [hub], interval: 1m, area: '340', "
        "capacity: [{rate: 100M, from: 2026-01-01}], commissioned: 2026-03-07 22:00, "
        "snmp: {credential: old}, serves: 3}",
    )
    assert told(tmp_path, BASE, new) == [
        ("device", "b", "changed", "area", "none", "340"),
        ("device", "b", "changed", "capacities", "none", "(in 100M, out 100M, start 2026-01-01)"),
        ("device", "b", "changed", "commissioned", "none", "2026-03-07 22:00"),
        ("device", "b", "changed", "icmp.packets", "3", "5"),
        ("device", "b", "changed", "interval", "30s", "1m"),
        ("device", "b", "changed", "parents", "hub, core", "hub"),
        ("device", "b", "changed", "reachability", "icmp", "icmp, snmp"),
        ("device", "b", "changed", "serves", "0", "3"),
        (
            "device",
            "b",
            "changed",
            "snmp",
            "none",
            "credential old, port 161, retries 2, timeout 3s",
        ),
    ]


def test_everything_else_is_told_too(tmp_path: Path) -> None:
    """Areas, maintenance with its times, calendar, contacts, credentials by name, the collector's own."""
    old = BASE + (
        "maintenance: [{id: m, devices: [b], from: 2026-03-07 22:00, until: 2026-03-08 02:00, reason: r, "
        "author: a}]\n"
    )
    new = (
        BASE.replace('{id: "340", hub: hub}', '{id: "340", name: Đông Hưng, hub: hub}, {id: "341"}')
        + "maintenance: [{id: m, devices: [b], from: 2026-03-07 22:00, until: 2026-03-08 03:00, reason: r, "
        "author: a, repeat: weekly}]\n"
        "calendar: {weekdays: mon-sat, days_off: [2026-02-13], holidays: null}\n"
        "contacts: [{id: duty, name: Trực ban, phone: '0227 3 000 000'}]\n"
        "collector: {listen: 127.0.0.1:9000}\n"
    ).replace("env:C", "env:D")
    assert told(tmp_path, old, new) == [
        ("area", "340", "renamed", "name", "340", "Đông Hưng"),
        ("area", "341", "added", "", "", "341"),
        ("maintenance", "m", "changed", "end", "2026-03-08 02:00", "2026-03-08 03:00"),
        ("maintenance", "m", "changed", "repeat", "none", "every week on sat"),
        ("calendar", "", "changed", "days_off", "none", "2026-02-13"),
        ("calendar", "", "changed", "holidays", "VN", "none"),
        ("calendar", "", "changed", "weekdays", "mon, tue, wed, thu, fri", "mon, tue, wed, thu, fri, sat"),
        ("credential", "old", "changed", "community", "env:C", "env:D"),
        ("contact", "duty", "added", "", "", "Trực ban"),
        ("collector", "", "changed", "http.port", "10286", "9000"),
    ]


def test_a_long_value_is_cut_short(tmp_path: Path) -> None:
    """What is said of one key stays on a line or two."""
    long = BASE.replace("{id: a, address", "{id: a, name: " + "x" * 200 + ", address")
    ((_, _, _, _, _, after),) = told(tmp_path, BASE, long)
    assert after == "x" * 159 + "…"
