"""The inventory as the rest of the collector sees it: frozen, validated, all defaults filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from collector.inventory.alerting_values import AlertingSettings
from collector.inventory.planning_values import Calendar, MaintenanceWindow
from collector.inventory.report_values import ReportSettings
from collector.inventory.secret_ref import SecretRef as SecretRef  # noqa: PLC0414 - named from here by all others
from collector.inventory.service_values import DnsCheck, HttpCheck, TcpCheck, TlsCheck


class Probe(StrEnum):
    """A way of asking a device whether it is there and how it is, or a service whether it does its work."""

    ICMP = "icmp"
    SNMP = "snmp"
    SSH = "ssh"
    HTTP = "http"
    TLS = "tls"
    TCP = "tcp"
    DNS = "dns"

    @property
    def of_service(self) -> bool:
        """True if it asks for the work itself: then a wrong answer is no answer."""
        return self in _OF_SERVICES


_OF_SERVICES = frozenset({Probe.HTTP, Probe.TLS, Probe.TCP, Probe.DNS})


class Side(StrEnum):
    """Whose router the uplink interface is on: decides which octet counter is towards the site."""

    SITE = "site"
    PROVIDER = "provider"


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunityCredential:
    """SNMP v1 or v2c: a community string that crosses the network in clear."""

    name: str
    version: int  # 1 or 2 (for v2c)
    community: SecretRef


@dataclass(frozen=True, slots=True, kw_only=True)
class UsmCredential:
    """SNMPv3 user. `auth` and `priv` are protocol names as in docs/inventory.md, None for none."""

    name: str
    user: str
    auth: str | None
    auth_password: SecretRef | None
    priv: str | None
    priv_password: SecretRef | None
    context: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SshCredential:
    """A login that may run one command, and the host keys that are accepted.

    Without `username` it is the account that the collector runs as, as with OpenSSH's own client.
    """

    name: str
    username: str | None
    private_key: SecretRef
    known_hosts: str  # absolute path


Credential = CommunityCredential | UsmCredential | SshCredential


@dataclass(frozen=True, slots=True, kw_only=True)
class IcmpCheck:
    """Echo requests sent in one poll, and how long each may take to come back."""

    packets: int = 3
    timeout_ms: int = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SnmpCheck:
    """Where and as whom SNMP is asked. `timeout_ms` is the upper end of what is learned per device."""

    credential: str
    port: int = 161
    timeout_ms: int = 3_000
    retries: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class SshCheck:
    """Where and as whom the agent's report is fetched. `host_key` pins one key in known_hosts form."""

    credential: str
    port: int = 22
    timeout_ms: int = 8_000
    host_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """Subscribed rate of a line in bit/s, towards the site and from it, from `start` until before `end`."""

    in_bps: int
    out_bps: int
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Uplink:
    """The interface that carries the site's line, named by ifName, ifDescr or ifAlias."""

    interface: str
    side: Side = Side.SITE


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One polled thing. `id` is stable for ever; every other field may change between revisions.

    A service is one too: it has one of the last four checks and no other, and hangs on the devices that carry
    it. Its `address` may be a name, to be resolved at each poll.
    """

    id: str
    name: str
    role: str
    address: str
    area: str | None
    parents: tuple[str, ...]
    icmp: IcmpCheck | None
    snmp: SnmpCheck | None
    ssh: SshCheck | None
    reachability: tuple[Probe, ...]
    interval_ms: int
    deadline_ms: int
    capacities: tuple[Capacity, ...] = ()
    uplink: Uplink | None = None
    serves: int = 0
    latitude: float | None = None
    longitude: float | None = None
    commissioned: datetime | None = None
    withdrawn: datetime | None = None
    http: HttpCheck | None = None
    tls: TlsCheck | None = None
    tcp: TcpCheck | None = None
    dns: DnsCheck | None = None

    @property
    def probes(self) -> tuple[Probe, ...]:
        """The probes that are configured, in the order of `Probe`."""
        checks = (self.icmp, self.snmp, self.ssh, self.http, self.tls, self.tcp, self.dns)
        return tuple(probe for probe, check in zip(Probe, checks, strict=True) if check is not None)

    @property
    def is_service(self) -> bool:
        """True if it is asked for its work instead of whether it is there."""
        return any(probe.of_service for probe in self.probes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A district or a room: what devices are grouped by. `hub` is the device its members hang on."""

    id: str
    name: str
    hub: str | None = None
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Somebody or some desk that can be told."""

    id: str
    name: str
    email: str | None = None
    phone: str | None = None
    webhook: SecretRef | None = None
    telegram: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """Whose network this is, and in whose language and time it is reported."""

    name: str
    superior: str | None
    place: str | None
    language: str
    timezone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpSettings:
    """Where /metrics is served. Without `tls_certificate` it is plain HTTP, fit for loopback only."""

    host: str
    port: int
    tls_certificate: str | None = None
    tls_key: SecretRef | None = None
    username: str | None = None
    password: SecretRef | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectorSettings:
    """How the collector itself runs. Paths are absolute (resolved against the inventory's folder).

    Evidence of closed periods is kept for `retention_months`.
    """

    http: HttpSettings
    ledger: str
    retention_months: int = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """One whole inventory file, checked: ids are unique, parents exist and form no circle.

    `devices` are all that is polled, the services last.
    """

    source: str
    organisation: Organisation
    collector: CollectorSettings
    calendar: Calendar
    areas: tuple[Area, ...] = ()
    devices: tuple[Device, ...] = ()
    maintenance: tuple[MaintenanceWindow, ...] = ()
    contacts: tuple[Contact, ...] = ()
    credentials: Mapping[str, Credential] = field(default_factory=lambda: MappingProxyType({}))
    report: ReportSettings = field(default_factory=ReportSettings)
    alerting: AlertingSettings = field(default_factory=AlertingSettings)

    @property
    def folder(self) -> Path:
        """The folder of the file: what relative paths in it, those of secrets too, count from."""
        return Path(self.source).parent

    @property
    def services(self) -> tuple[Device, ...]:
        """Those of the devices that are services."""
        return tuple(device for device in self.devices if device.is_service)

    def device(self, device_id: str) -> Device | None:
        """Return the device with this id, or None."""
        return next((device for device in self.devices if device.id == device_id), None)
