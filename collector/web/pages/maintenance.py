"""Planned work: under way, to come, and past. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from collector.web.html import Html, el, join, name
from collector.web.pages.frame import Context, link, page, row, section, stamp, table
from collector.web.planned import Work

MOST_ROWS = 50


def maintenance(context: Context) -> Html:
    """Return the page."""
    words, shown = context.words, context.shown
    found = shown.work
    content = [
        section(words(title), _table(context, words(title), works[:MOST_ROWS]))
        for title, works in (("running_now", found.running), ("planned", found.next), ("past", found.past))
        if works
    ]
    return page(
        context,
        words("maintenance"),
        el("div", stamp(context), class_="bar"),
        content or el("p", words("no_maintenance"), class_="calm"),
        current="maintenance",
    )


def _table(context: Context, title: str, works: Sequence[Work]) -> Html:
    words, formats = context.words, context.formats
    heads = (words("reason"), words("from"), words("to"), words("covers"), words("author"))
    rows = [
        row(
            name(work.reason),
            formats.moment(work.start_ms),
            formats.moment(work.end_ms),
            _covers(context, work),
            name(work.author),
            heads=heads,
        )
        for work in works
    ]
    return table(title, heads, rows, class_="stack")


def _covers(context: Context, work: Work) -> Html:
    names, views = context.shown.area_names, context.shown.by_id
    parts = [name(names.get(area, area)) for area in work.areas]
    parts += [
        link(device, views[device].device.name) if device in views else name(device)
        for device in work.devices
    ]
    return join([join(", " if at else None, part) for at, part in enumerate(parts)])
