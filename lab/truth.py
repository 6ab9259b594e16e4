"""The truth of the lab: what happened to it, and what that meant for every place; and its JSON. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lab.condition import TrueState
from lab.faults import Fault, FaultError, Parameter, fault_of, parameters_of

VERSION = 1


class TruthError(ValueError):
    """A line that no truth log holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Began:
    """The lab, or a month of it, began: all places are up. `seed` and `places` say which world it is."""

    at_ms: int
    seed: int
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """A fault began (`ended` false), or a lasting one was ended by restoring."""

    at_ms: int
    fault: Fault
    ended: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Became:
    """A place's true state from `at_ms` on. `boot_ms` tells a restart; `cut_off`: no way leads to it."""

    at_ms: int
    place: str
    state: TrueState
    cut_off: bool
    boot_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Watcher:
    """What befell the collector itself: `away` and `back`, or a step of its clock by `step_ms`."""

    at_ms: int
    what: str
    step_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """Maintenance that was entered at `at_ms` for places: instants from `from_ms` until before `to_ms`."""

    at_ms: int
    places: tuple[str, ...]
    from_ms: int
    to_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Over:
    """The lab ended; what lasted then has no end."""

    at_ms: int


Truth = Began | Happened | Became | Watcher | Planned | Over


def to_line(truth: Truth) -> str:
    """Return a truth as one line of JSON, without its newline."""
    found: dict[str, Any]
    match truth:
        case Began():
            found = {"event": "began", "version": VERSION, "seed": truth.seed, "places": list(truth.places)}
        case Happened():
            found = {
                "event": "restored" if truth.ended else "fault",
                "fault": truth.fault.kind,
                "target": truth.fault.target,
                "parameters": parameters_of(truth.fault),
            }
        case Became():
            found = {
                "event": "state",
                "place": truth.place,
                "state": str(truth.state),
                "cut_off": truth.cut_off,
                "boot_ms": truth.boot_ms,
            }
        case Watcher():
            found = {"event": "collector", "what": truth.what, "step_ms": truth.step_ms}
        case Planned():
            places = list(truth.places)
            found = {
                "event": "maintenance",
                "places": places,
                "from_ms": truth.from_ms,
                "to_ms": truth.to_ms,
            }
        case Over():
            found = {"event": "over"}
    return json.dumps({"at_ms": truth.at_ms, **found}, ensure_ascii=False, separators=(",", ":"))


def from_line(line: str) -> Truth:
    """Return the truth a line holds; raise TruthError."""
    try:
        found = json.loads(line)
        if not isinstance(found, dict) or type(found.get("at_ms")) is not int:
            raise TruthError("a line is a JSON object with an instant at_ms")
        return _truth(found)
    except (ValueError, KeyError, TypeError, FaultError) as error:
        raise TruthError(f"no line of a truth log ({error}): {line[:100]!r}") from error


def _truth(found: Mapping[str, Any]) -> Truth:
    at_ms = int(found["at_ms"])
    match found["event"]:
        case "began":
            if found["version"] != VERSION:
                raise TruthError(f"version {found['version']}, this program knows {VERSION}")
            return Began(at_ms=at_ms, seed=int(found["seed"]), places=tuple(map(str, found["places"])))
        case "fault" | "restored" as event:
            given: Mapping[str, Parameter] = found["parameters"]
            fault = fault_of(str(found["fault"]), str(found["target"]), given)
            return Happened(at_ms=at_ms, fault=fault, ended=event == "restored")
        case "state":
            return Became(
                at_ms=at_ms,
                place=str(found["place"]),
                state=TrueState(found["state"]),
                cut_off=bool(found["cut_off"]),
                boot_ms=int(found["boot_ms"]),
            )
        case "collector":
            return Watcher(at_ms=at_ms, what=str(found["what"]), step_ms=int(found["step_ms"]))
        case "maintenance":
            places = tuple(map(str, found["places"]))
            return Planned(
                at_ms=at_ms, places=places, from_ms=int(found["from_ms"]), to_ms=int(found["to_ms"])
            )
        case "over":
            return Over(at_ms=at_ms)
        case other:
            raise TruthError(f'there is no event "{other}"')
