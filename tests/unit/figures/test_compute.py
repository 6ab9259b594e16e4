from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from collector.figures.compute import compute
from collector.figures.document import DocumentError, from_json, to_json
from collector.figures.errors import FiguresError
from collector.figures.gather import Decided
from collector.figures.outage_values import Cause, Undecided
from collector.figures.period import Period, days_period, month_period
from collector.figures.values import DeviceFigures, PeriodFigures
from collector.inventory.planning_values import MaintenanceWindow
from collector.inventory.report_values import PeriodKind
from collector.inventory.values import Inventory
from collector.ledger.evidence import Evidence
from collector.ledger.reader import LedgerReader
from collector.model import Verdict
from collector.register.entries import Entry, MaintenanceAdded, OutageAnnotated
from tests.unit.figures.ledgers import TIMEZONE, ZONE, at, device, inventory, make, uptimes
from tests.unit.figures.polled import INTERVAL, MINUTE, SECOND, poll

HOUR = 60 * MINUTE
DAY = days_period(date(2026, 10, 6), date(2026, 10, 6), TIMEZONE)  # a Tuesday
NIGHT = at("2026-10-06 00:00")
NOON = at("2026-10-06 12:00")


def polled(
    name: str, first_ms: int, last_ms: int, gone: Callable[[int], bool] = lambda _: False, revision: int = 1
) -> list[Evidence]:
    found = []
    for ms in range(first_ms, last_ms, INTERVAL):
        one = poll(name, ms, Verdict.SILENT if gone(ms) else Verdict.ANSWERED)
        found.append(one if revision == 1 else _revised(one, revision))
    return found


def _revised(one: Evidence, revision: int) -> Evidence:
    return replace(one, revision=revision)


def figures(path: Path, period: Period = DAY, decided: Decided | None = None) -> PeriodFigures:
    with LedgerReader(path) as reader:
        return compute(reader, period, decided=decided or Decided(), now_ms=period.end_ms).figures


def one(found: PeriodFigures, name: str) -> DeviceFigures:
    return next(device for device in found.devices if device.device == name)


@pytest.fixture
def around() -> tuple[int, int]:
    """Polls from before the day until after it."""
    return NIGHT - 2 * HOUR, NIGHT + 26 * HOUR


def test_an_outage_over_noon_counts_once_and_is_clipped_to_working_hours(
    tmp_path: Path, around: tuple[int, int]
) -> None:
    """From 11:00 to 14:00 half an hour of the morning and half an hour of the afternoon are worked."""
    gone = (at("2026-10-06 11:00"), at("2026-10-06 14:00"))
    polls = polled("a", *around, lambda ms: gone[0] <= ms < gone[1])
    there = [ms for ms in range(*around, INTERVAL) if not gone[0] <= ms < gone[1]]
    read = uptimes("a", NIGHT - 40 * 24 * HOUR, there)
    found = figures(make(tmp_path / "l.db", {around[0]: inventory([device("a")])}, polls, read=read))
    a = one(found, "a")
    assert abs(a.all_hours.tally.down_ms - 3 * HOUR) <= INTERVAL
    assert abs(a.working.tally.down_ms - HOUR) <= INTERVAL
    assert a.working.tally.period_ms == found.working_ms == 7 * HOUR + 30 * MINUTE
    assert (a.all_hours.outages, a.all_hours.own_outages, a.working.outages) == (1, 1, 1)
    assert a.all_hours.mttr_ms is not None
    assert abs(a.all_hours.mttr_ms - 3 * HOUR) <= INTERVAL
    assert a.working.mttr_ms == a.working.tally.down_ms
    (outage,) = found.outages
    assert (outage.cause, outage.undecided) == (Cause.LINE, None)
    assert outage.id == "a@20261006T040000Z"


def test_an_outage_over_midnight_is_clipped_and_counted_on_both_days(tmp_path: Path) -> None:
    """And its two parts add up."""
    first, last = NIGHT - 24 * HOUR, NIGHT + 24 * HOUR
    gone = (NIGHT - 3 * HOUR, NIGHT + 2 * HOUR)
    polls = polled("a", first - HOUR, last + HOUR, lambda ms: gone[0] <= ms < gone[1])
    path = make(tmp_path / "l.db", {first - HOUR: inventory([device("a")])}, polls)
    yesterday = days_period(DAY.first - timedelta(days=1), DAY.first - timedelta(days=1), TIMEZONE)
    both = days_period(yesterday.first, DAY.last, TIMEZONE)
    parts = [one(figures(path, period), "a").all_hours for period in (yesterday, DAY)]
    whole = one(figures(path, both), "a").all_hours
    assert parts[0].tally + parts[1].tally == whole.tally
    assert [part.outages for part in parts] == [1, 1]
    assert whole.outages == 1
    found = figures(path, yesterday).outages[0]
    assert found.end_ms is None
    assert (found.cause, found.undecided) == (Cause.UNDECIDED, Undecided.NOT_OVER)
    again = figures(path, DAY).outages[0]
    assert again.id == found.id
    assert again.start_ms == found.start_ms
    assert not again.begun_before


def test_the_day_before_the_first_evidence_is_unknown(tmp_path: Path) -> None:
    """A ledger that begins at noon has seen half of the day, and no figure of it is 100 %."""
    polls = polled("a", NOON, NIGHT + 26 * HOUR)
    found = figures(make(tmp_path / "l.db", {NOON: inventory([device("a")])}, polls))
    a = one(found, "a").all_hours.tally
    assert a.unknown_ms == 12 * HOUR
    assert a.coverage_ppm == 500_000
    assert a.end_to_end.ppm == 999_999
    assert a.end_to_end.low_ppm is not None
    assert a.end_to_end.low_ppm < 500_000
    assert found.absences[0].end_ms >= NOON


def test_a_device_that_is_commissioned_and_one_that_is_withdrawn(
    tmp_path: Path, around: tuple[int, int]
) -> None:
    """The time before the one and after the other is out of service, whatever was polled."""
    new = device("new", commissioned=datetime(2026, 10, 6, 8, tzinfo=ZONE))
    old = device("old", withdrawn=datetime(2026, 10, 6, 20, tzinfo=ZONE))
    polls = polled("new", *around, lambda ms: ms < NOON) + polled("old", *around)
    found = figures(make(tmp_path / "l.db", {around[0]: inventory([new, old])}, polls))
    assert one(found, "new").all_hours.tally.out_of_service_ms == 8 * HOUR
    assert abs(one(found, "new").all_hours.tally.down_ms - 4 * HOUR) <= INTERVAL
    assert one(found, "old").all_hours.tally.out_of_service_ms == 4 * HOUR


def test_a_device_that_comes_with_a_later_inventory_was_out_of_service_before(
    tmp_path: Path, around: tuple[int, int]
) -> None:
    """One that leaves is out of service from then on."""
    before, after = inventory([device("a"), device("gone")]), inventory([device("a"), device("new")])
    polls = polled("a", around[0], NOON) + polled("a", NOON, around[1], revision=2)
    polls += polled("gone", around[0], NOON) + polled("new", NOON, around[1], revision=2)
    found = figures(make(tmp_path / "l.db", {around[0]: before, NOON: after}, polls))
    for name in ("gone", "new"):
        tally = one(found, name).all_hours.tally
        assert tally.out_of_service_ms == 12 * HOUR
        assert tally.up_ms >= 12 * HOUR - INTERVAL
    assert one(found, "a").all_hours.tally.unknown_ms == 0
    assert [number for number, _, _ in found.revisions] == [1, 2]


def test_a_parent_that_changes_in_the_period(tmp_path: Path, around: tuple[int, int]) -> None:
    """Silence is judged by whom the inventory named at the time."""
    up, cut = device("up", role="hub"), device("cut", role="hub")
    polls = []
    for first, last, revision in ((around[0], NOON, 1), (NOON, around[1], 2)):
        polls += polled("up", first, last, revision=revision)
        polls += polled("cut", first, last, lambda _: True, revision=revision)
        polls += polled("c", first, last, lambda _: True, revision=revision)
    path = make(
        tmp_path / "l.db",
        {
            around[0]: inventory([up, cut, device("c", ["up"])]),
            NOON: inventory([up, cut, device("c", ["cut"])]),
        },
        polls,
    )
    tally = one(figures(path), "c").all_hours.tally
    assert abs(tally.down_ms - 12 * HOUR) <= INTERVAL
    assert abs(tally.upstream_ms - 12 * HOUR) <= INTERVAL


def window(start: str, end: str) -> MaintenanceWindow:
    return MaintenanceWindow(
        id="work",
        devices=("a",),
        areas=(),
        start=datetime.fromisoformat(start).replace(tzinfo=ZONE),
        end=datetime.fromisoformat(end).replace(tzinfo=ZONE),
        reason="Thay cáp",
        author="Phòng Hạ tầng",
    )


def test_maintenance_counts_from_its_entry_on(tmp_path: Path, around: tuple[int, int]) -> None:
    """What it names before that is recorded late, and counts only where a restatement accepts it."""
    gone = (at("2026-10-06 08:00"), at("2026-10-06 16:00"))
    before = inventory([device("a")])
    after = inventory([device("a")], [window("2026-10-06 08:00", "2026-10-06 16:00")])
    polls = polled("a", around[0], NOON, lambda ms: gone[0] <= ms < gone[1])
    polls += polled("a", NOON, around[1], lambda ms: gone[0] <= ms < gone[1], revision=2)
    path = make(tmp_path / "l.db", {around[0]: before, NOON: after}, polls)
    found = figures(path)
    tally = one(found, "a").all_hours.tally
    assert tally.maintenance_ms == 4 * HOUR
    assert abs(tally.down_ms - 4 * HOUR) <= INTERVAL
    (work,) = found.planned
    assert (work.late_ms, work.accepted, work.covered) == (4 * HOUR, False, ("a",))
    (outage,) = found.outages
    assert outage.end_ms == NOON
    restated = figures(path, decided=Decided(accepted=("work",)))
    assert one(restated, "a").all_hours.tally.maintenance_ms == 8 * HOUR
    assert one(restated, "a").all_hours.tally.down_ms <= INTERVAL


def entry(number: int, payload: MaintenanceAdded | OutageAnnotated, at_ms: int) -> Entry:
    return Entry(number=number, at_ms=at_ms, author="An", payload=payload, previous="", sha256="")


def test_maintenance_and_notes_of_the_register_count_too(tmp_path: Path, around: tuple[int, int]) -> None:
    """An entry of a person is maintenance like the inventory's; a note stands beside what was found."""
    gone = (at("2026-10-06 08:00"), at("2026-10-06 16:00"))
    polls = polled("a", *around, lambda ms: gone[0] <= ms < gone[1])
    path = make(tmp_path / "l.db", {around[0]: inventory([device("a")])}, polls)
    added = MaintenanceAdded(
        id="w", devices=(), areas=("district",), start_ms=NOON, end_ms=gone[1], repeat=None, reason="x"
    )
    note = OutageAnnotated(
        device="a", at_ms=gone[0] + SECOND, cause="fibre_cut", note="xe tải", responsible="VNPT"
    )
    found = figures(path, decided=Decided(entries=(entry(1, added, NOON - HOUR), entry(2, note, NOON))))
    assert one(found, "a").all_hours.tally.maintenance_ms == 4 * HOUR
    (outage,) = found.outages
    assert outage.annotations[0].cause == "fibre_cut"
    assert outage.cause is Cause.UNDECIDED
    assert outage.undecided is Undecided.NO_UPTIME


def test_groups_add_up_and_say_how_many_were_cut_off_at_once(tmp_path: Path, around: tuple[int, int]) -> None:
    """Two of three units are cut off, one after the other and then together."""
    first = (at("2026-10-06 08:00"), at("2026-10-06 10:00"))
    second = (at("2026-10-06 09:00"), at("2026-10-06 11:00"))
    polls = polled("a", *around, lambda ms: first[0] <= ms < first[1])
    polls += polled("b", *around, lambda ms: second[0] <= ms < second[1]) + polled("c", *around)
    devices = [device("a", serves=3), device("b", serves=4), device("c", serves=5)]
    found = figures(make(tmp_path / "l.db", {around[0]: inventory(devices)}, polls))
    assert found.province.all_hours.tally == (
        one(found, "a").all_hours.tally + one(found, "b").all_hours.tally + one(found, "c").all_hours.tally
    )
    cut = found.province.cut_off
    assert (cut.units, cut.of_units, cut.agencies, cut.of_agencies) == (2, 3, 7, 12)
    assert (cut.most, cut.most_agencies) == (2, 7)
    assert cut.most_at_ms is not None
    assert abs(cut.most_at_ms - second[0]) <= INTERVAL
    assert [group.id for group in found.groups["area"]] == ["district"]


def test_leap_day_and_both_kinds_of_periods() -> None:
    """A month has its days, and the 15th to the 14th those between."""
    leap = month_period("2028-02", PeriodKind.MONTH, TIMEZONE)
    assert (leap.end_ms - leap.start_ms) == 29 * 24 * HOUR
    mid = month_period("2028-03", PeriodKind.MID_MONTH, TIMEZONE)
    assert (str(mid.first), str(mid.last)) == ("2028-02-15", "2028-03-14")
    assert (mid.end_ms - mid.start_ms) == 29 * 24 * HOUR


def test_the_document_gives_back_what_it_was_made_of(tmp_path: Path, around: tuple[int, int]) -> None:
    """The same figures make the same text, and a text that is none is refused in words."""
    polls = polled("a", *around, lambda ms: NOON <= ms < NOON + HOUR)
    path = make(tmp_path / "l.db", {around[0]: inventory([device("a")])}, polls)
    found = figures(path)
    text = to_json(found)
    assert from_json(text) == found
    assert to_json(from_json(text)) == text == to_json(figures(path))
    for wrong in ("", "[]", '{"format": 2}', text.replace('"up_ms"', '"xx_ms"')):
        with pytest.raises(DocumentError):
            from_json(wrong)


def test_a_period_without_evidence_is_refused_in_words(tmp_path: Path, around: tuple[int, int]) -> None:
    """Before the ledger's begin, and after its end."""
    path = make(tmp_path / "l.db", {around[0]: inventory([device("a")])}, polled("a", *around))
    with LedgerReader(path) as reader:
        with pytest.raises(FiguresError, match="of 2026-08 there is no evidence: the ledger begins after it"):
            compute(reader, month_period("2026-08", PeriodKind.MONTH, TIMEZONE))
        with pytest.raises(FiguresError, match="2026-11 has not begun: the ledger ends before it"):
            compute(reader, month_period("2026-11", PeriodKind.MONTH, TIMEZONE))


def test_an_inventory_to_reckon_with_takes_effect_from_its_instant_on(
    tmp_path: Path, around: tuple[int, int]
) -> None:
    """As if it had been applied: what it removes is out of service from then on."""
    path = make(
        tmp_path / "l.db",
        {around[0]: inventory([device("a"), device("b")])},
        polled("a", *around) + polled("b", *around),
    )
    then: tuple[int, Inventory] = (NOON, inventory([device("a")]))
    with LedgerReader(path) as reader:
        found = compute(reader, DAY, now_ms=DAY.end_ms, then=then).figures
    assert one(found, "b").all_hours.tally.out_of_service_ms == 12 * HOUR
    assert one(found, "a").all_hours.tally.out_of_service_ms == 0
