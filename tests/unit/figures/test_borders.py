"""What a period's end, midnight, or a later look must not change."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from collector.figures.compute import compute
from collector.figures.document import to_json
from collector.figures.period import Period, days_period
from collector.figures.values import PeriodFigures
from collector.inventory.planning_values import MaintenanceWindow
from collector.ledger.evidence import Evidence
from collector.ledger.reader import LedgerReader
from collector.model import Verdict
from tests.unit.figures.ledgers import TIMEZONE, ZONE, at, device, inventory, make
from tests.unit.figures.polled import DEADLINE, INTERVAL, MINUTE, RTT, SECOND, poll

HOUR = 60 * MINUTE
NIGHT = at("2026-10-06 00:00")


def day(number: int) -> Period:
    return days_period(date(2026, 10, number), date(2026, 10, number), TIMEZONE)


def figures(path: Path, period: Period, now_ms: int | None = None) -> PeriodFigures:
    with LedgerReader(path) as reader:
        return compute(reader, period, now_ms=period.end_ms + HOUR if now_ms is None else now_ms).figures


def polled(name: str, first: int, last: int, *gone: tuple[int, int], phase: int = 0) -> list[Evidence]:
    return [
        poll(name, ms, Verdict.SILENT if any(s <= ms < e for s, e in gone) else Verdict.ANSWERED)
        for ms in range(first + phase, last, INTERVAL)
    ]


def test_what_comes_after_a_period_does_not_change_its_figures(tmp_path: Path) -> None:
    """Neither a slower answer, nor a pause, nor an outage of the next day: the same bytes, also later."""
    begin, end = NIGHT - 26 * HOUR, NIGHT + HOUR
    lasting = (NIGHT - HOUR, NIGHT + 20 * HOUR)
    devices = inventory([device("a"), device("b")])
    soon = polled("a", begin, end) + polled("b", begin, end, lasting, phase=7 * SECOND)
    much = NIGHT + 23 * HOUR
    late = polled("a", begin, much) + polled("b", begin, much, lasting, phase=7 * SECOND)
    for place, one in enumerate(late):
        if one.device == "a" and one.sent_ms > end and one.sent_ms % 7 == 0:
            late[place] = replace(one, answered_ms=one.sent_ms + 900, done_ms=one.sent_ms + 900)
    late = [one for one in late if not end + HOUR < one.sent_ms < end + HOUR + 50 * SECOND]
    texts = [
        to_json(figures(make(tmp_path / f"{name}.db", {begin: devices}, polls), day(5)))
        for name, polls in (("soon", soon), ("late", late))
    ]
    assert texts[0] == texts[1]


def test_midnight_is_no_outage_of_a_device_that_is_mute_but_forwards(tmp_path: Path) -> None:
    """The rows of who answers behind it are cut there; the evidence is not."""
    begin, end = NIGHT - 3 * HOUR, NIGHT + 3 * HOUR
    for phase in range(0, 30, 3):
        polls = polled("hub", begin, end - MINUTE, (begin, end), phase=phase * SECOND)
        polls += polled("c", begin, end)
        path = make(
            tmp_path / f"{phase}.db", {begin: inventory([device("hub"), device("c", ["hub"])])}, polls
        )
        found = figures(path, days_period(date(2026, 10, 5), date(2026, 10, 6), TIMEZONE), end)
        assert found.devices[0].all_hours.tally.down_ms == 0
        assert found.outages == ()


def test_an_outage_over_the_border_has_one_begin_and_one_name(tmp_path: Path) -> None:
    """Also that of a hub that was mute for days before it was cut: both days tell the same outage."""
    begin, mute = NIGHT - 72 * HOUR, NIGHT - 60 * HOUR
    cut = (NIGHT - 2 * HOUR, NIGHT + HOUR)
    polls = polled("hub", begin, NIGHT + 26 * HOUR, (mute, NIGHT + 26 * HOUR), cut, phase=11 * SECOND)
    polls += polled("c", begin, NIGHT + 26 * HOUR, cut)
    path = make(tmp_path / "l.db", {begin: inventory([device("hub"), device("c", ["hub"])])}, polls)
    (before,) = [one for one in figures(path, day(5)).outages if one.device == "hub"]
    (after,) = [one for one in figures(path, day(6)).outages if one.device == "hub"]
    assert (before.id, before.start_ms) == (after.id, after.start_ms)
    assert abs(after.start_ms - cut[0]) <= 3 * INTERVAL
    assert after.repair_ms is not None
    assert abs(after.repair_ms - 3 * HOUR) <= 3 * INTERVAL


def test_an_outages_name_stays_while_its_row_grows(tmp_path: Path) -> None:
    """A poll that is skipped later makes the row's longest gap longer, and nothing else."""
    begin, end = NIGHT + HOUR, NIGHT + 3 * HOUR
    cut = (NIGHT + 2 * HOUR, end)
    hub = polled("hub", begin, end, (begin + 20 * MINUTE, end), phase=13 * SECOND)
    child = polled("c", begin, end, cut)
    devices = inventory([device("hub"), device("c", ["hub"])])
    pause = cut[0] + 30 * MINUTE
    skipped = [one for one in hub if not pause <= one.sent_ms < pause + INTERVAL]
    paths = [
        make(tmp_path / f"{n}.db", {begin: devices}, polls + child) for n, polls in enumerate((hub, skipped))
    ]
    names = [[one.id for one in figures(path, day(6), end).outages] for path in paths]
    assert names[0] == names[1]


def test_works_on_two_ways_at_once_cover_what_hangs_on_both(tmp_path: Path) -> None:
    """As in the live states: every way to it leads through something that is worked on."""
    begin, end = NIGHT + HOUR, NIGHT + 5 * HOUR
    work = (NIGHT + 2 * HOUR, NIGHT + 4 * HOUR)
    windows = [
        MaintenanceWindow(
            id=f"w-{parent}",
            devices=(parent,),
            areas=(),
            start=datetime(2026, 10, 6, 2, tzinfo=ZONE),
            end=datetime(2026, 10, 6, 4, tzinfo=ZONE),
            reason="x",
            author="y",
        )
        for parent in ("a", "b")
    ]
    devices = inventory([device("a"), device("b"), device("c", ["a", "b"])], windows)
    polls = [one for name in ("a", "b", "c") for one in polled(name, begin, end, work)]
    found = figures(make(tmp_path / "l.db", {begin: devices}, polls), day(6), end)
    c = next(one for one in found.devices if one.device == "c").all_hours.tally
    assert (c.maintenance_ms, c.down_ms) == (2 * HOUR, 0)
    assert c.upstream_ms <= INTERVAL


def test_a_slower_pace_does_not_cover_the_time_before_it(tmp_path: Path) -> None:
    """Polls every 30 s promised the next one soon; that the next inventory asks rarely is no evidence."""
    begin, pause = NIGHT + HOUR, NIGHT + 2 * HOUR
    slow = [
        replace(poll("a", pause + 2 * HOUR + n * HOUR, Verdict.ANSWERED, interval=HOUR), revision=2)
        for n in range(4)
    ]
    first = inventory([device("a")])
    second = inventory([replace(device("a"), interval_ms=HOUR)])
    path = make(tmp_path / "l.db", {begin: first, pause + HOUR: second}, polled("a", begin, pause) + slow)
    found = figures(path, day(6), pause + 5 * HOUR).devices[0].all_hours.tally
    assert found.unknown_ms >= 2 * HOUR - INTERVAL
    assert found.up_ms <= 5 * HOUR


def test_what_hangs_on_a_device_out_of_service_is_not_blamed_for_a_cut_above_it(tmp_path: Path) -> None:
    """Its edges are drawn to those of what is looked at in the place of its parent."""
    begin, end = NIGHT + HOUR, NIGHT + 9 * HOUR
    cut = (NIGHT + 2 * HOUR + 7 * SECOND, NIGHT + 8 * HOUR + 7 * SECOND)
    old = device("old", ["core"], withdrawn=datetime(2026, 1, 1, tzinfo=ZONE))
    children = [device(f"c{n}", ["old"]) for n in range(6)]
    polls = polled("core", begin, end, cut, phase=11 * SECOND)
    for n in range(6):
        polls += polled(f"c{n}", begin, end, cut, phase=n * 5 * SECOND)
    path = make(tmp_path / "l.db", {begin: inventory([device("core"), old, *children])}, polls)
    found = figures(path, day(6), end)
    for one in found.devices:
        if one.device.startswith("c") and one.device != "core":
            assert one.all_hours.tally.down_ms == 0
            assert abs(one.all_hours.tally.upstream_ms - 6 * HOUR) <= INTERVAL


def test_the_ends_of_what_nobody_saw_lie_in_its_gap(tmp_path: Path) -> None:
    """An outage that began while the collector was away may have begun any time since the last answer."""
    begin, end = NIGHT + HOUR, NIGHT + 6 * HOUR
    away = (NIGHT + 2 * HOUR, NIGHT + 4 * HOUR)
    polls = [
        one
        for one in polled("a", begin, end, (away[0] + HOUR, NIGHT + 5 * HOUR))
        if not away[0] <= one.sent_ms < away[1]
    ]
    path = make(tmp_path / "l.db", {begin: inventory([device("a")])}, polls)
    found = figures(path, day(6), end)
    (outage,) = found.outages
    assert outage.begun_before
    assert outage.start_gap_ms == (away[0] - INTERVAL, away[1] + DEADLINE)
    assert found.devices[0].all_hours.tally.unknown_ms >= 2 * HOUR - RTT
