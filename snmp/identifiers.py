"""Message ids and salts: every number used once, none to be guessed from another.

RFC 3414 section 11.1 wants ids that do not repeat within 150 s; RFC 3826 section 3.1.2.1 and RFC 3414 section
8.1.1.1 want salts that never repeat under one key. Ids must not be predictable either: a device that sees its
own could forge answers of its neighbours, which v1, v2c and unauthenticated Reports cannot be told from.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable

_HALF_BITS = 15
_HALF = (1 << _HALF_BITS) - 1
_WRAP = 1 << 2 * _HALF_BITS
_TOP = 1 << 30
_ROUNDS = 4


class Identifiers:
    """One source for all that share a socket or a key. `random_bytes` is e.g. `secrets.token_bytes`."""

    __slots__ = ("_counter", "_rounds", "_salt")

    def __init__(self, random_bytes: Callable[[int], bytes]) -> None:
        self._counter = int.from_bytes(random_bytes(4)) % _WRAP
        self._salt = int.from_bytes(random_bytes(8))
        self._rounds = tuple(array("H", random_bytes(2 << _HALF_BITS)) for _ in range(_ROUNDS))

    def message_id(self) -> int:
        """Return a number of 2³⁰ to 2³¹ - 1 that comes again only after 2³⁰ others; always four octets."""
        # A Feistel network over the counter: a permutation, so nothing repeats, with random round functions.
        self._counter = (self._counter + 1) % _WRAP
        left, right = self._counter >> _HALF_BITS, self._counter & _HALF
        for table in self._rounds:
            left, right = right, left ^ (table[right] & _HALF)
        return _TOP | left << _HALF_BITS | right

    def salt(self) -> int:
        """Return the next 64-bit salt."""
        self._salt = (self._salt + 1) & 0xFFFF_FFFF_FFFF_FFFF
        return self._salt
