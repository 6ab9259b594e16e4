"""Many SNMP devices on loopback addresses, in a process of their own: some answer, some swallow everything.

Run as a child: `python -m bench.devices FIRST COUNT SILENT PORT INTERFACES [MAX_SIZE]`; prints `ready` and serves
until its standard input closes. MAX_SIZE is the largest answer a device gives, in octets.
"""

from __future__ import annotations

import ipaddress
import secrets
import selectors
import socket
import sys
import time

from snmp.ber import Oid
from snmp.engine import Access, Engine, access_table
from snmp.identifiers import Identifiers
from snmp.responder import Responder
from snmp.smi import Tag, Typed
from snmp.tree import SortedTree, Source
from snmp.usm_keys import Password, UsmUser
from snmp.usm_protocols import AuthProtocol, PrivProtocol

COMMUNITY = b"bench"
ONE_FRAME = 1_472
"""What fits one Ethernet frame: the limit of many routers, and of our own agent."""
USER = UsmUser(
    name=b"bench",
    auth=AuthProtocol.SHA_256,
    auth_secret=Password.from_text("bench-auth-password"),
    priv=PrivProtocol.AES_128,
    priv_secret=Password.from_text("bench-priv-password"),
)
IF: Oid = (1, 3, 6, 1, 2, 1, 2, 2, 1)
IFX: Oid = (1, 3, 6, 1, 2, 1, 31, 1, 1, 1)

_RARELY = 1_000
"""Counters up to here are of errors and the like: they stand still."""

_IF_COLUMNS = {
    3: (Tag.INTEGER, 6),
    4: (Tag.INTEGER, 1500),
    5: (Tag.GAUGE32, 1_000_000_000),
    7: (Tag.INTEGER, 1),
    8: (Tag.INTEGER, 1),
    9: (Tag.TIME_TICKS, 12_345),
    10: (Tag.COUNTER32, 123_456_789),
    11: (Tag.COUNTER32, 9_876_543),
    12: (Tag.COUNTER32, 0),
    13: (Tag.COUNTER32, 12),
    14: (Tag.COUNTER32, 3),
    15: (Tag.COUNTER32, 0),
    16: (Tag.COUNTER32, 223_456_789),
    17: (Tag.COUNTER32, 8_876_543),
    18: (Tag.COUNTER32, 0),
    19: (Tag.COUNTER32, 1),
    20: (Tag.COUNTER32, 0),
    21: (Tag.GAUGE32, 0),
}
_IFX_COLUMNS = {
    2: (Tag.COUNTER32, 4_000),
    3: (Tag.COUNTER32, 5_000),
    4: (Tag.COUNTER32, 6_000),
    5: (Tag.COUNTER32, 7_000),
    6: (Tag.COUNTER64, 2**40),
    7: (Tag.COUNTER64, 2**33),
    8: (Tag.COUNTER64, 4_000),
    9: (Tag.COUNTER64, 5_000),
    10: (Tag.COUNTER64, 2**41),
    11: (Tag.COUNTER64, 2**34),
    12: (Tag.COUNTER64, 6_000),
    13: (Tag.COUNTER64, 7_000),
    14: (Tag.INTEGER, 1),
    15: (Tag.GAUGE32, 1_000),
    16: (Tag.INTEGER, 2),
    17: (Tag.INTEGER, 1),
    19: (Tag.TIME_TICKS, 0),
}


def addresses(first: str, count: int) -> list[str]:
    """Return `count` addresses from `first` on, without those that end in 0 or 255."""
    found: list[str] = []
    address = ipaddress.IPv4Address(first)
    while len(found) < count:
        if int(address) & 0xFF not in (0, 255):
            found.append(str(address))
        address += 1
    return found


def objects(interfaces: int) -> dict[Oid, Source]:
    """Return the system group and both interface tables."""
    began = time.monotonic()
    found: dict[Oid, Source] = {
        (1, 3, 6, 1, 2, 1, 1, 1, 0): Typed(Tag.OCTET_STRING, b"bench device"),
        (1, 3, 6, 1, 2, 1, 1, 3, 0): lambda: Typed(Tag.TIME_TICKS, round((time.monotonic() - began) * 100)),
        (1, 3, 6, 1, 2, 1, 1, 5, 0): Typed(Tag.OCTET_STRING, b"bench"),
        (1, 3, 6, 1, 2, 1, 2, 1, 0): Typed(Tag.INTEGER, interfaces),
    }
    for index in range(1, interfaces + 1):
        name = b"ge-0/0/%d" % index
        found[(*IF, 1, index)] = Typed(Tag.INTEGER, index)
        found[(*IF, 2, index)] = found[(*IFX, 1, index)] = Typed(Tag.OCTET_STRING, name)
        found[(*IF, 6, index)] = Typed(Tag.OCTET_STRING, bytes((2, 0, 0, 0, 0, index)))
        found[(*IFX, 18, index)] = Typed(Tag.OCTET_STRING, b"line %d" % index)
        for columns, entry in ((_IF_COLUMNS, IF), (_IFX_COLUMNS, IFX)):
            for column, (tag, value) in columns.items():
                found[(*entry, column, index)] = (
                    _counting(tag, value, began)
                    if value > _RARELY and tag in (Tag.COUNTER32, Tag.COUNTER64)
                    else Typed(tag, value)
                )
    return found


def _counting(tag: Tag, value: int, began: float) -> Source:
    """Return a counter that doubles within a minute, and so is another one at each poll."""
    modulo = 2**32 if tag is Tag.COUNTER32 else 2**64
    return lambda: Typed(tag, round(value * (1 + (time.monotonic() - began) / 60)) % modulo)


def main() -> None:
    """Serve until standard input closes."""
    first, count, silent, port, interfaces = sys.argv[1], *map(int, sys.argv[2:6])
    max_size = int(sys.argv[6]) if len(sys.argv) > 6 else ONE_FRAME
    tree = SortedTree(objects(interfaces))
    users = access_table([Access(user=USER)])
    salts = Identifiers(secrets.token_bytes)
    selector = selectors.DefaultSelector()
    for number, address in enumerate(addresses(first, count)):
        server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        server.bind((address, port))
        server.setblocking(False)
        if number < silent:
            continue  # bound, so that nobody refuses for it, and never read
        engine = Engine(
            b"\x80\x00\x00\x00\x05" + address.encode(),
            boots=1,
            started_at=time.monotonic(),
            users=users,
            max_size=max_size,
        )
        selector.register(server, selectors.EVENT_READ, Responder(engine, tree, communities=[COMMUNITY]))
    selector.register(sys.stdin, selectors.EVENT_READ)
    print("ready", flush=True)
    while True:
        for key, _ in selector.select():
            if key.data is None:
                return
            datagram, peer = key.fileobj.recvfrom(65_535)  # type: ignore[union-attr]
            answer = key.data.respond(datagram, time.monotonic(), salts.salt())
            if answer is not None:
                key.fileobj.sendto(answer, peer)  # type: ignore[union-attr]


if __name__ == "__main__":
    main()
