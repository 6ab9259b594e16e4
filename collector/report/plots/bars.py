"""Pictures made of bars: districts against the target, causes, hours of the day, P95 against capacity."""

from __future__ import annotations

from pathlib import Path

from collector.report.numbers import printed_ppm
from collector.report.paper.incidents import cause_name
from collector.report.plots.library import FAINT, GREY, INK, PALE, canvas, whole_ticks
from collector.report.values import MonthlyReport
from collector.report.words.say import Words

_PPM_PER_PERCENT = 10_000
_HOUR_MS = 3_600_000
_MOST_NAMES = 34


def districts(report: MonthlyReport, words: Words, fonts: tuple[Path, ...]) -> bytes | None:
    """Draw each district's availability with its bounds, and the target as a line."""
    shown = [one.line for one in report.districts if one.line.end_to_end.ppm is not None]
    if not shown:
        return None
    shown.reverse()
    numbers = words.numbers
    target = report.settings.availability_target_ppm / _PPM_PER_PERCENT
    values = [printed_ppm(line.end_to_end.ppm or 0) / _PPM_PER_PERCENT for line in shown]
    lows = [(line.end_to_end.low_ppm or 0) / _PPM_PER_PERCENT for line in shown]
    highs = [(line.end_to_end.high_ppm or 0) / _PPM_PER_PERCENT for line in shown]
    left = min(*values, target, *lows)
    left -= max(0.05, (100 - left) * 0.15)
    left = max(0.0, left)
    with canvas(fonts, height_mm=14 + 7 * len(shown)) as drawn:
        axes = drawn.axes
        rows = range(len(shown))
        met = [value >= target for value in values]
        axes.barh(
            rows,
            [value - left for value in values],
            left=left,
            height=0.62,
            color=[PALE if ok else "white" for ok in met],
            edgecolor=INK,
            linewidth=0.6,
            hatch=["" if ok else "////" for ok in met],
        )
        spread = [
            [max(0.0, value - low) for value, low in zip(values, lows, strict=True)],
            [max(0.0, high - value) for value, high in zip(values, highs, strict=True)],
        ]
        axes.errorbar(
            values, rows, xerr=spread, fmt="none", ecolor=INK, elinewidth=0.8, capsize=2.5, capthick=0.8
        )
        axes.axvline(target, color=INK, linestyle="--", linewidth=0.9)
        axes.set_yticks(rows, [_short(line.name) for line in shown])
        for row, line in zip(rows, shown, strict=True):
            axes.annotate(
                numbers.percent(line.end_to_end.ppm),
                (1.005, row),
                xycoords=("axes fraction", "data"),
                va="center",
            )
        axes.set_xlim(left, 100)
        ticks = [tick for tick in axes.get_xticks() if left <= tick <= 100]
        axes.set_xticks(ticks, [numbers.percent(round(tick * _PPM_PER_PERCENT)) for tick in ticks])
        label = words.say("p_target", target=numbers.percent(report.settings.availability_target_ppm))
        axes.set_title(label, fontsize=8, loc="left")
    return drawn.png


def causes(report: MonthlyReport, words: Words, fonts: tuple[Path, ...]) -> bytes | None:
    """Draw how many outages had each cause."""
    shown = tuple(reversed(report.outages.causes))
    if not shown:
        return None
    with canvas(fonts, height_mm=12 + 7 * len(shown)) as drawn:
        axes = drawn.axes
        rows = range(len(shown))
        axes.barh(rows, [one.outages for one in shown], height=0.6, color=PALE, edgecolor=INK, linewidth=0.6)
        axes.set_yticks(rows, [_short(cause_name(one.key, words)) for one in shown])
        most = max(one.outages for one in shown)
        for row, one in zip(rows, shown, strict=True):
            label = f"{words.numbers.count(one.outages)}  ({words.numbers.clock(one.lost_ms)})"
            axes.text(one.outages + most * 0.01, row, label, va="center")
        axes.set_xlim(0, most * 1.22)
        whole_ticks(drawn)
        axes.set_xlabel(words.say("c_count"))
    return drawn.png


def hours(report: MonthlyReport, words: Words, fonts: tuple[Path, ...]) -> bytes | None:
    """Draw how long lines were down in each hour of the day."""
    if not any(report.hours_ms):
        return None
    with canvas(fonts, height_mm=52) as drawn:
        axes = drawn.axes
        axes.bar(
            range(24),
            [ms / _HOUR_MS for ms in report.hours_ms],
            width=0.78,
            color=PALE,
            edgecolor=INK,
            linewidth=0.6,
        )
        axes.set_xticks(range(0, 24, 2), [f"{hour:02}" for hour in range(0, 24, 2)])
        axes.set_xlabel(words.say("p_hour_axis"))
        axes.set_ylabel(words.say("p_hours_axis"))
        axes.set_xlim(-0.7, 23.7)
        axes.yaxis.grid(visible=True, color=FAINT, linewidth=0.6)
        axes.set_axisbelow(True)
    return drawn.png


def traffic(report: MonthlyReport, words: Words, fonts: tuple[Path, ...]) -> bytes | None:
    """Draw the fullest lines' P95 in both directions as a share of what is subscribed."""
    shown = tuple(reversed(report.traffic.fullest[:12]))
    if not shown:
        return None
    with canvas(fonts, height_mm=20 + 7 * len(shown)) as drawn:
        axes = drawn.axes
        rows = list(range(len(shown)))
        into = [_share(row.p95_in_bps, row.capacity_in_bps) for row in shown]
        out = [_share(row.p95_out_bps, row.capacity_out_bps) for row in shown]
        axes.barh(
            [row + 0.2 for row in rows],
            into,
            height=0.36,
            color=GREY,
            edgecolor=INK,
            linewidth=0.5,
            label=words.say("p_in"),
        )
        axes.barh(
            [row - 0.2 for row in rows],
            out,
            height=0.36,
            color="white",
            edgecolor=INK,
            linewidth=0.5,
            hatch="////",
            label=words.say("p_out"),
        )
        axes.axvline(90, color=INK, linestyle="--", linewidth=0.9, label=words.say("p_limit"))
        axes.set_yticks(rows, [_short(row.name) for row in shown])
        axes.set_xlim(0, max(100, *into, *out) * 1.02)
        axes.set_xlabel(words.say("p_share_axis"))
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3, frameon=False, fontsize=8)
    return drawn.png


def _share(part: int | None, whole: int | None) -> float:
    return 0.0 if part is None or not whole else 100 * part / whole


def _short(name: str) -> str:
    return name if len(name) <= _MOST_NAMES else name[: _MOST_NAMES - 1] + "…"
