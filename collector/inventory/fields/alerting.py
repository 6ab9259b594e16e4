"""Reads what alerts are told by: a time of day, a Telegram chat, a web address."""

from __future__ import annotations

import re
from datetime import time
from urllib.parse import urlsplit

from collector.inventory.fields.error import FieldError, show
from collector.inventory.fields.words import scalar, text

_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})")
_CHAT = re.compile(r"-?[0-9]{1,20}")


def time_of_day(value: object) -> time:
    """Return a time of day: `08:00`."""
    raw = scalar(value)
    match = _TIME.fullmatch(raw.strip())
    if match is not None:
        hour, minute = map(int, match.groups())
        if hour < 24 and minute < 60:
            return time(hour, minute)
    raise FieldError(f"{show(raw)} is not a time of day", 'write hours and minutes in quotes: "08:00"')


def chat(value: object) -> str:
    """Return the number of a Telegram chat: `-1001234567890`."""
    raw = text(value)
    if _CHAT.fullmatch(raw) is None:
        raise FieldError(
            f"{show(raw)} is not the number of a chat", 'write its number in quotes: "-1001234567890"'
        )
    return raw


def web_address(value: object) -> str:
    """Return an http or https address without user name, query and final slash."""
    raw = scalar(value)
    advice = "write http://HOST:PORT or https://HOST/PATH"
    try:
        parts = urlsplit(raw)
        has_host = bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise FieldError(f"{show(raw)} is not a web address", advice) from None
    if "@" in parts.netloc:
        raise FieldError("holds a user name", "leave it out: it would be a secret in clear")
    if parts.scheme not in ("http", "https") or not has_host or not raw.isprintable() or " " in raw:
        raise FieldError(f"{show(raw)} is not a web address", advice)
    if parts.query or parts.fragment:
        raise FieldError(f"{show(raw)} has a query or a fragment", "leave it out")
    return raw.rstrip("/")
