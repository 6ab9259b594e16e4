"""Why a conversation with an SNMP device brought no values, in the collector's own words."""

from __future__ import annotations

from dataclasses import dataclass

from collector.model import EngineTime, Reason
from collector.poll.snmp_talk import Talk, Unanswered
from snmp.errors import Reason as SnmpReason
from snmp.steps import Refusal

REASONS = {
    SnmpReason.MALFORMED: Reason.MALFORMED,
    SnmpReason.BAD_DIGEST: Reason.BAD_DIGEST,
    SnmpReason.UNKNOWN_USER: Reason.UNKNOWN_USER,
    SnmpReason.WRONG_KEY: Reason.WRONG_KEY,
    SnmpReason.SECURITY_LEVEL: Reason.SECURITY_LEVEL,
    SnmpReason.DECRYPTION: Reason.DECRYPTION,
    SnmpReason.NOT_IN_WINDOW: Reason.NOT_IN_WINDOW,
    SnmpReason.UNKNOWN_ENGINE: Reason.UNKNOWN_ENGINE,
    SnmpReason.ERROR_STATUS: Reason.ERROR_STATUS,
    SnmpReason.TOO_LARGE: Reason.TOO_LARGE,
    SnmpReason.UNEXPECTED: Reason.MALFORMED,
}
"""The codec's reasons in those of the closed list."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A poll without values: the reason and what is known about it."""

    reason: Reason
    detail: str


def failure_of(result: Refusal | Unanswered, talk: Talk) -> Failure:
    """Return what it comes to that a question of this conversation got no values."""
    refusal = result.hint if isinstance(result, Unanswered) else result
    if refusal is not None:
        return Failure(REASONS[refusal.reason], refusal.detail)
    if talk.first_answer_at is None:
        doubt = " (v1 and v2c cannot tell a wrong community from silence)" if talk.unauthenticated else ""
        return Failure(Reason.TIMEOUT, f"no answer to {talk.sent} packets{doubt}")
    if talk.best_rtt is None:
        doubt = "it tells its engine, but answers no request: a device that cannot decrypt may stay silent"
        return Failure(Reason.DEADLINE, doubt)
    return Failure(Reason.DEADLINE, "some packets came back, but not all in time")


def engine_of(talk: Talk) -> EngineTime | None:
    """Return the clock of the engine that answered, None if none proved itself."""
    engine = talk.engine
    return None if engine is None else EngineTime(boots=engine.boots, time_s=engine.time_s)
