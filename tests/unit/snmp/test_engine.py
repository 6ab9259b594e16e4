"""The authoritative engine: clock, window, users, counters; and what it costs."""

from __future__ import annotations

import sys

import pytest

from snmp import counters
from snmp.engine import Access, Engine, access_table
from snmp.errors import UsageError
from snmp.responder import Responder
from snmp.smi import counter32, integer, octets
from snmp.tree import SortedTree
from snmp.usm_protocols import SecurityLevel
from tests.unit.snmp.pair import ENGINE_ID, Pair, usm_user

MAX = 0x7FFF_FFFF


def engine(boots: int = 7, started_at: float = 100.0) -> Engine:
    """Return an engine without users."""
    return Engine(ENGINE_ID, boots=boots, started_at=started_at)


@pytest.mark.parametrize(
    ("now", "boots", "time"),
    [
        (100.0, 7, 0),
        (100.9, 7, 0),
        (101.0, 7, 1),
        (99.0, 7, 0),
        (100.0 + MAX - 1, 7, MAX - 1),
        (100.0 + MAX, 8, 0),
        (100.0 + 2 * MAX + 5, 9, 5),
    ],
)
def test_clock_counts_seconds_and_boots_rise_when_it_overflows(now: float, boots: int, time: int) -> None:
    """RFC 3414 section 2.2.2."""
    clock = engine().clock(now)
    assert (clock.engine_id, clock.boots, clock.time_s) == (ENGINE_ID, boots, time)


def test_boots_stay_at_their_maximum() -> None:
    """RFC 3414 section 2.2.2: latched, for ever."""
    assert engine(boots=MAX).clock(100.0 + MAX + 3).boots == MAX
    assert engine(boots=MAX - 1).clock(100.0 + 5 * MAX).boots == MAX


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"engine_id": b"abcd"}, "engine id has 4 octets; must have 5 to 32"),
        ({"engine_id": b"e" * 33}, "engine id has 33 octets; must have 5 to 32"),
        ({"boots": -1}, "boots is -1; must be 0 to 2147483647"),
        ({"boots": MAX + 1}, "boots is 2147483648; must be 0 to 2147483647"),
        ({"max_size": 483}, "max_size is 483; must be 484 to 65507"),
    ],
)
def test_engine_that_cannot_be_is_refused(arguments: dict[str, int], message: str) -> None:
    """With what would be right."""
    fields = {"engine_id": ENGINE_ID, "boots": 1, "started_at": 0.0} | arguments
    with pytest.raises(UsageError) as caught:
        Engine(**fields)  # type: ignore[arg-type]
    assert str(caught.value) == message


def test_user_defined_twice_is_refused() -> None:
    """Two sets of passwords for one name cannot both be right."""
    with pytest.raises(UsageError, match="user monitor is defined twice"):
        access_table([Access(user=usm_user()), Access(user=usm_user(priv=None))])


@pytest.mark.parametrize(
    ("minimum", "allowed"),
    [
        (None, [SecurityLevel.AUTH_PRIV]),
        (SecurityLevel.AUTH_NO_PRIV, [SecurityLevel.AUTH_NO_PRIV, SecurityLevel.AUTH_PRIV]),
        (SecurityLevel.NO_AUTH_NO_PRIV, list(SecurityLevel)),
    ],
)
def test_access_needs_the_minimum_level(minimum: SecurityLevel | None, allowed: list[SecurityLevel]) -> None:
    """By default nothing less than the user's best."""
    access = Access(user=usm_user(), min_level=minimum)
    assert [level for level in SecurityLevel if access.allows(level)] == allowed


def test_counters_wrap_as_counter32() -> None:
    """RFC 2578 section 7.1.6."""
    counted = engine()
    counted.counters[counters.IN_PKTS] = 0xFFFF_FFFF
    assert counted.count(counters.IN_PKTS) == 0


def test_engine_serves_its_own_variables() -> None:
    """SNMP-FRAMEWORK-MIB's engine group, and every counter, live."""
    pair = Pair(usm_user())
    items = SortedTree(pair.engine.items(lambda: 5.0))
    group = (1, 3, 6, 1, 6, 3, 10, 2, 1)
    assert items.get((*group, 1, 0)) == octets(ENGINE_ID)
    assert items.get((*group, 2, 0)) == integer(7)
    assert items.get((*group, 3, 0)) == integer(1_005)
    assert items.get((*group, 4, 0)) == integer(1_472)
    assert items.get(counters.UNKNOWN_ENGINE_IDS) == counter32(0)
    pair.engine.count(counters.UNKNOWN_ENGINE_IDS)
    assert items.get(counters.UNKNOWN_ENGINE_IDS) == counter32(1)
    assert len(items) == 4 + len(counters.ENGINE_COUNTERS)


def test_engine_is_light() -> None:
    """Thousands fit into one process: neither engine nor responder has a dictionary of attributes."""
    users = access_table([Access(user=usm_user())])
    engines = [Engine(ENGINE_ID, boots=1, started_at=0.0, users=users) for _ in range(3)]
    responders = [Responder(one, SortedTree({})) for one in engines]
    assert not any(hasattr(thing, "__dict__") for thing in (*engines, *responders))
    assert all(one.users is users for one in engines)
    assert sum(map(sys.getsizeof, (engines[0], engines[0].counters, engines[0]._keys))) < 1_000
