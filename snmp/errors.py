"""The only two errors this package raises, and the closed list of reasons for the second.

    SnmpError
    ├── UsageError      our caller's mistake: a short password, an unknown protocol, an impossible OID
    └── ProtocolError   the peer's octets cannot be used; `reason` says why

Every function that reads octets from the network returns values or raises ProtocolError, and nothing else.
"""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """Why a datagram brought no values. Closed: callers map each to their own words."""

    MALFORMED = "malformed"
    """Not SNMP: broken BER, a field out of its range, octets left over."""
    BAD_DIGEST = "bad_digest"
    """A v3 answer whose digest is not ours to compute: forged, damaged, or of another password."""
    UNKNOWN_USER = "unknown_user"
    """The device says that it has no such user, or the answer names another one."""
    WRONG_KEY = "wrong_key"
    """The device says that our digest is wrong: another password or another authentication protocol."""
    SECURITY_LEVEL = "security_level"
    """The device does not support the level asked for, or the answer has a lower one."""
    DECRYPTION = "decryption"
    """One side could not decrypt: another privacy password or protocol."""
    NOT_IN_WINDOW = "not_in_window"
    """Boots or time outside the window of 150 s, and synchronising did not help."""
    UNKNOWN_ENGINE = "unknown_engine"
    """The device answers for another engine than before, or tells none."""
    ERROR_STATUS = "error_status"
    """A proper answer with an error-status; the index says which variable."""
    TOO_LARGE = "too_large"
    """tooBig, or a request beyond what the device accepts: ask for less at a time."""
    UNEXPECTED = "unexpected"
    """Well-formed, but not an answer to what was asked."""


class SnmpError(Exception):
    """Base of this package's errors; never raised itself."""


class UsageError(SnmpError, ValueError):
    """The caller asked for something that cannot be; the message says what can."""


class ProtocolError(SnmpError):
    """What a peer sent cannot be used."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


def malformed(detail: str) -> ProtocolError:
    """Return (not raise) the error for octets that are not SNMP."""
    return ProtocolError(Reason.MALFORMED, detail)


def unexpected(detail: str) -> ProtocolError:
    """Return (not raise) the error for a message that is well-formed but answers something else."""
    return ProtocolError(Reason.UNEXPECTED, detail)
