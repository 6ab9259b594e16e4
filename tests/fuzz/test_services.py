"""Whatever a server sends, the check of a service ends with a value: a page or a refusal in words."""

from __future__ import annotations

import asyncio
import ssl
import time
from urllib.parse import urlsplit

import dns.message
import dns.rrset
import h11
from hypothesis import example, given
from hypothesis import strategies as st

from collector.inventory.service_values import DnsCheck, HttpCheck
from collector.model import Reason
from collector.poll.base import Timing
from collector.poll.certificate import _read
from collector.poll.service import ServiceError, Trip
from collector.poll.service_dns import _judge as judge_records
from collector.poll.service_dns import _parsed, _seen
from collector.poll.service_http import _hop, _next, _Talk
from collector.poll.service_tls import Line
from lab.certificates import Authority

HEADS = (
    b"HTTP/1.1 200 OK\r\n",
    b"HTTP/1.0 302 Found\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\n",
    b"Content-Length: 5\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Location: //[::1\r\n",
    b"5\r\nhello\r\n",
    b"0\r\n\r\n",
    b"\r\n",
)
PAGES = st.lists(st.one_of(st.sampled_from(HEADS), st.binary(max_size=40)), max_size=12).map(b"".join)
HERE = _hop(urlsplit("https://portal.example/a"), "https://portal.example/a")
QUESTION = dns.message.make_query("portal.example", "A")
REFUSALS = {Reason.CLOSED, Reason.MALFORMED, Reason.TOO_LARGE, Reason.BAD_REDIRECT}


class Sink:
    """The writing half of a line to nowhere."""

    def write(self, data: bytes) -> None:
        """Forget it."""

    async def drain(self) -> None:
        """Have nothing to wait for."""


@given(PAGES)
def test_any_answer_is_a_page_or_is_refused_in_words(sent: bytes) -> None:
    """Status, body and redirect of arbitrary octets: ServiceError with one of four reasons, or values."""

    async def talk() -> None:
        reader = asyncio.StreamReader()
        reader.feed_data(sent)
        reader.feed_eof()
        line = Line(reader, Sink())  # type: ignore[arg-type]
        now = time.monotonic()
        trip = Trip(Timing(started_at=now, deadline_at=now + 5), time.monotonic, None)
        check = HttpCheck(url="https://portal.example/a")
        hop = HERE
        talking = _Talk(trip, line)
        answer = await talking.ask("GET", hop)
        assert 200 <= answer.status_code < 1000
        await talking.body()
        assert _next(check, hop, hop, answer).scheme == "https"

    refused: ServiceError | None = None
    try:
        asyncio.run(talk())
    except ServiceError as error:
        refused = error
    assert refused is None or refused.reason in REFUSALS
    assert str(refused).isprintable()


@given(st.text(max_size=60))
def test_a_redirect_leads_to_the_same_host_or_is_refused(location: str) -> None:
    """However a Location is written, nothing but https on this host comes out of it."""
    check = HttpCheck(url="https://portal.example/a")
    hop = HERE
    answer = h11.Response(status_code=302, headers=[])
    object.__setattr__(answer, "headers", [(b"location", location.encode("utf-8", "surrogatepass"))])
    try:
        following = _next(check, hop, hop, answer)
    except ServiceError as error:
        refused = error
    else:
        assert (following.scheme, following.host) == ("https", "portal.example")
        assert following.target.isascii()
        assert following.target.isprintable()
        assert " " not in following.target
        return
    assert refused.reason is Reason.BAD_REDIRECT
    assert str(refused).isprintable()


@given(st.binary(max_size=80), st.integers(0, 200), st.binary(min_size=1, max_size=4))
def test_any_datagram_is_an_answer_or_none(noise: bytes, place: int, change: bytes) -> None:
    """Noise, and right answers with some octets changed: parsed, judged, or passed over."""
    right = dns.message.make_response(QUESTION)
    right.answer.append(dns.rrset.from_text("portal.example.", 60, "IN", "A", "127.34.0.1"))
    wire = bytearray(right.to_wire())
    at = place % len(wire)
    wire[at : at + len(change)] = change
    for octets in (noise, bytes(wire), bytes(wire[:at])):
        answer = _parsed(octets, QUESTION)
        if answer is None:
            continue
        assert answer.id == QUESTION.id
        _seen(answer)
        refused: ServiceError | None = None
        try:
            judge_records(DnsCheck(server="127.0.0.1", port=53, name="portal.example"), answer)
        except ServiceError as error:
            refused = error
        assert refused is None or refused.reason in (Reason.DNS_ERROR, Reason.UNEXPECTED_ANSWER)


_DER = ssl.PEM_cert_to_DER_cert(Authority().issue(["portal.example", "127.0.0.1"]).chain.decode())


@given(st.binary(max_size=60), st.integers(0, 2_000), st.binary(min_size=1, max_size=3))
@example(b"", _DER.index(b"\x02\x14") + 2, b"\x80")  # a negative serial number
def test_any_certificate_is_described_or_left_out(noise: bytes, place: int, change: bytes) -> None:
    """Noise, and a certificate with some octets changed: a printable description, or None."""
    wire = bytearray(_DER)
    at = place % len(wire)
    wire[at : at + len(change)] = change
    for octets in (noise, bytes(wire)):
        found = _read(octets)
        assert found is None or str(found).isprintable()
