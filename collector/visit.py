"""What a check of a service saw, whole or up to where it failed: frozen values. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType


class Phase(StrEnum):
    """The parts of a check, in the order in which they come."""

    RESOLVE = "resolve"
    CONNECT = "connect"
    TLS = "tls"
    PROCESSING = "processing"
    TRANSFER = "transfer"
    REQUEST = "request"


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsSeen:
    """The protocol agreed upon (`TLSv1.3`, '' for none) and when the first certificate shown will end."""

    version: str
    expires_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSeen:
    """The last answer: its status, HTTP version, lengths in bytes, and whether its body was as it must be.

    `announced` is its Content-Length, `length` what came of its body; None where there was none, or where it
    was not looked at.
    """

    status: int
    version: float
    encrypted: bool
    redirects: int
    announced: int | None = None
    length: int | None = None
    body_right: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordsSeen:
    """How many records a name server's answer has in each section, and the serial number of a SOA."""

    answer: int
    authority: int
    additional: int
    serial: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One check: seconds by phase (a phase repeated by redirects is added up), and what was reached."""

    phases: Mapping[Phase, float] = field(default_factory=lambda: MappingProxyType({}))
    address: str | None = None
    tls: TlsSeen | None = None
    page: PageSeen | None = None
    records: RecordsSeen | None = None
