"""GETs of the same instances poll after poll: encoded once, answers read by comparing octets.

This is the collector's hot path. A prepared request is all constant but for its request-id. Its answer should
repeat the very octets of the names that were sent; where it does, only values are decoded. Where it does not
(another order, longer encodings than needed) the generic decoder reads it, slower and just as strictly. And
where it has the shape of the answer before, so that only numbers can differ, not even lengths are looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from snmp import ber
from snmp.ber import Oid
from snmp.errors import UsageError, unexpected
from snmp.pdu import PduHead, PduType, read_varbinds
from snmp.shape import Shape
from snmp.smi import UNSIGNED_MAX, Value, decode_value
from snmp.steps import Values
from snmp.usm import EngineTime

# An answer is expected to be this much longer than its variables: header, USM parameters with a 48-octet
# digest, a 32-octet user and engine id twice, context name.
_ENVELOPE = 256
# A Counter64 with its tag and length.
_VALUE_SIZE = 11
_NO_ERROR = b"\x02\x01\x00\x02\x01\x00"
_NULL = b"\x05\x00"


class PreparedGet:
    """One GET request, encoded beforehand; an Operation as `Get` is."""

    __slots__ = ("_names", "_shape", "_size", "_tail", "oids")

    kind = PduType.GET

    def __init__(self, oids: Sequence[Oid]) -> None:
        if not oids:
            raise UsageError("a GET needs at least one OID")
        self.oids = tuple(oids)
        self._names = tuple((name, len(name) + 2) for name in map(ber.encode_oid, self.oids))
        varbinds = b"".join(ber.encode_tlv(ber.SEQUENCE, name + _NULL) for name, _ in self._names)
        self._tail = _NO_ERROR + ber.encode_tlv(ber.SEQUENCE, varbinds)
        self._shape: Shape | None = None
        self._size = 0

    def encode(self, request_id: int) -> bytes:
        """Return the request PDU."""
        identifier = ber.encode_integer(request_id)
        return ber.encode_header(PduType.GET, len(identifier) + len(self._tail)) + identifier + self._tail

    def without(self, index: int) -> PreparedGet | None:
        """Return this request less variable `index`, from 1 as in error-index; None if none is left."""
        if not 1 <= index <= len(self.oids):
            raise UsageError(f"no variable {index} among {len(self.oids)}")
        rest = self.oids[: index - 1] + self.oids[index:]
        return PreparedGet(rest) if rest else None

    def halves(self) -> tuple[PreparedGet, ...]:
        """Return two requests for the same instances, to be used after tooBig; itself if it has one only."""
        middle = len(self.oids) // 2
        return (PreparedGet(self.oids[:middle]), PreparedGet(self.oids[middle:])) if middle else (self,)

    def answer(self, data: bytes, head: PduHead, *, rtt: float, engine: EngineTime | None) -> Values:
        """Return one value for each OID; raise ProtocolError if the answer has other names than asked."""
        at, end = head.varbinds_at, head.end
        if self._shape is not None and (numbers := self._shape.read(data, at, end)) is not None:
            return Values(values=numbers, rtt=rtt, engine=engine)
        values = self._read_expected(data, at, end)
        if values is None:
            values = self._read_any(data, head)
        elif self._size == end - at:
            # The second answer of this size: a third is likely, and worth the work.
            self._shape = self._shape_of(data, at, end)
        self._size = end - at
        return Values(values=tuple(values), rtt=rtt, engine=engine)

    def _shape_of(self, data: bytes, at: int, end: int) -> Shape | None:
        """Return the shape of an answer that was read as expected."""
        numbers: list[tuple[int, int, int]] = []
        stop = at
        for _, value_offset in self._names:
            tag_at = stop + value_offset
            stop = tag_at + 2 + data[tag_at + 1]
            numbers.append((data[tag_at], tag_at + 2 - at, stop - at))
        return Shape.of(data[at:end], numbers)

    def _read_expected(self, data: bytes, at: int, end: int) -> list[Value | None] | None:
        """Return the values if all names come as they were sent, with one-octet lengths; else None."""
        values: list[Value | None] = []
        append = values.append
        unsigned_max = UNSIGNED_MAX
        try:
            for name, value_offset in self._names:
                tag_at = at + value_offset
                start = tag_at + 2
                stop = start + data[tag_at + 1]
                # The variable and its value must end together, and the variable's length be below 128:
                # then the value's is too. What lies beyond `end` is found out by the last comparison.
                if (
                    data[at] != ber.SEQUENCE
                    or stop - at - 2 != data[at + 1]
                    or stop - at >= 130
                    or not data.startswith(name, at + 2)
                ):
                    return None
                tag = data[tag_at]
                if (high := unsigned_max.get(tag)) is not None:
                    value = int.from_bytes(data[start:stop])
                    if value <= high and 0 < stop - start <= 9 and data[start] < 0x80:
                        append(value)
                    else:
                        append(decode_value(data, tag, start, stop))
                elif tag == ber.OCTET_STRING:
                    append(data[start:stop])
                elif tag == ber.INTEGER and 0 < stop - start <= 4:
                    append(int.from_bytes(data[start:stop], signed=True))
                else:
                    append(decode_value(data, tag, start, stop))
                at = stop
        except IndexError:
            return None
        return values if at == end else None

    def _read_any(self, data: bytes, head: PduHead) -> list[Value | None]:
        varbinds = read_varbinds(data, head)
        found = {varbind.oid: varbind.value for varbind in varbinds}
        if len(varbinds) != len(self.oids) or found.keys() != set(self.oids):
            raise unexpected("the answer to GET has other names than were asked")
        return [found[oid] for oid in self.oids]


def prepare(
    oids: Sequence[Oid], *, max_size: int = 1_400, max_varbinds: int = 64, value_size: int = _VALUE_SIZE
) -> tuple[PreparedGet, ...]:
    """Return the fewest GETs, in order, whose answers fit `max_size` octets and `max_varbinds` variables.

    `value_size` is what one encoded value is expected to take; the device's tooBig corrects a guess too low.
    """
    if max_varbinds < 1:
        raise UsageError(f"max_varbinds is {max_varbinds}; must be 1 or more")
    return tuple(
        PreparedGet(batch) for batch in _batches(oids, max_size - _ENVELOPE, max_varbinds, value_size)
    )


def _batches(oids: Sequence[Oid], room: int, most: int, value_size: int) -> Iterator[list[Oid]]:
    batch: list[Oid] = []
    used = 0
    for oid in oids:
        size = len(ber.encode_oid(oid)) + value_size + 2
        if batch and (used + size > room or len(batch) == most):
            yield batch
            batch, used = [], 0
        batch.append(oid)
        used += size
    if batch:
        yield batch
