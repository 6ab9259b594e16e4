"""Maintenance that people entered in the register."""

from __future__ import annotations

from pathlib import Path

from collector.inventory.values import Inventory
from collector.model import State
from collector.planned import Planned
from collector.planning.announced import announced
from collector.planning.standing import WorkSource
from collector.planning.work import calendar_works, register_works
from collector.register.entries import Entry, MaintenanceAdded, MaintenanceEnded, Payload
from tests.unit.planning.windows import HANOI, at, inventory, local


def entry(when: str, payload: Payload, number: int = 1) -> Entry:
    """Return an entry as the register gives it back."""
    return Entry(number=number, at_ms=at(when), author="An", payload=payload, previous="", sha256="")


def added(when: str, *, repeat: str | None = None, name: str = "m", device: str = "a") -> Entry:
    """Return an entry that announces 7 March 22:00 to 8 March 02:00."""
    start_ms, end_ms = at("2026-03-07 22:00"), at("2026-03-08 02:00")
    return entry(
        when,
        MaintenanceAdded(
            id=name,
            devices=(device,),
            areas=(),
            start_ms=start_ms,
            end_ms=end_ms,
            repeat=repeat,
            reason="thay cáp",
        ),
    )


def ended(when: str, until: str, name: str = "m") -> Entry:
    """Return an entry that ends it."""
    return entry(when, MaintenanceEnded(id=name, end_ms=at(until)))


def counted(*entries: Entry) -> list[tuple[str, str] | None]:
    """Return what counts in March, begin and end."""
    works = register_works(announced(entries, HANOI), at("2026-03-01"), at("2026-04-01"), HANOI.key)
    return [
        None if work.counts is None else (local(work.counts[0])[8:16], local(work.counts[1])[8:16])
        for work in works
    ]


def test_an_entry_counts_from_when_it_was_made() -> None:
    """Before: whole; in the midst: from then on; afterwards: not at all, and all of it is late."""
    assert counted(added("2026-03-01")) == [("07T22:00", "08T02:00")]
    assert counted(added("2026-03-07 23:00")) == [("07T23:00", "08T02:00")]
    assert counted(added("2026-03-09")) == [None]
    (work,) = register_works(
        announced([added("2026-03-09")], HANOI), at("2026-03-01"), at("2026-04-01"), HANOI.key
    )
    assert work.late == (at("2026-03-07 22:00"), at("2026-03-08 02:00"))
    assert (work.source, work.author, work.reason) == (WorkSource.REGISTER, "An", "thay cáp")


def test_an_end_holds_from_then_on() -> None:
    """Also one that is said ahead; of two the earlier; never behind the moment at which it is entered."""
    assert counted(added("2026-03-01"), ended("2026-03-08", "2026-03-08")) == [("07T22:00", "08T00:00")]
    assert counted(added("2026-03-01"), ended("2026-03-07 22:30", "2026-03-08 01:00")) == [
        ("07T22:00", "08T01:00")
    ]
    assert counted(
        added("2026-03-01"),
        ended("2026-03-07 22:30", "2026-03-08 01:00"),
        ended("2026-03-07 23:00", "2026-03-07 23:00"),
    ) == [("07T22:00", "07T23:00")]
    assert counted(added("2026-03-01"), ended("2026-03-08 01:00", "2026-03-07 22:30")) == [
        ("07T22:00", "08T01:00")
    ]
    assert counted(added("2026-03-01"), ended("2026-03-05", "2026-03-05")) == []


def test_an_end_is_of_its_own_name_and_of_what_stands() -> None:
    """Another one goes on, and so does one entered later under the same name."""
    assert counted(added("2026-03-01"), ended("2026-03-05", "2026-03-05", "other")) == [
        ("07T22:00", "08T02:00")
    ]
    again = counted(added("2026-03-01"), ended("2026-03-05", "2026-03-05"), added("2026-03-06"))
    assert again == [("07T22:00", "08T02:00")]


def test_a_series_is_ended_as_a_whole() -> None:
    """What was before the end counted; nothing comes after it."""
    series = added("2026-03-01", repeat="every week on sat")
    assert len(counted(series)) == 4
    assert counted(series, ended("2026-03-15 01:00", "2026-03-15 01:00")) == [
        ("07T22:00", "08T02:00"),
        ("14T22:00", "15T01:00"),
    ]


def test_a_repeat_in_words_of_a_newer_program_is_taken_as_once() -> None:
    """What cannot be understood widens nothing."""
    assert counted(added("2026-03-01", repeat="every blue moon")) == [("07T22:00", "08T02:00")]


def test_one_calendar_holds_both(tmp_path: Path) -> None:
    """Windows of the inventory and entries of the register stand together, by their begin."""
    found = inventory(
        tmp_path,
        "maintenance: [{id: i, devices: [b], from: 2026-03-06, until: 2026-03-07, reason: r, author: b}]",
    )
    works = calendar_works(
        [(at("2026-03-01"), found)],
        announced([added("2026-03-02")], HANOI),
        at("2026-03-01"),
        at("2026-04-01"),
    )
    assert [(work.id, str(work.source)) for work in works] == [("i", "inventory"), ("m", "register")]


def live(found: Inventory, entries: list[Entry], when: str) -> dict[str, State]:
    planned = Planned()
    planned.announce(entries)
    planned.take_up(found, at(when))
    return dict(planned.states)


def test_the_live_side_takes_the_same_calendar(tmp_path: Path) -> None:
    """What hangs on it alone is covered too; before it, after it, and once it is ended nothing is."""
    found = inventory(tmp_path)
    entries = [added("2026-03-01", device="hub")]
    assert live(found, entries, "2026-03-07 23:00") == {"hub": State.MAINTENANCE, "a": State.MAINTENANCE}
    assert live(found, entries, "2026-03-07 21:59") == {}
    assert live(found, entries, "2026-03-08 02:00") == {}
    over = [*entries, ended("2026-03-07 22:30", "2026-03-07 22:30")]
    assert live(found, over, "2026-03-07 23:00") == {}


def test_a_change_of_what_is_planned_names_whom_it_is_about(tmp_path: Path) -> None:
    """An entry is followed at the next tick, and only those whose plan changed are named."""
    planned = Planned()
    planned.take_up(inventory(tmp_path), at("2026-03-07 23:00"))
    assert planned.tick(at("2026-03-07 23:01")) == frozenset()
    planned.announce([added("2026-03-07 23:01")])
    assert planned.tick(at("2026-03-07 23:02")) == {"a"}
    assert planned.tick(at("2026-03-07 23:03")) == frozenset()
    assert planned.tick(at("2026-03-08 02:00")) == {"a"}
