"""The figures' JSON as it is kept in a closing: compressed, bounded, and proved by its hash. Pure."""

from __future__ import annotations

import base64
import binascii
import hashlib
import zlib

from collector.closing.errors import ClosingError

MAX_TEXT = 512 * 1024 * 1024


def packed(text: str) -> str:
    """Return a text compressed, in base64."""
    return base64.b64encode(zlib.compress(text.encode(), level=9)).decode()


def unpacked(figures: str, sha256: str) -> str:
    """Return the text again; ClosingError if it is not the one with this hash."""
    inflate = zlib.decompressobj()
    try:
        data = inflate.decompress(base64.b64decode(figures, validate=True), MAX_TEXT)
        text = data.decode()
    except (binascii.Error, zlib.error, UnicodeDecodeError) as error:
        raise ClosingError(f"the stored figures cannot be read: {error}") from None
    if not inflate.eof or inflate.unconsumed_tail or inflate.unused_data:
        raise ClosingError("the stored figures are cut off, or too large")
    if sha256_of_text(text) != sha256:
        raise ClosingError("the stored figures do not match their hash")
    return text


def sha256_of_text(text: str) -> str:
    """Return the hash of the figures' JSON."""
    return hashlib.sha256(text.encode()).hexdigest()
