"""Binds the parts of a paper to one PDF. All that touches pypdf. Pure."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime

from pypdf import PdfWriter


def bind(parts: Sequence[bytes], *, title: str, author: str, made: datetime) -> bytes:
    """Return one file with all pages and outlines in order; the same parts are the same bytes every time."""
    # The first is taken whole, because the document's language stands beside its pages.
    writer = PdfWriter(clone_from=io.BytesIO(parts[0]))
    for part in parts[1:]:
        writer.append(io.BytesIO(part))
    writer.compress_identical_objects(remove_duplicates=True, remove_unreferenced=True)
    written = made.strftime("D:%Y%m%d%H%M%S") + "Z"
    writer.add_metadata(
        {"/Title": title, "/Author": author, "/CreationDate": written, "/ModDate": written},
    )
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()
