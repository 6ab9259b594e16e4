"""Why planned work cannot be ended, in words for whoever wanted to. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

from collector.planning.agenda import Phase, item_of
from collector.planning.standing import Standing, WorkSource
from collector.planning.wall import minute


def why_not(
    name: str, standings: Sequence[Standing], zone: tzinfo, *, end_ms: int, now_ms: int
) -> str | None:
    """Return why the register's window of this name cannot be ended at this instant; None if it can."""
    entered = [one for one in standings if one.window.id == name and one.source is WorkSource.REGISTER]
    if not entered:
        if any(one.window.id == name and one.known_until_ms is None for one in standings):
            return f"{name} stands in the inventory: change or remove it there, and reload the collector"
        return f"the register has no maintenance {name!r}; see haidang maintenance list --all"
    last = entered[-1]
    if last.known_until_ms is not None and last.known_until_ms <= end_ms:
        return f"{name} was ended already, at {minute(last.known_until_ms, zone)}"
    found = item_of(last, (), now_ms)
    if found.phase is Phase.PAST:
        return f"{name} is over since {minute(found.end_ms, zone)}: there is nothing to end"
    return None
