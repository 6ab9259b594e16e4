"""Scenarios: what shall happen to the lab and when, from a TOML file, checked against the province."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from collector.inventory.fields.error import FieldError
from collector.inventory.fields.units import duration_ms
from lab.days import DAY_MS, UTC_OFFSET_MS
from lab.faults import KINDS, Fault, FaultError, Parameter, fault_of
from lab.place import Province
from lab.world import World

MAX_BYTES = 1_000_000
_LOCAL = timezone(timedelta(milliseconds=UTC_OFFSET_MS))
_HEADER = re.compile(r"\s*\[\[\s*(fault|restore)\s*\]\]")
_LONGEST_MS = 400 * DAY_MS


class ScenarioError(ValueError):
    """What is wrong with a scenario file, where, and what to do about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restore:
    """The end of a place's lasting faults: of this kind, None for all."""

    target: str
    kind: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """Something to do to the lab at an instant (UTC ms)."""

    at_ms: int
    do: Fault | Restore


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One deed as written: `at` counts from the beginning where `relative`, else it is UTC ms."""

    at: int
    relative: bool
    do: Fault | Restore
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A scenario file that can be read; whether it fits a province shows in `plan`."""

    name: str
    steps: tuple[Step, ...]

    def plan(self, province: Province, began_ms: int) -> tuple[Deed, ...]:
        """Return the deeds in their order, tried on a world of that province; raise ScenarioError."""
        timed = sorted(
            ((step.at + began_ms * step.relative, number) for number, step in enumerate(self.steps)),
        )
        world = World(province, seed=0, began_ms=began_ms)
        deeds = []
        for at_ms, number in timed:
            step = self.steps[number]
            if at_ms < began_ms:
                raise ScenarioError(f"{step.where}: at lies before the beginning, {_local(began_ms)}")
            _must_be_there(step, province)
            try:
                perform(world, Deed(at_ms=at_ms, do=step.do))
            except FaultError as error:
                raise ScenarioError(f"{step.where}: {error}") from error
            deeds.append(Deed(at_ms=at_ms, do=step.do))
        return tuple(deeds)


def perform(world: World, deed: Deed) -> None:
    """Do a deed; raise FaultError if it cannot be done in this world."""
    if isinstance(deed.do, Restore):
        world.restore(deed.do.target, deed.at_ms, kind=deed.do.kind)
    else:
        world.apply(deed.do, deed.at_ms)


def load(path: Path) -> Scenario:
    """Read a scenario file; raise ScenarioError with file and line."""
    return parse(read_text(path), str(path))


def read_text(path: Path) -> str:
    """Return the text of a scenario file; raise ScenarioError if it has none."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ScenarioError(f"{path}: cannot be read: {error.strerror}") from error
    if len(raw) > MAX_BYTES:
        raise ScenarioError(f"{path}: larger than {MAX_BYTES} bytes, which no scenario is")
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise ScenarioError(f"{path}: is not UTF-8 at byte {error.start}; save it as UTF-8") from error


def parse(text: str, name: str) -> Scenario:
    """Read a scenario's text; `name` stands in messages before the line."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(f"{name}: is not valid TOML: {error}") from error
    unknown = sorted(document.keys() - {"name", "fault", "restore"})
    if unknown:
        raise ScenarioError(
            f'{name}: there is no "{unknown[0]}"; a scenario has name, [[fault]], [[restore]]'
        )
    lines: dict[str, list[int]] = {"fault": [], "restore": []}
    for number, line in enumerate(text.splitlines(), start=1):
        header = _HEADER.match(line)
        if header:
            lines[header[1]].append(number)
    steps: list[Step] = []
    for kind, of in (("fault", _fault_steps), ("restore", _restore_steps)):
        tables = document.get(kind, [])
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            raise ScenarioError(f"{name}: {kind} is written as a table of its own for each, [[{kind}]]")
        for number, table in enumerate(tables):
            line = f":{lines[kind][number]}" if len(lines[kind]) == len(tables) else ""
            where = f"{name}{line}: [[{kind}]] {number + 1}"
            try:
                steps.extend(of(dict(table), where))
            except (ScenarioError, FaultError) as error:
                raise ScenarioError(f"{where}: {error}") from error
    if not steps:
        raise ScenarioError(f"{name}: says nothing to do; add a [[fault]] with at, kind and target")
    return Scenario(name=str(document.get("name", name)), steps=tuple(steps))


def _fault_steps(table: dict[str, Any], where: str) -> Iterator[Step]:
    at, relative = _instant(table)
    kind = _text(table, "kind")
    lasts = _duration(table.pop("for"), "for") if "for" in table else None
    targets = _targets(table)
    parameters: Mapping[str, Parameter] = table
    for target in targets:
        fault = fault_of(kind, target, parameters)
        if lasts is not None and not fault.lasts:
            raise ScenarioError(f'{kind} happens at one instant; leave out "for"')
        yield Step(at=at, relative=relative, do=fault, where=where)
        if lasts is not None:
            restore = Restore(target=target, kind=kind)
            yield Step(at=at + lasts, relative=relative, do=restore, where=where)


def _restore_steps(table: dict[str, Any], where: str) -> Iterator[Step]:
    at, relative = _instant(table)
    kind = _text(table, "kind") if "kind" in table else None
    targets = _targets(table)
    if table:
        raise ScenarioError(f'there is no "{next(iter(table))}"; a restore has at, target and kind')
    if kind is not None and kind not in KINDS:
        raise ScenarioError(f'there is no fault "{kind}"; there are {", ".join(sorted(KINDS))}')
    for target in targets:
        yield Step(at=at, relative=relative, do=Restore(target=target, kind=kind), where=where)


def _instant(table: dict[str, Any]) -> tuple[int, bool]:
    if "at" not in table:
        raise ScenarioError('needs "at": "90s" after the beginning, or an instant like 2026-10-05T08:30:00')
    at = table.pop("at")
    if isinstance(at, datetime):
        local = at if at.tzinfo is not None else at.replace(tzinfo=_LOCAL)
        return round(local.timestamp() * 1000), False
    return _duration(at, "at"), True


def _duration(value: object, key: str) -> int:
    try:
        found = duration_ms(str(value))
    except FieldError as error:
        raise ScenarioError(f"{key}: {error.message}; {error.advice}") from error
    if found > _LONGEST_MS:
        raise ScenarioError(f"{key}: {value} is longer than {_LONGEST_MS // DAY_MS} days")
    return found


def _text(table: dict[str, Any], key: str) -> str:
    value = table.pop(key, None)
    if not isinstance(value, str) or not value:
        raise ScenarioError(f'needs "{key}", a text')
    return value


def _targets(table: dict[str, Any]) -> tuple[str, ...]:
    value = table.pop("target", None)
    targets = [value] if isinstance(value, str) else value
    if not isinstance(targets, list) or not targets or not all(isinstance(one, str) for one in targets):
        raise ScenarioError('needs "target": the id of a place, or a list of them')
    return tuple(targets)


def _must_be_there(step: Step, province: Province) -> None:
    target = step.do.target
    if target not in province.by_id:
        near = difflib.get_close_matches(target, province.by_id, n=1)
        hint = f'; did you mean "{near[0]}"?' if near else "; `haidang lab list` shows what there is"
        raise ScenarioError(f'{step.where}: there is no place "{target}"{hint}')


def _local(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, _LOCAL).isoformat(timespec="seconds")
