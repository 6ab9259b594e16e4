"""What comes of a datagram that was received for an exchange: exactly one of these values.

Answer    the variables of a Get, GetNext or GetBulk
Values    the values of a PreparedGet, in its order
Send      not yet: send this instead, after discovery or resynchronisation
Refusal   no values, and why
Ignored   not for this exchange; behave as if it had never come
"""

from __future__ import annotations

from dataclasses import dataclass

from snmp.errors import Reason
from snmp.smi import Value, VarBind
from snmp.usm import EngineTime


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A Response without error. `rtt` is seconds from the very transmission that was answered.

    `engine` is who answered and its clock, authenticated; None in v1, v2c and noAuthNoPriv.
    """

    varbinds: tuple[VarBind, ...]
    rtt: float
    engine: EngineTime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """The answer to a PreparedGet: one value for each OID, None where the device has no such instance."""

    values: tuple[Value | None, ...]
    rtt: float
    engine: EngineTime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """Send `datagram`, and from now on give the exchange what comes back for `message_id` too."""

    datagram: bytes
    message_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """No values. `status` and `index` are those of an error-status, else 0.

    `final` is true if nothing better can follow. Where it is false anybody could have sent the datagram: keep
    the refusal as the reason to give at the time-out, and go on listening, for the true answer may yet come.
    """

    reason: Reason
    detail: str
    final: bool
    status: int = 0
    index: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignored:
    """A datagram that belongs to no transmission of this exchange, or came after its answer."""

    detail: str


Step = Answer | Values | Send | Refusal | Ignored
