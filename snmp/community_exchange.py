"""Asking in v1 and v2c (RFC 1157, RFC 1901): nothing is authenticated, ids and community are all to check."""

from __future__ import annotations

from dataclasses import dataclass, field

from snmp.errors import UsageError, unexpected
from snmp.exchange import Exchange
from snmp.identifiers import Identifiers
from snmp.message import (
    MAX_COMMUNITY,
    Version,
    encode_community_message,
    read_community_message,
    read_version,
    version_name,
)
from snmp.operations import Operation, judge_response
from snmp.pdu import PduType, read_pdu
from snmp.steps import Ignored, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Community:
    """A community string and the version it is used in; it crosses the network in clear."""

    version: Version
    name: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if self.version is Version.V3:
            raise UsageError("SNMPv3 has users, not communities")
        if len(self.name) > MAX_COMMUNITY:
            raise UsageError(f"community of {len(self.name)} octets; at most {MAX_COMMUNITY}")


class CommunityExchange(Exchange):
    """An exchange in v1 or v2c."""

    __slots__ = ("_community",)

    def __init__(
        self, operation: Operation, identifiers: Identifiers, community: Community, now: float
    ) -> None:
        # RFC 3416 section 3: GETBULK came with v2; a v1 agent drops it without a word.
        if community.version is Version.V1 and operation.kind is PduType.GET_BULK:
            raise UsageError("SNMPv1 has no GETBULK: use GetNext")
        super().__init__(operation, identifiers)
        self._community = community
        self._transmit(now)

    def _encode(self, message_id: int, now: float) -> bytes:  # noqa: ARG002 - only v3 sends the time
        community = self._community
        return encode_community_message(community.version, community.name, self.operation.encode(message_id))

    def _judge(self, datagram: bytes, now: float) -> Step:
        version, at = read_version(datagram)
        if version != self._community.version:
            asked = version_name(self._community.version)
            return Ignored(detail=f"{version_name(version)}, asked in {asked}")
        message = read_community_message(datagram, version, at)
        head = read_pdu(datagram, message.pdu_at, message.end)
        sent_at = self._sent_at.get(head.request_id)
        if sent_at is None:
            return Ignored(detail=f"request-id {head.request_id} is not of this exchange")
        if message.community != self._community.name:
            raise unexpected("the answer has another community")
        if head.kind is not PduType.RESPONSE:
            raise unexpected(f"{head.kind.name} in answer to {self.operation.kind.name}")
        return judge_response(self.operation, datagram, head, rtt=now - sent_at, engine=None)
