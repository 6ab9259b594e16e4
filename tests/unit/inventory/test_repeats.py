"""How a repeat is written."""

from __future__ import annotations

from datetime import date

import pytest

from collector.inventory.fields.error import FieldError
from collector.inventory.fields.repeats import read_repeat, show_repeat
from collector.inventory.loaded import Accepted
from collector.inventory.planning_values import LAST, Repeat, RepeatUnit
from tests.unit.inventory.running import LoadText

DEVICE = "devices: [{id: a, address: 127.34.0.1, icmp: true}]\n"
WINDOW = "maintenance: [{{id: m, devices: [a], from: {}, until: {}, reason: r, author: b, repeat: {}}}]\n"


def repeat(
    load_text: LoadText, text: str, start: str = "2026-03-07 20:00", end: str = "2026-03-07 22:00"
) -> Repeat:
    loaded = load_text(DEVICE + WINDOW.format(start, end, text))
    assert isinstance(loaded, Accepted), loaded
    found = loaded.inventory.maintenance[0].repeat
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("daily", Repeat(unit=RepeatUnit.DAY)),
        ("weekly", Repeat(unit=RepeatUnit.WEEK, weekdays=(5,))),
        ("every week", Repeat(unit=RepeatUnit.WEEK, weekdays=(5,))),
        ("{every: week}", Repeat(unit=RepeatUnit.WEEK, weekdays=(5,))),
        ("{every: 2 weeks, days: [sun, sat]}", Repeat(unit=RepeatUnit.WEEK, every=2, weekdays=(5, 6))),
        ("every 2 weeks on sun sat", Repeat(unit=RepeatUnit.WEEK, every=2, weekdays=(5, 6))),
        ("{every: week, days: fri-sun}", Repeat(unit=RepeatUnit.WEEK, weekdays=(4, 5, 6))),
        ("monthly", Repeat(unit=RepeatUnit.MONTH, month_day=7)),
        ("{every: month, days: 7}", Repeat(unit=RepeatUnit.MONTH, month_day=7)),
        ("{every: month, days: first sat}", Repeat(unit=RepeatUnit.MONTH, weekdays=(5,), nth=1)),
        (
            "{every: 3 months, days: 7, to: 2026-12-31}",
            Repeat(unit=RepeatUnit.MONTH, every=3, month_day=7, last=date(2026, 12, 31)),
        ),
    ],
)
def test_a_word_a_line_and_a_block(text: str, expected: Repeat, load_text: LoadText) -> None:
    """They mean the same, and what is not said is that of the first time."""
    assert repeat(load_text, text) == expected


def test_the_last_of_a_month(load_text: LoadText) -> None:
    """The last day and the last weekday are other days in every month."""
    last_day = repeat(load_text, "{every: month, days: last day}", "2026-03-31", "2026-04-01")
    assert last_day == Repeat(unit=RepeatUnit.MONTH, month_day=LAST)
    last_sunday = repeat(load_text, "every month on last sun", "2026-03-29", "2026-03-30")
    assert last_sunday == Repeat(unit=RepeatUnit.MONTH, weekdays=(6,), nth=LAST)


def test_a_day_that_some_months_lack_is_a_warning(load_text: LoadText) -> None:
    """It says which day, and how to mean the last of each month."""
    loaded = load_text(DEVICE + WINDOW.format("2026-03-31", "2026-04-01", "monthly"))
    assert isinstance(loaded, Accepted)
    (warning,) = [warning for warning in loaded.warnings if warning.path.startswith("maintenance")]
    assert warning.what == (
        "maintenance[0].repeat: is on day 31, which some months do not have "
        "(those months have none; write last day for each month's last)"
    )


@pytest.mark.parametrize(
    "text",
    [
        "every day",
        "every 2 weeks on sat, sun",
        "every week on mon to 2026-12-31",
        "every month on 15",
        "every 2 months on last day",
        "every month on last fri to 2027-01-01",
    ],
)
def test_a_repeat_survives_its_text(text: str) -> None:
    """What is shown reads back as the same."""
    assert show_repeat(read_repeat(text)) == text


@pytest.mark.parametrize(
    "text", ["", "weekly", "every  day", "every day on", "every month on 32", "x" * 1000]
)
def test_another_text_is_refused(text: str) -> None:
    """A text that is not written by us is no repeat that is kept."""
    with pytest.raises(FieldError):
        read_repeat(text)
