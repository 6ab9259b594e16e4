"""What a backup says of itself: which ledger, of when, and the hashes of what is in it. Pure."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

FORMAT = 1
NAME = "manifest.json"
LEDGER = "ledger.db"
REGISTER = "ledger-register.db"
MAX_BYTES = 64 * 1024

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HEX = re.compile(r"[0-9a-f]{64}")


class ManifestError(ValueError):
    """A manifest is none, or of a newer program."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One of the two files."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What was backed up. `upto_ms` is the ledger's last instant; `seal` the last closed period's, or ""."""

    made_ms: int
    program: str
    ledger_id: str
    simulated: bool
    upto_ms: int
    register_entries: int
    sealed_period: str
    seal: str
    parts: tuple[Part, ...]

    def part(self, name: str) -> Part | None:
        """Return what it says of this file, None if the backup does not hold it."""
        return next((part for part in self.parts if part.name == name), None)


def describe(manifest: Manifest) -> str:
    """Return what the backup holds, in a sentence for people."""
    upto = _EPOCH + timedelta(milliseconds=manifest.upto_ms)
    kind = "simulated ledger" if manifest.simulated else "ledger"
    parts = [
        f"{kind} {manifest.ledger_id} up to {upto:%Y-%m-%d %H:%M:%S} UTC",
        f"register of {manifest.register_entries} entries" if manifest.part(REGISTER) else "no register",
    ]
    if manifest.seal:
        parts.append(f"last sealed period {manifest.sealed_period} {manifest.seal}")
    return ", ".join(parts)


def to_bytes(manifest: Manifest) -> bytes:
    """Return the manifest as JSON for people and programs."""
    text = json.dumps({"format": FORMAT, **asdict(manifest)}, ensure_ascii=False, indent=1, sort_keys=True)
    return f"{text}\n".encode()


def from_bytes(data: bytes) -> Manifest:
    """Return the manifest that `to_bytes` wrote; ManifestError if it is anything else."""
    try:
        values = json.loads(data)
        if not isinstance(values, dict) or "format" not in values:
            raise ManifestError("the manifest is none")
        number = values.pop("format")
        if number != FORMAT:
            raise ManifestError(f"it has format {number!r}; this program knows {FORMAT}. Update this program")
        parts = tuple(Part(**part) for part in values.pop("parts"))
        manifest = Manifest(**values, parts=parts)
    except ManifestError:
        raise
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ManifestError(f"the manifest cannot be read: {error}") from None
    _check(manifest)
    return manifest


def _check(manifest: Manifest) -> None:
    names = [part.name for part in manifest.parts]
    if names not in ([LEDGER], [LEDGER, REGISTER]):
        raise ManifestError("the manifest does not name the files of a backup")
    parts = [(part.bytes, part.sha256) for part in manifest.parts]
    sound = all(type(size) is int and size > 0 and _HEX.fullmatch(str(sha256)) for size, sha256 in parts)
    texts = (manifest.program, manifest.ledger_id, manifest.sealed_period, manifest.seal)
    numbers = (manifest.made_ms, manifest.upto_ms, manifest.register_entries)
    if (
        not sound
        or not all(isinstance(text, str) for text in texts)
        or not all(type(number) is int for number in numbers)
        or type(manifest.simulated) is not bool
    ):
        raise ManifestError("the manifest holds values of another type")
