"""RFC 3414 section 3.2 step 7 (b): what a manager believes of an engine's clock, as a table of moments."""

from __future__ import annotations

import pytest

from snmp.errors import ProtocolError, Reason
from snmp.message import UsmMessage
from snmp.remote_engine import RemoteEngine
from snmp.usm import EngineTime
from tests.unit.snmp.pair import ENGINE_ID, usm_user

USER = usm_user()
MAX = 0x7FFF_FFFF


def message(boots: int, time: int) -> UsmMessage:
    """Return an envelope that carries this clock."""
    return UsmMessage(1, 1_472, 3, 3, ENGINE_ID, boots, time, b"monitor", 0, 0, b"", 4, 0, 0)


def engine() -> RemoteEngine:
    """Return an engine that was heard, authenticated, at boots 7 and time 1000 when now was 10."""
    known = RemoteEngine(ENGINE_ID, USER)
    known.check_time(message(7, 1_000), 10.0)
    return known


def test_nothing_is_trusted_at_first() -> None:
    """The first authenticated message sets the clock, whatever it says."""
    known = RemoteEngine(ENGINE_ID, USER)
    before = known.authenticated
    assert known.clock(5.0) == EngineTime(engine_id=ENGINE_ID, boots=0, time_s=0)
    known.check_time(message(7, 1_000), 10.0)
    assert (before, known.authenticated) == (False, True)
    assert known.clock(70.9) == EngineTime(engine_id=ENGINE_ID, boots=7, time_s=1_060)


@pytest.mark.parametrize(
    ("boots", "time", "now"),
    [
        (7, 1_000, 10.0),
        (7, 1_000, 160.9),  # 150 s late: the last moment
        (7, 850, 10.0),
        (7, 900_000, 20.0),  # ahead of us: its clock is right by definition
        (8, 0, 20.0),  # restarted
        (9, 5, 20.0),
    ],
)
def test_timely_message_is_accepted(boots: int, time: int, now: float) -> None:
    """Within 150 s behind, or anything newer."""
    engine().check_time(message(boots, time), now)


@pytest.mark.parametrize(
    ("boots", "time", "now", "detail"),
    [
        (7, 849, 10.0, "time 849 is behind, about 1000 was expected"),
        (7, 1_000, 161.0, "time 1000 is behind, about 1151 was expected"),
        (6, 999_999, 10.0, "boots went back from 7 to 6"),
        (0, 0, 10.0, "boots went back from 7 to 0"),
        (MAX, 5, 10.0, "snmpEngineBoots is at its maximum: reset the device"),
    ],
)
def test_untimely_message_is_refused(boots: int, time: int, now: float, detail: str) -> None:
    """A replay, an earlier boot, an engine that can boot no more."""
    with pytest.raises(ProtocolError) as caught:
        engine().check_time(message(boots, time), now)
    assert (caught.value.reason, caught.value.detail) == (Reason.NOT_IN_WINDOW, detail)


def test_older_message_inside_the_window_does_not_turn_the_clock_back() -> None:
    """Step 7 (b) 1: only a later time is learned."""
    known = engine()
    known.check_time(message(7, 900), 10.0)
    assert known.clock(10.0).time_s == 1_000
    with pytest.raises(ProtocolError):
        known.check_time(message(7, 849), 10.0)


def test_restart_moves_the_window_with_it() -> None:
    """After boots rise, messages of the boot before are replays."""
    known = engine()
    known.check_time(message(8, 3), 20.0)
    with pytest.raises(ProtocolError, match="boots went back from 8 to 7"):
        known.check_time(message(7, 1_010), 20.0)


def test_slow_engine_clock_is_followed() -> None:
    """A device whose seconds are long is heard every minute and never falls out of the window."""
    known, now = engine(), 10.0
    for time in range(1_030, 2_000, 30):
        now += 60.0
        known.check_time(message(7, time), now)
    assert known.clock(now).time_s == 1_990


def test_hint_changes_what_is_sent_and_nothing_that_is_accepted() -> None:
    """An unauthenticated Report may be wrong: it is obeyed in sending only."""
    known = engine()
    known.hint(900_000, 5, 20.0)
    assert known.clock(21.0) == EngineTime(engine_id=ENGINE_ID, boots=900_000, time_s=6)
    known.check_time(message(7, 1_011), 21.0)
    assert known.clock(21.0) == EngineTime(engine_id=ENGINE_ID, boots=7, time_s=1_011)
    with pytest.raises(ProtocolError, match="boots went back from 7 to 6"):
        known.check_time(message(6, 2_000), 21.0)


def test_time_to_send_stays_within_its_range() -> None:
    """RFC 3414 section 2.2.2: 2³¹ - 1 at most."""
    known = RemoteEngine(ENGINE_ID, USER)
    known.hint(3, MAX - 1, 0.0)
    assert known.clock(1_000.0).time_s == MAX


def test_clock_that_steps_back_does_not_break_sending() -> None:
    """`now` should never go back; if it does, engine time waits."""
    known = engine()
    assert known.clock(3.0).time_s == 1_000
