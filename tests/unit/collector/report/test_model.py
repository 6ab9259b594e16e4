"""What the report makes of figures."""

from __future__ import annotations

import pytest

from collector.figures.outage_values import Annotation, Cause
from collector.inventory.report_values import Numbering, ReportSettings
from collector.report.places import in_sentence
from tests.unit.collector.report.making import (
    DISTRICTS,
    HOUR,
    District,
    Made,
    Silence,
    figures,
    inventory,
    ordinary,
    report,
)


def test_every_device_has_one_place() -> None:
    """Units hang on the hub of their area; areas without a hub are the data centre; services are apart."""
    month = ordinary()
    found = report(month.figures, month.inventory)
    assert [line.id for line in found.hubs] == ["hub-hh", "hub-vt", "hub-tp"]
    assert {line.id for line in found.units} == set("abcdefg")
    assert [line.id for line in found.centre] == ["core", "srv"]
    assert [line.id for line in found.services] == ["portal"]
    assert found.scope.devices == 12
    assert len(found.figures.devices) == 13


def test_the_inventory_may_say_which_areas_are_the_data_centre() -> None:
    """Then all others are districts, with a hub or without."""
    areas = (District(id="x", name="Huyện X"), District(id="dc", name="Trung tâm"))
    devices = (Made(id="a", name="Xã A", area="x"), Made(id="s", name="Máy chủ", area="dc"))
    given = inventory(areas, report=ReportSettings(data_centre=("dc",)))
    found = report(figures(devices, areas), given)
    assert [line.id for line in found.units] == ["a"]
    assert [line.id for line in found.centre] == ["s"]
    assert [one.line.id for one in found.districts] == ["x"]


def test_ambiguous_names_come_with_their_district() -> None:
    """And the others without."""
    month = ordinary()
    names = {line.id: line.name for line in report(month.figures, month.inventory).units}
    assert names["c"] == "Xã Minh Tân (huyện Hưng Hà)"
    assert names["e"] == "Xã Minh Tân (huyện Vũ Thư)"
    assert names["d"] == "Xã An Khê"


@pytest.mark.parametrize(
    ("area", "written"),
    [
        ("Huyện Đông Hưng", "huyện Đông Hưng"),
        ("Thành phố Thái Bình", "thành phố Thái Bình"),
        ("Quận 1", "Quận 1"),
        ("Phòng máy", "Phòng máy"),
    ],
)
def test_districts_within_a_sentence(area: str, written: str) -> None:
    """The type is small, unless a number follows."""
    assert in_sentence(area) == written


def test_groups_are_quotients_of_summed_time() -> None:
    """The districts' total is its devices' time, not a mean of shares."""
    month = ordinary()
    found = report(month.figures, month.inventory)
    lines = [one.line for one in found.districts]
    whole = found.network.line
    assert whole.up_ms == sum(line.up_ms for line in lines)
    assert whole.lost_ms == sum(line.lost_ms for line in lines)
    assert whole.end_to_end.ppm == whole.up_ms * 1_000_000 // (whole.up_ms + whole.lost_ms)


def test_districts_are_ranked_and_units_picked() -> None:
    """The best first; the worst begin with the lowest; who lost nothing is not among them."""
    month = ordinary()
    found = report(month.figures, month.inventory)
    shares = [one.line.end_to_end.ppm or 0 for one in found.districts]
    assert shares == sorted(shares, reverse=True)
    assert [line.id for line in found.worst] == ["g", "c", "f", "d", "b"]
    assert [line.id for line in found.best][:2] == ["a", "e"]
    assert found.untouched == 1
    assert found.below_target == 2


def test_outages_are_counted_by_what_people_said() -> None:
    """A person's cause comes first, what was found stays; those caused upstream are apart."""
    month = ordinary()
    found = report(month.figures, month.inventory).outages
    assert (found.own, found.upstream, found.lasting, found.repaired) == (8, 2, 1, 7)
    assert {one.key: one.outages for one in found.causes} == {
        "power_or_restart": 4,
        "undecided": 2,
        "fibre_cut": 1,
        "line": 1,
    }
    said = next(row for row in found.rows if row.by_person)
    assert (said.found, said.cause, said.responsible, said.note) == (
        "line",
        "fibre_cut",
        "VNPT",
        "Thi công đường",
    )
    assert {one.key: one.outages for one in found.responsible} == {"": 7, "VNPT": 1}
    assert found.own == month.figures.province.all_hours.own_outages
    assert found.longest is not None
    assert found.longest.device == "g"


def test_the_last_word_of_a_person_counts() -> None:
    """Annotations add up; of two causes the later one holds, and notes are kept side by side."""
    notes = tuple(
        Annotation(at_ms=at, author="x", cause=cause, note=note, responsible="")
        for at, cause, note in ((1, "power", "một"), (2, "", "hai"), (3, "device", ""))
    )
    devices = (Made(id="a", name="A", silences=(Silence(at=1, hours=1, annotations=notes),)),)
    (row,) = report(figures(devices), inventory()).outages.rows
    assert (row.cause, row.found, row.note) == ("device", str(Cause.LINE), "một; hai")


def test_days_and_hours_add_up_to_the_outages() -> None:
    """Each hour of an outage is in its day and its hour of day, in local time."""
    areas = (District(id="x", name="Huyện X", hub="h"),)
    devices = (
        Made(id="h", name="Hub", area="x", role="hub", silences=(Silence(at=1, hours=5),)),
        Made(id="a", name="Xã A", area="x", silences=(Silence(at=22.5, hours=3),)),
        Made(id="b", name="Xã B", area="x", silences=(Silence(at=23.5, hours=1, upstream=True),)),
    )
    found = report(figures(devices, areas), inventory(areas))
    lost = [(day.day.day, day.lost_ms, day.lines) for day in found.days if day.lost_ms]
    assert lost == [(1, 2 * HOUR, 2), (2, 2 * HOUR, 2)]
    by_hour = {hour: ms / HOUR for hour, ms in enumerate(found.hours_ms) if ms}
    assert by_hour == {22: 0.5, 23: 1.5, 0: 1.5, 1: 0.5}
    assert len(found.days) == 31


def test_planned_work_is_left_out_of_days_and_hours() -> None:
    """As far as it counts: what was recorded late stays."""
    month = ordinary()
    areas = DISTRICTS
    devices = (Made(id="f", name="Xã F", area="vu-thu", silences=(Silence(at=399, hours=4),)),)
    found = report(figures(devices, areas, planned=month.figures.planned), month.inventory)
    assert sum(found.hours_ms) == 2 * HOUR


def test_the_trend_has_twelve_months_and_knows_its_sources() -> None:
    """Where nothing is known of a month, nothing is said of it."""
    month = ordinary()
    found = report(month.figures, month.inventory, months=month.months)
    assert [point.name for point in found.months][:2] == ["2025-11", "2025-12"]
    assert [point.source for point in found.months] == ["none"] * 9 + ["computed", "closed", "computed"]
    assert found.before is not None
    assert found.before.outages == 11
    assert report(month.figures, month.inventory).before is None


def test_findings_follow_the_figures() -> None:
    """Nothing is proposed that no figure calls for."""
    month = ordinary()
    found = report(month.figures, month.inventory, traffic=month.traffic)
    assert {one.kind: one.number for one in found.shortcomings} == {
        "units_below_target": 2,
        "districts_below_target": 2,
        "often": 1,
        "main_cause": 4,
        "unclear": 2,
        "lasting": 1,
        "breaking": 1,
        "saturated": 1,
        "late": 1,
        "dim": 1,
        "absences": 1,
        "unencrypted": 1,
    }
    assert {one.kind for one in found.proposals} == {
        "widen",
        "narrow",
        "back_up_power",
        "press_provider",
        "second_path",
    }
    calm = report(figures((Made(id="a", name="A"),)), inventory())
    assert calm.shortcomings == ()
    assert [one.kind for one in calm.tasks] == ["watch"]
    assert calm.proposals == ()


def test_the_number_is_given_or_the_months_or_left_open() -> None:
    """By hand unless the inventory counts months; what the command line gives wins."""
    month = ordinary()
    by_month = inventory(DISTRICTS, report=ReportSettings(numbering=Numbering.MONTH))
    assert report(month.figures, month.inventory).number is None
    assert report(month.figures, by_month).number == 10
    assert report(month.figures, by_month, number=27).number == 27
