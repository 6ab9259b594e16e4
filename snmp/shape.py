"""The shape of an answer: all its octets but the digits of its numbers. Pure arithmetic, no decoding.

Poll after poll a device repeats itself: the same names, types and lengths, other numbers. Seen as one large
number, such an answer differs from an earlier one in the bits of its values only. So an answer that was read
octet by octet leaves its shape behind, and the next is compared with it at once: if nothing differs outside
the values, all of them fall out in one step; if anything does, this module has nothing to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from struct import Struct

from snmp.smi import Tag

_LARGEST = {Tag.INTEGER: 4, Tag.COUNTER32: 5, Tag.GAUGE32: 5, Tag.TIME_TICKS: 5, Tag.COUNTER64: 9}
"""The longest content of each type. Five and nine octets hold 32 and 64 bits behind an octet that is zero."""

_WORD = 8


class Shape:
    """What variables look like without their values. Made of octets that the strict reader has accepted."""

    __slots__ = ("_fixed", "_pinned", "_size", "_words")

    def __init__(self, octets: bytes, free: int, words: Struct) -> None:
        self._size = len(octets)
        self._words = words
        all_bits = (1 << 8 * self._size) - 1
        self._pinned = all_bits ^ free
        self._fixed = int.from_bytes(octets) & self._pinned

    @classmethod
    def of(cls, octets: bytes, numbers: Sequence[tuple[int, int, int]]) -> Shape | None:
        """Return the shape of these variables; None if not all of them are plain non-negative numbers.

        `numbers` is tag, start and stop of each value's content within the octets, one after the other.
        """
        free, before, layout = 0, 0, [">"]
        for tag, start, stop in numbers:
            size = stop - start
            largest = _LARGEST.get(Tag(tag))
            # Negative, or longer than needed: rare, and for the strict reader to judge each time.
            if largest is None or not 0 < size <= largest or octets[start] >= 0x80 or stop - before < _WORD:
                return None
            # The sign stays as it is, and so does a first octet that has no place in the type but as zero.
            digits = 8 * (size - 1) if size in (5, 9) and size == largest else 8 * size - 1
            free |= ((1 << digits) - 1) << 8 * (len(octets) - stop)
            layout.append(f"{stop - before - _WORD}xQ")
            before = stop
        if before != len(octets):
            return None
        return cls(octets, free, Struct("".join(layout)))

    def read(self, data: bytes, at: int, end: int) -> tuple[int, ...] | None:
        """Return all values between `at` and `end`; None if anything else differs from the shape."""
        if end - at != self._size:
            return None
        # Where the octets agree with the shape this leaves zeros, and so each value alone in its word.
        values = int.from_bytes(data[at:end]) ^ self._fixed
        if values & self._pinned:
            return None
        return self._words.unpack(values.to_bytes(self._size))
