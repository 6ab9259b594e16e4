"""Calendar, maintenance and contacts."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from collector.inventory.loaded import Accepted
from collector.inventory.planning_values import Calendar, MaintenanceWindow
from collector.inventory.values import Contact, SecretRef
from tests.unit.inventory.running import Accept, LoadText

DEVICE = "devices: [{id: a, address: 127.34.0.1, icmp: true}]\n"
MORNING, AFTERNOON = (time(7, 30), time(11, 30)), (time(13, 30), time(17, 0))


def test_without_a_calendar_offices_work_as_they_mostly_do(accept: Accept) -> None:
    """Monday to Friday, morning and afternoon, all year, Vietnam's holidays."""
    calendar = accept(DEVICE).calendar
    assert (calendar.holidays, calendar.weekdays) == ("VN", (0, 1, 2, 3, 4))
    (season,) = calendar.seasons
    assert (season.start, season.end, season.hours) == ((1, 1), (12, 31), (MORNING, AFTERNOON))


def test_a_calendar_is_taken_as_written(accept: Accept) -> None:
    """Null means no holidays; single values stand for lists."""
    calendar = accept(
        DEVICE + "calendar: {holidays: null, weekdays: mon-sat, hours: 08:00-12:00, days_off: 2026-02-13, "
        "working_days: [2026-08-22]}\n"
    ).calendar
    assert isinstance(calendar, Calendar)
    assert (calendar.holidays, calendar.weekdays) == (None, (0, 1, 2, 3, 4, 5))
    assert calendar.seasons[0].hours == ((time(8), time(12)),)
    assert (calendar.days_off, calendar.working_days) == ((date(2026, 2, 13),), (date(2026, 8, 22),))


def test_seasons_may_run_over_new_year_and_cover_the_year(load_text: LoadText) -> None:
    """Two seasons that meet cover each day once, the 29th of February included: no mistake, no warning."""
    loaded = load_text(
        DEVICE + "calendar: {seasons: [{from: 04-01, to: 10-31, hours: [07:00-11:30]}, "
        "{from: 11-01, to: 03-31, hours: [07:30-12:00]}]}\n"
    )
    assert isinstance(loaded, Accepted)
    assert not [warning for warning in loaded.warnings if warning.path.startswith("calendar")]


def test_days_in_no_season_are_a_warning(load_text: LoadText) -> None:
    """A gap between seasons is said, with its first day and its length."""
    loaded = load_text(DEVICE + "calendar: {seasons: [{from: 01-01, to: 12-29, hours: [07:00-11:30]}]}\n")
    assert isinstance(loaded, Accepted)
    assert "no season holds on 12-30 and 1 other days" in [warning.message for warning in loaded.warnings]


def test_maintenance_is_in_the_time_zone_of_the_organisation(accept: Accept) -> None:
    """Local times of the file are aware instants in the inventory."""
    (window,) = accept(
        DEVICE + "services: [{id: portal, url: 'https://portal.example/'}]\n"
        "maintenance: [{id: m, devices: [a, portal], from: 2026-03-07 22:00, until: 2026-03-08, reason: r, "
        "author: b}]\n"
    ).maintenance
    assert window == MaintenanceWindow(
        id="m",
        devices=("a", "portal"),
        areas=(),
        start=datetime(2026, 3, 7, 15, tzinfo=UTC),
        end=datetime(2026, 3, 7, 17, tzinfo=UTC),
        reason="r",
        author="b",
    )


def test_contacts_have_any_way_to_be_reached(accept: Accept) -> None:
    """One way is enough; a webhook is a secret and comes as a reference."""
    contacts = accept(
        DEVICE + "contacts: [{id: a, phone: '0227 3 000 000'}, {id: b, name: Bot, webhook: 'file:hook'}]\n"
    ).contacts
    assert contacts == (
        Contact(id="a", name="a", phone="0227 3 000 000"),
        Contact(id="b", name="Bot", webhook=SecretRef(scheme="file", name="hook")),
    )
