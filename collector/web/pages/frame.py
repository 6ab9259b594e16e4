"""The frame around every page: head, navigation, notices, and what the reader may choose. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from collector.model import State
from collector.web.formats import Formats
from collector.web.html import Child, Html, el, join, name
from collector.web.language import Language, Taste, Theme
from collector.web.snapshot import Snapshot
from collector.web.words import Words, sign

REFRESH_S = 10
_NAVIGATION = (
    ("province", "/"),
    ("devices", "/devices"),
    ("outages", "/outages"),
    ("maintenance", "/maintenance"),
)
_LANGUAGES = {Language.VI: "Tiếng Việt", Language.EN: "English"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What every page is made with. `at` is its own path, `kept` the parameters that links to itself keep."""

    shown: Snapshot
    taste: Taste
    words: Words
    formats: Formats
    at: str
    style: str
    script: str
    kept: tuple[tuple[str, str], ...] = ()

    @staticmethod
    def of(
        shown: Snapshot,
        taste: Taste,
        at: str,
        *,
        style: str,
        script: str,
        kept: tuple[tuple[str, str], ...] = (),
    ) -> Context:
        """Return the context for a reader's taste."""
        return Context(
            shown=shown,
            taste=taste,
            words=Words(taste.language),
            formats=Formats(taste.language, shown.timezone),
            at=at,
            style=style,
            script=script,
            kept=kept,
        )

    def again(self, name: str, value: str) -> str:
        """Return the address of this page with another language or theme."""
        return f"{self.at}?{urlencode((*self.kept, (name, value)))}"


def page(context: Context, title: str, *content: Child, current: str = "", fixed: Child = None) -> Html:
    """Return a whole document; `fixed` stands above what updates itself."""
    words, shown = context.words, context.shown
    own = shown.inventory.organisation.name
    body = el(
        "body",
        el("a", words("skip"), class_="skip", href="#main"),
        _header(context, current),
        el("div", words("lost"), class_="notice bad", id="lost", role="alert", hidden=True),
        el(
            "main",
            _heading(title, fixed),
            el("div", _notices(context), *content, id="live", data_refresh=REFRESH_S),
            id="main",
            tabindex="-1",
        ),
        el("footer", el("p", words("footer")), el("p", f"{words('product')} {shown.version}")),
    )
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="color-scheme", content="light dark"),
        el("title", f"{title} · {words('product')} · {own}"),
        el("link", rel="icon", href="/static/icon.svg", type="image/svg+xml"),
        el("link", rel="stylesheet", href=context.style),
        el("script", src=context.script, defer=True),
        el("noscript", el("meta", http_equiv="refresh", content=3 * REFRESH_S)),
    )
    theme = context.taste.theme
    root = el(
        "html",
        head,
        body,
        lang=str(context.taste.language),
        data_theme=None if theme is Theme.AUTO else str(theme),
    )
    return Html(f"<!doctype html>\n{root}\n")


def stamp(context: Context) -> Html:
    """Return the instant that a page tells of."""
    now_ms = context.shown.now_ms
    return el(
        "p",
        context.words("as_of"),
        " ",
        el(
            "time",
            context.formats.moment(now_ms, seconds=True),
            datetime=context.formats.iso(now_ms),
        ),
        class_="stamp",
    )


def badge(context: Context, state: State) -> Html:
    """Return a state with its colour, sign and word."""
    return el(
        "span",
        el("span", sign(state), aria_hidden="true", class_="sign"),
        context.words.state(state),
        class_=f"badge b-{state}",
    )


def link(device: str, label: str) -> Html:
    """Return a link to a device's page."""
    return el("a", name(label), href=f"/devices/{device}")


def section(title: Child, *content: Child, class_: str = "card", id_: str | None = None) -> Html:
    """Return a part of a page under a heading of its own."""
    return el("section", el("h2", title), *content, class_=class_, id=id_)


def table(caption: str, heads: tuple[Child, ...], rows: list[Html], *, class_: str = "") -> Html:
    """Return a table that scrolls within itself on a narrow screen; it can be reached by keyboard."""
    return el(
        "div",
        el(
            "table",
            el("caption", caption, class_="hidden"),
            el("thead", el("tr", [el("th", head, scope="col") for head in heads])),
            el("tbody", rows),
            class_=class_ or None,
        ),
        class_="scroll",
        role="region",
        aria_label=caption,
        tabindex="0",
    )


def row(first: Child, *cells: Child, class_: str | None = None, heads: tuple[str, ...] = ()) -> Html:
    """Return a table row; `heads` name its cells where the table is shown as cards."""
    named = heads[1:] or ("",) * len(cells)
    return el(
        "tr",
        el("th", first, scope="row"),
        [el("td", cell, data_head=head or None) for cell, head in zip(cells, named, strict=True)],
        class_=class_,
    )


def _heading(title: str, fixed: Child) -> Html:
    return el("div", el("h1", name(title)), fixed, class_="heading")


def _header(context: Context, current: str) -> Html:
    words = context.words
    links = [
        el("a", words(key), href=href, aria_current="page" if key == current else None)
        for key, href in _NAVIGATION
    ]
    return el(
        "header",
        el(
            "div",
            el("img", src="/static/icon.svg", alt="", width=28, height=28),
            el(
                "div",
                el("strong", words("product")),
                el("span", name(context.shown.inventory.organisation.name)),
                class_="names",
            ),
            class_="brand",
        ),
        el("nav", links, aria_label=words("pages")),
        _choices(context),
    )


def _choices(context: Context) -> Html:
    words, taste = context.words, context.taste
    languages = [
        el(
            "a",
            el("abbr", str(language).upper(), title=written),
            href=context.again("lang", str(language)),
            hreflang=str(language),
            lang=str(language),
            aria_label=written,
            aria_current="true" if language is taste.language else None,
        )
        for language, written in _LANGUAGES.items()
    ]
    themes = [
        el(
            "a",
            el("span", mark, aria_hidden="true"),
            href=context.again("theme", str(theme)),
            aria_label=f"{words('theme')}: {words(str(theme))}",
            title=words(str(theme)),
            aria_current="true" if theme is taste.theme else None,
        )
        for theme, mark in ((Theme.LIGHT, "☀"), (Theme.DARK, "☾"), (Theme.AUTO, "◐"))
    ]
    return el(
        "div",
        el("span", languages, class_="choice"),
        el("span", themes, class_="choice"),
        class_="choices",
        role="group",
        aria_label=words("settings"),
    )


def _notices(context: Context) -> Html:
    words, shown = context.words, context.shown
    notices = []
    if shown.simulated:
        notices.append(el("p", words("simulated"), class_="notice"))
    if shown.ledger_fault is not None:
        notices.append(el("p", words("no_ledger"), class_="notice bad"))
    if not shown.views:
        notices.append(el("p", words("empty"), class_="notice"))
    elif shown.starting:
        notices.append(el("p", words("starting"), class_="notice"))
    return join(*notices)
