"""One question of a manager and what comes back for it: the part that all versions share.

An exchange sends one or more transmissions, each with a message id of its own: RFC 3412 section 6.2 wants a
new msgID for every retransmission, and RFC 3414 section 11.1 no request-id twice within 150 s. The request-id
is the same number. So a late answer to an earlier transmission is still recognised and used, and a round trip
always belongs to the transmission that was answered.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

from snmp.errors import ProtocolError
from snmp.identifiers import Identifiers
from snmp.operations import Operation
from snmp.steps import Answer, Ignored, Refusal, Send, Step, Values


class Exchange(ABC):
    """Made by `Session.start`. `datagram` is the latest transmission and `message_id` its number.

    `message_ids` are the numbers of all transmissions so far: what answers any of them goes to `receive`.
    """

    __slots__ = ("_identifiers", "_sent_at", "datagram", "done", "message_id", "operation")

    def __init__(self, operation: Operation, identifiers: Identifiers) -> None:
        self.operation = operation
        self.datagram = b""
        self.message_id = 0
        self.done = False
        self._identifiers = identifiers
        self._sent_at: dict[int, float] = {}

    @property
    def message_ids(self) -> tuple[int, ...]:
        """The numbers of all transmissions so far, in order."""
        return tuple(self._sent_at)

    def resend(self, now: float) -> Send:
        """Return another transmission of the same question; earlier ones may still be answered."""
        return self._transmit(now)

    def receive(self, datagram: bytes, now: float) -> Step:
        """Return what the datagram means for this exchange. Never raises for what the network sent."""
        if self.done:
            return Ignored(detail="the exchange has had its answer")
        try:
            step = self._judge(datagram, now)
        except ProtocolError as error:
            step = Refusal(reason=error.reason, detail=error.detail, final=False)
        self.done = isinstance(step, Answer | Values) or (isinstance(step, Refusal) and step.final)
        return step

    def _transmit(self, now: float) -> Send:
        message_id = self._identifiers.message_id()
        datagram = self._encode(message_id, now)
        self.message_id, self.datagram = message_id, datagram
        self._sent_at[message_id] = now
        return Send(datagram=datagram, message_id=message_id)

    @abstractmethod
    def _encode(self, message_id: int, now: float) -> bytes:
        """Return the message to send, with this number as msgID and request-id."""

    @abstractmethod
    def _judge(self, datagram: bytes, now: float) -> Step:
        """Return what a datagram means while the exchange is open; may raise ProtocolError."""
