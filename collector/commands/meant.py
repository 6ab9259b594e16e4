"""Which device may have been meant by an id that no device has."""

from __future__ import annotations

import difflib
from collections.abc import Sequence


def others(device: str, known: Sequence[str]) -> str:
    """Name the devices that may have been meant, else the first few."""
    alike = [one for one in known if device.lower() in one.lower()] or difflib.get_close_matches(
        device, known
    )
    if alike:
        return f"did you mean {' or '.join(alike[:5])}?"
    return f"it begins with {', '.join(known[:8])}"
