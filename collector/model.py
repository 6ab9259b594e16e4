"""The values that travel from a poll to the metrics and the ledger: frozen, one vocabulary for all stages.

Polls are timed on the monotonic clock, in seconds (`*_at`), so that no step of the wall clock can touch them.
What leaves for Prometheus or the ledger carries UTC milliseconds (`*_ms`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from collector.inventory.values import Probe
from collector.visit import Visit

Oid = tuple[int, ...]
SnmpValue = int | bytes | Oid
"""An SMI value: INTEGER, Counter, Gauge and TimeTicks as int, strings and Opaque as bytes, OIDs as tuples."""


class Verdict(StrEnum):
    """What one poll proves about reachability; nothing else in the ledger is a matter of opinion."""

    ANSWERED = "answered"
    SILENT = "silent"
    LOCAL = "local"


class Reason(StrEnum):
    """Why a probe brought no values. Closed: the same word in log, label, ledger and report."""

    TIMEOUT = "timeout"
    DEADLINE = "deadline"
    REFUSED = "refused"
    CLOSED = "closed"
    MALFORMED = "malformed"
    TOO_LARGE = "too_large"
    BAD_DIGEST = "bad_digest"
    UNKNOWN_USER = "unknown_user"
    WRONG_KEY = "wrong_key"
    SECURITY_LEVEL = "security_level"
    DECRYPTION = "decryption"
    NOT_IN_WINDOW = "not_in_window"
    UNKNOWN_ENGINE = "unknown_engine"
    ERROR_STATUS = "error_status"
    NO_OBJECTS = "no_objects"
    HOST_KEY_UNKNOWN = "host_key_unknown"
    HOST_KEY_CHANGED = "host_key_changed"
    LOGIN_REFUSED = "login_refused"
    COMMAND_FAILED = "command_failed"
    WRONG_VERSION = "wrong_version"
    NAME_UNKNOWN = "name_unknown"
    TLS_FAILED = "tls_failed"
    CERTIFICATE_EXPIRED = "certificate_expired"
    CERTIFICATE_NAME = "certificate_name"
    CERTIFICATE_ISSUER = "certificate_issuer"
    CERTIFICATE_INVALID = "certificate_invalid"
    BAD_REDIRECT = "bad_redirect"
    UNEXPECTED_STATUS = "unexpected_status"
    UNEXPECTED_BODY = "unexpected_body"
    DNS_ERROR = "dns_error"
    UNEXPECTED_ANSWER = "unexpected_answer"
    RESOLVER_FAILED = "resolver_failed"
    NO_AUTHORITIES = "no_authorities"
    NO_ROUTE = "no_route"
    NO_PERMISSION = "no_permission"
    NO_BUFFER = "no_buffer"
    SEND_FAILED = "send_failed"
    NO_SECRET = "no_secret"  # noqa: S105 - a reason's name, not a secret
    LATE = "late"
    INTERNAL = "internal"

    @property
    def local(self) -> bool:
        """True if the reason lies on this side: it says nothing about the device."""
        return self in _LOCAL


_LOCAL = frozenset(
    {Reason.NO_ROUTE, Reason.NO_PERMISSION, Reason.NO_BUFFER, Reason.SEND_FAILED, Reason.NO_SECRET}
    | {Reason.RESOLVER_FAILED, Reason.NO_AUTHORITIES, Reason.LATE, Reason.INTERNAL}
)


class Doubt(StrEnum):
    """Why bytes between two readings are left out. Closed: the same word in label, ledger and report."""

    RESTART = "restart"
    DISCONTINUITY = "discontinuity"
    RESET = "reset"
    WRAP = "wrap"
    WRAP_OR_RESET = "wrap_or_reset"
    CHANGED = "changed"
    CLOCK = "clock"
    UNVERIFIED = "unverified"
    GAP = "gap"


class State(StrEnum):
    """What a device is shown as now, and what each second of a period is booked as."""

    UP = "up"
    DOWN = "down"
    UPSTREAM = "upstream"
    UNKNOWN = "unknown"
    MAINTENANCE = "maintenance"
    OUT_OF_SERVICE = "out_of_service"


@dataclass(frozen=True, slots=True)
class Walk:
    """A question to an SNMP device: everything below these OIDs."""

    subtrees: tuple[Oid, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Get:
    """A question to an SNMP device: these exact instances. Kept, so that it is encoded only once.

    The last `rare` of them are texts and other values that seldom change.
    """

    names: tuple[Oid, ...]
    rare: int = 0


SnmpAsk = Walk | Get


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineTime:
    """An authenticated SNMP engine's own clock at the moment it answered (RFC 3414 section 2.2)."""

    boots: int
    time_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Echoes:
    """One poll's echo requests, in order: round trip in seconds, None where no answer came."""

    rtts: tuple[float | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Walked:
    """Subtrees read by GETNEXT or GETBULK; `failures` says which could not be read to their end, and why."""

    rows: Mapping[Oid, SnmpValue]
    failures: Mapping[Oid, Reason]
    engine: EngineTime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Got:
    """Values of exact instances, in the order asked; None where there is none.

    `lost` counts instances whose packet stayed without a usable answer; what is None beyond those the device
    does not have any more. `lost_to` is why, None if nothing was lost.
    """

    values: tuple[SnmpValue | None, ...]
    lost: int = 0
    lost_to: Reason | None = None
    engine: EngineTime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """What the forced command wrote on its standard output, complete and within bounds.

    It looked at its machine between `asked_at` and `first_at`, when the first byte was here; the rest of a
    long report may have taken much longer.
    """

    stdout: bytes
    asked_at: float
    first_at: float


Payload = Echoes | Walked | Got | Printed | Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A probe that brought values. `rtt_s` is the fastest exchange of the poll."""

    probe: Probe
    sent_at: float
    answered_at: float
    done_at: float
    rtt_s: float
    packets_sent: int
    packets_received: int
    payload: Payload


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A probe that brought none. `answered_at` is set if any packet came back; `seen` is of a service."""

    probe: Probe
    reason: Reason
    detail: str
    sent_at: float
    done_at: float
    answered_at: float | None = None
    packets_sent: int = 0
    packets_received: int = 0
    seen: Visit | None = None


Check = Reply | Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """All probes of one device in one poll. `due_at` to `started_at` is how late it began.

    `stalled_s` is the longest time within the poll during which this process looked at nothing: what was
    silent then may have answered unheard.
    """

    device: str
    revision: int
    due_at: float
    started_at: float
    done_at: float
    checks: tuple[Check, ...]
    stalled_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Series:
    """One time series: a metric name of the catalogue and its labels, untrusted text and all."""

    family: str
    labels: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Layout:
    """Series that are read together, sorted by family; kept from poll to poll: names are rendered once."""

    series: tuple[Series, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Values of a layout's series, read at `at_ms`; None is a missing number and is never shown as 0."""

    layout: Layout
    values: tuple[float | None, ...]
    at_ms: int


class UptimeSource(StrEnum):
    """Which clock an uptime was read from. They differ: an agent's restart is not the device's."""

    SYS_UPTIME = "sysUpTime"
    HR_SYSTEM_UPTIME = "hrSystemUptime"
    SNMP_ENGINE = "snmpEngine"
    AGENT_BOOT = "agentBoot"


@dataclass(frozen=True, slots=True, kw_only=True)
class Uptime:
    """Boot evidence: `ticks` of 10 ms since the source began counting, read between `sent_ms` and `at_ms`.

    `wraps` is true where the counter is modulo 2³² (TimeTicks). `boots` is the source's own count of its
    starts, where it has one (snmpEngineBoots).
    """

    source: UptimeSource
    ticks: int
    sent_ms: int
    at_ms: int
    wraps: bool
    boots: int | None = None
    boot_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpoolCursor:
    """What has been received of an agent's spool: ask for everything after `seq`."""

    spool: str
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SpoolRange:
    """Snapshots `first_seq` to `last_seq` of a spool, without a hole, and when the two were taken."""

    spool: str
    first_seq: int
    last_seq: int
    first_ms: int
    last_ms: int
