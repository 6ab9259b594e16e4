"""How figures are written for people: percentages cut down, never up to 100; durations; instants. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

from collector.figures.outage_values import Cause, Outage, Undecided
from collector.figures.tally import Share
from collector.planning.given_causes import named

NOTHING = "–"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

UNDECIDED_WORDS = {
    Undecided.NOT_OVER: "not over",
    Undecided.RETURN_UNSEEN: "nobody saw it return",
    Undecided.BEGIN_UNSEEN: "restarted while nobody looked",
    Undecided.NO_UPTIME: "no uptime was read after it",
    Undecided.NO_UPTIME_BEFORE: "no uptime was read before it",
    Undecided.RESTARTED_DURING: "restarted during it",
    Undecided.POLLS_TOO_RARE: "restarted, but polls are too rare to tell when it answered again",
    Undecided.TOO_YOUNG: "had just begun before it",
    Undecided.WAY_UNSEEN: "too short to tell whether the way to it was cut",
    Undecided.AGENT_ONLY: "only its agent began anew",
    Undecided.SOURCES_DISAGREE: "its uptimes contradict each other",
    Undecided.SERVICE: "a service has no uptime",
}

CAUSE_WORDS = {
    Cause.LINE: "line",
    Cause.POWER_OR_RESTART: "power or restart",
    Cause.UPSTREAM: "upstream",
    Cause.UNDECIDED: "undecided",
}


def percent(ppm: int | None) -> str:
    """Return a ratio as a percentage with two decimals, cut down."""
    return NOTHING if ppm is None else _percent(ppm // 100)


def percent_up(ppm: int | None) -> str:
    """Return a ratio as a percentage with two decimals, rounded up: for upper bounds."""
    return NOTHING if ppm is None else _percent(-(-ppm // 100))


def _percent(hundredths: int) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02}"


def bounds(share: Share) -> str:
    """Return a ratio's bounds: `99.41–99.80`."""
    if share.low_ppm is None or share.high_ppm is None:
        return NOTHING
    return f"{percent(share.low_ppm)}–{percent_up(share.high_ppm)}"


def duration(ms: int | None) -> str:
    """Return a duration to its two largest units: `3 d 4 h`, `2 h 05 min`, `6 min 10 s`, `24 s`."""
    if ms is None:
        return NOTHING
    seconds = ms // 1000
    if seconds >= 86_400:
        return f"{seconds // 86_400} d {seconds % 86_400 // 3_600} h"
    if seconds >= 3_600:
        return f"{seconds // 3_600} h {seconds % 3_600 // 60:02} min"
    if seconds >= 60:
        return f"{seconds // 60} min {seconds % 60:02} s"
    return f"{seconds} s" if ms % 1000 == 0 or ms >= 10_000 else f"{ms / 1000:.1f} s"


def local(ms: int, zone: tzinfo) -> datetime:
    """Return an instant in local time."""
    return (_EPOCH + timedelta(milliseconds=ms)).astimezone(zone)


def cause(outage: Outage) -> str:
    """Return why an outage was: what was found, then what people added."""
    words = CAUSE_WORDS[outage.cause]
    if outage.undecided is not None:
        words += f" ({UNDECIDED_WORDS[outage.undecided]})"
    if outage.annotations and outage.annotations[-1].cause:
        words += f"; {outage.annotations[-1].author}: {named(outage.annotations[-1].cause, 'en')}"
    return words
