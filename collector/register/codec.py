"""Entries' payloads to canonical JSON and back, strictly: a text that this did not write is refused. Pure."""

from __future__ import annotations

import dataclasses
import json
import types
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from collector.register.entries import PAYLOADS, Kind, Payload

MAX_JSON = 64 * 1024 * 1024
"""Characters of one entry: a month's figures of thousands of devices, compressed, take a fraction."""

_INTEGER = range(-(2**63), 2**63)


class CodecError(ValueError):
    """A text is no payload in canonical form, or a value cannot be stored."""


def to_json(payload: Payload) -> str:
    """Return the payload's one JSON text; CodecError for what could not be read back the same."""
    text = json.dumps(_encode(payload), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    if len(text) > MAX_JSON:
        raise CodecError(f"an entry of {len(text):,} characters; at most {MAX_JSON:,} are kept")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise CodecError("a text holds characters that are none (lone surrogates)") from None
    return text


def from_json(kind: Kind, text: str) -> Payload:
    """Return the payload of this kind; CodecError unless the text is what `to_json` makes of it."""
    if len(text) > MAX_JSON:
        raise CodecError(f"an entry of {len(text):,} characters; at most {MAX_JSON:,} are kept")
    try:
        payload: Payload = _decode(PAYLOADS[kind], json.loads(text), str(kind))
    except (json.JSONDecodeError, RecursionError) as error:
        raise CodecError(f"no JSON: {error}") from None
    if to_json(payload) != text:
        raise CodecError("JSON, but not in canonical form")
    return payload


def _encode(value: object) -> object:
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        if value not in _INTEGER:
            raise CodecError(f"{value} is beyond 64 bits")
        return value
    if isinstance(value, tuple):
        return [_encode(item) for item in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _encode(getattr(value, field.name)) for field in dataclasses.fields(value)}
    raise CodecError(f"no JSON for {value!r}")


def _decode(hint: Any, value: object, where: str) -> Any:
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        if value is None:
            return None
        (hint,) = (one for one in get_args(hint) if one is not types.NoneType)
        return _decode(hint, value, where)
    if origin is tuple:
        if not isinstance(value, list):
            raise CodecError(f"{where}: a list belongs here")
        inner = get_args(hint)[0]
        return tuple(_decode(inner, item, where) for item in value)
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return _decode_fields(hint, value, where)
    if type(value) is not hint:
        raise CodecError(f"{where}: {hint.__name__} belongs here")
    if isinstance(value, int) and value not in _INTEGER:
        raise CodecError(f"{where}: a number beyond 64 bits")
    return value


def _decode_fields(made: type, value: object, where: str) -> Any:
    hints = _hints(made)
    if not isinstance(value, dict) or value.keys() != hints.keys():
        raise CodecError(f"{where}: exactly {', '.join(hints)} belong here")
    return made(**{name: _decode(hint, value[name], f"{where}.{name}") for name, hint in hints.items()})


@cache
def _hints(made: type) -> dict[str, Any]:
    return get_type_hints(made)
