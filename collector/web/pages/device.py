"""One device or service: how it is, how it was for a day and for thirty, what its line carried. Pure."""

from __future__ import annotations

from collector.current import View
from collector.figures.values import DeviceFigures
from collector.web.formats import NONE
from collector.web.html import Child, Html, el, join, name
from collector.web.pages.frame import Context, badge, link, page, row, section, stamp, table
from collector.web.pages.graphs import round_trips, states, traffic
from collector.web.pages.outages import outage_table
from collector.web.past import History
from collector.web.rings import Cell
from collector.web.told import Interface, Told
from collector.web.words import Words

MOST_CHILDREN = 200


def device_page(
    context: Context,
    view: View,
    history: History | None,
    cells: tuple[Cell, ...],
    told: Told,
) -> Html:
    """Return the page of a device; `history` is None while it is being read."""
    words, device = context.words, view.device
    return page(
        context,
        device.name,
        el(
            "div",
            badge(context, view.state),
            el("span", _since(context, view)),
            stamp(context),
            class_="bar",
        ),
        el(
            "div",
            el(
                "div",
                _states(context, history),
                section(f"{words('round_trip')}, {words('last_24h').lower()}", round_trips(context, cells)),
                _traffic(context, view, history),
                _outages(context, view),
                class_="wide",
            ),
            el(
                "div",
                _figures(context, view),
                section(words("details"), _details(context, view, unencrypted=told.unencrypted)),
                section(words("checks"), _checks(context, view)),
                _interfaces(context, told.interfaces),
                _children(context, view),
                class_="side",
            ),
            class_="columns",
        ),
    )


def _since(context: Context, view: View) -> str:
    if view.since_ms is None:
        return NONE
    words, formats = context.words, context.formats
    ago = formats.duration(context.shown.now_ms - view.since_ms)
    return f"{words('since').lower()} {formats.moment(view.since_ms)} ({ago})"


def _states(context: Context, history: History | None) -> Html | None:
    if history is not None and history.failed is None and not history.pieces:
        return None
    return section(context.words("state_history"), states(context, history))


def _traffic(context: Context, view: View, history: History | None) -> Html | None:
    words = context.words
    if view.device.is_service:
        return None
    if view.device.uplink is None:
        return section(words("traffic"), el("p", words("no_uplink"), class_="calm"))
    return section(words("traffic"), traffic(context, history, context.shown.lines.get(view.device.id)))


def _figures(context: Context, view: View) -> Html | None:
    words, figures = context.words, context.shown.figures
    if figures is None:
        return None
    found = next((one for one in figures.devices if one.device == view.device.id), None)
    if found is None:
        return None
    return section(
        f"{words('figures')} {figures.name}", el("dl", _shares(words, found, context), class_="pairs")
    )


def _shares(words: Words, found: DeviceFigures, context: Context) -> Html:
    formats = context.formats
    pairs: list[Html] = []
    for hours, sums in (("all_hours", found.all_hours), ("working_hours", found.working)):
        tally = sums.tally
        for kind, share in (("end_to_end", tally.end_to_end), ("attributable", tally.attributable)):
            between = f" ({formats.percent(share.low_ppm)} – {formats.percent_up(share.high_ppm)})"
            label = f"{words(kind)}, {words(hours).lower()}"
            pairs.append(_pair(label, join(el("strong", formats.percent(share.ppm)), between)))
    pairs.append(_pair(words("coverage"), formats.percent(found.all_hours.tally.coverage_ppm, 1)))
    pairs.append(_pair(words("outages"), str(found.all_hours.outages)))
    return join(pairs)


def _details(context: Context, view: View, *, unencrypted: bool) -> Html:
    words, formats, device = context.words, context.formats, view.device
    views, areas = context.shown.by_id, context.shown.area_names
    parents = [
        el("div", link(parent, views[parent].device.name), " ", badge(context, views[parent].state))
        for parent in device.parents
        if parent in views
    ]
    capacity = context.shown.lines.get(device.id)
    ways = [] if capacity is None else [way.capacity for way in capacity.ways.values()]
    return el(
        "dl",
        _pair("ID", el("code", device.id)),
        _pair(words("role"), name(words.role(device.role))),
        _pair(words("area"), name(areas.get(device.area or "", device.area or NONE))),
        _pair(words("address"), el("code", device.address)),
        _pair(words("parents"), join(parents)) if parents else None,
        _pair(words("serves"), f"{device.serves} {words('agencies')}") if device.serves else None,
        _pair(words("capacity"), " / ".join(formats.rate(way) for way in ways)) if any(ways) else None,
        _pair(words("interval"), formats.duration(device.interval_ms)),
        el(
            "div",
            el("dt", words("protocol")),
            el("dd", el("span", words("unencrypted"), class_="badge b-unknown")),
        )
        if unencrypted
        else None,
        class_="pairs",
    )


def _pair(label: str, value: Child) -> Html:
    return el("div", el("dt", label), el("dd", value))


def _checks(context: Context, view: View) -> Html:
    words, formats = context.words, context.formats
    if not view.probes:
        return el("p", words("no_data"), class_="calm")
    items = [
        el(
            "li",
            el(
                "div",
                el("strong", str(probe.probe).upper()),
                el("span", formats.milliseconds(probe.rtt_s), class_="ok")
                if probe.reason is None
                else el("code", str(probe.reason), class_="part"),
                class_="line",
            ),
            el("div", name(probe.detail), class_="small") if probe.detail else None,
        )
        for probe in view.probes
    ]
    return el("ul", items, class_="list")


def _interfaces(context: Context, interfaces: tuple[Interface, ...]) -> Html | None:
    if not interfaces:
        return None
    words, formats = context.words, context.formats
    heads = (words("interface"), words("alias"), words("state"), words("speed"))
    rows = [
        row(
            name(one.name),
            name(one.alias or NONE),
            NONE if one.up is None else words("state_up") if one.up else words("state_down"),
            formats.rate(one.speed_bps),
            heads=heads,
        )
        for one in interfaces
    ]
    return section(words("interfaces"), table(words("interfaces"), heads, rows))


def _children(context: Context, view: View) -> Html | None:
    children = context.shown.children.get(view.device.id, ())
    if not children:
        return None
    items = [
        el("li", link(child.device.id, child.device.name), badge(context, child.state), class_="line")
        for child in children[:MOST_CHILDREN]
    ]
    title = f"{context.words('children')} ({len(children)})"
    return section(title, el("ul", items, class_="list tall"))


def _outages(context: Context, view: View) -> Html | None:
    figures = context.shown.figures
    if figures is None:
        return None
    own = [outage for outage in figures.outages if outage.device == view.device.id]
    title = f"{context.words('device_outages')} {figures.name}"
    return section(title, outage_table(context, own, devices=False))
