"""The SNMP side without sockets: who is answered, how fresh, and what is counted."""

from __future__ import annotations

import ipaddress
import logging
from dataclasses import replace

import pytest

from agent.rate import RateLimits
from agent.snapshot import Sampler
from agent.snmp_serve import LiveTables, SnmpServer, SnmpTally, refused
from agent.snmp_tables.tables import SystemTexts
from agent.wire_sections import Interfaces, Snapshot
from snmp.ber import SEQUENCE, encode_tlv
from snmp.engine import Engine
from snmp.message import Version, encode_community_message
from snmp.pdu import PduType, encode_pdu, encode_varbind
from snmp.responder import Responder
from snmp.smi import Tag, encode_value, parse_oid
from snmp.tree import SortedTree
from tests.unit.agent.samples import interface, snapshot


def get(oid: str) -> bytes:
    """Return a v2c GET of one instance in community `public`."""
    varbinds = encode_tlv(SEQUENCE, encode_varbind(parse_oid(oid), encode_value(Tag.NULL, None)))
    return encode_community_message(Version.V2C, b"public", encode_pdu(PduType.GET, 1, 0, 0, varbinds))


GET_UPTIME = get("1.3.6.1.2.1.1.3.0")
GET_OCTETS = get("1.3.6.1.2.1.2.2.1.10.1")
GET_DISCONTINUITY = get("1.3.6.1.2.1.31.1.1.1.19.1")


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


class Counting(Sampler):
    """A sampler whose one interface has as many octets as there have been readings."""

    def __init__(self) -> None:
        super().__init__()
        self.readings = 0

    def refresh(self, old: Snapshot) -> Snapshot:
        self.readings += 1
        return replace(old, interfaces=Interfaces(interfaces=(interface(1, in_bytes=self.readings),)))


class Bench:
    """A server with virtual time."""

    def __init__(self, *, allow: str = "127.0.0.0/8", limits: RateLimits | None = None) -> None:
        self.clock, self.sampler, self.tally = Clock(), Counting(), SnmpTally()
        self.tables = LiveTables(self.sampler, snapshot(), SystemTexts(), self.clock)
        self.engine = Engine(b"\x80\x00\x00\x00\x05test", boots=1, started_at=self.clock.now)
        self.server = SnmpServer(
            responder=Responder(self.engine, SortedTree({}), communities=[b"public"]),
            tables=self.tables,
            allow=tuple(ipaddress.ip_network(one) for one in allow.split()),
            limits=limits or RateLimits(),
            now=self.clock,
            salt=lambda: 1,
            tally=self.tally,
        )

    def ask(self, request: bytes = GET_UPTIME, peer: str = "127.0.0.1") -> bytes | None:
        return self.server.answer(request, peer)


def test_the_packets_of_a_poll_get_one_reading_of_their_own() -> None:
    """A burst of requests costs one reading, made for it; the next poll gets a new one."""
    bench = Bench()
    for poll in (1, 2, 3):
        bench.clock.now += 0.26
        answers = [bench.ask(GET_OCTETS) for _ in range(50)]
        assert bench.sampler.readings == poll
        assert all(answer is not None and answer.endswith(b"\x41\x01" + bytes([poll])) for answer in answers)


def test_a_full_snapshot_never_stands_in_for_a_reading() -> None:
    """The timer's snapshot may be older than the last quick reading: counters never go back."""
    bench = Bench()
    bench.clock.now += 0.1
    assert value(bench.ask(GET_OCTETS)) == 1
    older = snapshot(uptime_ms=1, interfaces=Interfaces(interfaces=(interface(1, in_bytes=0),)))
    bench.tables.update(older)
    assert value(bench.ask(GET_OCTETS)) == 2, "read again, though no time has passed"
    assert value(bench.ask(GET_DISCONTINUITY)) == 0


def value(answer: bytes | None) -> int:
    """Return the one-octet value at the end of an answer."""
    assert answer is not None
    assert answer[-2] == 1
    return answer[-1]


def test_sys_up_time_is_always_now() -> None:
    """sysUpTime counts hundredths since the agent's start, also between readings, modulo 2³²."""
    bench = Bench()
    bench.clock.now += 0.5
    answer = bench.ask()
    assert answer is not None
    assert answer.endswith(b"\x43\x01\x32")
    bench.clock.now += 2**32 / 100
    answer = bench.ask()
    assert answer is not None
    assert answer.endswith(b"\x43\x01\x32")


def test_strangers_get_silence_and_are_counted(caplog: pytest.LogCaptureFixture) -> None:
    """A peer outside the allow-list gets no answer, costs no reading, and is told of once."""
    bench = Bench(allow="127.0.0.0/8 2001:db8::/32")
    bench.clock.now += 10
    for peer in ("192.0.2.1", "2001:db9::1", "fe80::1%lo", "128.0.0.1"):
        assert bench.ask(peer=peer) is None
    assert bench.ask(peer="2001:db8::7") is not None
    assert bench.ask(peer="127.9.9.9") is not None
    assert (bench.tally.denied, bench.tally.requests) == (4, 2)
    assert bench.engine.counters.get((1, 3, 6, 1, 2, 1, 11, 1, 0)) == 2
    warnings = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert warnings == [
        (
            "SNMP: 192.0.2.1 is not in [snmp] allow; its requests get no answer"
            " (told once; further ones are counted)"
        )
    ]


def test_a_flood_is_cut_off(caplog: pytest.LogCaptureFixture) -> None:
    """Beyond the rate there is silence and a counter; a second later there are answers again."""
    bench = Bench(limits=RateLimits(per_peer=10, total=100))
    assert sum(bench.ask() is not None for _ in range(1_000)) == 20
    assert bench.tally.limited == 980
    assert bench.ask(peer="127.0.0.2") is not None
    bench.clock.now += 1
    assert sum(bench.ask() is not None for _ in range(1_000)) == 10
    assert len(caplog.records) == 1


def test_a_wrong_community_is_counted_and_told_once(caplog: pytest.LogCaptureFixture) -> None:
    """What is refused by the protocol shows in the tally and, once, in the log; no peer's bytes do."""
    bench = Bench()
    for _ in range(3):
        assert bench.ask(GET_UPTIME.replace(b"public", b"secret")) is None
    assert refused(bench.engine) == 3
    assert [record.getMessage() for record in caplog.records] == [
        "SNMP: 127.0.0.1 asked with a community that is not configured (told once; further ones are counted)"
    ]


@pytest.mark.parametrize(
    "junk", [b"", b"\x30", b"\x00" * 1_472, b"GET / HTTP/1.0\r\n\r\n", b"\x30\x84\xff\xff\xff\xff"]
)
def test_junk_gets_silence(junk: bytes) -> None:
    """What is no SNMP gets no answer and breaks nothing."""
    bench = Bench()
    assert bench.ask(junk) is None
    assert bench.ask() is not None
