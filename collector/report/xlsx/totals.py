"""The formulas below the columns of a sheet, with the values they come to. Pure.

A filter in the sheet narrows the totals too; shares are quotients of sums and cut down like all shares.
"""

from __future__ import annotations

from dataclasses import dataclass

from collector.report.numbers import NONE
from collector.report.xlsx.sheets import Format, Sheet, Total

_DAY_MS, _STEPS = 86_400_000, 10_000

UNITS = {
    Format.PERCENT: 1_000_000,
    Format.CLOCK: _DAY_MS,
    Format.MEGABITS: 10**6,
    Format.GIGABYTES: 10**9,
}
"""What one of a spreadsheet's own is in the report's units: a whole, a day, a megabit, a gigabyte."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Below:
    """A formula and its value."""

    formula: str
    value: float | str


def below(sheet: Sheet, *, first: int, last: int) -> list[Below | None]:
    """Return what stands below each column whose rows are `first` to `last`, counted from 1."""
    sums = {
        column.name: (_sum(number, first, last), _added(sheet, number))
        for number, column in enumerate(sheet.columns)
        if column.name
    }
    found: list[Below | None] = []
    for number, column in enumerate(sheet.columns):
        match column.total:
            case Total.NONE:
                found.append(None)
            case Total.SUM:
                value = _added(sheet, number) / UNITS.get(column.format, 1)
                found.append(Below(formula=f"={_sum(number, first, last)}", value=value))
            case Total.REPAIR:
                found.append(_mean(sums["repair"], sums["repaired"]))
            case Total.END_TO_END:
                found.append(_share(sums, ("up",), ("up", "down", "upstream")))
            case Total.ATTRIBUTABLE:
                found.append(_share(sums, ("up",), ("up", "down")))
            case Total.COVERAGE:
                seen = ("up", "down", "upstream")
                found.append(_share(sums, seen, (*seen, "unknown")))
    return found


def letters(number: int) -> str:
    """Return a column's letters: 0 is A, 26 is AA."""
    name = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def _sum(number: int, first: int, last: int) -> str:
    return f"SUBTOTAL(109,{letters(number)}{first}:{letters(number)}{last})"


def _added(sheet: Sheet, number: int) -> int:
    return sum(value for row in sheet.rows if isinstance(value := row[number], int))


def _share(sums: dict[str, tuple[str, int]], part: tuple[str, ...], whole: tuple[str, ...]) -> Below:
    """Return a share of sums, cut down to a hundredth of a percent; a hair is added against binary noise."""
    above, under = ("+".join(sums[name][0] for name in names) for names in (part, whole))
    total = sum(sums[name][1] for name in whole)
    value = sum(sums[name][1] for name in part) * _STEPS // total / _STEPS if total else NONE
    return Below(formula=f'=IF({under}=0,"{NONE}",ROUNDDOWN(({above})/({under})+1E-12,4))', value=value)


def _mean(time: tuple[str, int], count: tuple[str, int]) -> Below:
    value = time[1] // count[1] / _DAY_MS if count[1] else NONE
    return Below(formula=f'=IF({count[0]}=0,"{NONE}",({time[0]})/({count[0]}))', value=value)
