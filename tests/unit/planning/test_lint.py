"""What `haidang maintenance lint` looks for, and what the calendar looks like now."""

from __future__ import annotations

from pathlib import Path

import pytest

from collector.inventory.values import Inventory
from collector.planning.agenda import Item, Phase, agenda, as_json, not_in_use
from collector.planning.announced import announced
from collector.planning.lint import Rule, lint
from collector.planning.standing import Standing, inventory_standings, register_standings
from collector.register.entries import Entry, MaintenanceAdded, MaintenanceEnded, Payload
from tests.unit.planning.windows import HANOI, at, inventory, local

BEGAN, NOW = at("2026-01-01"), at("2026-03-10 12:00")


def window(name: str, *, of: str = "devices: [a]", times: str = "", more: str = "") -> str:
    times = times or "from: 2026-03-20 22:00, until: 2026-03-21 02:00"
    return f"  - {{id: {name}, {of}, {times}, reason: r, author: b{more}}}\n"


def found(folder: Path, *windows: str, known: int = BEGAN) -> list[tuple[str, Rule, str]]:
    """Return the remarks on an inventory that has these windows since an instant."""
    one = inventory(folder, "maintenance:\n" + "".join(windows))
    remarks = lint(inventory_standings([(known, one)]), one, NOW, began_ms=BEGAN)
    return [(remark.id, remark.rule, remark.message) for remark in remarks]


def entry(when: str, payload: Payload) -> Entry:
    return Entry(number=1, at_ms=at(when), author="An", payload=payload, previous="", sha256="")


def added(name: str, device: str, start: str, end: str, when: str = "2026-03-01") -> Entry:
    return entry(
        when,
        MaintenanceAdded(
            id=name,
            devices=(device,),
            areas=(),
            start_ms=at(start),
            end_ms=at(end),
            repeat=None,
            reason="r",
        ),
    )


def test_a_calendar_in_order_is_left_alone(tmp_path: Path) -> None:
    """Single nights and series of different devices: nothing to remark."""
    assert found(tmp_path, window("m"), window("n", of="devices: [b]", more=", repeat: weekly")) == []


def test_overlaps_are_named_with_what_they_share(tmp_path: Path) -> None:
    """Also where one covers by an area what the other names; not where only the devices or the times meet."""
    assert found(
        tmp_path,
        window("m", of='areas: ["340"]'),
        window("n", times="from: 2026-03-21 01:00, until: 2026-03-21 03:00"),
        window("o", times="from: 2026-03-21 03:00, until: 2026-03-21 05:00"),
        window("p", of="devices: [core]", times="from: 2026-04-21 03:00, until: 2026-04-21 05:00"),
    ) == [
        ("m", Rule.OVERLAP, "overlaps n for a"),
        ("p", Rule.COVERS_EVERYTHING, "covers all 4 devices: no alert of any, and no figure of that time"),
    ]


def test_a_series_overlaps_at_any_of_its_times(tmp_path: Path) -> None:
    """The fifth Saturday counts like the first."""
    series = window("s", times="from: 2026-02-21 22:00, until: 2026-02-21 23:00", more=", repeat: weekly")
    once = window("t", times="from: 2026-04-11 22:30, until: 2026-04-11 22:40")
    assert found(tmp_path, series, once) == [("s", Rule.OVERLAP, "overlaps t for a")]


def test_what_hangs_on_another_need_not_be_named(tmp_path: Path) -> None:
    """The hub covers a; b has another way."""
    assert found(tmp_path, window("m", of="devices: [hub, a, b]")) == [
        ("m", Rule.COVERED_ALREADY, "names a, covered already by what it hangs on or by its area")
    ]


def test_a_window_over_a_day_in_one_piece(tmp_path: Path) -> None:
    """A day exactly is not over a day."""
    long = window("m", times="from: 2026-03-20, until: 2026-03-22")
    day = window("n", of="devices: [b]", times="from: 2026-03-20, until: 2026-03-21")
    assert found(tmp_path, long, day) == [("m", Rule.LONGER_THAN_A_DAY, "lasts 48h in one piece")]


@pytest.mark.parametrize(
    ("times", "more", "days"),
    [
        ("from: 2026-01-20 22:00, until: 2026-01-21 02:00", "", 48),
        ("from: 2026-01-03 22:00, until: 2026-01-04 02:00", ", repeat: every week to 2026-01-20", 48),
    ],
)
def test_a_window_that_is_long_over_may_leave_the_file(
    times: str, more: str, days: int, tmp_path: Path
) -> None:
    """Also a series that has ended; one that goes on is never over."""
    remarks = found(tmp_path, window("m", times=times, more=more))
    assert [(name, rule) for name, rule, _ in remarks] == [("m", Rule.LONG_OVER)]
    assert remarks[0][2] == f"over for {days} days"
    assert found(tmp_path, window("m", times=times, more=", repeat: weekly")) == []


def test_late_entries_are_named_with_how_much_does_not_count(tmp_path: Path) -> None:
    """All times of the running month and the one before, but none from before the collector itself."""
    late = window("m", times="from: 2026-03-07 22:00, until: 2026-03-08 02:00")
    assert found(tmp_path, late, known=at("2026-03-07 23:30")) == [
        ("m", Rule.RECORDED_LATE, "entered after its begin: 1h30m of it do not count")
    ]
    series = window("s", times="from: 2026-02-07 22:00, until: 2026-02-08 02:00", more=", repeat: weekly")
    assert found(tmp_path, series, known=at("2026-02-17")) == [
        ("s", Rule.RECORDED_LATE, "entered after its begin: 8h of it, at 2 times do not count")
    ]
    one = inventory(tmp_path, "maintenance:\n" + series)
    standings = inventory_standings([(at("2026-02-17"), one)])
    assert lint(standings, one, NOW, began_ms=at("2026-02-17")) == ()


def test_names_that_are_gone(tmp_path: Path) -> None:
    """An entry of the register may outlive a device; one that covers nothing at all is said first."""
    one = inventory(tmp_path)
    entries = [
        added("gone", "x", "2026-03-20", "2026-03-20 05:00"),
        entry(
            "2026-03-01",
            MaintenanceAdded(
                id="half",
                devices=("a", "x"),
                areas=("y",),
                start_ms=at("2026-03-22"),
                end_ms=at("2026-03-22 05:00"),
                repeat=None,
                reason="r",
            ),
        ),
    ]
    standings = register_standings(announced(entries, HANOI), HANOI.key)
    assert [(r.id, r.rule, r.message) for r in lint(standings, one, NOW, began_ms=BEGAN)] == [
        ("gone", Rule.COVERS_NOTHING, "covers no device"),
        ("half", Rule.UNKNOWN_NAME, "names x, y, which the inventory does not have"),
    ]


def items(one: Inventory, standings: tuple[Standing, ...]) -> tuple[Item, ...]:
    return agenda(standings, not_in_use(one, standings, NOW), one, NOW)


def test_the_agenda_shows_each_window_once_with_the_time_that_matters(tmp_path: Path) -> None:
    """What runs first, then what comes, what waits in the file, what was; and what never began."""
    used = inventory(
        tmp_path,
        "maintenance:\n"
        + window("series", times="from: 2026-01-03 22:00, until: 2026-01-04 02:00", more=", repeat: weekly")
        + window(
            "ended", times="from: 2026-01-03 22:00, until: 2026-01-04", more=", repeat: weekly to 2026-02-01"
        )
        + window("moved"),
    )
    file = inventory(tmp_path, "maintenance:\n" + window("moved", more=", repeat: weekly"))
    entries = [
        added("now", "hub", "2026-03-10 08:00", "2026-03-10 18:00"),
        added("never", "hub", "2026-03-11 08:00", "2026-03-11 18:00"),
        entry("2026-03-10", MaintenanceEnded(id="never", end_ms=at("2026-03-10"))),
        added("short", "hub", "2026-03-09 08:00", "2026-03-09 18:00"),
        entry("2026-03-09 09:00", MaintenanceEnded(id="short", end_ms=at("2026-03-09 09:00"))),
    ]
    standings = (
        *inventory_standings([(BEGAN, used)]),
        *register_standings(announced(entries, HANOI), HANOI.key),
    )
    shown = [
        (item.standing.window.id, str(item.phase), local(item.start_ms)[5:16])
        for item in items(file, standings)
    ]
    assert shown == [
        ("now", "running", "03-10T08:00"),
        ("series", "coming", "03-14T22:00"),
        ("moved", "coming", "03-20T22:00"),
        ("moved", "not in use", "03-20T22:00"),
        ("short", "past", "03-09T08:00"),
        ("ended", "past", "01-31T22:00"),
        ("never", "withdrawn", "03-11T08:00"),
    ]


def test_what_was_before_the_collector_is_not_late(tmp_path: Path) -> None:
    """A window of last year in the first inventory was never to be entered in time."""
    one = inventory(tmp_path, "maintenance:\n" + window("m", times="from: 2025-12-01, until: 2025-12-02"))
    (item,) = agenda(inventory_standings([(BEGAN, one)]), (), one, NOW, began_ms=BEGAN)
    assert (item.phase, item.late_ms) == (Phase.PAST, 0)


def test_the_agenda_for_programs(tmp_path: Path) -> None:
    """All that is known, instants in UTC ms, names as they are written and whom they come to."""
    one = inventory(tmp_path)
    entries = [added("now", "hub", "2026-03-10 08:00", "2026-03-10 18:00", "2026-03-10 09:00")]
    standings = register_standings(announced(entries, HANOI), HANOI.key)
    (item,) = items(one, standings)
    assert item.phase is Phase.RUNNING
    assert as_json(item) == {
        "id": "now",
        "source": "register",
        "phase": "running",
        "start_ms": at("2026-03-10 08:00"),
        "end_ms": at("2026-03-10 18:00"),
        "repeat": None,
        "devices": ["hub"],
        "areas": [],
        "covers": ["a", "hub"],
        "reason": "r",
        "author": "An",
        "entered_ms": at("2026-03-10 09:00"),
        "until_ms": None,
        "late_ms": 3_600_000,
    }
