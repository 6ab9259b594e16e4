"""Finds devices by what people type: without regard to case, accents, or đ and d. Pure."""

from __future__ import annotations

import unicodedata

MAX_QUERY = 100


def folded(text: str) -> str:
    """Return a text as it is compared: `Xã Đông Hưng` as `xa dong hung`.

    Unicode takes accents apart from their letters, but knows đ as a letter of its own.
    """
    apart = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return " ".join("".join(c for c in apart if not unicodedata.combining(c)).split())


def fits(query: str, *texts: str) -> bool:
    """Return True if every word of the query stands in one of the texts."""
    where = [folded(text) for text in texts]
    return all(any(word in text for text in where) for word in folded(query[:MAX_QUERY]).split())
