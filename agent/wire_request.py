"""The line by which the collector asks for a report: one grammar, written and read here.

    haidang-report/1 [spool=ID] [after=N] [limit=N]

One space between the words, in this order, decimal numbers without sign or leading zero. With `after` come
the snapshots numbered above it, oldest first; without, only the newest. `spool` is the id that `after` was
counted in: if the agent's spool has another one by now, its numbering began anew and it answers from its
beginning.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

SCHEMA: Final = 1
"""Version of request, reply and snapshot. Fields may be added within a version; nothing else may change."""

MAX_LIMIT: Final = 2_000
DEFAULT_LIMIT: Final = 500
MAX_NUMBER: Final = 2**53 - 1
MAX_REQUEST_CHARACTERS: Final = 128

_NUMBER = "0|[1-9][0-9]{0,15}"
_SPOOL: Final = re.compile("[0-9a-f]{16}", re.ASCII)
_GRAMMAR: Final = re.compile(
    rf"haidang-report/{SCHEMA}(?: spool=([0-9a-f]{{16}}))?(?: after=({_NUMBER}))?(?: limit=({_NUMBER}))?",
    re.ASCII,
)


class RequestError(ValueError):
    """A request line that the grammar does not allow."""


class Request(NamedTuple):
    """What is asked for: see the grammar above."""

    spool: str | None
    after: int | None
    limit: int


def is_spool_id(text: str) -> bool:
    """Return True for a text that may stand behind `spool=`: 16 hexadecimal digits in lower case."""
    return _SPOOL.fullmatch(text) is not None


def request_line(*, after: int | None = None, limit: int = DEFAULT_LIMIT, spool: str | None = None) -> str:
    """Return the command that asks for at most `limit` snapshots after number `after`; see the grammar.

    Raise RequestError for what the grammar does not allow.
    """
    words = [f"haidang-report/{SCHEMA}"]
    if spool is not None:
        words.append(f"spool={spool}")
    if after is not None:
        words.append(f"after={after}")
    words.append(f"limit={limit}")
    line = " ".join(words)
    parse_request(line)
    return line


def parse_request(line: str) -> Request:
    """Parse a request line; raise RequestError for anything outside the grammar and its ranges."""
    match = _GRAMMAR.fullmatch(line) if len(line) <= MAX_REQUEST_CHARACTERS else None
    if match is None:
        raise RequestError(f"not a request: haidang-report/{SCHEMA} [spool=ID] [after=N] [limit=N] is wanted")
    spool, after, limit = match.groups()
    wanted = DEFAULT_LIMIT if limit is None else int(limit)
    if not 1 <= wanted <= MAX_LIMIT:
        raise RequestError(f"limit={wanted}: 1 to {MAX_LIMIT} is allowed")
    if after is not None and int(after) > MAX_NUMBER:
        raise RequestError(f"after={after}: at most {MAX_NUMBER} is allowed")
    return Request(spool=spool, after=None if after is None else int(after), limit=wanted)
