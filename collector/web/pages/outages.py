"""Outages: those under way, and those of the running period with cause and evidence. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from collector.figures.outage_values import Cause, Outage
from collector.web.formats import NONE
from collector.web.html import Html, el, join, name
from collector.web.pages.frame import Context, link, page, row, section, stamp, table
from collector.web.pages.province import outages_now
from collector.web.picture import picture

MOST_ROWS = 300


def outages(context: Context) -> Html:
    """Return the page."""
    words, shown = context.words, context.shown
    figures = shown.figures
    if figures is None:
        period = el("p", words("figures_pending"), class_="calm")
        title = words("period_outages")
    else:
        own = [outage for outage in figures.outages if outage.own]
        period = outage_table(context, own)
        title = f"{words('period_outages')} {figures.name}"
    return page(
        context,
        words("outages"),
        el("div", stamp(context), class_="bar"),
        section(words("running_outages"), outages_now(context, picture(shown), MOST_ROWS)),
        section(title, period),
        current="outages",
    )


def outage_table(context: Context, found: Sequence[Outage], *, devices: bool = True) -> Html:
    """Return outages as a table, the newest first; `devices` says whose each is."""
    words, formats = context.words, context.formats
    if not found:
        return el("p", words("no_period_outages"), class_="calm")
    newest = sorted(found, key=lambda outage: -outage.start_ms)
    heads: tuple[str, ...] = (words("since"), words("until"), words("lasted"), words("cause"), words("fault"))
    heads = (words("device"), *heads) if devices else heads
    rows = []
    for outage in newest[:MOST_ROWS]:
        length_ms = outage.length_ms
        if length_ms is None:
            length_ms = context.shown.now_ms - outage.start_ms
        cells = (
            formats.moment(outage.start_ms),
            words("lasts") if outage.end_ms is None else formats.moment(outage.end_ms),
            formats.duration(length_ms),
            cause(context, outage),
            NONE if outage.fault is None else el("code", str(outage.fault)),
        )
        rows.append(
            row(_device(context, outage.device), *cells, heads=heads)
            if devices
            else row(cells[0], *cells[1:], heads=heads)
        )
    more = (
        el("p", words("shown_newest", n=MOST_ROWS, of=len(found)), class_="small")
        if len(found) > MOST_ROWS
        else None
    )
    return join(table(words("period_outages"), heads, rows, class_="stack"), more)


def cause(context: Context, outage: Outage) -> Html:
    """Return why an outage was: what was found, and beside it what a person added."""
    words = context.words
    found = words(f"cause_{outage.cause}")
    if outage.cause is Cause.UNDECIDED and outage.undecided is not None:
        found = f"{found} ({words(f'undecided_{outage.undecided}')})"
    notes = [
        el(
            "div",
            name(": ".join(part for part in (note.cause, note.note) if part) or NONE),
            f" — {words('by')} ",
            name(note.author),
            class_="small",
        )
        for note in outage.annotations
    ]
    return join(found, notes)


def _device(context: Context, device: str) -> Html:
    view = context.shown.by_id.get(device)
    return name(device) if view is None else link(device, view.device.name)
