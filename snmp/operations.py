"""What a manager can ask: GET, GETNEXT and GETBULK, and the judgement of the Response to each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from snmp.ber import Oid
from snmp.errors import Reason, UsageError, unexpected
from snmp.pdu import (
    ErrorStatus,
    PduHead,
    PduType,
    encode_null_varbinds,
    encode_pdu,
    error_name,
    read_varbinds,
)
from snmp.smi import MAX_INT32
from snmp.steps import Answer, Refusal, Step, Values
from snmp.usm import EngineTime


class Operation(Protocol):
    """A question: how it is put, and what is an answer to it."""

    @property
    def oids(self) -> tuple[Oid, ...]:
        """The names that are asked for, or from which on; may be empty."""

    @property
    def kind(self) -> PduType:
        """The request's PDU type."""

    def encode(self, request_id: int) -> bytes:
        """Return the request PDU."""

    def answer(self, data: bytes, head: PduHead, *, rtt: float, engine: EngineTime | None) -> Answer | Values:
        """Return what a Response without error says; raise ProtocolError if it answers something else."""


@dataclass(frozen=True, slots=True)
class Get:
    """GET of exact instances (RFC 3416 section 4.2.1)."""

    oids: tuple[Oid, ...]
    kind: PduType = field(default=PduType.GET, init=False)

    def encode(self, request_id: int) -> bytes:
        """Return the request PDU."""
        return encode_pdu(self.kind, request_id, 0, 0, encode_null_varbinds(self.oids))

    def answer(self, data: bytes, head: PduHead, *, rtt: float, engine: EngineTime | None) -> Answer:
        """Return the variables; they have the names that were asked, in that order (section 4.2.1)."""
        varbinds = read_varbinds(data, head)
        if tuple(varbind.oid for varbind in varbinds) != self.oids:
            raise unexpected("the answer to GET has other names than were asked")
        return Answer(varbinds=tuple(varbinds), rtt=rtt, engine=engine)


@dataclass(frozen=True, slots=True)
class GetNext:
    """GETNEXT: the variables that follow these names (RFC 3416 section 4.2.2)."""

    oids: tuple[Oid, ...]
    kind: PduType = field(default=PduType.GET_NEXT, init=False)

    def encode(self, request_id: int) -> bytes:
        """Return the request PDU."""
        return encode_pdu(self.kind, request_id, 0, 0, encode_null_varbinds(self.oids))

    def answer(self, data: bytes, head: PduHead, *, rtt: float, engine: EngineTime | None) -> Answer:
        """Return the variables, one for each name; whether they increase is for `snmp.walk` to judge."""
        varbinds = read_varbinds(data, head)
        if len(varbinds) != len(self.oids):
            raise unexpected(f"{len(varbinds)} variables in answer to GETNEXT of {len(self.oids)}")
        return Answer(varbinds=tuple(varbinds), rtt=rtt, engine=engine)


@dataclass(frozen=True, slots=True)
class GetBulk:
    """GETBULK, for v2c and v3 only (RFC 3416 section 4.2.3)."""

    oids: tuple[Oid, ...]
    max_repetitions: int
    non_repeaters: int = 0
    kind: PduType = field(default=PduType.GET_BULK, init=False)

    def __post_init__(self) -> None:
        if not 0 <= self.max_repetitions <= MAX_INT32 or not 0 <= self.non_repeaters <= len(self.oids):
            raise UsageError(
                f"GETBULK of {len(self.oids)} names with {self.non_repeaters} non-repeaters "
                f"and {self.max_repetitions} repetitions"
            )

    def encode(self, request_id: int) -> bytes:
        """Return the request PDU."""
        return encode_pdu(
            self.kind, request_id, self.non_repeaters, self.max_repetitions, encode_null_varbinds(self.oids)
        )

    def answer(self, data: bytes, head: PduHead, *, rtt: float, engine: EngineTime | None) -> Answer:
        """Return the variables: never more than asked, often fewer, for the agent may cut (section 4.2.3)."""
        varbinds = read_varbinds(data, head)
        most = self.non_repeaters + self.max_repetitions * (len(self.oids) - self.non_repeaters)
        if len(varbinds) > most:
            raise unexpected(f"{len(varbinds)} variables in answer to GETBULK of at most {most}")
        return Answer(varbinds=tuple(varbinds), rtt=rtt, engine=engine)


def judge_response(
    operation: Operation, data: bytes, head: PduHead, *, rtt: float, engine: EngineTime | None
) -> Step:
    """Return what a Response says that is known to answer this operation; raise ProtocolError if nothing."""
    if head.error_status == ErrorStatus.NO_ERROR:
        return operation.answer(data, head, rtt=rtt, engine=engine)
    return Refusal(
        reason=Reason.TOO_LARGE if head.error_status == ErrorStatus.TOO_BIG else Reason.ERROR_STATUS,
        detail=f"{error_name(head.error_status)} at variable {head.error_index}",
        final=True,
        status=head.error_status,
        index=head.error_index,
    )
