"""The stack's snmpd listens where it is told to, and nowhere else."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest

from deploy.stack.ports import free_port
from deploy.stack.snmpd import answers, configuration, find_snmpd, snmpd_child

pytestmark = pytest.mark.skipif(find_snmpd() is None, reason="not installed: snmpd")

_INODE = re.compile(r"socket:\[([0-9]+)\]")
_FIRST_COLUMNS = 10


def sockets_of(pid: int) -> dict[str, set[str]]:
    """Return the local addresses of a process's sockets in hexadecimal, by protocol."""
    links = [str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir()]
    inodes = {found[1] for link in links if (found := _INODE.fullmatch(link))}
    bound: dict[str, set[str]] = {}
    for protocol in ("tcp", "tcp6", "udp", "udp6"):
        for line in Path(f"/proc/{pid}/net/{protocol}").read_text().splitlines()[1:]:
            columns = line.split(maxsplit=_FIRST_COLUMNS)
            if columns[9] in inodes:
                bound.setdefault(protocol, set()).add(columns[1])
    return bound


def test_snmpd_is_reached_at_its_loopback_address_only(tmp_path: Path) -> None:
    """No TCP at all, for SMUX or whatever else; UDP at one address, beside the one it sends from."""
    port = free_port(kind=socket.SOCK_DGRAM)
    text = configuration(listen=(f"udp:127.0.0.1:{port}",), community="test")
    with snmpd_child(tmp_path, text) as child:
        child.wait_until(lambda: answers("127.0.0.1", port, "test"))
        bound = sockets_of(child.pid)
    assert bound == {"udp": {f"0100007F:{port:04X}"}}
