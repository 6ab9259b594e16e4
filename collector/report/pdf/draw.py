"""Draws one part of a paper as a PDF of its own. All that touches WeasyPrint; nothing is ever fetched."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


def draw(html: str, sheet: str) -> bytes:
    """Return the part with this style sheet; it counts its own pages. May run in a process of its own."""
    from weasyprint import CSS, HTML  # noqa: PLC0415 - a second's start-up
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415
    from weasyprint.urls import URLFetcher  # noqa: PLC0415

    with _collected_afterwards():
        fonts = FontConfiguration()
        # Pictures stand in the text, the typeface is a file: no other address is ever asked.
        fetcher = URLFetcher(allowed_protocols=("data", "file"))
        look = CSS(string=sheet, font_config=fonts, url_fetcher=fetcher)
        return bytes(HTML(string=html, url_fetcher=fetcher).write_pdf(stylesheets=[look], font_config=fonts))


@contextmanager
def _collected_afterwards() -> Iterator[None]:
    """Look for garbage once and not all the time: nearly all of a part's objects live until it is drawn."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
            gc.collect()
