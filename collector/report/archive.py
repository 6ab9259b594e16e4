"""Packs office files so that the same content is the same bytes: no clock, no machine in the container."""

from __future__ import annotations

import io
import zipfile

_EPOCH = (1980, 1, 1, 0, 0, 0)
_REGULAR_FILE = 0o100644 << 16


def same_bytes(packed: bytes) -> bytes:
    """Return a zip archive with its members' times and modes made alike, in the order they have."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(packed)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as rewritten,
    ):
        for member in source.infolist():
            entry = zipfile.ZipInfo(member.filename, _EPOCH)
            entry.external_attr = _REGULAR_FILE
            entry.create_system = 3
            entry.compress_type = zipfile.ZIP_DEFLATED
            rewritten.writestr(entry, source.read(member))
    return target.getvalue()
