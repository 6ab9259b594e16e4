"""Writes plain values as YAML for people to read: blocks, quoted texts, long texts line by line. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TypeAlias

Plain: TypeAlias = "str | int | float | bool | Sequence[Plain] | Mapping[str, Plain] | None"

_STEP = "  "


def yaml_text(value: Mapping[str, Plain]) -> str:
    """Return a document; any YAML 1.1 or 1.2 reader gives the value back."""
    return "".join(_mapping(value, ""))


def _mapping(value: Mapping[str, Plain], indent: str) -> list[str]:
    lines: list[str] = []
    for key, item in value.items():
        lines += _entry(f"{indent}{key}:", item, indent)
    return lines


def _entry(head: str, item: Plain, indent: str) -> list[str]:
    if isinstance(item, str) and _reads_well(item):
        body = [f"{indent}{_STEP}{line}\n" for line in item.split("\n")]
        return [f"{head} |-\n", *body]
    if isinstance(item, Mapping) and item:
        return [f"{head}\n", *_mapping(item, indent + _STEP)]
    if isinstance(item, Sequence) and not isinstance(item, str) and item:
        if all(not isinstance(one, Mapping | list | tuple) for one in item):
            return [f"{head} [{', '.join(_scalar(one) for one in item)}]\n"]
        return [f"{head}\n", *(line for one in item for line in _item(one, indent + _STEP))]
    return [f"{head} {_scalar(item)}\n"]


def _item(one: Plain, indent: str) -> list[str]:
    if isinstance(one, Mapping) and one:
        first, *rest = _mapping(one, indent + _STEP)
        return [f"{indent}- {first.lstrip(' ')}", *rest]
    return [f"{indent}- {_scalar(one)}\n"]


def _scalar(value: Plain) -> str:
    if isinstance(value, Mapping):
        return "{}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(_scalar(one) for one in value) + "]"
    if not isinstance(value, str):
        return json.dumps(value)
    return "".join(
        char if char.isprintable() else _escaped(char) for char in json.dumps(value, ensure_ascii=False)
    )


def _escaped(char: str) -> str:
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"


def _reads_well(text: str) -> bool:
    """Return True for a text of several lines that a block shows just as it is."""
    lines = text.split("\n")
    return (
        len(lines) > 1
        and all(line and line.isprintable() and line == line.rstrip() for line in lines)
        and not lines[0].startswith(" ")
    )
