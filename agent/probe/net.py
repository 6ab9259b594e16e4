"""Reads the network interfaces: counters, state, speed, address."""

from __future__ import annotations

import socket
from pathlib import Path

import psutil

from agent.probe.guard import Absent, guarded
from agent.probe.text import printable, read_number, read_word
from agent.wire_sections import Interface, Interfaces, OperState, Unavailability

_MAX_INTERFACES = 512

_OTHER = 1
_IANA_TYPES = {
    1: 6,  # ethernetCsmacd
    32: 199,  # infiniband
    512: 23,  # ppp
    768: 131,  # tunnel: IPIP
    769: 131,  # tunnel: IP6IP6
    772: 24,  # softwareLoopback
    776: 131,  # tunnel: SIT
    778: 131,  # tunnel: GRE
    801: 71,  # ieee80211
    823: 131,  # tunnel: GRE over IPv6
}
"""IANAifType by the kernel's ARPHRD number (linux/if_arp.h)."""

_OPER_STATES = {
    "up": OperState.UP,
    "down": OperState.DOWN,
    "testing": OperState.TESTING,
    "dormant": OperState.DORMANT,
    "notpresent": OperState.NOT_PRESENT,
    "lowerlayerdown": OperState.LOWER_LAYER_DOWN,
}
"""By the words of /sys/class/net/*/operstate (RFC 2863 section 3.1.14)."""

_FULL_DUPLEX: dict[int, bool] = {psutil.NIC_DUPLEX_FULL: True, psutil.NIC_DUPLEX_HALF: False}


@guarded
def read_interfaces(sys: Path = Path("/sys")) -> Interfaces:
    """Return all interfaces by the kernel's index, which stays the same until the interface is removed."""
    # nowrap would hide a wrap or reset by adding up on this side; the collector decides on raw counters.
    counters = psutil.net_io_counters(pernic=True, nowrap=False)
    stats = psutil.net_if_stats()
    indexes = {name: index for index, name in socket.if_nameindex()}
    names = sorted((indexes[name], name) for name in counters if name in indexes and name in stats)
    if not names:
        raise Absent(Unavailability.MISSING, "the system lists no interface")
    net = sys / "class/net"
    found = []
    for index, name in names[:_MAX_INTERFACES]:
        counted, stat, files = counters[name], stats[name], net / name
        flags = stat.flags.split(",")
        found.append(
            Interface(
                index=index,
                name=printable(name),
                alias=printable(read_word(files / "ifalias") or ""),
                type=_IANA_TYPES.get(read_number(files / "type") or 0, _OTHER),
                admin_up="up" in flags,
                oper_state=_oper_state(read_word(files / "operstate"), running="running" in flags),
                mac=_mac(read_word(files / "address")),
                mtu=stat.mtu,
                # 0 is psutil's word for a speed that the driver does not know.
                speed_bps=stat.speed * 1_000_000 if stat.speed > 0 else None,
                full_duplex=_FULL_DUPLEX.get(stat.duplex),
                carrier_changes=read_number(files / "carrier_changes"),
                in_bytes=counted.bytes_recv,
                in_packets=counted.packets_recv,
                in_errors=counted.errin,
                in_drops=counted.dropin,
                in_multicast=read_number(files / "statistics/multicast"),
                out_bytes=counted.bytes_sent,
                out_packets=counted.packets_sent,
                out_errors=counted.errout,
                out_drops=counted.dropout,
            )
        )
    return Interfaces(interfaces=tuple(found), omitted=max(0, len(names) - _MAX_INTERFACES))


def _oper_state(word: str | None, *, running: bool) -> OperState:
    """Loopbacks and tunnels say "unknown" for want of a carrier: they work if the kernel says running."""
    if word in _OPER_STATES:
        return _OPER_STATES[word]
    if running:
        return OperState.UP
    return OperState.UNKNOWN if word == "unknown" else OperState.DOWN


def _mac(word: str | None) -> str | None:
    """Return an address of more than zeros; tunnels have an IP address there, or nothing."""
    if word is None or not word.strip("0:"):
        return None
    return printable(word)
