"""Plots as SVG without any text of its own: axes and legends stand beside them as ordinary text. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from collector.figures.tally import Piece
from collector.model import State
from collector.web.html import Html, el, join

WIDTH, STRIP_HEIGHT, PLOT_HEIGHT = 1000, 20, 120
_NICE = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)

_URGENT = (
    State.DOWN,
    State.UPSTREAM,
    State.UNKNOWN,
    State.MAINTENANCE,
    State.OUT_OF_SERVICE,
    State.UP,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """One line of a plot: points (instant, value) in order; a value of None breaks it."""

    style: str
    points: Sequence[tuple[int, float | None]]


def strip(pieces: Sequence[Piece], start_ms: int, end_ms: int, label: str) -> Html:
    """Return states side by side over [start, end); the least of what is not up is still seen.

    What would be narrower than a pixel or so takes the place of what is less urgent beside it.
    """
    span = max(1, end_ms - start_ms)
    drawn = []
    for piece in sorted(pieces, key=lambda one: -_URGENT.index(one.state)):
        left = (max(piece.start_ms, start_ms) - start_ms) * WIDTH / span
        right = (min(piece.end_ms, end_ms) - start_ms) * WIDTH / span
        if right <= left:
            continue
        width = max(right - left, 0.0 if piece.state is State.UP else 1.5)
        drawn.append(
            el(
                "rect",
                class_=f"f-{piece.state}",
                x=f"{left:.2f}",
                y=0,
                width=f"{width:.2f}",
                height=STRIP_HEIGHT,
            )
        )
    return _svg(STRIP_HEIGHT, label, "strip", *drawn)


def plot(
    curves: Sequence[Curve], start_ms: int, end_ms: int, *, top: float, limit: float | None, label: str
) -> Html:
    """Return curves over [start, end) from 0 to `top`, with a dashed line at `limit`."""
    span, parts = max(1, end_ms - start_ms), []
    for share in (0.25, 0.5, 0.75):
        y = f"{PLOT_HEIGHT * share:.1f}"
        parts.append(el("line", class_="grid", x1=0, x2=WIDTH, y1=y, y2=y))
    if limit is not None and limit <= top:
        y = f"{_y(limit, top):.1f}"
        parts.append(el("line", class_="limit", x1=0, x2=WIDTH, y1=y, y2=y))
    for curve in curves:
        path = _path(curve.points, start_ms, span, top)
        if path:
            parts.append(el("path", class_=f"curve {curve.style}", d=Html(path)))
    return _svg(PLOT_HEIGHT, label, "plot", *parts)


def nice_top(values: Sequence[float | None], *, least: float) -> float:
    """Return a round number that no value exceeds, `least` at least."""
    greatest = max([least, *(value for value in values if value is not None)])
    size = 1.0
    while size * 10 <= greatest:
        size *= 10
    while size > greatest:
        size /= 10
    return next(step * size for step in _NICE if step * size >= greatest * 0.999)


def _svg(height: int, label: str, kind: str, *parts: Html) -> Html:
    return el(
        "svg",
        join(*parts),
        class_=kind,
        viewBox=f"0 0 {WIDTH} {height}",
        preserveAspectRatio="none",
        role="img",
        aria_label=label,
    )


def _path(points: Sequence[tuple[int, float | None]], start_ms: int, span: int, top: float) -> str:
    steps: list[str] = []
    pen_down = False
    for at_ms, value in points:
        if value is None:
            pen_down = False
            continue
        x, y = (at_ms - start_ms) * WIDTH / span, _y(value, top)
        # A lone point is drawn too: a line from it to itself, with round ends.
        steps.append(f"{'L' if pen_down else 'M'}{x:.1f} {y:.1f}" + ("" if pen_down else f"L{x:.1f} {y:.1f}"))
        pen_down = True
    return "".join(steps)


def _y(value: float, top: float) -> float:
    return PLOT_HEIGHT - min(value, top) * (PLOT_HEIGHT - 2) / top
