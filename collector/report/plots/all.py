"""Every picture of the report, by name; one that has nothing to show is left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from collector.report.paper.blocks import Picture
from collector.report.plots import bars, over_time
from collector.report.plots.library import WIDTH_MM
from collector.report.values import MonthlyReport
from collector.report.words.say import Words

Draw = Callable[[MonthlyReport, Words, tuple[Path, ...]], bytes | None]

PICTURES: dict[str, Draw] = {
    "districts": bars.districts,
    "calendar": over_time.calendar,
    "traffic": bars.traffic,
    "causes": bars.causes,
    "hours": bars.hours,
    "trend": over_time.trend,
}
"""What draws each; its caption is the phrase `p_NAME`."""


def pictures(report: MonthlyReport, words: Words, fonts: tuple[Path, ...]) -> Iterator[tuple[str, Picture]]:
    """Yield the pictures as they are drawn."""
    for name, draw in PICTURES.items():
        png = draw(report, words, fonts)
        if png is not None:
            caption = words.say(f"p_{name}")
            yield name, Picture(id=name, caption=caption, png=png, width_mm=WIDTH_MM, alt=caption)
