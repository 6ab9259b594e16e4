"""What all blocks of the file have in common: described keys, and mistakes that leave the rest usable."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.config import JsonDict
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from collector.inventory.document import Place, Table
from collector.inventory.fields.error import FieldError, show, suggest
from collector.inventory.mistakes import Findings

_OF_CREDENTIALS = frozenset(
    {"community", "password", "auth_password", "priv_password", "private_key", "user", "username"}
)


class Entry(BaseModel):
    """A block of the file, frozen; keys it does not know are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


EntryT = TypeVar("EntryT", bound=Entry)
EntryT_co = TypeVar("EntryT_co", bound=Entry, covariant=True)


def key(
    meaning: str,
    *,
    example: str,
    default: str = "",
    value: object = None,
    required: bool = False,
    name: str | None = None,
) -> Any:
    """Describe one key: what it means, an example, and its default in words.

    `value` is the default itself (`...` for none, in blocks inside blocks); `name` is the key where it cannot
    be the attribute's name. A required key of a whole block is None only beside the mistake that says so.
    """
    extra: JsonDict = {"example": example, "default": default, "required": required or value is ...}
    return Field(default=value, alias=name, description=meaning, json_schema_extra=extra)


@dataclass(frozen=True, slots=True)
class Read(Generic[EntryT_co]):
    """A block that was read: what is right in it, where it stands, which attributes are missing or wrong."""

    entry: EntryT_co
    place: Place
    wrong: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One key of a block, as messages and the reference describe it."""

    name: str
    attribute: str
    meaning: str
    example: str
    default: str
    required: bool
    annotation: object


@cache
def keys(model: type[Entry]) -> Mapping[str, Key]:
    """Return the keys of a block by the name the file writes, its own before those it shares."""
    own = set(model.__annotations__)
    fields = sorted(model.model_fields.items(), key=lambda field: field[0] not in own)
    described = (_describe(attribute, field) for attribute, field in fields)
    return MappingProxyType({found.name: found for found in described})


def _describe(attribute: str, field: FieldInfo) -> Key:
    extra = field.json_schema_extra
    if not isinstance(extra, dict):
        raise TypeError(f"{attribute} is not described by key()")
    return Key(
        name=field.alias or attribute,
        attribute=attribute,
        meaning=field.description or "",
        example=str(extra["example"]),
        default=str(extra["default"]),
        required=bool(extra["required"]),
        annotation=field.annotation,
    )


def blocks_in(annotation: object) -> Iterable[type[Entry]]:
    """Yield the blocks that an annotation mentions."""
    if isinstance(annotation, type) and issubclass(annotation, Entry):
        yield annotation
    for argument in getattr(annotation, "__args__", ()):
        yield from blocks_in(argument)


def read(model: type[EntryT], table: Table, place: Place, findings: Findings) -> Read[EntryT]:
    """Read one block. Each wrong key becomes a mistake, and the rest of the block is read without it."""
    known = keys(model)
    wrong: set[str] = set()
    try:
        entry = model.model_validate(table)
    except ValidationError as error:
        for details in error.errors(include_url=False, include_input=False):
            _report(model, details, table, place, findings)
            wrong.add(str(details["loc"][0]))
        entry = model.model_validate({name: value for name, value in table.items() if name not in wrong})
    for name, described in known.items():
        if described.required and name not in table and name not in wrong:
            missing(place.at(name), described, findings)
            wrong.add(name)
    return Read(entry, place, frozenset(known[name].attribute for name in wrong if name in known))


def missing(place: Place, wanted: Key, findings: Findings) -> None:
    """Record a key that has to be there and is not."""
    findings.mistake(place, "is missing", f"write it, such as {wanted.name}: {wanted.example}")


def unknown_key(
    place: Place, name: str, known: Iterable[str], findings: Findings, *, what: str = "a key of this block"
) -> None:
    """Record a key that the block does not have, with the one that may be meant."""
    names = list(known)
    if name in _OF_CREDENTIALS and not _OF_CREDENTIALS.intersection(names):
        advice = "write it under credentials, and name that credential here"
    else:
        advice = suggest(name, names, otherwise=f"there are {', '.join(names)}")
    findings.mistake(place, f"is not {what}", advice)


def _report(
    model: type[Entry], details: ErrorDetails, table: Table, place: Place, findings: Findings
) -> None:
    """Turn one of pydantic's errors into a mistake with its place and advice."""
    location = details["loc"]
    where = place.at(*location)
    error = details.get("ctx", {}).get("error")
    if isinstance(error, FieldError):
        findings.mistake(where, error.message, error.advice)
        return
    value = _value_at(table, location)
    match details["type"]:
        case "extra_forbidden":
            unknown_key(where, str(location[-1]), _keys_beside(model, location), findings)
        case "missing":
            missing(where, _keys_beside(model, location)[str(location[-1])], findings)
        case "model_type" | "model_attributes_type" | "dict_type":
            findings.mistake(where, f"is {show(value)}, not a block of keys", "write key: value pairs")
        case "tuple_type" | "list_type":
            findings.mistake(where, f"is {show(value)}, not a list", "write [one, another]")
        case other:
            raise TypeError(f"no words for pydantic's {other}")


def _keys_beside(model: type[Entry], location: tuple[int | str, ...]) -> Mapping[str, Key]:
    """Return the keys of the block that a location's last key stands in."""
    for step in location[:-1]:
        if isinstance(step, str):
            model = next(iter(blocks_in(keys(model)[step].annotation)))
    return keys(model)


def _value_at(table: Table, location: tuple[int | str, ...]) -> object:
    node: object = table
    for step in location:
        if isinstance(node, dict):
            node = node.get(str(step))
        elif isinstance(node, list) and isinstance(step, int):
            node = node[step]
    return node
