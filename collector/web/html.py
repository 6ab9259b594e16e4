"""Text to HTML that can hold no foreign markup: all that is not `Html` already is escaped. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

_VOID = frozenset({"meta", "link", "input", "br", "hr", "img"})
_MAX_TEXT = 512


class Html(str):
    """Markup that was made here."""

    __slots__ = ()


Child = Html | str | int | None | Iterable["Html | str | int | None"]
Value = str | int | float | bool | None


def text(value: object) -> Html:
    """Return a text for use between tags: bounded, and without what would forge the text around it.

    Control characters and signs that turn the direction of writing become U+FFFD.
    """
    shown = str(value)
    if len(shown) > _MAX_TEXT:
        shown = shown[: _MAX_TEXT - 1] + "…"
    if not shown.isprintable():
        shown = "".join(c if c.isprintable() else "\ufffd" for c in shown)
    return Html(escape(shown, quote=True))


def el(tag: str, *children: Child, **attributes: Value) -> Html:
    """Return an element. `class_` is written class, `aria_label` aria-label; None and False are left out."""
    parts = [f"<{tag}"]
    for name, value in attributes.items():
        if value is None or value is False:
            continue
        written = name.rstrip("_").replace("_", "-")
        parts.append(
            f" {written}"
            if value is True
            else f' {written}="{value if isinstance(value, Html) else text(value)}"'
        )
    parts.append(">")
    if tag not in _VOID:
        parts.append(join(*children))
        parts.append(f"</{tag}>")
    return Html("".join(parts))


def join(*children: Child) -> Html:
    """Return children one after another."""
    parts: list[str] = []
    for child in children:
        if child is None:
            continue
        if isinstance(child, Html):
            parts.append(child)
        elif isinstance(child, str | int):
            parts.append(text(child))
        else:
            parts.append(join(*child))
    return Html("".join(parts))


def name(value: str) -> Html:
    """Return somebody's own text, set apart so that its direction of writing stays within it."""
    return el("bdi", value)
