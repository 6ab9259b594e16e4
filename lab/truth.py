"""The truth log: what happened to the lab and what it meant for every place, as JSON lines."""

from __future__ import annotations

from dataclasses import dataclass

from lab.condition import TrueState
from lab.faults import Fault


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


Truth = Happened | Became
