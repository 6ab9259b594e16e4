"""The province in one look: who is cut off, since when; a tile for every device; figures. Pure."""

from __future__ import annotations

from collector.current import View
from collector.figures.values import GroupFigures, PeriodFigures
from collector.model import State
from collector.web.formats import NONE
from collector.web.html import Child, Html, el, join, name
from collector.web.pages.frame import Context, badge, link, page, row, section, stamp, table
from collector.web.picture import Picture, Place, picture
from collector.web.words import sign

MOST_OUTAGES = 12


def province(context: Context) -> Html:
    """Return the page."""
    found = picture(context.shown)
    words = context.words
    if not context.shown.views:
        return page(context, words("province"), stamp(context), current="province")
    return page(
        context,
        words("province"),
        el("div", stamp(context), _legend(context, found), class_="bar"),
        _key_figures(context, found),
        el(
            "div",
            el("div", _places(context, found), class_="wide"),
            el(
                "div",
                section(words("running_outages"), outages_now(context, found, MOST_OUTAGES), id_="outages"),
                _services(context),
                _full_lines(context, found),
                _figures(context),
                class_="side",
            ),
            class_="columns first",
        ),
        current="province",
    )


def outages_now(context: Context, found: Picture, most: int) -> Html:
    """Return the outages under way as a list, the worst first."""
    words, formats = context.words, context.formats
    if not found.outages:
        return el("p", words("nothing_known" if found.blind else "none_now"), class_="calm")
    items = []
    for outage in found.outages[:most]:
        view = outage.view
        since = NONE if view.since_ms is None else formats.duration(context.shown.now_ms - view.since_ms)
        behind = words("one_unit" if outage.units == 1 else "units", n=outage.units, of=outage.agencies)
        items.append(
            el(
                "li",
                el("div", link(view.device.id, view.device.name), badge(context, view.state), class_="line"),
                el(
                    "div",
                    f"{words('since')} {formats.moment(view.since_ms)} · {since}",
                    class_="small",
                ),
                el(
                    "div",
                    f"{words('behind')}: {behind}" if outage.units else None,
                    el("code", str(outage.fault)) if outage.fault is not None else None,
                    class_="small line",
                ),
            )
        )
    more = len(found.outages) - most
    rest = (
        el("p", el("a", f"+ {more} {words('outages').lower()}", href="/outages"), class_="small")
        if more > 0
        else None
    )
    return join(el("ul", items, class_="list"), rest)


def _legend(context: Context, found: Picture) -> Html:
    items = [
        el("li", badge(context, state), el("span", str(count), class_="count"))
        for state, count in found.states.items()
        if count or state in (State.UP, State.DOWN)
    ]
    return el("ul", items, class_="legend", aria_label=context.words("legend"))


def _key_figures(context: Context, found: Picture) -> Html:
    words = context.words
    unsure = found.unknown_units > 0
    outages = NONE if found.blind and not found.outages else str(len(found.outages))
    return el(
        "dl",
        _count(context, "cut_off", found.cut_off_units, found.unknown_units, found.units),
        _count(context, "agencies_cut_off", found.cut_off_agencies, found.unknown_agencies, found.agencies),
        _key(words("running_outages"), outages, "", tone=_tone(bad=bool(found.outages), unsure=unsure)),
        _availability(context),
        class_="keys",
    )


def _count(context: Context, label: str, cut_off: int, unknown: int, of: int) -> Html:
    """Say how many are cut off: nothing where nobody knows of any, no good news where some are unknown."""
    words = context.words
    beside = f"{words('of')} {of}"
    if unknown:
        beside += f" · {unknown} {words('state_unknown').lower()}"
    shown = NONE if unknown == of > 0 else str(cut_off)
    return _key(words(label), shown, beside, tone=_tone(bad=cut_off > 0, unsure=unknown > 0))


def _tone(*, bad: bool, unsure: bool) -> str:
    return "bad" if bad else "unsure" if unsure else ""


def _availability(context: Context) -> Html:
    words, formats, figures = context.words, context.formats, context.shown.figures
    if figures is None:
        return _key(words("month_availability"), NONE, words("not_yet"), tone="unsure")
    tally = figures.province.all_hours.tally
    share = tally.end_to_end
    between = (
        f"{words('bounds')} {formats.percent(share.low_ppm)} – {formats.percent_up(share.high_ppm)} · "
        f"{words('coverage').lower()} {formats.percent(tally.coverage_ppm, 1)}"
    )
    return _key(f"{words('month_availability')} {figures.name}", formats.percent(share.ppm), between)


def _key(label: str, value: str, beside: str, *, tone: str = "") -> Html:
    return el(
        "div",
        el("dt", label),
        el("dd", el("span", value, class_="value"), el("span", beside, class_="beside")),
        class_=f"key {tone}".rstrip(),
    )


def _places(context: Context, found: Picture) -> Html:
    return el("div", [_place(context, place) for place in found.places], class_="places")


def _place(context: Context, place: Place) -> Html:
    words = context.words
    area = place.area
    title: Child = words("no_area") if area is None else name(area.name)
    if area is not None:
        title = el("a", title, href=f"/devices?area={area.id}")
    look = "ok" if place.up == place.counted else "part"
    if look == "part" and place.up + place.unknown == place.counted:
        look = "unsure"
    return el(
        "section",
        el(
            "h2",
            title,
            el("span", f"{place.up}/{place.counted} {words('up_of')}", class_=look),
        ),
        el("ul", [_tile(context, view, place) for view in place.views], class_="tiles"),
        class_="card place",
    )


def _tile(context: Context, view: View, place: Place) -> Html:
    hub = place.area is not None and place.area.hub == view.device.id
    label = f"{view.device.name}: {context.words.state(view.state)}"
    return el(
        "li",
        el(
            "a",
            el("span", "" if view.state is State.UP else sign(view.state), aria_hidden="true"),
            class_=f"tile t-{view.state}{' hub' if hub else ''}",
            href=f"/devices/{view.device.id}",
            title=label,
            aria_label=label,
        ),
    )


def _services(context: Context) -> Html | None:
    views = context.shown.services
    if not views:
        return None
    items = [
        el(
            "li",
            link(view.device.id, view.device.name),
            badge(context, view.state),
            el("span", context.formats.milliseconds(_rtt(view)), class_="small"),
            class_="line",
        )
        for view in views
    ]
    return section(context.words("services"), el("ul", items, class_="list"))


def _rtt(view: View) -> float | None:
    return next((probe.rtt_s for probe in view.probes if probe.rtt_s is not None), None)


def _full_lines(context: Context, found: Picture) -> Html:
    words, formats = context.words, context.formats
    if not found.full_lines:
        return section(
            words("lines"),
            el("p", words("no_full_lines" if context.shown.lines else "no_lines_yet"), class_="calm"),
        )
    items = [
        el(
            "li",
            el(
                "div",
                link(full.view.device.id, full.view.device.name),
                el("strong", formats.share(full.fullness)),
                class_="line",
            ),
            el("progress", value=f"{min(1.0, full.fullness):.3f}", max=1, aria_label=words("p95_today")),
            el(
                "div",
                words("p95_of_capacity"),
                f" · {full.line.over_days} {words('days_over')}" if full.line.over_days else None,
                class_="small",
            ),
        )
        for full in found.full_lines
    ]
    return section(words("lines"), el("ul", items, class_="list"))


def _figures(context: Context) -> Html:
    words, figures = context.words, context.shown.figures
    if figures is None:
        return section(words("figures"), el("p", words("figures_pending"), class_="calm"))
    heads = (
        words("area"),
        words("end_to_end"),
        words("attributable"),
        words("working_hours"),
        words("coverage"),
    )
    groups = [figures.province, *figures.groups.get("area", ())]
    rows = [_group(context, group, heads, whole=group is figures.province) for group in groups]
    return section(
        f"{words('figures')} {figures.name}",
        el("p", _span(context, figures), class_="small"),
        table(words("figures"), heads, rows, class_="figures"),
    )


def _span(context: Context, figures: PeriodFigures) -> str:
    formats = context.formats
    return f"{formats.moment(figures.start_ms)} – {formats.moment(figures.end_ms)}"


def _group(context: Context, group: GroupFigures, heads: tuple[str, ...], *, whole: bool) -> Html:
    formats, tally = context.formats, group.all_hours.tally
    title = context.words("province") if whole else group.name
    return row(
        name(title),
        formats.percent(tally.end_to_end.ppm),
        formats.percent(tally.attributable.ppm),
        formats.percent(group.working.tally.end_to_end.ppm),
        formats.percent(tally.coverage_ppm, 1),
        class_="sum" if whole else None,
        heads=heads,
    )
