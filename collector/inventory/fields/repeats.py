"""Reads how maintenance repeats: `weekly`, `every 2 weeks on sat, sun`, `every month on last day`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

from collector.inventory.fields.error import FieldError, show
from collector.inventory.fields.times import WEEKDAYS, day, weekdays
from collector.inventory.fields.words import scalar
from collector.inventory.planning_values import LAST, Repeat, RepeatUnit

NTHS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": LAST}
_WORDS = {"daily": RepeatUnit.DAY, "weekly": RepeatUnit.WEEK, "monthly": RepeatUnit.MONTH}
_EVERY = re.compile(r"(?:([1-9][0-9]?) )?(day|week|month)s?")
_TEXT = re.compile(r"(?:every )?(?P<every>.+?)(?: on (?P<days>.+?))?(?: to (?P<to>\S+))?")
_ADVICE = "write daily, weekly, monthly, or a block such as {every: 2 weeks, days: [sat, sun]}"
_EVERY_ADVICE = "write day, week, month, or a number of them: 2 weeks"
_DAYS_ADVICE = "write weekdays such as [sat, sun], a day of the month such as 15, last day, or first sun"


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatDays:
    """The days as they are written: weekdays, the nth of one of them in a month, or a day of the month."""

    weekdays: tuple[int, ...] = ()
    nth: int | None = None
    month_day: int | None = None


Every: TypeAlias = tuple[int, RepeatUnit]


def every(value: object) -> Every:
    """Return how many of which unit lie between two occurrences: `week`, `2 weeks`, `daily`."""
    raw = " ".join(scalar(value).split())
    if raw in _WORDS:
        return 1, _WORDS[raw]
    match = _EVERY.fullmatch(raw)
    if match is None:
        raise FieldError(f"{show(raw)} is no span to repeat after", _EVERY_ADVICE)
    return int(match[1] or 1), RepeatUnit(match[2])


def days(value: object) -> RepeatDays:
    """Return the days of the week or of the month on which it repeats."""
    if isinstance(value, list):
        return RepeatDays(weekdays=weekdays(value))
    words = scalar(value).replace(",", " ").split()
    if words == ["last", "day"]:
        return RepeatDays(month_day=LAST)
    if len(words) == 1 and re.fullmatch(r"[1-9]|[12][0-9]|3[01]", words[0]):
        return RepeatDays(month_day=int(words[0]))
    if len(words) == 2 and words[0] in NTHS and words[1] in WEEKDAYS:
        return RepeatDays(weekdays=(WEEKDAYS.index(words[1]),), nth=NTHS[words[0]])
    try:
        return RepeatDays(weekdays=weekdays(words[0] if len(words) == 1 and "-" in words[0] else words))
    except FieldError as error:
        raise FieldError(f"{show(value)} are no days to repeat on", _DAYS_ADVICE) from error


def block(value: object) -> object:
    """Let a text stand for a block: `weekly`, `every 2 weeks on sun to 2026-12-31`."""
    if value is None:
        raise FieldError("has no value", "write one, or remove the key")
    if not isinstance(value, str):
        return value
    match = _TEXT.fullmatch(" ".join(scalar(value).split()))
    if match is None:
        raise FieldError(f"{show(value)} is no way to repeat", _ADVICE)
    try:
        every(match["every"])
    except FieldError as error:
        raise FieldError(f"{show(value)} is no way to repeat", _ADVICE) from error
    return {name: text for name, text in match.groupdict().items() if text is not None}


def read_repeat(text: str) -> Repeat:
    """Return what `show_repeat` wrote; FieldError for any other text."""
    keys = block(text)
    if not isinstance(keys, dict):
        raise FieldError(f"{show(text)} is no way to repeat", _ADVICE)
    count, unit = every(keys["every"])
    on = days(keys["days"]) if "days" in keys else RepeatDays()
    repeat = Repeat(
        unit=unit,
        every=count,
        weekdays=on.weekdays,
        nth=on.nth,
        month_day=on.month_day,
        last=day(keys["to"]) if "to" in keys else None,
    )
    if show_repeat(repeat) != text:
        raise FieldError(f"{show(text)} does not say all of a repeat", _ADVICE)
    return repeat


def show_repeat(repeat: Repeat) -> str:
    """Return the shortest text that reads back as this."""
    text = f"every {repeat.unit}" if repeat.every == 1 else f"every {repeat.every} {repeat.unit}s"
    named = ", ".join(WEEKDAYS[number] for number in repeat.weekdays)
    if repeat.nth is not None:
        word = next(word for word, nth in NTHS.items() if nth == repeat.nth)
        text += f" on {word} {named}"
    elif repeat.month_day is not None:
        text += " on last day" if repeat.month_day == LAST else f" on {repeat.month_day}"
    elif named:
        text += f" on {named}"
    return text if repeat.last is None else f"{text} to {repeat.last}"
