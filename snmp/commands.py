"""GET, GETNEXT, GETBULK and the refusal of SET over a Tree (RFC 3416 section 4.2, for v1 RFC 1157 and 3584).

Work stops as soon as the answer is full, so a request that asks for the moon costs no more than one that asks
for a packet.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from snmp.ber import Oid
from snmp.errors import UsageError
from snmp.message import Version
from snmp.pdu import ErrorStatus, PduHead, PduType, encode_varbind, read_varbinds
from snmp.smi import Tag, Typed, encode_value
from snmp.tree import Tree

_END_OF_MIB_VIEW = b"\x82\x00"
_EXCEPTIONS = frozenset((Tag.NO_SUCH_OBJECT, Tag.NO_SUCH_INSTANCE, Tag.END_OF_MIB_VIEW))

HANDLED = frozenset((PduType.GET, PduType.GET_NEXT, PduType.GET_BULK, PduType.SET))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the Response says. `varbinds` is the content of its VarBindList, None for that of the request."""

    status: int
    index: int
    varbinds: bytes | None


class _VariableError(Exception):
    """Ends a request with an error-status; never leaves this module."""

    def __init__(self, status: ErrorStatus, index: int) -> None:
        super().__init__(status, index)
        self.outcome = Outcome(status, index, None)


def execute(tree: Tree, data: bytes, head: PduHead, version: Version, room: int) -> Outcome:
    """Return the outcome of one request, whose variables may take `room` octets in the answer.

    Raises ProtocolError if the request's own variables are malformed.
    """
    names = [varbind.oid for varbind in read_varbinds(data, head)]
    v1 = version is Version.V1
    try:
        if head.kind is PduType.SET:
            _refuse_set(names, v1=v1)
            return Outcome(0, 0, b"")
        if head.kind is PduType.GET_BULK:
            # RFC 3416 section 4.2.3: negative numbers count as zero.
            chunks = _bulk(tree, names, max(0, head.error_status), max(0, head.error_index))
            return Outcome(0, 0, _fill(chunks, room))
        read = _get if head.kind is PduType.GET else _get_next
        varbinds = bytearray()
        for index, name in enumerate(names, 1):
            varbinds += read(tree, name, index, v1=v1)
            if len(varbinds) > room:
                # Sections 4.2.1 and 4.2.2: tooBig has no variables; in RFC 1157 it has those of the request.
                return Outcome(ErrorStatus.TOO_BIG, 0, None if v1 else b"")
        return Outcome(0, 0, bytes(varbinds))
    except _VariableError as failed:
        return failed.outcome


def _refuse_set(names: list[Oid], *, v1: bool) -> None:
    # RFC 3416 section 4.2.5 (2): no variable here can be changed. RFC 3584 section 4.4: v1 says noSuchName.
    if names:
        raise _VariableError(ErrorStatus.NO_SUCH_NAME if v1 else ErrorStatus.NOT_WRITABLE, 1)


def _get(tree: Tree, name: Oid, index: int, *, v1: bool) -> bytes:
    found = tree.get(name)
    # RFC 1157 section 4.1.2 knows no exceptions; RFC 3584 section 4.2.2.1 hides Counter64 from v1.
    if v1 and (found.tag in _EXCEPTIONS or found.tag is Tag.COUNTER64):
        raise _VariableError(ErrorStatus.NO_SUCH_NAME, index)
    return _encode(name, found, index)


def _get_next(tree: Tree, name: Oid, index: int, *, v1: bool) -> bytes:
    found = tree.next(name)
    # RFC 3584 section 4.2.2.1: to v1, GETNEXT passes over Counter64.
    while v1 and found is not None and found.tag is Tag.COUNTER64:
        found = tree.next(found.oid)
    if found is not None:
        return _encode(found.oid, Typed(found.tag, found.value), index)
    if v1:
        raise _VariableError(ErrorStatus.NO_SUCH_NAME, index)
    # RFC 3416 section 4.2.2 (2): at the end the name asked comes back with endOfMibView.
    return encode_varbind(name, _END_OF_MIB_VIEW)


def _bulk(tree: Tree, names: list[Oid], non_repeaters: int, repetitions: int) -> Iterator[bytes]:
    """Yield encoded variables in the order of RFC 3416 section 4.2.3; may be stopped anywhere."""
    for index, name in enumerate(names[:non_repeaters], 1):
        yield _get_next(tree, name, index, v1=False)
    repeaters: list[Oid] = names[non_repeaters:]
    for _ in range(repetitions if repeaters else 0):
        ended = 0
        for position, name in enumerate(repeaters):
            found = tree.next(name)
            if found is None:
                ended += 1
                yield encode_varbind(name, _END_OF_MIB_VIEW)
            else:
                repeaters[position] = found.oid
                yield _encode(found.oid, Typed(found.tag, found.value), non_repeaters + position + 1)
        # Section 4.2.3: once all have ended, further rounds would only repeat it and may be left out.
        if ended == len(repeaters):
            return


def _fill(chunks: Iterator[bytes], room: int) -> bytes:
    """Join what fits: a GETBULK answer is cut, never refused for its size (RFC 3416 section 4.2.3)."""
    varbinds = bytearray()
    for chunk in chunks:
        if len(varbinds) + len(chunk) > room:
            break
        varbinds += chunk
    return bytes(varbinds)


def _encode(name: Oid, found: Typed, index: int) -> bytes:
    try:
        return encode_varbind(name, encode_value(found.tag, found.value))
    except UsageError:
        # RFC 3416 section 4.2.1: whatever else goes wrong with a variable is genErr.
        raise _VariableError(ErrorStatus.GEN_ERR, index) from None
