"""ICMP and ICMPv6 echo messages: build and parse. Pure."""

from __future__ import annotations

import struct
from dataclasses import dataclass

ECHO_REQUEST_V4, ECHO_REPLY_V4 = 8, 0
ECHO_REQUEST_V6, ECHO_REPLY_V6 = 128, 129
UNREACHABLE_V4, TIME_EXCEEDED_V4 = 3, 11
UNREACHABLE_V6, TIME_EXCEEDED_V6 = 1, 3

_HEADER = struct.Struct("!BBHHH")
_TOKEN = struct.Struct("!Q")
_PADDING = bytes(range(0x30, 0x60))
"""Fills a packet up to the 56 bytes of data that ping sends, so that paths treat it alike."""

_UNREACHABLE_V4 = {
    0: "network unreachable",
    1: "host unreachable",
    3: "port unreachable",
    9: "network prohibited",
    10: "host prohibited",
    13: "prohibited by a filter",
}


@dataclass(frozen=True, slots=True)
class EchoReply:
    """An answer to the request that carried `token`."""

    token: int


@dataclass(frozen=True, slots=True)
class EchoError:
    """A router's word that the request with `token` could not be delivered."""

    token: int
    text: str


def checksum(data: bytes) -> int:
    """Return the Internet checksum (RFC 1071) of the data."""
    if len(data) % 2:
        data += b"\x00"
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total & 0xFFFF) + (total >> 16)
    return ~(total + (total >> 16)) & 0xFFFF


def request(token: int, *, identifier: int, sequence: int, ipv6: bool) -> bytes:
    """Return an echo request that carries the 64-bit token.

    For ICMPv6 the checksum stays zero: it covers the addresses, which only the kernel knows (RFC 3542 §3.1).
    """
    kind = ECHO_REQUEST_V6 if ipv6 else ECHO_REQUEST_V4
    body = _TOKEN.pack(token) + _PADDING
    head = _HEADER.pack(kind, 0, 0, identifier, sequence)
    if not ipv6:
        head = _HEADER.pack(kind, 0, checksum(head + body), identifier, sequence)
    return head + body


def parse_v4(packet: bytes, *, raw: bool) -> EchoReply | EchoError | None:
    """Read what a raw socket (`raw`: with the IP header) or a datagram socket received; None if not ours."""
    if raw:
        packet = _strip_ipv4(packet)
    if len(packet) < _HEADER.size:
        return None
    kind, code = packet[0], packet[1]
    if kind == ECHO_REPLY_V4:
        return _reply(packet)
    if kind in (UNREACHABLE_V4, TIME_EXCEEDED_V4):
        inner = _strip_ipv4(packet[_HEADER.size :])
        text = "time exceeded" if kind == TIME_EXCEEDED_V4 else _UNREACHABLE_V4.get(code, "unreachable")
        return _error(inner, ECHO_REQUEST_V4, text)
    return None


def parse_v6(packet: bytes) -> EchoReply | EchoError | None:
    """Read what an ICMPv6 socket received (the kernel strips the IP header); None if not ours."""
    if len(packet) < _HEADER.size:
        return None
    if packet[0] == ECHO_REPLY_V6:
        return _reply(packet)
    if packet[0] in (UNREACHABLE_V6, TIME_EXCEEDED_V6):
        text = "time exceeded" if packet[0] == TIME_EXCEEDED_V6 else "unreachable"
        return _error(packet[_HEADER.size + 40 :], ECHO_REQUEST_V6, text)
    return None


def _strip_ipv4(packet: bytes) -> bytes:
    if not packet or packet[0] >> 4 != 4:
        return b""
    return packet[(packet[0] & 0x0F) * 4 :]


def _reply(packet: bytes) -> EchoReply | None:
    if len(packet) < _HEADER.size + _TOKEN.size:
        return None
    return EchoReply(_TOKEN.unpack_from(packet, _HEADER.size)[0])


def _error(inner: bytes, request_kind: int, text: str) -> EchoError | None:
    """RFC 792: an error quotes at least 8 bytes of the datagram; only longer quotes hold our token."""
    if len(inner) < _HEADER.size + _TOKEN.size or inner[0] != request_kind:
        return None
    return EchoError(_TOKEN.unpack_from(inner, _HEADER.size)[0], text)
