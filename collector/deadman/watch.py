"""Decides when the dead man's switch calls: what has been silent for long enough, what came back. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What is kept from look to look: since when each part fails and why, and when was last called."""

    since: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    why: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    called_at: float | None = None
    called_about: tuple[str, ...] = ()
    failed_messages: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A message to be sent: what is silent since when and why; empty: all answer again."""

    silent: Mapping[str, tuple[float, str]]
    back: tuple[str, ...] = ()


def step(
    memory: Memory, faults: Mapping[str, str], now: float, *, after_s: float, again_s: float
) -> tuple[Memory, Call | None]:
    """Take in one look (`faults`: what does not answer, and why); return whether somebody is called.

    A clock that went back begins anew: nothing is silent for a negative time.
    """
    since = {part: min(memory.since.get(part, now), now) for part in faults}
    memory = replace(memory, since=MappingProxyType(since), why=MappingProxyType(dict(faults)))
    due = tuple(sorted(part for part, at in since.items() if now - at >= after_s))
    if due:
        news = bool(set(due) - set(memory.called_about))
        again = memory.called_at is None or not 0 <= now - memory.called_at < again_s
        if news or again:
            return memory, Call(silent={part: (since[part], faults[part]) for part in due})
        return memory, None
    back = tuple(part for part in memory.called_about if part not in faults)
    if memory.called_about and len(back) == len(memory.called_about):
        return memory, Call(silent={}, back=back)
    return memory, None


def called(memory: Memory, call: Call, now: float) -> Memory:
    """Return what is kept once a call was made; a call that failed is made again at the next look."""
    if call.silent:
        return replace(memory, called_at=now, called_about=tuple(sorted(call.silent)))
    return replace(memory, called_at=None, called_about=())
