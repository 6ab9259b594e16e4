"""What becomes of an answer on a bad line: delayed, lost, doubled, late, garbled or cut off. Pure."""

from __future__ import annotations

from collections.abc import Callable

from lab.condition import PacketFaults

_SHORTEST = 1
_LONGEST_GARBAGE = 200


def on_the_way(
    answer: bytes, faults: PacketFaults, *, chance: Callable[[], float], random_bytes: Callable[[int], bytes]
) -> list[tuple[float, bytes]]:
    """Return what arrives of an answer: after how many seconds, and which bytes. Nothing if it is lost.

    `chance` gives numbers in 0 ≤ x < 1, as random.random does.
    """
    if chance() < faults.loss:
        return []
    delay_ms = faults.delay_ms + faults.jitter_ms * chance()
    if chance() < faults.late:
        delay_ms += faults.late_ms
    if chance() < faults.garbage:
        answer = random_bytes(_SHORTEST + int(chance() * _LONGEST_GARBAGE))
    elif chance() < faults.truncate:
        # Anywhere but at its end: at least one byte arrives, at least one is missing.
        answer = answer[: _SHORTEST + int(chance() * (len(answer) - _SHORTEST))]
    copies = 2 if chance() < faults.duplicate else 1
    return [(delay_ms / 1000, answer)] * copies
