"""Pictures of time: the calendar of the month, and the trend over twelve months."""

from __future__ import annotations

from pathlib import Path

from collector.report.numbers import printed_ppm
from collector.report.plots.library import FAINT, GREY, INK, canvas
from collector.report.values import MonthlyReport
from collector.report.words.say import Words

_PPM_PER_PERCENT = 10_000
_DARK = 0.55


def calendar(report: MonthlyReport, words: Words, fonts: tuple[Path, ...]) -> bytes | None:
    """Draw the days as a calendar, the darker the more was lost; the figure stands in each day."""
    days = report.days
    if not days or not any(day.lost_ms for day in days):
        return None
    first = days[0].day.weekday()
    weeks = (first + len(days) + 6) // 7
    most = max(day.lost_ms or 0 for day in days)
    with canvas(fonts, height_mm=14 + 11 * weeks) as drawn:
        axes = drawn.axes
        for number, day in enumerate(days):
            column, week = (first + number) % 7, (first + number) // 7
            share = 0.0 if not day.lost_ms else (day.lost_ms / most) ** 0.5
            shade = str(1 - 0.75 * share) if day.lost_ms is not None else "white"
            axes.bar(
                column + 0.5,
                0.94,
                width=0.96,
                bottom=week + 0.03,
                color=shade,
                edgecolor=INK,
                linewidth=0.5,
            )
            ink = "white" if share > _DARK else INK
            axes.text(column + 0.05, week + 0.3, f"{day.day.day}/{day.day.month}", fontsize=6.5, color=ink)
            shown = words.numbers.hours(day.lost_ms)
            axes.text(column + 0.5, week + 0.72, shown, ha="center", color=ink, fontsize=9)
        axes.set_xlim(-0.02, 7.02)
        axes.set_ylim(weeks + 0.02, -0.02)
        axes.set_xticks([column + 0.5 for column in range(7)], words.say("p_weekdays").split(","))
        axes.xaxis.tick_top()
        axes.tick_params(length=0)
        axes.set_yticks([])
        for side in axes.spines.values():
            side.set_visible(False)
    return drawn.png


def trend(report: MonthlyReport, words: Words, fonts: tuple[Path, ...]) -> bytes | None:
    """Draw the availability of the network, the data centre and the services month by month."""
    points = report.months
    series = (
        ("end_to_end_ppm", "c_network", "-", "o", INK),
        ("centre_ppm", "c_centre", "--", "s", GREY),
        ("services_ppm", "c_services", ":", "^", INK),
    )
    known = [
        [
            None if (ppm := getattr(point, field)) is None else printed_ppm(ppm) / _PPM_PER_PERCENT
            for point in points
        ]
        for field, *_ in series
    ]
    values = [value for one in known for value in one if value is not None]
    if not values:
        return None
    target = report.settings.availability_target_ppm / _PPM_PER_PERCENT
    low = min(*values, target)
    with canvas(fonts, height_mm=62) as drawn:
        axes = drawn.axes
        for (_, title, style, sign, colour), one in zip(series, known, strict=True):
            if any(value is not None for value in one):
                shown = [float("nan") if value is None else value for value in one]
                axes.plot(
                    range(len(points)),
                    shown,
                    linestyle=style,
                    marker=sign,
                    markersize=4,
                    color=colour,
                    linewidth=1,
                    label=words.say(title),
                )
        label = words.say("p_target", target=words.numbers.percent(report.settings.availability_target_ppm))
        axes.axhline(target, color=GREY, linestyle="-.", linewidth=0.8, label=label)
        axes.set_ylim(max(0.0, low - max(0.05, (100 - low) * 0.1)), 100 + (100 - low) * 0.03)
        axes.set_xticks(range(len(points)), [words.numbers.short_month(point.name) for point in points])
        axes.set_xlim(-0.4, len(points) - 0.6)
        bottom, _ = axes.get_ylim()
        ticks = [tick for tick in axes.get_yticks() if bottom <= tick <= 100]
        shown_ticks = [words.numbers.percent(round(tick * _PPM_PER_PERCENT)) for tick in ticks]
        axes.set_yticks(ticks, shown_ticks)
        axes.tick_params(axis="x", labelsize=7.5)
        axes.yaxis.grid(visible=True, color=FAINT, linewidth=0.6)
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=4, frameon=False, fontsize=8)
    return drawn.png
