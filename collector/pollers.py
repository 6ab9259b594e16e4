"""One poller for each probe, over the sockets, the clock and the randomness of this machine."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from collector.clock import Clock
from collector.inventory.values import Probe
from collector.poll.base import Poller
from collector.poll.icmp import IcmpPoller
from collector.poll.names import Resolver
from collector.poll.service_dns import DnsPoller
from collector.poll.service_http import HttpPoller
from collector.poll.service_tcp import TcpPoller
from collector.poll.service_tls import Dialer, TlsPoller
from collector.poll.snmp import SnmpPoller
from collector.poll.ssh import SshPoller


@dataclass(frozen=True, slots=True)
class Pollers:
    """The pollers by probe. Close them in the loop they were used in."""

    snmp: SnmpPoller
    ssh: SshPoller
    by_probe: Mapping[Probe, Poller[Any]]

    async def close(self) -> None:
        """Give back sockets, threads and connections."""
        for poller in self.by_probe.values():
            await poller.close()


def make_pollers(clock: Clock) -> Pollers:
    """Return pollers that measure by this clock."""
    snmp = SnmpPoller(mono=clock.mono, random_bytes=secrets.token_bytes)
    icmp = IcmpPoller(mono=clock.mono, wall_ns=time.time_ns, token=lambda: secrets.randbits(64))
    ssh = SshPoller(mono=clock.mono)
    resolver = Resolver()
    dialer = Dialer(resolver)
    by_probe: dict[Probe, Poller[Any]] = {
        Probe.ICMP: icmp,
        Probe.SNMP: snmp,
        Probe.SSH: ssh,
        Probe.HTTP: HttpPoller(mono=clock.mono, dialer=dialer),
        Probe.TLS: TlsPoller(mono=clock.mono, dialer=dialer),
        Probe.TCP: TcpPoller(mono=clock.mono, resolver=resolver),
        Probe.DNS: DnsPoller(mono=clock.mono, resolver=resolver),
    }
    return Pollers(snmp=snmp, ssh=ssh, by_probe=MappingProxyType(by_probe))
