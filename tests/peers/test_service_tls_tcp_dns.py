"""The TLS, TCP and DNS pollers against real servers on loopback, and against some that lie."""

from __future__ import annotations

import asyncio
import ssl
import struct
import threading
import time
import warnings
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import pytest

from collector.inventory.service_values import DnsCheck, TcpCheck, TlsCheck, Trust
from collector.model import Check, Fault, Reason, Reply
from collector.poll.base import Timing
from collector.poll.names import Resolver
from collector.poll.service import ServiceRequest
from collector.poll.service_dns import DnsPoller
from collector.poll.service_tcp import TcpPoller
from collector.poll.service_tls import Dialer, TlsPoller
from collector.visit import Phase, Visit
from deploy.stack.ports import free_port
from lab.certificates import Authority
from tests.peers.service_targets import (
    Loop,
    answering,
    name_server,
    page,
    records,
    running,
    server,
    server_tls,
)


@pytest.fixture(scope="module")
def held() -> Iterator[Loop]:
    with running() as loop:
        yield loop


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.fixture
def trust(authority: Authority, tmp_path: Path) -> Trust:
    (tmp_path / "ca.pem").write_bytes(authority.pem)
    return Trust(ca=str(tmp_path / "ca.pem"))


def ask(poller: Any, check: object, *, deadline_s: float = 4.0, said: list[str] | None = None) -> Check:
    async def poll() -> Check:
        now = time.monotonic()
        timing = Timing(started_at=now, deadline_at=now + deadline_s)
        request: ServiceRequest[Any] = ServiceRequest(address="127.0.0.1", check=check)
        found = await poller.poll(request, timing, None if said is None else said.append)
        assert isinstance(found, Reply | Fault)
        return found

    return asyncio.run(poll())


def tls(check: TlsCheck, **more: Any) -> Check:
    return ask(TlsPoller(mono=time.monotonic, dialer=Dialer(Resolver())), check, **more)


def tcp(port: int, **more: Any) -> Check:
    poller = TcpPoller(mono=time.monotonic, resolver=Resolver())
    return ask(poller, TcpCheck(host="127.0.0.1", port=port), **more)


def names(check: DnsCheck, **more: Any) -> Check:
    return ask(DnsPoller(mono=time.monotonic, resolver=Resolver()), check, **more)


def failed(check: Check, reason: Reason) -> str:
    assert isinstance(check, Fault), check
    assert check.reason is reason, (check.reason, check.detail)
    return check.detail


def seen(check: Check) -> Visit:
    found = check.seen if isinstance(check, Fault) else check.payload
    assert isinstance(found, Visit)
    return found


def test_a_certificate_that_is_believed_passes(
    held: Loop, authority: Authority, trust: Trust, tmp_path: Path
) -> None:
    """The version, the earliest end and every certificate shown are told."""
    issued = authority.issue(["127.0.0.1"], lasts=timedelta(days=5))
    said: list[str] = []
    with server(held, answering(), tls=server_tls(tmp_path, issued)) as port:
        check = tls(TlsCheck(host="127.0.0.1", port=port, trust=trust), said=said)
    assert isinstance(check, Reply)
    found = seen(check).tls
    assert found is not None
    assert found.version == "TLSv1.3"
    assert found.expires_ms is not None
    assert abs(found.expires_ms / 1000 - time.time() - 5 * 86_400) < 60
    assert set(seen(check).phases) == {Phase.RESOLVE, Phase.CONNECT, Phase.TLS}
    assert said[-1].startswith("certificate of 127.0.0.1, issued by CN=Hai Dang lab authority, valid from ")


@pytest.mark.parametrize(
    "case",
    [
        ("expired", Reason.CERTIFICATE_EXPIRED, "certificate has expired: certificate of 127.0.0.1, issued"),
        ("future", Reason.CERTIFICATE_INVALID, "certificate is not yet valid: certificate of 127.0.0.1"),
        ("name", Reason.CERTIFICATE_NAME, "IP address mismatch"),
        ("issuer", Reason.CERTIFICATE_ISSUER, "unable to get local issuer certificate"),
        (
            "host",
            Reason.CERTIFICATE_NAME,
            "Hostname mismatch, certificate is not valid for 'a.example': cert",
        ),
    ],
)
def test_a_certificate_that_is_not_believed_is_told_why(
    held: Loop, trust: Trust, authority: Authority, tmp_path: Path, case: tuple[str, Reason, str]
) -> None:
    """Expired, not yet valid, of another name, of an unknown issuer: told apart, with what it says itself."""
    kind, reason, words = case
    who = Authority("somebody else") if kind == "issuer" else authority
    issued = who.issue(
        ["other.example" if kind in ("name", "host") else "127.0.0.1"],
        since=timedelta(days=-2 if kind == "future" else 9),
        lasts=timedelta(days=-1 if kind == "expired" else 9),
    )
    if kind == "host":
        trust = replace(trust, server_name="a.example")
    with server(held, answering(), tls=server_tls(tmp_path, issued)) as port:
        check = tls(TlsCheck(host="127.0.0.1", port=port, trust=trust))
    detail = failed(check, reason)
    assert words in detail
    assert "valid from 2" in detail
    found = seen(check).tls
    assert found is not None
    assert found.expires_ms is not None
    assert abs(found.expires_ms / 1000 - time.time() - (-1 if kind == "expired" else 9) * 86_400) < 60


def test_a_server_name_of_the_inventory_is_asked_for_and_verified(
    held: Loop, authority: Authority, trust: Trust, tmp_path: Path
) -> None:
    """SNI carries it, and the certificate must bear it."""
    asked: list[str | None] = []
    context = server_tls(tmp_path, authority.issue(["portal.example"]))
    context.sni_callback = lambda _tls, name, _context: asked.append(name)
    named = replace(trust, server_name="portal.example")
    with server(held, answering(), tls=context) as port:
        assert isinstance(tls(TlsCheck(host="127.0.0.1", port=port, trust=named)), Reply)
    assert asked == ["portal.example"]


def test_a_servers_own_certificate_can_be_pinned(held: Loop, authority: Authority, tmp_path: Path) -> None:
    """With it in `ca` it is believed, and another of the same authority is not."""
    issued = authority.issue(["127.0.0.1"])
    (tmp_path / "pin.pem").write_bytes(issued.chain)
    pinned = Trust(ca=str(tmp_path / "pin.pem"))
    with server(held, answering(), tls=server_tls(tmp_path, issued)) as port:
        assert isinstance(tls(TlsCheck(host="127.0.0.1", port=port, trust=pinned)), Reply)
    other = authority.issue(["127.0.0.1"])
    with server(held, answering(), tls=server_tls(tmp_path, other)) as port:
        failed(tls(TlsCheck(host="127.0.0.1", port=port, trust=pinned)), Reason.CERTIFICATE_ISSUER)


def test_a_file_of_authorities_that_changed_is_read_again(
    held: Loop, authority: Authority, tmp_path: Path
) -> None:
    """Missing, empty, right, another: no restart is needed; the first two are our own fault."""
    file = tmp_path / "ca.pem"
    poller = TlsPoller(mono=time.monotonic, dialer=Dialer(Resolver()))
    with server(held, answering(), tls=server_tls(tmp_path, authority.issue(["127.0.0.1"]))) as port:
        check = TlsCheck(host="127.0.0.1", port=port, trust=Trust(ca=str(file)))
        detail = failed(ask(poller, check), Reason.NO_AUTHORITIES)
        assert detail == f"the authorities in {file} cannot be used: No such file or directory"
        file.write_text("nothing")
        assert "cannot be used: " in failed(ask(poller, check), Reason.NO_AUTHORITIES)
        file.write_bytes(authority.pem)
        assert isinstance(ask(poller, check), Reply)
        file.write_bytes(Authority("another").pem)
        failed(ask(poller, check), Reason.CERTIFICATE_ISSUER)
    assert Reason.NO_AUTHORITIES.local


def test_a_port_without_tls_is_told_from_a_bad_certificate(held: Loop, trust: Trust) -> None:
    """A plain server, one that hangs up, and one that says nothing."""

    async def hang_up(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(1)

    async def say_nothing(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(60)

    async def talk_plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(page("plain"))
        await writer.drain()
        await reader.read()

    for talk, reasons in (
        (talk_plain, {Reason.TLS_FAILED}),
        (hang_up, {Reason.TLS_FAILED}),
        (say_nothing, {Reason.DEADLINE}),
    ):
        with server(held, talk) as port:
            check = tls(TlsCheck(host="127.0.0.1", port=port, trust=trust), deadline_s=0.7)
        assert isinstance(check, Fault)
        assert check.reason in reasons, check.detail
        assert check.answered_at is not None


def test_an_old_protocol_is_refused(held: Loop, authority: Authority, trust: Trust, tmp_path: Path) -> None:
    """A server that has nothing newer than TLS 1.1 gives no connection."""
    context = server_tls(tmp_path, authority.issue(["127.0.0.1"]))
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    with server(held, answering(), tls=context) as port:
        failed(tls(TlsCheck(host="127.0.0.1", port=port, trust=trust)), Reason.TLS_FAILED)


def test_an_open_port_passes_and_a_closed_one_is_refused(held: Loop) -> None:
    """Connect and close again; how long the connection took is the round trip."""
    with server(held, answering()) as port:
        check = tcp(port)
    assert isinstance(check, Reply)
    assert 0 < check.rtt_s <= check.done_at - check.sent_at
    detail = failed(tcp(port := free_port()), Reason.REFUSED)
    assert detail == f"port {port} is closed"


A = "portal.example. 60 IN A 127.34.0.11"
QUESTION = DnsCheck(server="127.0.0.1", port=0, name="portal.example")


@pytest.mark.parametrize(
    ("lines", "change"),
    [
        ((A,), {}),
        ((A, "portal.example. 60 IN A 127.34.0.12"), {"answer": ("127.34.0.12",)}),
        (("portal.example. 60 IN CNAME web.example.", "web.example. 60 IN A 127.34.0.1"), {}),
        (("portal.example. 60 IN AAAA ::1",), {"type": "AAAA", "answer": ("0:0:0:0:0:0:0:1",)}),
        (("portal.example. 60 IN MX 10 Mail.Example.",), {"type": "MX", "answer": ("10 mail.example",)}),
        (('portal.example. 60 IN TXT "v=spf1 -all"',), {"type": "TXT", "answer": ("v=spf1 -all",)}),
    ],
)
def test_a_right_answer_passes(held: Loop, lines: tuple[str, ...], change: dict[str, Any]) -> None:
    """Records are compared by what they mean, not by how they are spelt."""
    with name_server(held, records(*lines)) as port:
        check = names(replace(QUESTION, port=port, **change))
    assert isinstance(check, Reply), check
    found = seen(check)
    assert found.records is not None
    assert found.records.answer == len(lines)
    assert Phase.REQUEST in found.phases
    assert check.rtt_s > 0


def test_a_wrong_answer_is_told_what_was_wrong(held: Loop) -> None:
    """An error of the server, an answer without records, and other records than wanted."""
    with name_server(held, records(rcode=dns.rcode.NXDOMAIN)) as port:
        detail = failed(names(replace(QUESTION, port=port)), Reason.DNS_ERROR)
        assert detail == "the server answers NXDOMAIN"
    with name_server(held, records()) as port:
        detail = failed(names(replace(QUESTION, port=port)), Reason.UNEXPECTED_ANSWER)
        assert detail == "no record of type A"
    with name_server(held, records(A)) as port:
        check = names(replace(QUESTION, port=port, answer=("127.34.0.11", "127.34.0.99")))
        detail = failed(check, Reason.UNEXPECTED_ANSWER)
        assert detail == "127.34.0.99 is not among the records: 127.34.0.11"
        assert isinstance(check, Fault)
        assert check.answered_at is not None


def test_an_answer_too_long_for_udp_is_fetched_over_tcp(held: Loop) -> None:
    """TC means: ask again, over TCP."""
    lines = [f"portal.example. 60 IN A 127.34.1.{n}" for n in range(1, 100)]
    with name_server(held, records(*lines, truncated=True)) as port:
        check = names(replace(QUESTION, port=port, answer=("127.34.1.99",)))
    assert isinstance(check, Reply), check
    found = seen(check)
    assert found.records is not None
    assert found.records.answer == 99
    assert Phase.CONNECT in found.phases


def test_only_the_answer_to_the_question_counts(held: Loop) -> None:
    """Garbage, other ids and other questions are passed over until the right answer comes."""

    def respond(question: dns.message.Message, tcp: bool) -> list[bytes]:
        (right,) = records(A)(question, tcp)
        (number,) = struct.unpack("!H", right[:2])
        (forged,) = records(A.replace("0.11", "0.66"))(question, tcp)
        other_id = struct.pack("!H", (number + 1) % 65_536) + forged[2:]
        other_question = dns.message.make_query("evil.example", "A")
        other_question.id = number
        (other_name,) = records("evil.example. 60 IN A 127.34.0.66")(other_question, tcp)
        return [b"", b"\xff" * 40, other_id, other_name, right[:-3], right]

    with name_server(held, respond) as port:
        check = names(replace(QUESTION, port=port, answer=("127.34.0.11",)))
    assert isinstance(check, Reply), check
    assert check.packets_sent == 1


def test_a_lost_question_is_asked_again(held: Loop) -> None:
    """The first datagram is not answered, the second is."""
    asked: list[int] = []

    def respond(question: dns.message.Message, tcp: bool) -> list[bytes]:
        asked.append(question.id)
        return records(A)(question, tcp) if len(asked) > 1 else []

    with name_server(held, respond) as port:
        check = names(replace(QUESTION, port=port), deadline_s=1.5)
    assert isinstance(check, Reply)
    assert check.packets_sent == 2


def test_a_name_server_that_is_silent_or_closed_is_told_apart(held: Loop) -> None:
    """Silence is a timeout, a closed port is refused by the kernel there, garbage alone is no answer."""
    with name_server(held, lambda _question, _tcp: []) as port:
        check = names(replace(QUESTION, port=port), deadline_s=0.6)
        failed(check, Reason.TIMEOUT)
        assert isinstance(check, Fault)
        assert check.answered_at is None
    closed = names(replace(QUESTION, port=free_port()), deadline_s=0.6)
    failed(closed, Reason.REFUSED)
    assert isinstance(closed, Fault)
    assert closed.answered_at is not None
    with name_server(held, lambda _question, _tcp: [b"\x00" * 30]) as port:
        failed(names(replace(QUESTION, port=port), deadline_s=0.6), Reason.MALFORMED)


def test_a_name_is_looked_up_once_at_a_time_and_in_a_bounded_number_of_threads() -> None:
    """A resolver that hangs holds so many threads and no more, and whoever comes then is told."""
    release = threading.Event()
    asked: list[str] = []

    def lookup(host: str) -> list[object]:
        asked.append(host)
        release.wait(10)
        return [(0, 0, 0, "", ("127.0.0.1", 0))]

    async def run() -> None:
        resolver = Resolver(lookup)
        first = [asyncio.create_task(resolver.addresses(f"h{n}.example")) for n in range(16)]
        twice = asyncio.create_task(resolver.addresses("h0.example"))
        await asyncio.sleep(0)
        with pytest.raises(Exception, match=r"the resolver is stuck on h0\.example, h1\.example, h10"):
            await resolver.addresses("late.example")
        release.set()
        assert await twice == ("127.0.0.1",)
        await asyncio.gather(*first)
        assert await resolver.addresses("late.example") == ("127.0.0.1",)

    asyncio.run(run())
    assert sorted(asked) == sorted([*(f"h{n}.example" for n in range(16)), "late.example"])
