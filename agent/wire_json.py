"""Turns frozen values into JSON and back, within bounds: what does not fit is one WireError with its path.

The shape is read from the dataclasses themselves. A number says its range and a text its length in its own
annotation (`Count`, `Seconds`, `Text` …), so that a field cannot be declared without a bound. None is left
out of the JSON. Unknown fields are ignored, so that a newer agent may say more; a line's length bounds them.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, NoReturn, TypeVar, Union, cast, get_args, get_origin, get_type_hints

MAX_ITEMS = 1_024
"""The most items that any list may have."""

_MAX_WALL_MS = 253_402_300_799_999
"""The end of the year 9999: everything up to here is a valid datetime."""

T = TypeVar("T")


class WireError(Exception):
    """What was sent is not a report of this agent's schema: where, what, and what was wanted."""


@dataclasses.dataclass(frozen=True, slots=True)
class Range:
    """The lowest and the highest value that a number may have, both included."""

    low: float
    high: float


@dataclasses.dataclass(frozen=True, slots=True)
class Length:
    """The most characters that a text may have; every one of them must be printable."""

    most: int


Count = Annotated[int, Range(0, 2**64 - 1)]
"""A counter or a size: anything that the kernel keeps in 64 bits."""
Number = Annotated[int, Range(1, 2**53 - 1)]
"""A sequence number: exact also where JSON numbers are doubles."""
WallMs = Annotated[int, Range(0, _MAX_WALL_MS)]
"""UTC milliseconds since 1970 by the agent's own clock."""
SpanMs = Annotated[int, Range(0, 2**53 - 1)]
"""A length of time in milliseconds."""
Seconds = Annotated[float, Range(0, 1e15)]
Ratio = Annotated[float, Range(0, 1e9)]
Celsius = Annotated[float, Range(-300, 10_000)]
Text = Annotated[str, Length(256)]

_Decoder = Callable[[object], object]


def encode(value: object) -> str:
    """Return a frozen value as one line of JSON; raise ValueError for NaN and infinity."""
    plain = to_plain(value)
    return json.dumps(plain, ensure_ascii=False, allow_nan=False, check_circular=False, separators=(",", ":"))


def to_plain(value: object) -> object:
    """Return dataclasses as dicts without their Nones, tuples as lists, enums as their values."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        pairs = ((name, getattr(value, name)) for name in _names(type(value)))
        plain = {name: to_plain(item) for name, item in pairs if item is not None}
        return {value.wrapper: plain} if isinstance(value, Wrapped) else plain
    if isinstance(value, tuple):
        return [to_plain(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    return value


class Wrapped:
    """A value that may stand in another one's place: its object holds one key, the wrapper's name."""

    __slots__ = ()
    wrapper = "unavailable"


def loads(text: str) -> object:
    """Parse one JSON document; raise WireError for NaN, infinity, too deep a nesting, anything malformed."""
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise WireError(f"not JSON: {_reason(error)}") from None


def decode(kind: type[T], value: object) -> T:
    """Build `kind` from parsed JSON; raise WireError with the path of the first thing that does not fit."""
    return cast("T", _decoder(cast("Any", kind))(value))


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at character {error.pos}"
    return "nested too deeply" if isinstance(error, RecursionError) else "a number is too long"


def _refuse_constant(name: str) -> NoReturn:
    raise WireError(f"not JSON: {name}")


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind))


@cache
def _decoder(kind: Any) -> _Decoder:  # noqa: PLR0911 - one return per kind of type
    origin = get_origin(kind)
    if origin is Annotated:
        base, mark = get_args(kind)
        if isinstance(mark, Length):
            return _text_decoder(mark)
        return _number_decoder(base, mark)
    if origin is UnionType or origin is Union:
        return _union_decoder(get_args(kind))
    if origin is tuple:
        return _list_decoder(_decoder(get_args(kind)[0]))
    if kind is bool:
        return _decode_bool
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _enum_decoder(kind)
    if dataclasses.is_dataclass(kind):
        return _object_decoder(cast("type", kind))
    raise TypeError(f"{kind}: no bound is known for this type")


def _text_decoder(mark: Length) -> _Decoder:
    def decode_text(value: object) -> str:
        if not isinstance(value, str):
            raise WireError(f": a text is wanted, not {_kind(value)}")
        if len(value) > mark.most:
            raise WireError(f": {len(value)} characters, at most {mark.most} are allowed")
        if not value.isprintable():
            raise WireError(": the text holds characters that cannot be printed")
        return value

    return decode_text


def _number_decoder(base: type, mark: Range) -> _Decoder:
    low, high = mark.low, mark.high

    def decode_int(value: object) -> int:
        if type(value) is not int:
            raise WireError(f": a whole number is wanted, not {_kind(value)}")
        if not low <= value <= high:
            raise WireError(f": out of range, {low} to {high} is allowed")
        return value

    def decode_float(value: object) -> float:
        if type(value) is not float and type(value) is not int:
            raise WireError(f": a number is wanted, not {_kind(value)}")
        # Infinity, NaN and integers that no double can hold fail here too.
        if not low <= value <= high:
            raise WireError(f": out of range, {low:g} to {high:g} is allowed")
        return float(value)

    return decode_int if base is int else decode_float


def _decode_bool(value: object) -> bool:
    if type(value) is not bool:
        raise WireError(f": true or false is wanted, not {_kind(value)}")
    return value


def _enum_decoder(kind: type[Enum]) -> _Decoder:
    members = {member.value: member for member in kind}

    def decode_enum(value: object) -> Enum:
        member = members.get(value) if isinstance(value, str) else None
        if member is None:
            raise WireError(f": not one of {', '.join(members)}")
        return member

    return decode_enum


def _list_decoder(item: _Decoder) -> _Decoder:
    def decode_list(value: object) -> tuple[object, ...]:
        if not isinstance(value, list):
            raise WireError(f": a list is wanted, not {_kind(value)}")
        if len(value) > MAX_ITEMS:
            raise WireError(f": {len(value)} items, at most {MAX_ITEMS} are allowed")
        items = []
        for index, one in enumerate(value):
            try:
                items.append(item(one))
            except WireError as error:
                raise WireError(f"[{index}]{error}") from None
        return tuple(items)

    return decode_list


def _union_decoder(kinds: tuple[type, ...]) -> _Decoder:
    """Decode a value or None, or a value or its wrapped stand-in."""
    first = _decoder(kinds[0])
    if kinds[1] is NoneType:
        return lambda value: None if value is None else first(value)
    second = kinds[1]
    stand_in = _decoder(second)
    wrapper = second.wrapper if issubclass(second, Wrapped) else ""

    def decode_either(value: object) -> object:
        if isinstance(value, dict) and wrapper in value:
            try:
                return stand_in(value[wrapper])
            except WireError as error:
                raise WireError(f".{wrapper}{error}") from None
        return first(value)

    return decode_either


def _object_decoder(kind: type) -> _Decoder:
    hints = get_type_hints(kind, include_extras=True)
    fields = [
        (field.name, _decoder(hints[field.name]), field.default is dataclasses.MISSING)
        for field in dataclasses.fields(kind)
    ]

    def decode_object(value: object) -> object:
        if not isinstance(value, dict):
            raise WireError(f": an object is wanted, not {_kind(value)}")
        arguments = {}
        for name, decoder, required in fields:
            if name in value:
                try:
                    arguments[name] = decoder(value[name])
                except WireError as error:
                    raise WireError(f".{name}{error}") from None
            elif required:
                raise WireError(f".{name}: missing")
        return kind(**arguments)

    return decode_object


def _kind(value: object) -> str:
    names = {
        dict: "an object",
        list: "a list",
        str: "a text",
        float: "a fraction",
        bool: "a truth value",
        NoneType: "null",
    }
    return names.get(type(value), "a number")
