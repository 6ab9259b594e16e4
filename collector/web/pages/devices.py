"""All devices as a table, with a search that does not mind accents. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from collector.current import View
from collector.ledger.traffic import Direction
from collector.model import State
from collector.web.formats import NONE
from collector.web.html import Html, el, name
from collector.web.pages.frame import Context, badge, link, page, row, stamp, table
from collector.web.search import fits

MOST_ROWS = 1_000
_ORDER = (
    State.DOWN,
    State.UPSTREAM,
    State.UNKNOWN,
    State.UP,
    State.MAINTENANCE,
    State.OUT_OF_SERVICE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What is looked for; empty texts ask for nothing."""

    query: str = ""
    area: str = ""
    state: str = ""


def devices(context: Context, wanted: Filter) -> Html:
    """Return the page."""
    words = context.words
    found = chosen(context.shown.views, context, wanted)
    heads = (
        words("name"),
        words("state"),
        words("since"),
        words("role"),
        words("area"),
        words("address"),
        words("round_trip"),
        words("traffic"),
    )
    rows = [_row(context, view, heads) for view in found[:MOST_ROWS]]
    count = (
        words("found", n=len(found))
        if len(found) == len(context.shown.views)
        else words("found_of", n=len(found), of=len(context.shown.views))
    )
    content = (
        table(words("devices"), heads, rows, class_="stack")
        if rows
        else el("p", words("none_found"), class_="calm")
        if context.shown.views
        else None
    )
    return page(
        context,
        words("devices"),
        el("div", stamp(context), el("p", count, role="status"), class_="bar"),
        content,
        current="devices",
        fixed=_form(context, wanted),
    )


def chosen(views: tuple[View, ...], context: Context, wanted: Filter) -> list[View]:
    """Return the devices that fit, the troubled ones first, else in the order of the inventory."""
    areas = context.shown.area_names
    found = [
        view
        for view in views
        if (not wanted.area or view.device.area == wanted.area)
        and (not wanted.state or view.state == wanted.state)
        and fits(
            wanted.query,
            view.device.name,
            view.device.id,
            view.device.address,
            areas.get(view.device.area or "", ""),
        )
    ]
    return sorted(found, key=lambda view: _ORDER.index(view.state))


def _form(context: Context, wanted: Filter) -> Html:
    words = context.words
    areas = [
        el("option", area.name, value=area.id, selected=area.id == wanted.area)
        for area in context.shown.inventory.areas
    ]
    states = [
        el("option", words.state(state), value=str(state), selected=state == wanted.state) for state in State
    ]
    return el(
        "form",
        el(
            "label",
            el("span", words("search")),
            el(
                "input",
                type="search",
                name="q",
                value=wanted.query,
                placeholder=words("search_hint"),
                autocomplete="off",
                maxlength=100,
            ),
            class_="grow",
        ),
        el(
            "label",
            el("span", words("area")),
            el("select", el("option", words("all_areas"), value=""), areas, name="area"),
        ),
        el(
            "label",
            el("span", words("state")),
            el("select", el("option", words("all_states"), value=""), states, name="state"),
        ),
        el("button", words("search_go")),
        method="get",
        action="/devices",
        class_="search",
        role="search",
        id="search",
    )


def _row(context: Context, view: View, heads: tuple[str, ...]) -> Html:
    formats, device = context.formats, view.device
    areas = context.shown.area_names
    line = context.shown.lines.get(device.id)
    rates = NONE
    if line is not None:
        into, out = (formats.rate(line.ways[direction].rate) for direction in Direction)
        rates = f"↓ {into}  ↑ {out}"
    rtt = next((probe.rtt_s for probe in view.probes if probe.rtt_s is not None), None)
    return row(
        link(device.id, device.name),
        badge(context, view.state),
        el("span", formats.moment(view.since_ms), class_="nowrap"),
        name(context.words.role(device.role)),
        name(areas.get(device.area or "", device.area or NONE)),
        el("code", device.address),
        el("span", formats.milliseconds(rtt), class_="nowrap"),
        rates,
        heads=heads,
    )
