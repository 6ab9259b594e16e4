"""Recorded messages and mutations of them, read by ours and by pysnmp: the same meaning, or both refuse.

Where the two differ, the difference is in DIFFERENCES with its reason; anything else fails.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from snmp import ber
from snmp.errors import ProtocolError, Reason
from snmp.message import Version, encode_community_message, read_usm_message, read_version
from snmp.pdu import PduType, encode_pdu
from snmp.usm_keys import UsmUser
from tests.peers import snmp_net_snmp as net_snmp
from tests.peers.snmp_judge import Meaning, ours, pysnmps
from tests.peers.snmp_net_snmp import AUTH, PAIRS, user_of

GOLDEN = Path(__file__).parents[1] / "golden" / "snmp"
PASSWORDS = (net_snmp.AUTH_PASSWORD, net_snmp.PRIV_PASSWORD)
USERS = {
    user.name: user
    for user in (
        *(user_of(auth, priv) for auth, priv in PAIRS),
        *(user_of(auth, None, "authNoPriv") for auth in AUTH),
        user_of(None, None),
    )
}
RECORDINGS = sorted(GOLDEN.glob("*.txt"))

Ours = Meaning | ProtocolError
Theirs = Meaning | None
Predicate = Callable[[Ours, Theirs], bool]


def refuses(pattern: str) -> Predicate:
    """Ours refuses with a detail that matches, pysnmp reads something."""
    return lambda mine, theirs: (
        isinstance(mine, ProtocolError) and theirs is not None and re.search(pattern, mine.detail) is not None
    )


def reads(condition: Callable[[Meaning], bool]) -> Predicate:
    """Ours reads such a meaning, pysnmp refuses."""
    return lambda mine, theirs: isinstance(mine, Meaning) and theirs is None and condition(mine)


@dataclass(frozen=True, slots=True)
class Difference:
    """Where the two may differ, and why ours does what it does."""

    reason: str
    applies: Predicate


V2_ONLY = {PduType.GET_BULK, PduType.INFORM, PduType.TRAP, PduType.REPORT}
EXCEPTIONS = {0x80, 0x81, 0x82}
UNSIGNED = {0x41: 31, 0x42: 31, 0x43: 31, 0x46: 63}


def has_high_counter(meaning: Meaning) -> bool:
    """Return True if a counter has its highest bit set."""
    return any(
        tag in UNSIGNED and isinstance(value, int) and value >> UNSIGNED[tag]
        for _, tag, value in meaning.varbinds
    )


DIFFERENCES = (
    Difference(
        "An INTEGER without content is 0 to pysnmp; X.690 section 8.3.1 wants one octet at least.",
        refuses(r"^integer of 0 octets"),
    ),
    Difference(
        "An INTEGER of any length is read by pysnmp; ours takes nine octets, which hold every SMI number.",
        refuses(r"^integer of \d\d+ octets"),
    ),
    Difference(
        "A negative error-status or error-index: RFC 3416 section 3 knows none, pysnmp reads some.",
        refuses(r"^integer -\d+ at octet \d+ is not within 0 to 2147483647"),
    ),
    Difference(
        "An OID of more than 128 sub-identifiers: RFC 2578 section 3.5 has no such, pysnmp reads it.",
        refuses(r"^OID of more than 128 sub-identifiers"),
    ),
    Difference(
        "Strings and numbers in constructed form: RFC 3417 section 8 (2) prohibits it, pysnmp reads it.",
        refuses(r"^(no SMI value: tag 0x[26]|tag 0x2)[0-9a-f] at octet \d+"),
    ),
    Difference(
        "A tag below 31 in the form for higher ones: SNMP has no such tags, pysnmp reads it.",
        refuses(r"tag 0x[13579bdf]f at octet \d+"),
    ),
    Difference(
        "A counter at full width without its zero octet: some agents send it, and it has one reading only.",
        reads(has_high_counter),
    ),
    Difference(
        "PDU kinds of v2 in a v1 message: our codec reads them, and both roles refuse them.",
        reads(lambda meaning: meaning.version == Version.V1 and meaning.pdu[0] in V2_ONLY),
    ),
    Difference(
        "Exceptions of v2 in a v1 message: ours takes them for what they say, a value that is missing.",
        reads(
            lambda meaning: (
                meaning.version == Version.V1 and any(tag in EXCEPTIONS for _, tag, _ in meaning.varbinds)
            )
        ),
    ),
    Difference(
        "A negative number in GETBULK: RFC 3416 section 4.2.3 has it taken for zero, pysnmp refuses it.",
        reads(lambda meaning: meaning.pdu[0] == PduType.GET_BULK and min(meaning.pdu[2:]) < 0),
    ),
    Difference(
        "Parameters of another security model: ours does not look into what it cannot know.",
        refuses(r"^msgData is encrypted, but msgFlags say that it is not"),
    ),
)


def explain(mine: Ours, theirs: Theirs) -> str | None:
    """Return "same", "both refuse", the listed difference, or None for one that is not listed."""
    if mine == theirs:
        return "same"
    if isinstance(mine, ProtocolError) and theirs is None:
        return "both refuse"
    return next((known.reason for known in DIFFERENCES if known.applies(mine, theirs)), None)


def messages(path: Path) -> list[bytes]:
    """Return the datagrams of a recording."""
    return [bytes.fromhex(line[2:]) for line in path.read_text().splitlines()]


def speaker(datagram: bytes) -> UsmUser | None:
    """Return the user that a v3 message names."""
    version, at = read_version(datagram)
    return USERS.get(read_usm_message(datagram, at).user) if version == Version.V3 else None


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
def test_recorded_messages_mean_the_same_to_both(path: Path) -> None:
    """All versions, all algorithms, keys derived by each library for itself."""
    recorded = messages(path)
    assert len(recorded) >= 2
    for datagram in recorded:
        user = speaker(datagram)
        mine, theirs = ours(datagram, user), pysnmps(datagram, user, PASSWORDS)
        if path.stem == "v3-wrong-digest" and isinstance(mine, ProtocolError):
            assert (mine.reason, theirs) == (Reason.BAD_DIGEST, None)
        else:
            assert mine == theirs


def test_recordings_hold_all_algorithms() -> None:
    """Every authentication and every privacy protocol was on the wire."""
    spoken = {
        user.name for path in RECORDINGS for one in messages(path) if (user := speaker(one)) is not None
    }
    users = [USERS[name] for name in spoken]
    assert {user.auth for user in users} > set(AUTH)
    assert {user.priv for user in users} > set(net_snmp.PRIV)


def mutations(datagram: bytes, rng: random.Random) -> bytes:
    """Return the datagram with one to three octets changed, added, doubled or taken away."""
    data = bytearray(datagram)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        kind, at = rng.randrange(6), rng.randrange(len(data))
        if kind == 0:
            data[at] ^= 1 << rng.randrange(8)
        elif kind == 1:
            data[at] = rng.choice((0, 1, 0x7F, 0x80, 0x81, 0x82, 0xFF, rng.randrange(256)))
        elif kind == 2:
            del data[at]
        elif kind == 3:
            data.insert(at, rng.randrange(256))
        elif kind == 4:
            del data[at:]
        else:
            data[at:at] = data[at : at + rng.randrange(1, 8)]
        data = data or bytearray(b"\x30")
    if rng.random() < 0.5 and 2 < len(data) < 130:
        data[1] = len(data) - 2
    return bytes(data)


def compare(seed: int, count: int) -> Counter[str]:
    """Mutate messages that nothing signs, compare the readings, return how often each verdict came."""
    rng = random.Random(seed)
    plain = [
        datagram
        for path in RECORDINGS
        for datagram in messages(path)
        if path.stem[:2] != "v3" or path.stem in {"v3-no-auth", "v3-unknown-user"}
    ]
    verdicts: Counter[str] = Counter()
    for _ in range(count):
        datagram = mutations(rng.choice(plain), rng)
        mine, theirs = ours(datagram), pysnmps(datagram)
        verdict = explain(mine, theirs)
        assert verdict is not None, f"{datagram.hex()}\nours: {mine}\npysnmp: {theirs}"
        verdicts[verdict] += 1
    return verdicts


def test_mutated_messages_mean_the_same_or_are_refused_by_both() -> None:
    """Four thousand of them; enough survive to make it a comparison."""
    verdicts = compare(seed=20261123, count=4_000)
    assert verdicts["same"] > 300
    assert verdicts["both refuse"] > 1_000


@pytest.mark.all
@pytest.mark.parametrize("seed", range(10))
def test_many_more_mutations_mean_the_same(seed: int) -> None:
    """A hundred thousand."""
    compare(seed, 10_000)


CONTENTS = [
    b"",
    b"\x00",
    b"\x05",
    b"\x7f",
    b"\x80",
    b"\xff",
    b"\x00\xff",
    b"\x00\x00\x00\x05",
    b"\x2b\x06\x01",
    b"\x80\x01",
    b"\x7f\xff\xff\xff",
    b"\x80\x00\x00\x00",
    b"\xff\xff\xff\xff",
    b"\x00\xff\xff\xff\xff",
    b"\x01\x00\x00\x00\x00",
    b"\xff" * 8,
    b"\x00" + b"\xff" * 8,
    b"\x01" + b"\x00" * 8,
    b"\x00" * 12,
    b"x" * 200,
]


def every_value() -> Iterator[tuple[int, bytes, bytes]]:
    """Yield tag, content and a v2c Response with that value."""
    name = ber.encode_oid((1, 3, 6, 1, 2, 1, 1, 3, 0))
    for tag in range(256):
        for content in CONTENTS:
            varbind = ber.encode_tlv(0x30, name + ber.encode_tlv(tag, content))
            pdu = encode_pdu(PduType.RESPONSE, 1, 0, 0, ber.encode_tlv(0x30, varbind))
            yield tag, content, encode_community_message(Version.V2C, b"public", pdu)


def test_every_tag_with_many_contents_means_the_same() -> None:
    """All 256 tags, twenty contents each, in a message that is otherwise in order."""
    verdicts: Counter[str] = Counter()
    for tag, content, datagram in every_value():
        mine, theirs = ours(datagram), pysnmps(datagram)
        verdict = explain(mine, theirs)
        assert verdict is not None, f"{tag:02x} {content.hex()}\nours: {mine}\npysnmp: {theirs}"
        verdicts[verdict] += 1
    assert verdicts["same"] > 100
    assert verdicts[DIFFERENCES[6].reason] > 0
