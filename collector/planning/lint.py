"""What should be looked at in the calendar of planned work, though nothing in it is a mistake. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from zoneinfo import ZoneInfo

from collector.inventory.fields.units import show_duration
from collector.inventory.values import Inventory
from collector.planning.covered import covered
from collector.planning.occurrences import occurrences
from collector.planning.standing import Standing, WorkSource
from collector.planning.work import Work, works_of

_DAY_MS = 86_400_000
LOOK_BACK_MS = 62 * _DAY_MS
"""How far back late entries and overlaps are looked for: the running month and the one before it."""
LOOK_AHEAD_MS = 92 * _DAY_MS
LONG_OVER_MS = 31 * _DAY_MS
_SHOWN = 3


class Rule(StrEnum):
    """What is looked for."""

    OVERLAP = "overlap"
    COVERS_NOTHING = "covers_nothing"
    COVERS_EVERYTHING = "covers_everything"
    UNKNOWN_NAME = "unknown_name"
    RECORDED_LATE = "recorded_late"
    LONGER_THAN_A_DAY = "longer_than_a_day"
    COVERED_ALREADY = "covered_already"
    LONG_OVER = "long_over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One thing to look at: in which window, and what to do about it."""

    id: str
    rule: Rule
    message: str
    advice: str


def lint(
    standings: Sequence[Standing], inventory: Inventory, now_ms: int, *, began_ms: int
) -> tuple[Remark, ...]:
    """Return the remarks on what stands in the calendar, and on late entries, by window.

    Before `began_ms` there was no collector, and so nothing that could be entered too late.
    """
    remarks: list[Remark] = []
    works: list[Work] = []
    for standing in standings:
        found = works_of(standing, now_ms - LOOK_BACK_MS, now_ms, works)
        works += found
        remarks += _late(
            standing, [work for work in found if work.late is not None and work.end_ms > began_ms]
        )
    current = [one for one in standings if one.known_until_ms is None or one.known_until_ms > now_ms]
    for standing in current:
        remarks += _one(standing, inventory, now_ms)
    remarks += _overlaps(current, inventory, now_ms)
    return tuple(sorted(remarks, key=lambda remark: (remark.id, remark.rule, remark.message)))


def _late(standing: Standing, works: list[Work]) -> Iterator[Remark]:
    if works:
        late_ms = sum(work.late[1] - work.late[0] for work in works if work.late is not None)
        lasted = show_duration(late_ms // 1000 * 1000)
        times = f", at {len(works)} times" if len(works) > 1 else ""
        yield Remark(
            id=standing.window.id,
            rule=Rule.RECORDED_LATE,
            message=f"entered after its begin: {lasted} of it{times} do not count",
            advice="they count only by a restatement: haidang month restate",
        )


def _one(standing: Standing, inventory: Inventory, now_ms: int) -> Iterator[Remark]:
    window = standing.window
    known = {device.id for device in inventory.devices}
    areas = {area.id for area in inventory.areas}
    unknown = [name for name in window.devices if name not in known]
    unknown += [name for name in window.areas if name not in areas]
    who = covered(inventory.devices, named=window.devices, areas=window.areas)
    if not who:
        advice = "name devices, or areas that have some; or end it"
        yield Remark(id=window.id, rule=Rule.COVERS_NOTHING, message="covers no device", advice=advice)
    elif unknown:
        message = f"names {_some(unknown)}, which the inventory does not have"
        advice = "end it, and enter it with the right names"
        yield Remark(id=window.id, rule=Rule.UNKNOWN_NAME, message=message, advice=advice)
    if who == known and len(known) > 1:
        message = f"covers all {len(known)} devices: no alert of any, and no figure of that time"
        yield Remark(id=window.id, rule=Rule.COVERS_EVERYTHING, message=message, advice="is that meant?")
    yield from _covered_already(standing, inventory)
    lasts_ms = round((window.end.timestamp() - window.start.timestamp()) * 1000)
    if window.repeat is None and lasts_ms > _DAY_MS:
        message = f"lasts {show_duration(lasts_ms)} in one piece"
        advice = "if work is done at certain hours only, enter those, with a repeat"
        yield Remark(id=window.id, rule=Rule.LONGER_THAN_A_DAY, message=message, advice=advice)
    if standing.source is WorkSource.INVENTORY and _over_since(standing, now_ms) > LONG_OVER_MS:
        days = _over_since(standing, now_ms) // _DAY_MS
        advice = "it may be taken out of the file; what it counted for stays"
        yield Remark(id=window.id, rule=Rule.LONG_OVER, message=f"over for {days} days", advice=advice)


def _covered_already(standing: Standing, inventory: Inventory) -> Iterator[Remark]:
    """Find devices that are named though the rest of the window covers them, as all that hangs on it."""
    window = standing.window
    spare = [
        name
        for name in window.devices
        if name
        in covered(
            inventory.devices, named=[other for other in window.devices if other != name], areas=window.areas
        )
    ]
    if spare:
        message = f"names {_some(spare)}, covered already by what it hangs on or by its area"
        yield Remark(id=window.id, rule=Rule.COVERED_ALREADY, message=message, advice="it need not be named")


def _over_since(standing: Standing, now_ms: int) -> int:
    window = standing.window
    if window.repeat is None:
        return now_ms - round(window.end.timestamp() * 1000)
    if window.repeat.last is None:
        return 0
    recent = occurrences(window, now_ms - LONG_OVER_MS, now_ms + LOOK_AHEAD_MS, ZoneInfo(standing.timezone))
    last_day_ms = round(window.end.timestamp() * 1000) + (
        (window.repeat.last - window.start.date()).days * _DAY_MS
    )
    return 0 if recent else now_ms - last_day_ms


def _overlaps(standings: Sequence[Standing], inventory: Inventory, now_ms: int) -> Iterator[Remark]:
    names = [
        covered(inventory.devices, named=one.window.devices, areas=one.window.areas) for one in standings
    ]
    times = [
        occurrences(one.window, now_ms, now_ms + LOOK_AHEAD_MS, ZoneInfo(one.timezone)) for one in standings
    ]
    for one, other in combinations(range(len(standings)), 2):
        shared = names[one] & names[other]
        if shared and _meet(times[one], times[other]):
            yield Remark(
                id=standings[one].window.id,
                rule=Rule.OVERLAP,
                message=f"overlaps {standings[other].window.id} for {_some(sorted(shared))}",
                advice="one of the two is enough for the time they share",
            )


def _meet(one: Sequence[tuple[int, int]], other: Sequence[tuple[int, int]]) -> bool:
    """Return True if any two spans of two ordered rows share time."""
    i = j = 0
    while i < len(one) and j < len(other):
        if one[i][0] < other[j][1] and other[j][0] < one[i][1]:
            return True
        if one[i][1] <= other[j][1]:
            i += 1
        else:
            j += 1
    return False


def _some(names: Iterable[str]) -> str:
    listed = list(names)
    more = f" and {len(listed) - _SHOWN} more" if len(listed) > _SHOWN else ""
    return ", ".join(listed[:_SHOWN]) + more
