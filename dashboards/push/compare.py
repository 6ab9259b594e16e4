"""Where what Grafana has is not what is wanted; what it added by itself is no difference. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

MOST_SHOWN = 8
IGNORED = frozenset({"id", "version", "iteration"})
"""Of a dashboard as a whole these are Grafana's own."""


class Action(StrEnum):
    """What must happen to one thing in Grafana."""

    SAME = "same"
    CREATE = "create"
    UPDATE = "update"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that Grafana shall have, and how what it has differs."""

    kind: str
    uid: str
    title: str
    action: Action
    differences: tuple[str, ...] = ()


def change(kind: str, uid: str, wanted: Mapping[str, Any], there: Mapping[str, Any] | None) -> Change:
    """Return what must happen so that Grafana has what is wanted."""
    title = str(wanted.get("title") or wanted.get("name") or uid)
    if there is None:
        return Change(kind=kind, uid=uid, title=title, action=Action.CREATE)
    found = tuple(
        path
        for key, value in wanted.items()
        if key not in IGNORED
        for path in differences(value, there.get(key), key)
    )
    action = Action.UPDATE if found else Action.SAME
    return Change(kind=kind, uid=uid, title=title, action=action, differences=found)


def differences(wanted: Any, there: Any, path: str) -> Iterator[str]:
    """Yield where `there` is not what is wanted; keys that only `there` has are Grafana's own defaults."""
    if isinstance(wanted, Mapping) and isinstance(there, Mapping):
        for key, value in wanted.items():
            yield from differences(value, there.get(key), f"{path}.{key}")
    elif isinstance(wanted, list) and isinstance(there, list):
        if len(wanted) != len(there):
            yield f"{path}: {len(there)} instead of {len(wanted)}"
            return
        for at, (one, other) in enumerate(zip(wanted, there, strict=True)):
            yield from differences(one, other, f"{path}[{at}]")
    elif not _alike(wanted, there):
        yield path


def told(found: Change) -> list[str]:
    """Return a change as lines of text."""
    signs = {Action.SAME: "=", Action.CREATE: "+", Action.UPDATE: "~"}
    lines = [f"{signs[found.action]} {found.kind} {found.uid} ({found.title})"]
    lines += [f"    {path}" for path in found.differences[:MOST_SHOWN]]
    more = len(found.differences) - MOST_SHOWN
    return [*lines, *([f"    and {more} more"] if more > 0 else [])]


def _alike(wanted: Any, there: Any) -> bool:
    if isinstance(wanted, bool) or isinstance(there, bool):
        return bool(wanted) is bool(there) if wanted in (None, False) or there is None else wanted is there
    # Grafana leaves out what is empty, and reads a whole number back as it likes.
    empty: tuple[object, ...] = (None, "", [], {})
    return wanted == there or (wanted in empty and there in empty)
