"""Whose turn it is, and how that is said to Alertmanager."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from collector.alerting.intervals import of_spans, outside_working_hours
from collector.alerting.oncall import on_call, plan
from collector.inventory.alerting_values import AlertingSettings, Rota, Turn
from collector.inventory.planning_values import Calendar, Season
from collector.planning.holidays import PublicHolidays

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
BERLIN = ZoneInfo("Europe/Berlin")
EVERYBODY = ("an", "binh", "chi")


def at(text: str, zone: ZoneInfo = ZONE) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


ROTA = Rota(order=("an", "binh"), start=date(2026, 11, 30), handover=time(7, 30))
SETTINGS = AlertingSettings(
    contacts=("chi",),
    rota=ROTA,
    turns=(Turn(contact="chi", start=at("2026-12-09 07:30"), end=at("2026-12-10 07:30")),),
)


def test_weeks_go_round_and_dates_go_before_them() -> None:
    """Two weeks of a rota of two, with a day that somebody else took; before it begins all others."""
    spans = plan(SETTINGS, EVERYBODY, at("2026-11-29 00:00"), at("2026-12-14 12:00"), ZONE)
    assert [(f"{s.start:%m-%d %H:%M}", s.contacts, s.by) for s in spans] == [
        ("11-29 00:00", ("chi",), "else"),
        ("11-30 07:30", ("an",), "rota"),
        ("12-07 07:30", ("binh",), "rota"),
        ("12-09 07:30", ("chi",), "turn"),
        ("12-10 07:30", ("binh",), "rota"),
        ("12-14 07:30", ("an",), "rota"),
    ]
    assert spans[-1].end == at("2026-12-14 12:00")


def test_without_a_rota_all_are_told() -> None:
    """An inventory that says nothing of turns tells everybody who can be told."""
    spans = plan(AlertingSettings(), EVERYBODY, at("2026-11-29 00:00"), at("2026-12-14 12:00"), ZONE)
    assert [(s.contacts, s.by) for s in spans] == [(EVERYBODY, "else")]


def test_a_turn_begins_at_the_same_local_time_after_a_clock_change() -> None:
    """Half past seven is half past seven, in winter as in summer."""
    rota = AlertingSettings(rota=Rota(order=("an", "binh"), start=date(2026, 3, 23), handover=time(7, 30)))
    spans = plan(rota, EVERYBODY, at("2026-03-24 00:00", BERLIN), at("2026-04-07 00:00", BERLIN), BERLIN)
    assert [f"{s.start.astimezone(BERLIN):%m-%d %H:%M}" for s in spans] == [
        "03-24 00:00",
        "03-30 07:30",
        "04-06 07:30",
    ]


@given(
    st.integers(min_value=0, max_value=400 * 24 * 60),
    st.integers(min_value=1, max_value=5),
    st.sampled_from([ZONE, BERLIN]),
)
def test_the_plan_says_what_the_instant_says(minutes: int, weeks: int, zone: ZoneInfo) -> None:
    """At every instant of a plan, its span names who is on call then; spans leave no gap."""
    start = at("2026-11-01 00:00", zone)
    settings = AlertingSettings(
        contacts=("chi",), rota=Rota(order=("an", "binh", "chi"), start=date(2026, 11, 30), weeks=weeks)
    )
    end = start + timedelta(days=401)
    spans = plan(settings, EVERYBODY, start, end, zone)
    assert (spans[0].start, spans[-1].end) == (start, end)
    assert all(one.end == other.start for one, other in pairwise(spans))
    moment = start + timedelta(minutes=minutes)
    (span,) = [span for span in spans if span.start <= moment < span.end]
    assert (span.contacts, span.by) == on_call(settings, EVERYBODY, moment, zone)


def test_a_span_over_a_new_year_is_days_of_its_months() -> None:
    """Alertmanager knows no span of dates: its days stand month by month, the first and last in part."""
    found = of_spans([(at("2026-12-30 08:00"), at("2027-01-02 06:00"))], ZONE, "Asia/Ho_Chi_Minh")
    assert [
        (one["years"], one["months"], one["days_of_month"], one["times"])  # type: ignore[index, call-overload]
        for one in found
    ] == [
        (["2026"], ["12"], ["30"], [{"start_time": "08:00", "end_time": "24:00"}]),
        (["2026"], ["12"], ["31"], [{"start_time": "00:00", "end_time": "24:00"}]),
        (["2027"], ["1"], ["1"], [{"start_time": "00:00", "end_time": "24:00"}]),
        (["2027"], ["1"], ["2"], [{"start_time": "00:00", "end_time": "06:00"}]),
    ]


def test_outside_of_working_hours_is_nights_breaks_weekends_and_holidays() -> None:
    """National Day 2026 with the day before it, a weekend, and three days with a break at noon."""
    hours = ((time(7), time(11, 30)), (time(13, 30), time(17)))
    calendar = Calendar(
        holidays="VN",
        weekdays=(0, 1, 2, 3, 4),
        seasons=(Season(start=(1, 1), end=(12, 31), hours=hours),),
    )
    found = outside_working_hours(
        calendar, PublicHolidays(country="VN"), date(2026, 9, 1), 6, "Asia/Ho_Chi_Minh"
    )
    assert [(one["days_of_month"], one["times"]) for one in found] == [  # type: ignore[index, call-overload]
        (["1:2", "5:6"], [{"start_time": "00:00", "end_time": "24:00"}]),
        (
            ["3:4"],
            [
                {"start_time": "00:00", "end_time": "07:00"},
                {"start_time": "11:30", "end_time": "13:30"},
                {"start_time": "17:00", "end_time": "24:00"},
            ],
        ),
    ]
