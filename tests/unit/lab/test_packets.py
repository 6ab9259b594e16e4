"""What becomes of an answer on a bad line."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from lab.condition import PacketFaults
from lab.packets import on_the_way

ANSWER = bytes(range(40))


def arriving(faults: PacketFaults, *luck: float, answer: bytes = ANSWER) -> list[tuple[float, bytes]]:
    drawn: Iterator[float] = iter([*luck, *[0.5] * 10])
    return on_the_way(answer, faults, chance=lambda: next(drawn), random_bytes=bytes)


def test_a_good_line_changes_nothing() -> None:
    """At once, whole, once."""
    assert arriving(PacketFaults(), 0.0) == [(0.0, ANSWER)]


def test_a_lost_answer_does_not_arrive() -> None:
    """As often as its share says."""
    assert arriving(PacketFaults(loss=0.2), 0.19) == []
    assert arriving(PacketFaults(loss=0.2), 0.2) == [(0.0, ANSWER)]


def test_delay_jitter_and_lateness_add_up() -> None:
    """In seconds."""
    faults = PacketFaults(delay_ms=100, jitter_ms=50, late=0.3, late_ms=6_000)
    assert arriving(faults, 0.9, 0.5, 0.1) == [(6.125, ANSWER)]


def test_a_doubled_answer_arrives_twice() -> None:
    """Both whole."""
    assert arriving(PacketFaults(duplicate=1.0)) == [(0.0, ANSWER)] * 2


@given(st.binary(min_size=2, max_size=1_472), st.floats(0, 1, exclude_max=True))
def test_a_truncated_answer_is_a_beginning_of_it(answer: bytes, luck: float) -> None:
    """At least a byte of it arrives, at least one is missing."""
    ((_, part),) = on_the_way(
        answer, PacketFaults(truncate=1.0), chance=lambda: luck, random_bytes=lambda _: b""
    )
    assert answer.startswith(part)
    assert 1 <= len(part) < len(answer)


@given(st.floats(0, 1, exclude_max=True))
def test_garbage_is_bounded(luck: float) -> None:
    """Some bytes, whatever they are."""
    ((_, part),) = on_the_way(ANSWER, PacketFaults(garbage=1.0), chance=lambda: luck, random_bytes=bytes)
    assert 1 <= len(part) <= 200
