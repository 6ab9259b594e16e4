"""From an inventory to what is polled: for each device the requests of its probes, ready to be sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from agent.wire import MAX_REPORT_BYTES
from collector.core import Plan
from collector.credentials import Unusable, Usable
from collector.inventory.encryption import unencrypted
from collector.inventory.service_values import DnsCheck, HttpCheck, TcpCheck, TlsCheck
from collector.inventory.values import Device, Inventory, Probe, SnmpCheck, SshCheck
from collector.live import Pace
from collector.model import SnmpAsk
from collector.pipeline import Subject
from collector.poll.icmp import IcmpRequest
from collector.poll.service import ServiceRequest
from collector.poll.snmp import SnmpRequest
from collector.poll.ssh import SshRequest
from collector.poll.ssh_session import SshIdentity
from collector.traffic.measure import Line

Request = (
    IcmpRequest
    | SnmpRequest
    | SshRequest
    | ServiceRequest[HttpCheck]
    | ServiceRequest[TlsCheck]
    | ServiceRequest[TcpCheck]
    | ServiceRequest[DnsCheck]
    | Unusable
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One device of one inventory revision, with its credentials resolved."""

    device: Device
    revision: int
    subject: Subject
    pace: Pace
    unencrypted: bool
    snmp_as: Usable | Unusable | None
    ssh_as: Usable | Unusable | None

    def requests(self, ask: SnmpAsk, command: str) -> dict[Probe, Request]:
        """Return the request of each probe for the poll that begins now."""
        device = self.device
        found: dict[Probe, Request] = {}
        if device.icmp is not None:
            found[Probe.ICMP] = IcmpRequest(
                address=device.address,
                packets=device.icmp.packets,
                timeout_s=device.icmp.timeout_ms / 1000,
            )
        if device.snmp is not None:
            found[Probe.SNMP] = self._snmp(device.snmp, ask)
        if device.ssh is not None:
            found[Probe.SSH] = self._ssh(device.ssh, command)
        if device.http is not None:
            found[Probe.HTTP] = ServiceRequest(address=device.address, check=device.http)
        if device.tls is not None:
            found[Probe.TLS] = ServiceRequest(address=device.address, check=device.tls)
        if device.tcp is not None:
            found[Probe.TCP] = ServiceRequest(address=device.address, check=device.tcp)
        if device.dns is not None:
            found[Probe.DNS] = ServiceRequest(address=device.address, check=device.dns)
        return found

    def _snmp(self, check: SnmpCheck, ask: SnmpAsk) -> SnmpRequest | Unusable:
        if self.snmp_as is None or isinstance(self.snmp_as, Unusable | SshIdentity):
            return _unusable(self.snmp_as, check.credential)
        return SnmpRequest(
            address=self.device.address,
            port=check.port,
            credential=self.snmp_as,
            ask=ask,
            timeout_s=check.timeout_ms / 1000,
            retries=check.retries,
        )

    def _ssh(self, check: SshCheck, command: str) -> SshRequest | Unusable:
        if not isinstance(self.ssh_as, SshIdentity):
            return _unusable(self.ssh_as, check.credential)
        return SshRequest(
            address=self.device.address,
            port=check.port,
            identity=self.ssh_as,
            command=command,
            limit=MAX_REPORT_BYTES,
            timeout_s=check.timeout_ms / 1000,
        )


def build(
    inventory: Inventory, resolved: Mapping[str, Usable | Unusable], revision: int
) -> dict[str, Target]:
    """Return a target for every device that has a probe."""
    return {
        device.id: _target(device, inventory, resolved, revision)
        for device in inventory.devices
        if device.probes
    }


def plan_of(target: Target) -> Plan:
    """Return what the core must know of a target."""
    device = target.device
    return Plan(
        subject=target.subject,
        endpoint=(device.address, device.snmp, device.ssh, device.http, device.tls, device.tcp, device.dns),
        pace=target.pace,
        unencrypted=target.unencrypted,
        line=Line.of(device),
    )


def _target(
    device: Device, inventory: Inventory, resolved: Mapping[str, Usable | Unusable], revision: int
) -> Target:
    snmp_as = None if device.snmp is None else resolved[device.snmp.credential]
    ssh_as = None if device.ssh is None else resolved[device.ssh.credential]
    if isinstance(ssh_as, SshIdentity) and device.ssh is not None and device.ssh.host_key is not None:
        ssh_as = ssh_as.with_host_key(device.address, device.ssh.port, device.ssh.host_key)
    return Target(
        device=device,
        revision=revision,
        subject=Subject(
            device=device.id,
            probes=device.probes,
            reachability=device.reachability,
            uplink=None if device.uplink is None else device.uplink.interface,
        ),
        pace=Pace(interval=device.interval_ms / 1000, deadline=device.deadline_ms / 1000),
        unencrypted=unencrypted(device, inventory),
        snmp_as=snmp_as,
        ssh_as=ssh_as,
    )


def _unusable(found: Usable | Unusable | None, credential: str) -> Unusable:
    return found if isinstance(found, Unusable) else Unusable(f"credential {credential}: of the wrong type")
