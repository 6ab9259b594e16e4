"""One month of the trend from its figures, and the months the trend has. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from collector.figures.period import Period, month_before
from collector.figures.values import PeriodFigures
from collector.report.lines import sum_line
from collector.report.places import Place, Places
from collector.report.values import MonthPoint

MONTHS = 12


def trend_months(period: Period) -> tuple[Period, ...]:
    """Return the twelve months that end with this one."""
    found = [period]
    while len(found) < MONTHS:
        found.append(month_before(found[-1]))
    return tuple(reversed(found))


def point(figures: PeriodFigures, places: Places, source: str) -> MonthPoint:
    """Return a month's point: the districts taken together, the data centre and the services beside it."""
    network = [d for d in figures.devices if places.place[d.device] in (Place.UNIT, Place.HUB)]
    centre = [d for d in figures.devices if places.place[d.device] is Place.CENTRE]
    whole, of_centre = sum_line("", network, 0), sum_line("", centre, 0)
    return MonthPoint(
        name=figures.name,
        source=source,
        end_to_end_ppm=whole.end_to_end.ppm,
        attributable_ppm=whole.attributable.ppm,
        centre_ppm=of_centre.end_to_end.ppm,
        services_ppm=figures.services.all_hours.tally.end_to_end.ppm,
        coverage_ppm=figures.province.all_hours.tally.coverage_ppm,
        outages=figures.province.all_hours.own_outages,
        mttr_ms=figures.province.all_hours.mttr_ms,
        lost_ms=whole.lost_ms,
    )


def trend(months: tuple[Period, ...], known: Mapping[str, MonthPoint]) -> tuple[MonthPoint, ...]:
    """Return a point for each month, an empty one where nothing is known."""
    return tuple(known.get(month.name) or MonthPoint(name=month.name, source="none") for month in months)
