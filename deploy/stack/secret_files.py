"""Makes the secrets of a stack on this machine: random, private, and never made twice."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"
_LENGTH = 32


def ensure_secret(path: Path) -> str:
    """Return the secret in this file; write a random one of 32 letters and digits if there is none."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="utf-8").strip()
    value = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(value)
    return value
