"""What two readings of an interface prove: bytes only where nothing else explains the counters."""

from __future__ import annotations

import pytest

from collector.model import Doubt
from collector.traffic.rates import FASTEST_BPS, LineReading, Passed, between
from tests.unit.collector.line_readings import reading

BACK = 2**32


def passed(received: int, sent: int, doubt: Doubt | None = None) -> Passed:
    return Passed(received=received, sent=sent, doubt=doubt)


@pytest.mark.parametrize("bits", [32, 64])
def test_counters_that_went_on_bring_their_difference(bits: int) -> None:
    """The plain case."""
    assert between(reading(0, 1000, 500, bits=bits), reading(60, 5000, 900, bits=bits)) == passed(4000, 400)


def test_a_wrap_is_counted_to_the_byte() -> None:
    """A fall that the line can carry as a wrap, while other counters prove that nothing began anew."""
    before, after = reading(0, BACK - 10, 3_000_000_000, bits=32), reading(60, 90, 3_000_000_500, bits=32)
    assert between(before, after) == passed(100, 500)


def test_packets_prove_a_wrap_where_octets_alone_do_not() -> None:
    """Both octet counters are small after the poll; only the packet counters show that nothing began anew."""
    before, after = reading(0, BACK - 10, 5, bits=32), reading(60, 90, 10, bits=32)
    assert between(before, after) == passed(100, 5)
    bare = [reading(0, BACK - 10, 5, bits=32, packets=None), reading(60, 90, 10, bits=32, packets=None)]
    assert between(*bare) == passed(90, 5, Doubt.WRAP_OR_RESET)


def test_a_reset_that_nothing_announces_is_no_wrap() -> None:
    """As a wrap it would be more than the line can carry, by octets or by packets alone."""
    assert between(reading(0, 3_000_000_000, 9, bits=32), reading(60, 50, 10, bits=32)) == passed(
        0, 0, Doubt.RESET
    )
    before, after = reading(0, BACK - 10, BACK - 10, bits=32), reading(60, 9, 9, bits=32, packets=(5, 5))
    assert between(before, after) == passed(0, 0, Doubt.RESET)


def test_a_64_bit_counter_that_falls_was_reset() -> None:
    """It cannot wrap by what a line carries between two polls."""
    assert between(reading(0, 10**15, 10**15), reading(60, 10, 10**15 + 5)) == passed(0, 0, Doubt.RESET)


def test_a_64_bit_counter_wraps_too_if_it_began_that_high() -> None:
    """RFC 2578 defines no initial value: one that began just below its end goes round."""
    assert between(reading(0, 2**64 - 10, 2**40), reading(60, 90, 2**40 + 1)) == passed(100, 1)


def test_a_poll_longer_than_a_possible_wrap_is_ambiguous() -> None:
    """At 1 Gb/s a 32-bit counter goes round in 34 s: after 60 s the same difference can mean two amounts."""
    fast = 1_000_000_000
    before = reading(0, 1000, 1000, bits=32, speed_bps=fast)
    assert between(before, reading(60, 5000, 3000, bits=32, speed_bps=fast)) == passed(4000, 2000, Doubt.WRAP)
    assert between(before, reading(30, 5000, 3000, bits=32, speed_bps=fast)) == passed(4000, 2000)


def test_what_the_line_cannot_carry_twice_is_not_ambiguous() -> None:
    """The larger of two possible amounts is above the line's rate: the smaller one is certain."""
    fast = 1_000_000_000
    before = reading(0, 1000, 4_000_001_000, bits=32, speed_bps=fast)
    after = reading(60, 4_000_001_000, 8_000_001_000, bits=32, speed_bps=fast)
    assert between(before, after) == passed(4_000_000_000, 4_000_000_000)


def test_what_is_subscribed_decides_where_the_interfaces_speed_leaves_two_amounts() -> None:
    """A line of 30 Mbit/s on a gigabit port: a second round would be nineteen times what is subscribed."""
    fast = 1_000_000_000
    before = reading(0, 1000, 1000, bits=32, speed_bps=fast)
    after = reading(60, 225_001_000, 3000, bits=32, speed_bps=fast)
    assert between(before, after).doubt is Doubt.WRAP
    assert between(before, after, subscribed_bps=30_000_000) == passed(225_000_000, 2000)
    above = reading(60, 1_000_001_000, 3000, bits=32, speed_bps=fast)
    assert between(before, above, subscribed_bps=30_000_000).doubt is Doubt.WRAP


def test_a_64_bit_counter_is_believed_above_what_is_subscribed() -> None:
    """It leaves nothing open, and the inventory may lag behind the line."""
    fast = 1_000_000_000
    before, after = reading(0, 0, 0, speed_bps=fast), reading(60, 6_000_000_000, 5, speed_bps=fast)
    assert between(before, after, subscribed_bps=10_000_000) == passed(6_000_000_000, 5)


def test_a_spike_beyond_the_line_is_never_believed() -> None:
    """Whatever made the counter jump, it was not traffic."""
    assert between(reading(0, 0, 0), reading(60, 10**12, 5)) == passed(0, 0, Doubt.RESET)


def test_a_restart_leaves_out_whatever_the_counters_say() -> None:
    """A counter has no defined initial value, and may have passed its old one already."""
    before = reading(0, 1000, 1000)
    assert between(before, reading(60, 5000, 5000, uptime_s=-50)) == passed(0, 0, Doubt.RESTART)
    assert between(before, reading(60, 5000, 5000, uptime_s=-50 + 0)) == passed(0, 0, Doubt.RESTART)
    with_boots = reading(0, 1000, 1000, boots=3), reading(60, 5000, 5000, boots=4)
    assert between(*with_boots) == passed(0, 0, Doubt.RESTART)


def test_the_497_day_roll_over_is_no_restart() -> None:
    """sysUpTime goes round and counters go on."""
    rolls = 2**32 / 100 - 30
    assert between(reading(0, 1, 1, uptime_s=rolls), reading(60, 7, 9, uptime_s=rolls)) == passed(6, 8)


def test_the_engines_time_stands_in_for_a_missing_uptime() -> None:
    """A view may hide the system group; without any clock nothing can be verified."""
    shown = reading(0, 1, 1, uptime_s=None, boots=3), reading(60, 7, 9, uptime_s=None, boots=3)
    assert between(*shown) == passed(6, 8)
    assert between(reading(0, 1, 1, uptime_s=None), reading(60, 7, 9, uptime_s=None)) == passed(
        0, 0, Doubt.UNVERIFIED
    )


def test_an_announced_discontinuity_is_believed() -> None:
    """ifCounterDiscontinuityTime changed: the difference means nothing."""
    assert between(reading(0, 1, 1), reading(60, 7, 9, discontinuity=77)) == passed(0, 0, Doubt.DISCONTINUITY)


@pytest.mark.parametrize(
    "after", [reading(60, 7, 9, interface="wan1"), reading(60, 7, 9, bits=32)], ids=["interface", "width"]
)
def test_another_counter_is_not_compared(after: LineReading) -> None:
    """Another interface, or the 32-bit twin of a 64-bit counter."""
    assert between(reading(0, 1, 1), after) == passed(0, 0, Doubt.CHANGED)


@pytest.mark.parametrize("wall_s", [0.0, 60 + 3600.0])
def test_a_clock_that_was_set_spoils_the_time_not_the_uptime(wall_s: float) -> None:
    """The device went on; it is our own hour that cannot be trusted."""
    assert between(reading(0, 1, 1), reading(60, 7, 9, wall_s=wall_s)) == passed(0, 0, Doubt.CLOCK)


def test_the_subscribed_rate_counts_where_the_interface_says_less() -> None:
    """Tunnels say 9 kbit/s and carry a hundred megabits."""
    slow = reading(0, 0, 0, speed_bps=9_000), reading(60, 600_000_000, 0, speed_bps=9_000)
    assert between(*slow).doubt is Doubt.RESET
    assert between(*slow, subscribed_bps=100_000_000) == passed(600_000_000, 0)


def test_without_any_rate_a_32_bit_counter_proves_nothing_and_a_64_bit_one_does() -> None:
    """The fastest port there is bounds what may have passed."""
    narrow = reading(0, 0, 0, bits=32, speed_bps=None), reading(60, 10, 10, bits=32, speed_bps=None)
    assert between(*narrow).doubt is Doubt.WRAP
    wide = reading(0, 0, 0, speed_bps=None), reading(60, 10, 10, speed_bps=None)
    assert between(*wide) == passed(10, 10)
    absurd = reading(0, 0, 0, speed_bps=10**15), reading(60, FASTEST_BPS * 60, 10, speed_bps=10**15)
    assert between(*absurd).doubt is Doubt.RESET
