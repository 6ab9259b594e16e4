"""What changed from one closing of a period to another: by group and device, before and after. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from collector.closing.closed import Closed
from collector.figures.outage_values import Outage
from collector.figures.tally import Sums
from collector.figures.values import DeviceFigures, GroupFigures, PeriodFigures

_RATIOS = ("end_to_end", "attributable", "coverage")
_STATES = ("up", "down", "upstream", "unknown", "maintenance", "out_of_service")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One figure of one subject that is not what it was; `unit` is ppm, ms, or "" for counts and words."""

    subject: str
    name: str
    figure: str
    unit: str
    before: int | str | None
    after: int | str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Two closings of one period, and all that differs: rows by day and table, and figures."""

    before: Closed
    after: Closed
    evidence: tuple[str, ...]
    changes: tuple[Change, ...]

    def lines(self) -> Iterator[str]:
        """Yield it for people, a line a subject."""
        closing = self.after.closing
        yield (
            f"{closing.period}: revision {self.before.closing.revision} → {closing.revision}, by "
            f"{self.after.entry.author}: {self.after.reason}"
        )
        new = [one for one in self.after.accepted if one not in self.before.accepted]
        if new:
            yield f"recorded late and accepted: {', '.join(new)}"
        yield from self.evidence
        if not self.changes:
            yield "no figure has changed"
        for subject in dict.fromkeys((one.subject, one.name) for one in self.changes):
            of_it = [one for one in self.changes if (one.subject, one.name) == subject]
            said = "; ".join(
                f"{one.figure} {shown(one.before, one.unit)} → {shown(one.after, one.unit)}" for one in of_it
            )
            yield f"{subject[0]} ({subject[1]}): {said}" if subject[1] else f"{subject[0]}: {said}"

    def as_json(self) -> dict[str, Any]:
        """Return it for programs."""
        return {
            "period": self.after.closing.period,
            "before": self.before.closing.revision,
            "after": self.after.closing.revision,
            "author": self.after.entry.author,
            "at_ms": self.after.entry.at_ms,
            "reason": self.after.reason,
            "accepted": list(self.after.accepted),
            "evidence": list(self.evidence),
            "changes": [
                {
                    "subject": one.subject,
                    "name": one.name,
                    "figure": one.figure,
                    "unit": one.unit,
                    "before": one.before,
                    "after": one.after,
                }
                for one in self.changes
            ],
        }


def shown(value: int | str | None, unit: str) -> str:
    """Return a figure for people: parts per million as a percentage, a length as hours, minutes, seconds."""
    if value is None:
        return "–"
    if unit == "ppm":
        return f"{int(value) // 10_000}.{int(value) % 10_000:04d} %"
    return str(timedelta(milliseconds=int(value))) if unit == "ms" else str(value)


def difference(before: Closed, after: Closed, figures: tuple[PeriodFigures, PeriodFigures]) -> Difference:
    """Return what differs between two closings, whose figures are given in the same order."""
    return Difference(
        before=before,
        after=after,
        evidence=tuple(_evidence(before, after)),
        changes=tuple(_changes(*figures)),
    )


def _evidence(before: Closed, after: Closed) -> Iterator[str]:
    was = {(day.day, one.table): one for day in before.closing.days for one in day.tables}
    for day in after.closing.days:
        for one in day.tables:
            old = was.get((day.day, one.table))
            if old != one:
                rows = 0 if old is None else old.rows
                yield f"evidence of day {day.day}, table {one.table}: {rows} rows → {one.rows}, other ones"


def _changes(before: PeriodFigures, after: PeriodFigures) -> Iterator[Change]:
    yield from _of_subject("province", "", before.province, after.province)
    yield from _of_subject("services", "", before.services, after.services)
    for kind in dict.fromkeys((*before.groups, *after.groups)):
        old = {one.id: one for one in before.groups.get(kind, ())}
        new = {one.id: one for one in after.groups.get(kind, ())}
        yield from _of_all(f"{kind} ", old, new)
    yield from _of_all(
        "", {one.device: one for one in before.devices}, {one.device: one for one in after.devices}
    )
    yield from _of_outages(before.outages, after.outages)


_Figured = DeviceFigures | GroupFigures


def _of_all(prefix: str, before: Mapping[str, _Figured], after: Mapping[str, _Figured]) -> Iterator[Change]:
    for one in dict.fromkeys((*before, *after)):
        known = after.get(one) or before[one]
        yield from _of_subject(f"{prefix}{one}", known.name, before.get(one), after.get(one))


def _of_subject(subject: str, name: str, before: _Figured | None, after: _Figured | None) -> Iterator[Change]:
    for prefix, hours in (("", "all_hours"), ("working hours ", "working")):
        old: Sums | None = None if before is None else getattr(before, hours)
        new: Sums | None = None if after is None else getattr(after, hours)
        for (figure, unit, was), (_, _, now) in zip(_figures(old), _figures(new), strict=True):
            if was != now:
                yield Change(
                    subject=subject, name=name, figure=f"{prefix}{figure}", unit=unit, before=was, after=now
                )


def _figures(sums: Sums | None) -> Iterator[tuple[str, str, int | None]]:
    for ratio in _RATIOS:
        for bound in ("low", "point", "high") if ratio != "coverage" else ("point",):
            label = ratio.replace("_", " ") + ("" if bound == "point" else f" {bound}")
            yield label, "ppm", None if sums is None else _ratio(sums, ratio, bound)
    for state in _STATES:
        yield state.replace("_", " "), "ms", None if sums is None else getattr(sums.tally, f"{state}_ms")
    yield "outages", "", None if sums is None else sums.outages
    yield "own outages", "", None if sums is None else sums.own_outages
    yield "mean time to repair", "ms", None if sums is None else sums.mttr_ms


def _ratio(sums: Sums, ratio: str, bound: str) -> int | None:
    if ratio == "coverage":
        return sums.tally.coverage_ppm
    share = sums.tally.end_to_end if ratio == "end_to_end" else sums.tally.attributable
    return {"low": share.low_ppm, "point": share.ppm, "high": share.high_ppm}[bound]


def _of_outages(before: Sequence[Outage], after: Sequence[Outage]) -> Iterator[Change]:
    old, new = {one.id: one for one in before}, {one.id: one for one in after}
    for one in dict.fromkeys((*old, *new)):
        was, now = _outage(old.get(one)), _outage(new.get(one))
        for figure, mine in was.items():
            if mine != now[figure]:
                unit = "" if figure == "cause" else "ms"
                yield Change(
                    subject=f"outage {one}", name="", figure=figure, unit=unit, before=mine, after=now[figure]
                )


def _outage(outage: Outage | None) -> dict[str, int | str | None]:
    return {
        "down": None if outage is None else outage.down_ms,
        "upstream": None if outage is None else outage.upstream_ms,
        "maintenance": None if outage is None else outage.maintenance_ms,
        "cause": None if outage is None else str(outage.cause),
    }
