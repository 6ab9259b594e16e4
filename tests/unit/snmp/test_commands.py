"""The agent in v1 and v2c: operations, the errors of each version, and silence."""

from __future__ import annotations

import pytest

from snmp import counters
from snmp.ber import Oid
from snmp.message import (
    Version,
    encode_community_message,
    read_community_message,
    read_version,
)
from snmp.operations import Get
from snmp.pdu import (
    ErrorStatus,
    PduHead,
    PduType,
    encode_pdu,
    encode_varbinds,
    read_pdu,
    read_varbinds,
)
from snmp.smi import (
    END_OF_MIB_VIEW,
    NO_SUCH_INSTANCE,
    NO_SUCH_OBJECT,
    NULL,
    Tag,
    Typed,
    VarBind,
    counter32,
    counter64,
    integer,
    octets,
)
from snmp.tree import SortedTree, Source
from tests.unit.snmp.forged import FULL
from tests.unit.snmp.pair import (
    BASE,
    FIRST,
    SECOND,
    THIRD,
    V1,
    V2C,
    Pair,
)

GONE: Oid = (*BASE, 1, 1)
UNKNOWN: Oid = (1, 3, 6, 1, 9, 9)


def ask(
    pair: Pair,
    kind: PduType,
    *names: Oid | VarBind,
    version: Version = Version.V2C,
    community: bytes = b"public",
    status: int = 0,
    index: int = 0,
) -> tuple[PduHead, list[VarBind]] | None:
    """Send one v1 or v2c request; return head and variables of the answer, None for silence."""
    varbinds = [name if isinstance(name, VarBind) else VarBind(name, *NULL) for name in names]
    pdu = encode_pdu(kind, 77, status, index, encode_varbinds(varbinds))
    reply = pair.respond(encode_community_message(version, community, pdu))
    if reply is None:
        return None
    number, at = read_version(reply)
    message = read_community_message(reply, number, at)
    assert (message.version, message.community) == (version, community)
    head = read_pdu(reply, message.pdu_at, message.end)
    assert (head.kind, head.request_id) == (PduType.RESPONSE, 77)
    return head, read_varbinds(reply, head)


def answered(pair: Pair, kind: PduType, *names: Oid, **options: int) -> list[VarBind]:
    """Send one v2c request and return the variables of its answer, which must be without error."""
    answer = ask(pair, kind, *names, **options)  # type: ignore[arg-type]
    assert answer is not None
    assert answer[0].error_status == 0
    return answer[1]


def test_get_answers_each_variable_for_itself() -> None:
    """RFC 3416 section 4.2.1: values and exceptions side by side, in the order asked."""
    assert answered(Pair(V2C), PduType.GET, SECOND, GONE, UNKNOWN) == [
        VarBind(SECOND, *octets("lighthouse")),
        VarBind(GONE, *NO_SUCH_INSTANCE),
        VarBind(UNKNOWN, *NO_SUCH_OBJECT),
    ]


def test_get_next_answers_the_following_variable_or_the_end() -> None:
    """RFC 3416 section 4.2.2: at the end the name asked comes back."""
    assert answered(Pair(V2C), PduType.GET_NEXT, BASE, SECOND, THIRD) == [
        VarBind(FIRST, *counter64(0xFEDC_BA98_7654_3210)),
        VarBind(THIRD, *counter64(7)),
        VarBind(THIRD, *END_OF_MIB_VIEW),
    ]


def test_bulk_goes_round_by_round() -> None:
    """RFC 3416 section 4.2.3: non-repeaters once, then the repeaters in turn."""
    names = [
        varbind.oid
        for varbind in answered(Pair(V2C), PduType.GET_BULK, FIRST, BASE, SECOND, status=1, index=2)
    ]
    assert names == [SECOND, FIRST, THIRD, SECOND, THIRD]


def test_bulk_stops_when_all_have_ended() -> None:
    """A million repetitions cost no more than the rows there are."""
    answer = answered(Pair(V2C), PduType.GET_BULK, BASE, THIRD, index=1_000_000)
    assert [varbind.tag for varbind in answer[-2:]] == [Tag.END_OF_MIB_VIEW, Tag.END_OF_MIB_VIEW]
    assert len(answer) == 8


@pytest.mark.parametrize(
    ("non_repeaters", "repetitions", "names"),
    [(-1, 1, [FIRST, SECOND]), (0, -5, []), (0, 0, []), (1, 0, [FIRST]), (9, 3, [FIRST, SECOND])],
)
def test_bulk_takes_odd_numbers_as_the_rfc_says(
    non_repeaters: int, repetitions: int, names: list[Oid]
) -> None:
    """RFC 3416 section 4.2.3: negative counts as zero, and no more non-repeaters than names."""
    answer = answered(Pair(V2C), PduType.GET_BULK, BASE, FIRST, status=non_repeaters, index=repetitions)
    assert [varbind.oid for varbind in answer] == names


@pytest.mark.parametrize("kind", [PduType.GET, PduType.GET_NEXT, PduType.GET_BULK, PduType.SET])
def test_request_without_variables_is_answered_without(kind: PduType) -> None:
    """It asks for nothing and gets it."""
    assert answered(Pair(V2C), kind, index=5) == []


def test_bulk_is_cut_to_the_size_and_computes_no_more_than_fits() -> None:
    """RFC 3416 section 4.2.3: cut, not tooBig; values beyond the cut are not even computed."""
    computed: list[int] = []

    def value(index: int) -> Source:
        def compute() -> Typed:
            computed.append(index)
            return octets("x" * 50)

        return compute

    items = {(*BASE, 1, index): value(index) for index in range(1, 1_000)}
    pair = Pair(V2C, items=items, max_size=1_000)
    answer = answered(pair, PduType.GET_BULK, BASE, index=1_000_000)
    assert 10 <= len(answer) <= 15
    assert len(computed) == len(answer) + 1


def test_too_big_has_no_variables_in_v2c_and_those_of_the_request_in_v1() -> None:
    """RFC 3416 section 4.2.1 and RFC 1157 section 4.1.2."""
    items: dict[Oid, Source] = {(*BASE, 1, index): octets("x" * 90) for index in range(10)}
    for version, credential, expected in (
        (Version.V2C, V2C, []),
        (Version.V1, V1, [VarBind(oid, *NULL) for oid in items]),
    ):
        answer = ask(Pair(credential, items=items, max_size=484), PduType.GET, *items, version=version)
        assert answer is not None
        assert (answer[0].error_status, answer[0].error_index, answer[1]) == (
            ErrorStatus.TOO_BIG,
            0,
            expected,
        )


def test_answer_that_fits_no_way_is_dropped_and_counted() -> None:
    """RFC 3418: snmpSilentDrops. A v1 error repeats the request, which here is larger than we send."""
    pair = Pair(V1, max_size=484)
    assert ask(pair, PduType.GET, *[(*BASE, 1, index) for index in range(60)], version=Version.V1) is None
    assert pair.engine.counters[counters.SILENT_DROPS] == 1


@pytest.mark.parametrize(
    ("names", "index"), [((SECOND, GONE), 2), ((FIRST, SECOND), 1), ((SECOND, SECOND, UNKNOWN), 3)]
)
def test_v1_get_fails_whole_at_the_first_that_is_missing(names: tuple[Oid, ...], index: int) -> None:
    """RFC 1157 section 4.1.2, and Counter64 does not exist in v1 (RFC 3584 section 4.2.2.1)."""
    answer = ask(Pair(V1), PduType.GET, *names, version=Version.V1)
    assert answer is not None
    head, varbinds = answer
    assert (head.error_status, head.error_index) == (ErrorStatus.NO_SUCH_NAME, index)
    assert varbinds == [VarBind(name, *NULL) for name in names]


def test_v1_get_next_passes_over_counter64_and_ends_with_no_such_name() -> None:
    """RFC 3584 section 4.2.2.1 and RFC 1157 section 4.1.3."""
    answer = ask(Pair(V1), PduType.GET_NEXT, BASE, version=Version.V1)
    assert answer is not None
    assert answer[1] == [VarBind(SECOND, *octets("lighthouse"))]
    end = ask(Pair(V1), PduType.GET_NEXT, SECOND, version=Version.V1)
    assert end is not None
    assert (end[0].error_status, end[0].error_index) == (ErrorStatus.NO_SUCH_NAME, 1)


@pytest.mark.parametrize(
    ("version", "status"), [(Version.V2C, ErrorStatus.NOT_WRITABLE), (Version.V1, ErrorStatus.NO_SUCH_NAME)]
)
def test_set_is_refused_by_the_right_error(version: Version, status: ErrorStatus) -> None:
    """RFC 3416 section 4.2.5 and RFC 3584 section 4.4; nothing changes."""
    pair = Pair(V2C)
    answer = ask(pair, PduType.SET, VarBind(SECOND, *octets("dark")), version=version)
    assert answer is not None
    assert (answer[0].error_status, answer[0].error_index) == (status, 1)
    assert answer[1] == [VarBind(SECOND, *octets("dark"))]
    assert answered(pair, PduType.GET, SECOND) == [VarBind(SECOND, *octets("lighthouse"))]


def test_value_that_its_type_cannot_hold_is_gen_err() -> None:
    """RFC 3416 section 4.2.1: one bad value of our own is an error at its index, not a crash."""
    pair = Pair(V2C, items={FIRST: integer(1), SECOND: Typed(Tag.COUNTER32, -1)})
    answer = ask(pair, PduType.GET, FIRST, SECOND)
    assert answer is not None
    assert (answer[0].error_status, answer[0].error_index) == (ErrorStatus.GEN_ERR, 2)


def test_tree_may_be_replaced_between_requests() -> None:
    """A new snapshot is one assignment."""
    pair = Pair(V2C)
    pair.responder.tree = SortedTree({SECOND: counter32(1)})
    assert answered(pair, PduType.GET, SECOND) == [VarBind(SECOND, *counter32(1))]


def test_wrong_community_is_silence_and_counted() -> None:
    """RFC 3418: snmpInBadCommunityNames; also for a source that the caller does not allow."""
    pair = Pair(V2C)
    assert ask(pair, PduType.GET, FIRST, community=b"private") is None
    datagram = pair.start(Get((FIRST,))).datagram
    assert pair.responder.respond(datagram, 0.0, 1, community_allowed=False) is None
    assert pair.engine.counters == {counters.IN_PKTS: 2, counters.IN_BAD_COMMUNITY_NAMES: 2}
    assert pair.respond(datagram) is not None


def test_without_communities_v1_and_v2c_are_silence() -> None:
    """An agent that is configured for v3 only does not answer an empty community either."""
    pair = Pair(FULL)
    for community in (b"public", b""):
        assert ask(pair, PduType.GET, FIRST, community=community) is None


@pytest.mark.parametrize("kind", [PduType.RESPONSE, PduType.TRAP, PduType.INFORM, PduType.REPORT])
def test_what_is_no_request_is_silence(kind: PduType) -> None:
    """An agent that answered answers would loop with another."""
    assert ask(Pair(V2C), kind, FIRST) is None


def test_v1_bulk_is_silence() -> None:
    """There is no such PDU in v1."""
    assert ask(Pair(V1), PduType.GET_BULK, FIRST, version=Version.V1, index=5) is None


@pytest.mark.parametrize(
    ("datagram", "counter"),
    [
        (b"", counters.IN_ASN_PARSE_ERRS),
        (b"\x30\x80\x02\x01\x01", counters.IN_ASN_PARSE_ERRS),
        (b"\x30\x03\x02\x01\x02", counters.IN_BAD_VERSIONS),
        (b"\x30\x03\x02\x01\x63", counters.IN_BAD_VERSIONS),
        (b"\x30\x03\x02\x01\x03", counters.IN_ASN_PARSE_ERRS),
        (b"GET / HTTP/1.1\r\n\r\n", counters.IN_ASN_PARSE_ERRS),
    ],
)
def test_rubbish_is_silence_and_counted(datagram: bytes, counter: Oid) -> None:
    """RFC 3412 section 7.2 steps 1 and 2."""
    pair = Pair(V2C)
    assert pair.respond(datagram) is None
    assert pair.engine.counters == {counters.IN_PKTS: 1, counter: 1}


def test_error_of_the_trees_own_value_passes_through() -> None:
    """A bug in a value is the caller's to handle, not a datagram's fault."""

    def broken() -> Typed:
        raise ZeroDivisionError

    pair = Pair(V2C, items={FIRST: broken})
    with pytest.raises(ZeroDivisionError):
        ask(pair, PduType.GET, FIRST)
