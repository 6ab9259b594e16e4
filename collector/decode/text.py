"""Text that came from a device: made printable and short before anybody else sees it. Pure."""

from __future__ import annotations

LIMIT = 200
"""Longest label value from a device, in characters; RFC 2863 allows 255 octets, of which few are used."""


def printable(data: bytes | str, limit: int = LIMIT) -> str:
    """Return the text without control characters, at most `limit` characters long.

    Bytes that are not UTF-8 and characters that cannot be printed become U+FFFD; a cut text ends in "…".
    """
    text = data.decode("utf-8", "replace") if isinstance(data, bytes) else data
    # DisplayStrings often come padded with NULs; they end the text, as in C.
    text = text.partition("\x00")[0].strip()
    clean = "".join(c if c.isprintable() else "\ufffd" for c in text[: limit + 1])
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"


def hardware_address(data: bytes) -> str:
    """Return `AA:BB:CC:DD:EE:FF`, as snmp_exporter does, for a hardware address of any length up to 20."""
    return ":".join(f"{byte:02X}" for byte in data[:20])
