"""Reads texts, identifiers, whole numbers, fractions and words of a closed set."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import TypeVar

from collector.inventory.document import Plain, Reading
from collector.inventory.fields.error import FieldError, listing, looks_secret, show, suggest

LONGEST_TEXT = 200
_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_FRACTION = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?")
_TRUE = frozenset({"true", "yes", "on"})
_FALSE = frozenset({"false", "no", "off"})

EnumT = TypeVar("EnumT", bound=StrEnum)


def scalar(value: object) -> str:
    """Return the value as it is written; refuse mappings, lists, nothing at all, and an evident secret."""
    if value is None:
        raise FieldError("has no value", "write one, or remove the key")
    if not isinstance(value, str):
        raise FieldError(f"is {show(value)}, not a single value", "write one text or number")
    if looks_secret(value):
        raise FieldError("holds a secret in clear", "take it out; secrets are kept elsewhere and referred to")
    return value


def text(value: object) -> str:
    """Return printable text of one line, in Unicode's composed form (NFC).

    An unquoted scalar that YAML does not read as text is refused, but for a whole number in its one plain
    spelling: `340` can only mean the text "340", while `0123` or `no` mean one thing here and another to
    every other program that reads the file.
    """
    raw = scalar(value)
    if isinstance(raw, Plain) and raw.reading is not Reading.INTEGER:
        raise FieldError(
            f"YAML reads {raw} as {raw.reading}, not as this text", f'write it in quotes: "{raw}"'
        )
    composed = unicodedata.normalize("NFC", raw).strip()
    if not composed:
        raise FieldError("is empty", "write a text, or remove the key")
    if len(composed) > LONGEST_TEXT:
        raise FieldError(f"is longer than {LONGEST_TEXT} characters", "shorten it")
    if not composed.isprintable():
        raise FieldError(f"{show(composed)} holds a character that cannot be printed", "remove it")
    return composed


def identifier(value: object) -> str:
    """Return an id: it becomes a label of metrics and a key of the ledger, and is never changed again."""
    word = text(value)
    if _IDENTIFIER.fullmatch(word) is None:
        raise FieldError(
            f"{show(word)} is not an id",
            'use at most 63 letters without accents, digits, ".", "-" and "_", first a letter or digit',
        )
    return word


def integer(least: int, most: int) -> Callable[[object], int]:
    """Return a reader of whole numbers from `least` to `most`."""

    def read(value: object) -> int:
        raw = scalar(value)
        other = isinstance(raw, Plain) and raw.reading is not Reading.INTEGER
        if other or _INTEGER.fullmatch(raw) is None:
            raise FieldError(f"{show(raw)} is not a whole number", f"write a number from {least} to {most}")
        number = int(raw)
        if not least <= number <= most:
            raise FieldError(f"{number} is out of range", f"write a number from {least} to {most}")
        return number

    return read


def degrees(limit: int) -> Callable[[object], float]:
    """Return a reader of an angle from -limit to limit, in decimal degrees."""

    def read(value: object) -> float:
        raw = scalar(value)
        if _FRACTION.fullmatch(raw) is None:
            raise FieldError(
                f"{show(raw)} is not a number of degrees", "write decimal degrees with a point: 20.55"
            )
        number = float(raw)
        if math.fabs(number) > limit:
            raise FieldError(f"{raw} is out of range", f"write degrees from -{limit} to {limit}")
        return number

    return read


def choice(kind: Iterable[EnumT], what: str) -> Callable[[object], EnumT]:
    """Return a reader of one word of an enum, or of some of them; `what` names their kind in messages."""
    members = {member.value: member for member in kind}

    def read(value: object) -> EnumT:
        raw = scalar(value)
        words = list(members)
        if raw not in words:
            valid = f"write {listing(words)}"
            raise FieldError(f"{show(raw)} is not {what}", suggest(raw, words, otherwise=valid))
        return members[raw]

    return read


def flag(value: object) -> bool | None:
    """Return True or False for a word that means it, quoted or not; None if it is no such word."""
    if isinstance(value, str):
        word = value.casefold()
        if word in _TRUE:
            return True
        if word in _FALSE:
            return False
    return None
