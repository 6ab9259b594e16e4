"""Message ids and salts: never twice, never to be guessed."""

from __future__ import annotations

import random
import secrets
from itertools import pairwise

from snmp import ber
from snmp.identifiers import Identifiers


def test_message_ids_do_not_repeat_and_do_not_count() -> None:
    """RFC 3414 section 11.1: none twice within a time window; and none that the one before gives away."""
    identifiers = Identifiers(random.Random(5).randbytes)
    ids = [identifiers.message_id() for _ in range(100_000)]
    assert len(set(ids)) == len(ids)
    gaps = {after - before for before, after in pairwise(ids)}
    assert len(gaps) > 99_000


def test_message_ids_are_a_permutation_of_all() -> None:
    """The last round's inverse exists: two counters never share an id, the wrap included."""
    identifiers = Identifiers(random.Random(6).randbytes)
    identifiers._counter = (1 << 30) - 3
    around = [identifiers.message_id() for _ in range(6)]
    assert len(set(around)) == 6
    assert identifiers._counter == 3


def test_message_ids_always_take_four_octets() -> None:
    """So that a prepared request never changes its length."""
    identifiers = Identifiers(secrets.token_bytes)
    for _ in range(1_000):
        assert len(ber.encode_integer(identifiers.message_id())) == 6


def test_salts_count_through_all_64_bits() -> None:
    """RFC 3826 section 3.1.2.1: a 64-bit number that only comes again when all have been used."""
    identifiers = Identifiers(lambda size: b"\xff" * size)
    assert [identifiers.salt() for _ in range(3)] == [0, 1, 2]


def test_two_sources_begin_at_different_places() -> None:
    """RFC 3826 section 3.1.2.1: the start is random, so a restart does not repeat salts."""
    first, second = Identifiers(secrets.token_bytes), Identifiers(secrets.token_bytes)
    assert first.salt() != second.salt()
