"""Reads what services are asked: URLs, hosts, spans of status codes, patterns."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

from collector.inventory.fields.error import FieldError, listing, show
from collector.inventory.fields.words import scalar, text
from collector.patterns import PatternError, check_pattern

URL_SCHEMES = ("http", "https", "tls", "tcp", "dns")
_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\.?")
_LONGEST_NAME = 253
_STATUS = re.compile(r"([1-5][0-9]{2})(?:-([1-5][0-9]{2}))?")
_FIRST_STATUS = 200
"""Codes below are no final answers (RFC 9110 section 15.2)."""


def service_url(value: object) -> str:
    """Return the URL of a service: `https://host/`, `tls://host:port`, `tcp://…`, `dns://server/name`."""
    raw = scalar(value)
    advice = f"write a URL with {listing(f'{scheme}://' for scheme in URL_SCHEMES)}"
    if "@" in raw.partition("://")[2].partition("/")[0]:
        raise FieldError("holds a user name", "leave it out: the check logs in nowhere")
    try:
        parts = urlsplit(raw)
        port, name = parts.port, parts.hostname
    except ValueError:
        raise FieldError(f"{show(raw)} is not a URL", advice) from None
    if parts.scheme not in URL_SCHEMES or not name or not raw.isprintable() or " " in raw:
        raise FieldError(f"{show(raw)} is not a URL of a service", advice)
    host(name)
    _complete(parts, port, raw)
    return raw


def _complete(parts: SplitResult, port: int | None, raw: str) -> None:
    bare = not (parts.path or parts.query or parts.fragment)
    if port == 0:
        raise FieldError(f"{show(raw)} has no port from 1 to 65535", "write another port, or none")
    if parts.scheme in ("tcp", "tls") and (port is None or not bare):
        raise FieldError(f"{show(raw)} needs a port and no more", f"write {parts.scheme}://host:port")
    if parts.scheme == "dns":
        if len(parts.path) < 2:
            raise FieldError(f"{show(raw)} asks for no name", "write dns://server/name")
        if parts.query or parts.fragment or not _is_name(parts.path[1:]):
            raise FieldError(f"{show(parts.path[1:])} is not a name", "write dns://server/name")
    elif parts.fragment:
        raise FieldError(f"{show(raw)} has a fragment, which no server sees", 'leave out "#" and the rest')


def host(value: object) -> str:
    """Return the host of a service: an address, or a name as DNS knows it (`xn--…`)."""
    raw = scalar(value)
    try:
        return str(ipaddress.ip_address(raw))
    except ValueError:
        pass
    try:
        name = raw.encode("idna").decode().lower()
    except UnicodeError:
        name = ""
    if not _is_name(name) or name.rpartition(".")[2].isdecimal():
        raise FieldError(f"{show(raw)} is not a host", "write a name such as portal.example, or an address")
    return name


def _is_name(name: str) -> bool:
    return len(name) <= _LONGEST_NAME and _NAME.fullmatch(name) is not None


def status(value: object) -> tuple[int, int]:
    """Return a span of status codes, both ends included: `200` or `200-299`."""
    raw = scalar(value)
    match = _STATUS.fullmatch(raw)
    advice = "write a code from 200 to 599, or a span: 200-299"
    if match is None:
        raise FieldError(f"{show(raw)} is not an HTTP status", advice)
    first, last = int(match[1]), int(match[2] or match[1])
    if first < _FIRST_STATUS:
        raise FieldError(f"{show(raw)} is no final status", advice)
    if last < first:
        raise FieldError(f"{show(raw)} ends before it begins", advice)
    return first, last


def pattern(value: object) -> str:
    """Return a regular expression in RE2's syntax."""
    raw = text(value)
    try:
        check_pattern(raw)
    except PatternError as error:
        advice = "write it in RE2's syntax, which has no look-around and no back-references"
        raise FieldError(f"{show(raw)} is not a pattern: {error}", advice) from None
    return raw
