"""Time-outs learned from round trips: RFC 6298's numbers, bounded, doubled, and an end."""

from __future__ import annotations

import pytest

from snmp.errors import UsageError
from snmp.retry import RoundTrip


def test_before_the_first_answer_it_waits_a_second() -> None:
    """RFC 6298 section 2.1, doubled for each transmission (section 5.5), up to the ceiling, then the end."""
    trip = RoundTrip(ceiling=3.0, retries=2)
    assert [trip.timeout(number) for number in (1, 2, 3, 4)] == [1.0, 2.0, 3.0, None]


def test_first_sample_gives_three_times_itself() -> None:
    """RFC 6298 section 2.2: SRTT = R, RTTVAR = R/2, time-out = SRTT + 4 × RTTVAR."""
    trip = RoundTrip()
    trip.observe(0.25)
    assert (trip.smoothed, trip.variation, trip.timeout(1)) == (0.25, 0.125, 0.75)


def test_later_samples_move_mean_and_variation_by_the_weights() -> None:
    """RFC 6298 section 2.3: RTTVAR with the old SRTT first, weights 1/4 and 1/8."""
    trip = RoundTrip()
    trip.observe(0.8)
    trip.observe(1.6)
    assert trip.variation == pytest.approx(0.4 + (0.8 - 0.4) / 4)
    assert trip.smoothed == pytest.approx(0.8 + 0.8 / 8)


def test_time_out_stays_between_floor_and_ceiling() -> None:
    """A fast network does not make it nervous, a slow one does not make it wait for ever."""
    trip = RoundTrip(floor=0.2, ceiling=3.0, retries=50)
    for _ in range(50):
        trip.observe(0.000_1)
    assert trip.timeout(1) == 0.2
    for _ in range(50):
        trip.observe(60.0)
    assert trip.timeout(1) == trip.timeout(40) == 3.0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"floor": 0.0}, "time-outs from 0 s to 3 s: must be above 0 and not cross"),
        ({"floor": 4.0}, "time-outs from 4 s to 3 s: must be above 0 and not cross"),
        ({"retries": -1}, "retries is -1; must be 0 or more"),
    ],
)
def test_bounds_that_make_no_sense_are_refused(arguments: dict[str, float], message: str) -> None:
    """With the values that were given."""
    with pytest.raises(UsageError) as caught:
        RoundTrip(**arguments)  # type: ignore[arg-type]
    assert str(caught.value) == message
