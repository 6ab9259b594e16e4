"""Register entries in words for people and as values for programs. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from collector.register.entries import (
    ClockStated,
    Entry,
    EvidenceRemoved,
    MaintenanceAdded,
    MaintenanceEnded,
    MonthClosed,
    MonthRestated,
    OutageAnnotated,
    Payload,
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def instant(ms: int, timezone: tzinfo) -> str:
    """Return an instant in local time, to the second, with its distance from UTC."""
    return f"{(_EPOCH + timedelta(milliseconds=ms)).astimezone(timezone):%Y-%m-%d %H:%M:%S %z}"


def in_one_line(text: str) -> str:
    """Return a person's text fit for a terminal: control characters are shown, not obeyed."""
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)


def sentence(entry: Entry, timezone: tzinfo) -> str:
    """Return what an entry decided, in one line."""
    return in_one_line(_sentence(entry.payload, timezone))


def _sentence(payload: Payload, timezone: tzinfo) -> str:
    match payload:
        case MaintenanceAdded():
            of = ", ".join((*payload.devices, *payload.areas))
            when = f"{instant(payload.start_ms, timezone)} to {instant(payload.end_ms, timezone)}"
            again = f", repeated {payload.repeat}" if payload.repeat else ""
            return f"maintenance {payload.id} of {of}, {when}{again}: {payload.reason}"
        case MaintenanceEnded():
            return f"maintenance {payload.id} ends at {instant(payload.end_ms, timezone)}"
        case OutageAnnotated():
            parts = (
                payload.cause,
                payload.note,
                payload.responsible and f"responsible: {payload.responsible}",
            )
            said = "; ".join(part for part in parts if part)
            return f"outage of {payload.device} at {instant(payload.at_ms, timezone)}: {said}"
        case MonthClosed() | MonthRestated():
            return _closed(payload)
        case EvidenceRemoved():
            return (
                f"evidence before {instant(payload.before_ms, timezone)} is removed, "
                f"{payload.months_kept} months are kept; closed: {', '.join(payload.periods)}"
            )
        case ClockStated():
            return f"the clock of this entry is right: {payload.reason}"


def _closed(payload: MonthClosed | MonthRestated) -> str:
    closing = payload.closing
    again = f" revision {closing.revision}" if closing.revision > 1 else ""
    said = f"{closing.period}{again} closed under the seal {closing.seal}"
    if isinstance(payload, MonthClosed):
        return said
    late = f", accepting {', '.join(payload.accepted)}" if payload.accepted else ""
    return f"{said}{late}: {payload.reason}"


def as_json(entry: Entry) -> dict[str, Any]:
    """Return an entry as values for programs; a closing without its digests and figures."""
    values: dict[str, Any] = {
        "number": entry.number,
        "at_ms": entry.at_ms,
        "author": entry.author,
        "kind": str(entry.kind),
        "sha256": entry.sha256,
    }
    payload = entry.payload
    match payload:
        case MonthClosed() | MonthRestated():
            closing = payload.closing
            values |= {
                "period": closing.period,
                "revision": closing.revision,
                "month_sha256": closing.sha256,
                "seal": closing.seal,
            }
            if isinstance(payload, MonthRestated):
                values |= {"reason": payload.reason, "accepted": list(payload.accepted)}
        case _:
            values |= {name: getattr(payload, name) for name in payload.__dataclass_fields__}
    return values
