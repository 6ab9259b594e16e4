"""What the poller keeps of a device: its packets, made once, and what it refuses."""

from __future__ import annotations

import secrets

from collector.model import Get
from collector.poll.snmp_peer import AskedAs, Peer
from snmp.community_exchange import Community
from snmp.identifiers import Identifiers
from snmp.manager import Session
from snmp.message import Version
from snmp.retry import RoundTrip

NAMES = tuple((1, 3, 6, 1, 2, 1, 2, 2, 1, 10, index) for index in range(1, 101))
TEXTS = tuple((1, 3, 6, 1, 2, 1, 2, 2, 1, 2, index) for index in range(1, 101))


def peer() -> Peer:
    credential = Community(version=Version.V1, name=b"public")
    return Peer(
        asked_as=AskedAs(credential=credential, timeout_s=2.0, retries=2),
        session=Session(credential, Identifiers(secrets.token_bytes)),
        round_trip=RoundTrip(),
    )


def test_a_question_is_encoded_once() -> None:
    """Also where two questions come by turns."""
    known, everyday, look = peer(), Get(NAMES), Get(NAMES + TEXTS, rare=len(TEXTS))
    first, rare = known.packets(everyday), known.packets(look)
    assert known.packets(everyday) is first
    assert known.packets(look) is rare
    assert [name for packet in first for name in packet.oids] == list(NAMES)
    assert [name for packet in rare for name in packet.oids] == [*NAMES, *TEXTS]


def test_texts_are_given_more_room_than_numbers() -> None:
    """Else every look at them would be refused as too large."""
    known = peer()
    numbers = known.packets(Get(NAMES))
    both = known.packets(Get(NAMES + TEXTS, rare=len(TEXTS)))
    assert len(both) > 2 * len(numbers)


def test_questions_of_before_a_discovery_are_forgotten() -> None:
    """However often a device is discovered, two questions are kept."""
    known = peer()
    for _ in range(10):
        known.packets(Get(NAMES))
    assert len(known._packets) == 2


def test_what_is_refused_is_not_asked_again_until_the_next_discovery() -> None:
    """SNMPv1 has no other word for a missing instance."""
    known, ask = peer(), Get(NAMES[:3])
    known.refuse(NAMES[1])
    assert [name for packet in known.packets(ask) for name in packet.oids] == [NAMES[0], NAMES[2]]
    known.discovered()
    assert [name for packet in known.packets(ask) for name in packet.oids] == list(NAMES[:3])


def test_a_device_that_refused_everything_is_asked_again() -> None:
    """A poll that sends nothing would prove that the device is there."""
    known, ask = peer(), Get(NAMES[:2])
    for name in ask.names:
        known.refuse(name)
    assert [name for packet in known.packets(ask) for name in packet.oids] == list(NAMES[:2])


def test_packets_are_made_anew_when_something_was_learned() -> None:
    """More fit after answers that left room, fewer after one that was too large."""
    known, ask = peer(), Get(NAMES)
    before = len(known.packets(ask))
    known.all_arrived(ask, largest=800, resent=0)
    after = len(known.packets(ask))
    assert after < before
    known.too_large()
    assert len(known.packets(ask)) > after
