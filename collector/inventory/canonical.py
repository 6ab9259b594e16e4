"""Writes an inventory as one deterministic text, and reads it back: the ledger's record of a revision.

Secrets are not in it, only where they are kept. Instants are written in UTC and come back in the inventory's
time zone, so that the text does not change with the rules of a zone.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import types
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time
from enum import Enum
from functools import cache
from typing import Any, TypeAlias, Union, cast, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo

from collector.inventory.values import (
    CommunityCredential,
    Credential,
    Device,
    Inventory,
    SecretRef,
    SshCredential,
    UsmCredential,
)

FORMAT = 2
_WITH_UNPOLLED_SERVICES = 1
"""In this format services stood beside the devices and were not polled."""

_KINDS = {"community": CommunityCredential, "usm": UsmCredential, "ssh": SshCredential}

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


class CanonicalError(ValueError):
    """A text is no inventory in canonical form: damaged, or of a newer version of this program."""


def canonical_json(inventory: Inventory) -> str:
    """Return the inventory as JSON: the same text for equal inventories, on every machine."""
    document = {"format": FORMAT, "inventory": _encode(inventory)}
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def digest(canonical: str) -> str:
    """Return the SHA-256 of a canonical text, in hexadecimal."""
    return hashlib.sha256(canonical.encode()).hexdigest()


def from_canonical(text: str, *, devices: bool = True, known: dict[str, Device] | None = None) -> Inventory:
    """Return the inventory that `canonical_json` wrote; CanonicalError if the text is anything else.

    Without `devices` it has none, and takes a small part of the time: for who only asks for its calendar.
    With `known`, which is added to, a device that another inventory had word for word is taken from there.
    """
    try:
        document = json.loads(text)
        if not isinstance(document, dict) or document.get("format") not in (FORMAT, _WITH_UNPOLLED_SERVICES):
            raise CanonicalError(f"the text is not an inventory in canonical form {FORMAT}")
        if document["format"] == _WITH_UNPOLLED_SERVICES:
            document["inventory"].pop("services", None)
        if not devices:
            document["inventory"]["devices"] = []
        zone = ZoneInfo(document["inventory"]["organisation"]["timezone"])
        entries = document["inventory"].pop("devices")
        inventory = _decode(Inventory, document["inventory"], zone)
        if isinstance(inventory, Inventory):
            inventory = replace(inventory, devices=_devices(entries, zone, {} if known is None else known))
    except CanonicalError:
        raise
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError, OSError) as error:
        raise CanonicalError(f"the text is not an inventory in canonical form: {error}") from error
    if not isinstance(inventory, Inventory):
        raise CanonicalError("the text holds no inventory")
    return inventory


def _devices(entries: Any, zone: ZoneInfo, known: dict[str, Device]) -> tuple[Device, ...]:
    if not isinstance(entries, list):
        raise TypeError("no list of devices")
    found = []
    for entry in entries:
        written = f"{zone.key} {json.dumps(entry, sort_keys=True)}"
        device = known.get(written)
        if device is None:
            device = known[written] = cast("Device", _decode_record(Device, entry, zone))
        found.append(device)
    return tuple(found)


def _encode(value: object) -> Json:
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, SecretRef):
        return str(value)
    if isinstance(value, (date, time)):
        return (value.astimezone(UTC) if isinstance(value, datetime) else value).isoformat()
    if isinstance(value, tuple):
        return [_encode(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): _encode(item) for key, item in value.items()}
    return _encode_record(value)


def _encode_record(value: object) -> Json:
    if not dataclasses.is_dataclass(value):
        raise TypeError(f"{type(value).__name__} has no canonical form")
    fields = {field.name: _encode(getattr(value, field.name)) for field in dataclasses.fields(value)}
    kind = next((name for name, known in _KINDS.items() if isinstance(value, known)), None)
    return fields if kind is None else {"kind": kind, **fields}


def _decode(hint: Any, value: Any, zone: ZoneInfo) -> object:
    """Return the value that a type hint of values.py stands for; some built-in error if it does not fit."""
    origin, arguments = get_origin(hint), get_args(hint)
    if hint == Credential:
        return _decode_record(_KINDS[value["kind"]], _without(value, "kind"), zone)
    if origin in (Union, types.UnionType):
        present = next(argument for argument in arguments if argument is not type(None))
        return None if value is None else _decode(present, value, zone)
    if origin is tuple:
        return _decode_tuple(arguments, value, zone)
    if origin is Mapping:
        return types.MappingProxyType({key: _decode(arguments[1], item, zone) for key, item in value.items()})
    if dataclasses.is_dataclass(hint) and hint is not SecretRef:
        return _decode_record(hint, value, zone)
    return _decode_atom(hint, value, zone)


def _without(record: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    return {key: value for key, value in record.items() if key != name}


def _decode_tuple(arguments: tuple[Any, ...], value: Any, zone: ZoneInfo) -> tuple[object, ...]:
    if not isinstance(value, list):
        raise TypeError(f"{type(value).__name__} where a list belongs")
    hints = [arguments[0]] * len(value) if arguments[1:] == (...,) else list(arguments)
    return tuple(_decode(hint, item, zone) for hint, item in zip(hints, value, strict=True))


def _decode_record(kind: Any, value: Any, zone: ZoneInfo) -> object:
    hints = _hints(kind)
    return kind(**{name: _decode(hints[name], item, zone) for name, item in value.items()})


def _decode_atom(hint: Any, value: Any, zone: ZoneInfo) -> object:
    if hint is SecretRef:
        scheme, _, name = value.partition(":")
        return SecretRef(scheme=scheme, name=name)
    if hint is datetime:
        return datetime.fromisoformat(value).astimezone(zone)
    if hint in (date, time):
        return hint.fromisoformat(value)
    if issubclass(hint, Enum):
        return hint(value)
    if hint is float and isinstance(value, int):
        return float(value)
    if type(value) is not hint:
        raise TypeError(f"{type(value).__name__} where {hint.__name__} belongs")
    return value


@cache
def _hints(kind: Any) -> Mapping[str, Any]:
    return get_type_hints(kind)
