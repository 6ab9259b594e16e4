"""The graphs of a device's page, each with its figures as text beside it. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from collector.figures.tally import Piece
from collector.ledger.traffic import Direction, p95, rate_of
from collector.model import State
from collector.traffic.buckets import BUCKET_MS, Bucket
from collector.traffic.now import LineNow
from collector.web.formats import NONE
from collector.web.html import Html, el, join
from collector.web.pages.frame import Context, badge
from collector.web.past import DAY_MS, History
from collector.web.plots import Curve, nice_top, plot, strip
from collector.web.rings import CELL_MS, CELLS, Cell

HOUR_MS = 3_600_000


def states(context: Context, history: History | None) -> Html:
    """Return what the device was booked as, for a day and for thirty."""
    words = context.words
    if history is None:
        return el("p", words("history_busy"), class_="calm")
    if history.failed is not None:
        return el("p", f"{words('history_failed')}: {history.failed}", class_="notice bad")
    parts = []
    for title, start_ms in (("last_24h", history.day_ms), ("last_30d", history.start_ms)):
        sums = _sums(history.pieces, start_ms, history.end_ms)
        told = ", ".join(
            f"{words.state(state)} {context.formats.duration(ms)}" for state, ms in sums.most_common() if ms
        )
        parts.append(
            el(
                "figure",
                el("figcaption", words(title)),
                strip(
                    history.pieces, start_ms, history.end_ms, f"{words(title)}: {told or words('no_data')}"
                ),
                _axis(context, start_ms, history.end_ms),
                el(
                    "ul",
                    [
                        el(
                            "li",
                            badge(context, state),
                            el("span", context.formats.duration(ms), class_="small"),
                        )
                        for state, ms in sums.most_common()
                        if ms
                    ],
                    class_="legend",
                ),
            )
        )
    return join(parts)


def round_trips(context: Context, cells: Sequence[Cell]) -> Html:
    """Return the round trips of the last 24 hours, as far as this process remembers them."""
    words, formats = context.words, context.formats
    known = [cell for cell in cells if cell.mean_s is not None]
    if not known:
        return el("p", words("no_rtt"), class_="calm")
    end_ms = (context.shown.now_ms // CELL_MS + 1) * CELL_MS
    start_ms = end_ms - CELLS * CELL_MS
    top = nice_top([cell.max_s for cell in known], least=0.001)
    mean = sum(cell.mean_s or 0.0 for cell in known) / len(known)
    lost, asked = sum(cell.lost for cell in cells), sum(cell.asked for cell in cells)
    told = (
        f"{words('mean')} {formats.milliseconds(mean)}, "
        f"{words('max')} {formats.milliseconds(max(cell.max_s or 0.0 for cell in known))}, "
        f"{words('loss').lower()} {formats.decimal(100 * lost / asked, 1) if asked else NONE}%"
    )
    curves = (
        Curve(style="faint", points=_unbroken([(c.start_ms, c.max_s) for c in cells], CELL_MS)),
        Curve(style="first", points=_unbroken([(c.start_ms, c.mean_s) for c in cells], CELL_MS)),
    )
    label = f"{words('round_trip')}, {words('last_24h').lower()}: {told}"
    return _figure(
        context,
        plot(curves, start_ms, end_ms, top=top, limit=None, label=label),
        (formats.milliseconds(top), start_ms, end_ms),
        el("p", told, class_="small"),
    )


def traffic(context: Context, history: History | None, line: LineNow | None) -> Html:
    """Return what the line carried: five minutes a point for a day, an hour a point for thirty days."""
    words = context.words
    if history is None:
        return el("p", words("history_busy"), class_="calm")
    if not history.buckets:
        return join(_rates(context, line), el("p", words("no_traffic"), class_="calm"))
    day = [bucket for bucket in history.buckets if bucket.start_ms >= history.day_ms]
    return join(
        _rates(context, line),
        _traffic(context, "last_24h", day, (history.day_ms, history.end_ms, BUCKET_MS), line),
        _traffic(context, "last_30d", history.buckets, (history.start_ms, history.end_ms, HOUR_MS), line),
    )


def _rates(context: Context, line: LineNow | None) -> Html | None:
    if line is None:
        return None
    words, formats = context.words, context.formats
    told = [
        el(
            "li",
            el("span", class_=f"key-{style}", aria_hidden="true"),
            el("strong", words(str(direction))),
            f" {formats.rate(line.ways[direction].rate)}"
            f" · {words('p95_today')} {formats.rate(line.ways[direction].p95)}"
            f" ({formats.share(line.ways[direction].fullness)} {words('of_capacity')})",
        )
        for direction, style in ((Direction.IN, "first"), (Direction.OUT, "second"))
    ]
    return el("ul", told, class_="legend")


def _traffic(
    context: Context,
    title: str,
    buckets: Sequence[Bucket],
    span: tuple[int, int, int],
    line: LineNow | None,
) -> Html:
    words, formats = context.words, context.formats
    start_ms, end_ms, step_ms = span
    present = [bucket for bucket in buckets if not bucket.missing]
    points = {direction: _means(present, direction, step_ms) for direction in Direction}
    limits = [] if line is None else [way.capacity for way in line.ways.values() if way.capacity]
    top = nice_top([rate for of in points.values() for _, rate in of], least=1_000.0)
    limit = min(limits, default=None)
    if limit is not None and limit <= 1.5 * top:
        top = nice_top([limit], least=top)
    told = " · ".join(
        f"{words(str(direction))}: P95 {formats.rate(p95(rate_of(one, direction) for one in present))}"
        for direction in Direction
    )
    curves = [
        Curve(style=style, points=_unbroken(points[direction], step_ms))
        for direction, style in ((Direction.IN, "first"), (Direction.OUT, "second"))
    ]
    label = f"{words('traffic')}, {words(title).lower()}: {told}"
    return _figure(
        context,
        plot(curves, start_ms, end_ms, top=top, limit=limit, label=label),
        (formats.rate(top), start_ms, end_ms),
        el("p", told, class_="small"),
        title=words(title),
    )


def _figure(
    context: Context, drawn: Html, scale: tuple[str, int, int], *beside: Html, title: str | None = None
) -> Html:
    top, start_ms, end_ms = scale
    return el(
        "figure",
        el("figcaption", title) if title else None,
        el("div", el("span", top, class_="top", aria_hidden="true"), drawn, class_="framed"),
        _axis(context, start_ms, end_ms),
        *beside,
    )


def _axis(context: Context, start_ms: int, end_ms: int) -> Html:
    formats, steps = context.formats, 4
    short = end_ms - start_ms <= DAY_MS + HOUR_MS
    marks = [start_ms + (end_ms - start_ms) * step // steps for step in range(steps + 1)]
    return el(
        "div",
        [el("span", formats.clock(ms) if short else formats.day(ms)) for ms in marks],
        class_="axis",
        aria_hidden="true",
    )


def _sums(pieces: Sequence[Piece], start_ms: int, end_ms: int) -> Counter[State]:
    found: Counter[State] = Counter()
    for piece in pieces:
        found[piece.state] += max(0, min(piece.end_ms, end_ms) - max(piece.start_ms, start_ms))
    return found


def _means(buckets: Sequence[Bucket], direction: Direction, step_ms: int) -> list[tuple[int, float | None]]:
    sums: dict[int, list[int]] = {}
    for bucket in buckets:
        sums.setdefault(bucket.start_ms - bucket.start_ms % step_ms, []).append(rate_of(bucket, direction))
    return [(start, sum(rates) / len(rates)) for start, rates in sorted(sums.items())]


def _unbroken(points: Sequence[tuple[int, float | None]], step_ms: int) -> list[tuple[int, float | None]]:
    """Return points with a gap put in wherever one is missing."""
    found: list[tuple[int, float | None]] = []
    for at_ms, value in points:
        if found and at_ms - found[-1][0] > step_ms:
            found.append((at_ms - step_ms, None))
        found.append((at_ms, value))
    return found
