"""Keeps the SNMP engine's id and its count of starts on disk: what protects v3 against replays.

RFC 3414 section 2.2.2: an engine's boots must rise at each start, and an engine that cannot say how often it
has started must not authenticate anything.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

from agent.files import write_atomic
from agent.wire_json import Length, Number, WireError, decode, encode, loads
from snmp.usm import MAX_BOOTS, MAX_ENGINE_ID, MIN_ENGINE_ID

_FILE_NAME = "engine"
_MODE = 0o600
_MAX_BYTES = 4_096

# RFC 3411 section 5, SnmpEngineID: the first bit set, then a private enterprise number, then 5 for octets of
# the administrator's choice. Nobody has assigned a number to this project: 32473 is the one that RFC 5612
# keeps for such use, and sixteen random octets make the id unique.
_ENGINE_ID_HEAD = (0x8000_0000 | 32473).to_bytes(4) + b"\x05"
_RANDOM_OCTETS = 16


class EngineStateError(Exception):
    """The engine's id and boots cannot be kept: SNMPv3 must stay off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineState:
    """Identity, and how often the engine has started, this start included. `fresh` if the id is new."""

    engine_id: bytes
    boots: int
    fresh: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    engine_id: Annotated[str, Length(2 * MAX_ENGINE_ID)]
    boots: Number


def start_engine(directory: Path, random_bytes: Callable[[int], bytes]) -> EngineState:
    """Count this start and return the engine's state; raise EngineStateError if it cannot be kept.

    A file that is missing or damaged means a new engine id: its boots may begin anew, because no manager has
    ever heard of it.
    """
    path = directory / _FILE_NAME
    try:
        kept = _read(path)
        state = EngineState(engine_id=_ENGINE_ID_HEAD + random_bytes(_RANDOM_OCTETS), boots=1, fresh=True)
        if kept is not None:
            state = replace(kept, boots=kept.boots + 1)
        if state.boots >= MAX_BOOTS:
            raise EngineStateError(
                f"{path}: the engine has started as often as it can be counted; remove the file to give the "
                "engine a new id"
            )
        line = encode(_Kept(engine_id=state.engine_id.hex(), boots=state.boots)) + "\n"
        write_atomic(path, line.encode(), mode=_MODE)
    except OSError as error:
        raise EngineStateError(
            f"{error.filename or path}: {error.strerror}; the service's user must own {directory}"
        ) from None
    return state


def _read(path: Path) -> EngineState | None:
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES)
    except FileNotFoundError:
        return None
    try:
        kept = decode(_Kept, loads(data.decode()))
        engine_id = bytes.fromhex(kept.engine_id)
    except (WireError, ValueError):
        return None
    if not MIN_ENGINE_ID <= len(engine_id) <= MAX_ENGINE_ID or kept.boots > MAX_BOOTS:
        return None
    return EngineState(engine_id=engine_id, boots=kept.boots, fresh=False)
