"""From digests of days to the hash of a closed period, and from that to a seal on paper. Pure.

Every hash is the SHA-256 of lines, each ended by a line feed; docs/closing.md lists them.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Sequence

from collector.register.entries import Closing, DayDigest, TableDigest

GROUPS, GROUP = 5, 5
"""Of the seal: 25 letters of base32, 125 bits."""

_MISREAD = str.maketrans({"0": "O", "1": "I", "8": "B"})
_LETTERS = re.compile(r"[A-Z2-7]*")


def sha256_of(lines: Iterable[str]) -> str:
    """Return the hash of these lines."""
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()


def day_chain(before: str, day: str, tables: Sequence[TableDigest]) -> str:
    """Return the hash of a day's digests and of the day before; `before` the first day is the ledger's id."""
    return sha256_of((before, day, *(f"{one.table} {one.rows} {one.sha256}" for one in tables)))


def chained(ledger_id: str, days: Iterable[tuple[str, Sequence[TableDigest]]]) -> tuple[DayDigest, ...]:
    """Return the days with the chain through them."""
    found: list[DayDigest] = []
    before = ledger_id
    for day, tables in days:
        before = day_chain(before, day, tables)
        found.append(DayDigest(day=day, tables=tuple(tables), chain=before))
    return tuple(found)


def closing_sha256(closing: Closing, ledger_id: str, *, reason: str, accepted: Sequence[str]) -> str:
    """Return the hash of all that a closing states; its own hash and seal are not asked."""
    return sha256_of(
        (
            "haidang closing 1",
            ledger_id,
            f"{closing.period} {closing.kind} {closing.timezone}",
            f"{closing.start_ms} {closing.end_ms}",
            f"revision {closing.revision}",
            f"after {closing.previous_period} {closing.previous_sha256}".rstrip(),
            *(f"{one.table} {one.rows} {one.sha256}" for one in closing.standing),
            f"days {closing.days[-1].chain}",
            f"figures {closing.figures_sha256}",
            f"register {closing.register_number} {closing.register_sha256}".rstrip(),
            f"version {closing.version}",
            f"reason {_json(reason)}",
            f"accepted {_json(list(accepted))}",
        )
    )


def seal_of(sha256: str) -> str:
    """Return the seal of a closing's hash, as it is printed."""
    letters = base64.b32encode(bytes.fromhex(sha256)).decode()
    return "-".join(letters[place : place + GROUP] for place in range(0, GROUPS * GROUP, GROUP))


def read_seal(typed: str) -> str | None:
    """Return a seal that was typed from paper in its printed form, None if it is none.

    Case, spaces and hyphens do not matter, and what is misread as a digit is read as the letter.
    """
    letters = re.sub(r"[\s\-–]", "", typed).upper().translate(_MISREAD)
    if len(letters) != GROUPS * GROUP or not _LETTERS.fullmatch(letters):
        return None
    return "-".join(letters[place : place + GROUP] for place in range(0, GROUPS * GROUP, GROUP))


def differing_groups(one: str, other: str) -> list[int]:
    """Return which groups of two seals differ, counted from 1."""
    pairs = zip(one.split("-"), other.split("-"), strict=True)
    return [number for number, (mine, theirs) in enumerate(pairs, start=1) if mine != theirs]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
