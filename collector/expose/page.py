"""What somebody asks of the pages and what is answered, free of any HTTP library. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A GET: where, with which parameters and cookies."""

    path: str
    query: Mapping[str, str]
    cookies: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What comes back; `zipped` is the same body as gzip.

    `kept_s` is how long a browser may keep it, `cookies` what it shall remember.
    """

    status: int
    content_type: str
    body: bytes
    zipped: bytes | None = None
    kept_s: int = 0
    cookies: tuple[tuple[str, str], ...] = ()


class Site(Protocol):
    """Pages for people, and the same for programs."""

    async def answer(self, ask: Ask) -> Answer | None:
        """Return what is at a path, None if nothing is."""
        ...
