"""Durations and rates."""

from __future__ import annotations

import pytest

from collector.inventory.document import Plain, Reading
from collector.inventory.fields.error import FieldError
from collector.inventory.fields.units import duration_ms, rate_bps, show_duration, show_rate

DURATION_ADVICE = "(write a number with its unit: 500ms, 30s, 5m, 1h or 1m30s)"


@pytest.mark.parametrize(
    ("written", "milliseconds"),
    [
        ("500ms", 500),
        ("30s", 30_000),
        ("1.5s", 1_500),
        ("0.001s", 1),
        ("5m", 300_000),
        ("5 min", 300_000),
        ("1h30m", 5_400_000),
        ("1m 30s", 90_000),
        ("2d", 172_800_000),
    ],
)
def test_a_duration_is_read_to_the_millisecond(written: str, milliseconds: int) -> None:
    """A duration with its unit is so many milliseconds."""
    assert duration_ms(written) == milliseconds


@pytest.mark.parametrize(
    ("written", "message"),
    [
        (Plain.of("30", Reading.INTEGER), "30 has no unit (write 30s for seconds, 30m for minutes)"),
        ("1:30", f'"1:30" is not a duration {DURATION_ADVICE}'),
        ("-5s", f'"-5s" is not a duration {DURATION_ADVICE}'),
        ("0.5ms", f'"0.5ms" is finer than a millisecond {DURATION_ADVICE}'),
        ("soon", f'"soon" is not a duration {DURATION_ADVICE}'),
        (None, "has no value (write one, or remove the key)"),
        ([], "is a list, not a single value (write one text or number)"),
    ],
)
def test_what_is_no_duration_is_refused_with_advice(written: object, message: str) -> None:
    """A duration without a unit, or of another form, is refused and told how to be written."""
    with pytest.raises(FieldError) as refused:
        duration_ms(written)
    assert str(refused.value) == message


@pytest.mark.parametrize(
    ("written", "bps"),
    [
        ("100M", 100_000_000),
        ("1G", 1_000_000_000),
        ("2.5G", 2_500_000_000),
        ("512k", 512_000),
        ("512 kbps", 512_000),
        ("200 Mbit/s", 200_000_000),
        ("100Mb/s", 100_000_000),
        ("64000 bit/s", 64_000),
        ("1 bps", 1),
    ],
)
def test_a_rate_is_read_in_bits_per_second(written: str, bps: int) -> None:
    """A rate with its unit is so many bits per second."""
    assert rate_bps(written) == bps


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("100", "100 has no unit (write 100M for 100 Mbit/s, or 100 bit/s)"),
        ("100MB/s", '"100MB/s" counts bytes (write bits per second: 8 times as many, such as 800M)'),
        ("-1M", '"-1M" is not a rate of a line (write a rate above 0, or leave the capacity out)'),
        ("0M", '"0M" is not a rate of a line (write a rate above 0, or leave the capacity out)'),
        ("100m", '"100m" is not a rate (write bits per second with a unit: 512k, 100M, 2.5G or 200 Mbit/s)'),
        ("fast", '"fast" is not a rate (write bits per second with a unit: 512k, 100M, 2.5G or 200 Mbit/s)'),
        ("0.5 bit/s", '"0.5 bit/s" is out of range (write a rate from 1 bit/s to 1000T)'),
        ("9999T", '"9999T" is out of range (write a rate from 1 bit/s to 1000T)'),
    ],
)
def test_what_is_no_rate_is_refused_with_advice(written: object, message: str) -> None:
    """A rate without a unit, in bytes, not above zero or of another form is refused with advice."""
    with pytest.raises(FieldError) as refused:
        rate_bps(written)
    assert str(refused.value) == message


def test_what_is_shown_is_the_shortest_form() -> None:
    """Durations and rates are shown as a person would write them."""
    shown = [show_duration(value) for value in (0, 1, 1_500, 90_000, 3_600_000, 90_061_001)]
    assert shown == ["0s", "1ms", "1s500ms", "1m30s", "1h", "25h1m1s1ms"]
    assert [show_rate(value) for value in (64, 64_000, 2_500_000_000)] == ["64 bit/s", "64k", "2500M"]


def test_a_number_of_any_length_is_not_repeated_in_its_message() -> None:
    """A message goes to logs and to whoever asked for a reload."""
    with pytest.raises(FieldError) as caught:
        duration_ms("9" * 200_000)
    assert len(str(caught.value)) < 500
