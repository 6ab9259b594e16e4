"""Working hours and occurrences for any calendar, period and time zone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import TypeAlias
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from collector.inventory.fields.repeats import read_repeat, show_repeat
from collector.inventory.planning_values import LAST, Calendar, MaintenanceWindow, Repeat, RepeatUnit, Season
from collector.inventory.values import CollectorSettings, HttpSettings, Inventory, Organisation
from collector.planning.holidays import PublicHolidays
from collector.planning.occurrences import occurrences
from collector.planning.work import Work, inventory_works
from collector.planning.working_hours import working_spans

ZONES = st.sampled_from(
    [
        ZoneInfo(name)
        for name in ("Asia/Ho_Chi_Minh", "Europe/Berlin", "America/Santiago", "Pacific/Apia", "UTC")
    ]
)
FIRST = datetime(2011, 6, 1, tzinfo=UTC)
INSTANTS = st.integers(0, 17 * 365 * 86_400_000).map(lambda ms: round(FIRST.timestamp() * 1000) + ms)
LENGTHS = st.integers(0, 70 * 86_400_000)
DATES = st.dates(date(2011, 6, 1), date(2028, 12, 31))


@st.composite
def seasons(draw: st.DrawFn) -> tuple[Season, ...]:
    """Return one season of the whole year, or two that meet."""
    minutes = sorted(draw(st.sets(st.integers(0, 1439), min_size=2, max_size=6)))
    hours = tuple(
        (time(*divmod(begin, 60)), time(*divmod(end, 60)))
        for begin, end in list(pairwise(minutes))[:: draw(st.sampled_from([1, 2]))]
    )
    if draw(st.booleans()):
        return (Season(start=(1, 1), end=(12, 31), hours=hours),)
    return (
        Season(start=(4, 1), end=(10, 31), hours=hours),
        Season(start=(11, 1), end=(3, 31), hours=hours[:1]),
    )


CALENDARS = st.builds(
    Calendar,
    holidays=st.just("VN"),
    weekdays=st.sets(st.integers(0, 6)).map(lambda found: tuple(sorted(found))),
    seasons=seasons(),
    days_off=st.lists(DATES, max_size=3).map(tuple),
    working_days=st.lists(DATES, max_size=3).map(tuple),
)
VIETNAM = PublicHolidays(country="VN")


def joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return spans with those that touch made one."""
    found: list[tuple[int, int]] = []
    for span in spans:
        if found and found[-1][1] == span[0]:
            found[-1] = (found[-1][0], span[1])
        else:
            found.append(span)
    return found


@given(CALENDARS, INSTANTS, LENGTHS, ZONES)
@settings(max_examples=60, deadline=None)
def test_working_and_free_time_add_up_to_the_period(
    calendar: Calendar, start_ms: int, length_ms: int, zone: ZoneInfo
) -> None:
    """Spans lie in order within the period, apart from each other: they and what is between are all of it."""
    end_ms = start_ms + length_ms
    spans = working_spans(calendar, start_ms, end_ms, zone, VIETNAM)
    edges = [start_ms, *(edge for span in spans for edge in span), end_ms]
    assert edges == sorted(edges)
    assert all(begin < end for begin, end in spans)
    assert all(before[1] < after[0] for before, after in pairwise(spans))
    free = sum(edges[number + 1] - edges[number] for number in range(0, len(edges), 2))
    assert free + sum(end - begin for begin, end in spans) == length_ms


@given(CALENDARS, INSTANTS, LENGTHS, st.floats(0, 1), ZONES)
@settings(max_examples=60, deadline=None)
def test_splitting_a_period_changes_no_working_time(
    calendar: Calendar, start_ms: int, length_ms: int, where: float, zone: ZoneInfo
) -> None:
    """The hours of both parts are those of the whole, wherever it is split."""
    middle, end_ms = start_ms + int(length_ms * where), start_ms + length_ms
    parts = [
        *working_spans(calendar, start_ms, middle, zone, VIETNAM),
        *working_spans(calendar, middle, end_ms, zone, VIETNAM),
    ]
    assert joined(parts) == list(working_spans(calendar, start_ms, end_ms, zone, VIETNAM))


@st.composite
def repeats(draw: st.DrawFn) -> Repeat:
    """Return any repeat that a file can say."""
    unit = draw(st.sampled_from(RepeatUnit))
    every = draw(st.integers(1, 5))
    last = draw(st.none() | DATES)
    days = draw(st.sets(st.integers(0, 6), min_size=1, max_size=3).map(lambda found: tuple(sorted(found))))
    if unit is RepeatUnit.DAY:
        return Repeat(unit=unit, every=every, last=last)
    if unit is RepeatUnit.WEEK:
        return Repeat(unit=unit, every=every, weekdays=days, last=last)
    if draw(st.booleans()):
        month_day = draw(st.sampled_from([LAST, *range(1, 32)]))
        return Repeat(unit=unit, every=every, month_day=month_day, last=last)
    nth = draw(st.sampled_from([1, 2, 3, 4, LAST]))
    return Repeat(unit=unit, every=every, weekdays=days[:1], nth=nth, last=last)


@given(repeats())
def test_a_repeat_survives_its_text(repeat: Repeat) -> None:
    """Whatever it is, the text that is kept of it reads back as the same."""
    assert read_repeat(show_repeat(repeat)) == repeat


SPANS = st.tuples(INSTANTS, LENGTHS, st.floats(0, 1))


@given(repeats(), INSTANTS, st.integers(60_000, 86_400_000), SPANS, ZONES)
@settings(max_examples=80, deadline=None)
def test_splitting_a_period_loses_and_doubles_no_occurrence(
    repeat: Repeat, first: int, lasts: int, period: tuple[int, int, float], zone: ZoneInfo
) -> None:
    """Each occurrence of the whole is in the part or the parts that it touches, whole and the same."""
    start_ms, length_ms, where = period
    begin = datetime.fromtimestamp(first // 60_000 * 60, UTC).astimezone(zone)
    window = MaintenanceWindow(
        id="w",
        devices=(),
        areas=(),
        start=begin,
        end=begin + timedelta(milliseconds=lasts),
        reason="",
        author="",
        repeat=repeat,
    )
    middle, end_ms = start_ms + int(length_ms * where), start_ms + length_ms
    whole = occurrences(window, start_ms, end_ms, zone)
    parts = (*occurrences(window, start_ms, middle, zone), *occurrences(window, middle, end_ms, zone))
    assert sorted(set(parts)) == list(whole)
    assert all(start < end for start, end in whole)
    assert list(whole) == sorted(whole)


HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
Revisions: TypeAlias = tuple[tuple[int, Inventory], ...]
BASE = Inventory(
    source="/nowhere/inventory.yaml",
    organisation=Organisation(
        name="x", superior=None, place=None, language="vi", timezone="Asia/Ho_Chi_Minh"
    ),
    collector=CollectorSettings(http=HttpSettings(host="127.0.0.1", port=1), ledger="/nowhere/ledger.db"),
    calendar=Calendar(holidays=None, weekdays=(), seasons=()),
)
HOURS = st.integers(0, 400)
HOUR_MS = 3_600_000
MARCH_MS = 1_772_298_000_000


@st.composite
def calendars(draw: st.DrawFn) -> Revisions:
    """Return revisions in their order, each with some of three windows, some of them repeated daily."""
    found = []
    for hour in sorted(draw(st.lists(HOURS, min_size=2, max_size=5, unique=True))):
        windows = []
        for name in draw(st.sets(st.sampled_from(["p", "q", "r"]))):
            first = datetime.fromtimestamp(MARCH_MS / 1000 + 3600 * draw(HOURS), HANOI)
            windows.append(
                MaintenanceWindow(
                    id=name,
                    devices=draw(st.sampled_from([("a",), ("b",), ("a", "b")])),
                    areas=(),
                    start=first,
                    end=first + timedelta(hours=draw(st.integers(1, 24))),
                    reason="",
                    author="",
                    repeat=draw(st.none() | st.just(Repeat(unit=RepeatUnit.DAY))),
                )
            )
        found.append((MARCH_MS + hour * HOUR_MS, replace(BASE, maintenance=tuple(windows))))
    return tuple(found)


def covered_hours(works: tuple[Work, ...], *, late: bool = False) -> set[tuple[str, int]]:
    """Return the device-hours that count, or that are late."""
    spans = [(work, work.late if late else work.counts) for work in works]
    return {
        (device, hour)
        for work, span in spans
        if span is not None
        for device in work.devices
        for hour in range(span[0] // HOUR_MS, span[1] // HOUR_MS)
    }


@given(calendars())
@settings(max_examples=60, deadline=None)
def test_a_later_revision_never_changes_what_has_counted(
    revisions: tuple[tuple[int, Inventory], ...],
) -> None:
    """Before it took effect every device-hour is as it was; after it, exactly its own windows count."""
    end_ms = MARCH_MS + 500 * HOUR_MS
    took_effect_ms, last = revisions[-1]
    at_hour = took_effect_ms // HOUR_MS
    before = covered_hours(inventory_works(revisions[:-1], MARCH_MS, end_ms))
    after = covered_hours(inventory_works(revisions, MARCH_MS, end_ms))
    assert {one for one in after if one[1] < at_hour} == {one for one in before if one[1] < at_hour}
    alone = covered_hours(inventory_works([(MARCH_MS - 999 * HOUR_MS, last)], MARCH_MS, end_ms))
    assert {one for one in after if one[1] >= at_hour} == {one for one in alone if one[1] >= at_hour}


@given(calendars())
@settings(max_examples=60, deadline=None)
def test_what_is_late_lies_before_the_entry_that_names_it(
    revisions: tuple[tuple[int, Inventory], ...],
) -> None:
    """And each piece of work is late and counts in different times."""
    for work in inventory_works(revisions, MARCH_MS, MARCH_MS + 500 * HOUR_MS):
        assert work.start_ms < work.end_ms
        if work.late is not None:
            assert work.late[1] <= work.known_from_ms
        if work.counts is not None:
            assert work.known_from_ms <= work.counts[0]
            assert work.start_ms <= work.counts[0] < work.counts[1] <= work.end_ms
