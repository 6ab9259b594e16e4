"""A net-snmp snmpd of our own on loopback: configuration, start, readiness."""

from __future__ import annotations

import os
import shutil
import socket
from dataclasses import dataclass
from pathlib import Path

from deploy.stack.child import Child, ChildError


@dataclass(frozen=True, slots=True, kw_only=True)
class SnmpdUser:
    """A USM user for `createUser`, protocols by net-snmp's names (`SHA-256`, `AES`, `AES-256-C`)."""

    name: str
    auth: str
    auth_password: str
    priv: str
    priv_password: str


def find_snmpd() -> str | None:
    """Return the path of snmpd, which sits outside an ordinary user's PATH; None if it is not installed."""
    return shutil.which("snmpd") or shutil.which("snmpd", path="/usr/sbin:/usr/local/sbin")


def configuration(
    *,
    listen: tuple[str, ...],
    users: tuple[SnmpdUser, ...] = (),
    community: str | None = None,
    engine_id: str = "haidang-snmpd",
    extra: tuple[str, ...] = (),
) -> str:
    """Return the text of an snmpd.conf that answers these users and this community, read-only."""
    lines = [f"agentAddress {','.join(listen)}", f"engineID {engine_id}", "includeAllDisks 1%"]
    for user in users:
        lines.append(
            f'createUser {user.name} {user.auth} "{user.auth_password}" {user.priv} "{user.priv_password}"'
        )
        lines.append(f"rouser {user.name} authPriv")
    if community is not None:
        lines.append(f"rocommunity {community} 127.0.0.0/8")
    return "\n".join([*lines, *extra]) + "\n"


def snmpd_child(directory: Path, text: str) -> Child:
    """Write the configuration into `directory` (0600: it holds keys) and return the unstarted child."""
    program = find_snmpd()
    if program is None:
        raise ChildError("snmpd: not installed (Debian package snmpd)")
    directory.mkdir(parents=True, exist_ok=True)
    config = directory / "snmpd.conf"
    config.touch(mode=0o600)
    config.write_text(text)
    # Without a persistent directory of its own it would read and write /var/lib/snmp.
    env = {
        **os.environ,
        "SNMP_PERSISTENT_DIR": str(directory / "persist"),
        "SNMPCONFPATH": str(directory),
        "MIBS": "",
    }
    # Without SMUX, which would listen at TCP port 199 of all addresses.
    command = [program, "-f", "-Lf", str(directory / "snmpd.log"), "-I", "-smux", "-C", "-c", str(config)]
    return Child("snmpd", command, log=directory / "snmpd.out", env=env)


def answers(host: str, port: int, community: str) -> bool:
    """Return True if one SNMPv2c GET of sysUpTime.0 gets any answer within a fifth of a second."""
    name = community.encode()
    varbinds = bytes.fromhex("300e300c06082b060102010103000500")
    pdu = bytes.fromhex("020101020100020100") + varbinds
    body = b"\x02\x01\x01\x04" + bytes([len(name)]) + name + b"\xa0" + bytes([len(pdu)]) + pdu
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.settimeout(0.2)
        try:
            probe.sendto(b"\x30" + bytes([len(body)]) + body, (host, port))
            probe.recvfrom(65_535)
        except OSError:
            return False
    return True
