"""The HTTP poller against real servers on loopback, and against servers that flood, drip, lie or loop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from collector.inventory.service_values import HttpCheck, Trust
from collector.model import Check, Fault, Reason, Reply
from collector.poll.base import Timing
from collector.poll.names import Resolver
from collector.poll.service import ServiceRequest
from collector.poll.service_http import MAX_BODY, MAX_HEAD, HttpPoller
from collector.poll.service_tls import Dialer
from collector.visit import PageSeen, Phase, Visit
from deploy.stack.ports import free_port
from lab.certificates import Authority
from tests.peers.service_targets import Loop, Talk, answering, by_path, page, running, server, server_tls


@pytest.fixture(scope="module")
def held() -> Iterator[Loop]:
    with running() as loop:
        yield loop


def visit(
    check: HttpCheck,
    *,
    address: str = "127.0.0.1",
    deadline_s: float = 5.0,
    said: list[str] | None = None,
    lookup: Callable[[str], list[object]] | None = None,
) -> Check:
    async def poll() -> Check:
        resolver = Resolver() if lookup is None else Resolver(lookup)
        poller = HttpPoller(mono=time.monotonic, dialer=Dialer(resolver))
        now = time.monotonic()
        timing = Timing(started_at=now, deadline_at=now + deadline_s)
        try:
            request = ServiceRequest(address=address, check=check)
            return await poller.poll(request, timing, None if said is None else said.append)
        finally:
            await poller.close()

    return asyncio.run(poll())


def seen(check: Check) -> Visit:
    found = check.seen if isinstance(check, Fault) else check.payload
    assert isinstance(found, Visit)
    return found


def failed(check: Check, reason: Reason) -> str:
    assert isinstance(check, Fault), check
    assert check.reason is reason, check.detail
    return check.detail


def url(port: int, path: str = "/") -> HttpCheck:
    return HttpCheck(url=f"http://127.0.0.1:{port}{path}")


def test_a_page_is_seen_with_its_phases(held: Loop) -> None:
    """A right page passes, with status, version, lengths and the time of each phase."""
    heads: list[bytes] = []
    with server(held, by_path({"/a%20b?q=%C4%91": page("xin chào")}, heads)) as port:
        check = visit(url(port, "/a b?q=đ"))
    assert isinstance(check, Reply)
    assert seen(check).page == PageSeen(
        status=200, version=1.1, encrypted=False, redirects=0, announced=9, length=9, body_right=True
    )
    assert seen(check).address == "127.0.0.1"
    assert set(seen(check).phases) == {Phase.RESOLVE, Phase.CONNECT, Phase.PROCESSING, Phase.TRANSFER}
    assert sum(seen(check).phases.values()) <= check.done_at - check.sent_at
    assert heads[0].lower().splitlines()[1:] == [
        f"host: 127.0.0.1:{port}".encode(),
        b"user-agent: haidang",
        b"accept: */*",
        b"accept-encoding: identity",
        b"connection: close",
        b"",
    ]


def test_time_is_booked_to_the_phase_it_was_spent_in(held: Loop) -> None:
    """A slow application shows as processing, a slow line as transfer."""

    async def slowly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await asyncio.sleep(0.3)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(0.3)
        writer.write(b"ok")
        await writer.drain()

    with server(held, slowly) as port:
        phases = seen(visit(url(port))).phases
    assert phases[Phase.PROCESSING] >= 0.29
    assert phases[Phase.TRANSFER] >= 0.1
    assert phases[Phase.CONNECT] < phases[Phase.PROCESSING]


@pytest.mark.parametrize(
    ("change", "passes", "words"),
    [
        ({"contains": ("chào", "Thái Bình")}, True, ""),
        ({"contains": ("chào", "Hà Nội")}, False, '"Hà Nội" is not in the page (page of 21 bytes)'),
        ({"lacks": ("bảo trì",)}, True, ""),
        ({"lacks": ("xin",)}, False, '"xin" is in the page (page of 21 bytes)'),
        ({"matches": ("Th[aá]i B",)}, True, ""),
        ({"matches": ("^chào",)}, False, '"^chào" matches nothing in the page (page of 21 bytes)'),
        ({"method": "HEAD"}, True, ""),
    ],
)
def test_the_page_must_be_as_it_is_described(
    held: Loop, change: dict[str, tuple[str, ...]], passes: bool, words: str
) -> None:
    """Texts that must be there, texts that must not, and patterns."""
    with server(held, answering(page("xin chào Thái Bình"))) as port:
        check = visit(replace(url(port), **change))  # type: ignore[arg-type]
    assert isinstance(check, Reply) is passes
    if not passes:
        assert failed(check, Reason.UNEXPECTED_BODY) == words
        page_seen = seen(check).page
        assert page_seen is not None
        assert page_seen.body_right is False
        assert isinstance(check, Fault)
        assert check.answered_at is not None


def test_another_status_than_wanted_is_a_fault_of_the_service(held: Loop) -> None:
    """The status is named, and what was wanted; a status that is wanted passes."""
    with server(held, answering(page("gone", status="503 Sorry"))) as port:
        check = visit(url(port))
        assert failed(check, Reason.UNEXPECTED_STATUS) == "status 503 Service Unavailable, wanted 200-299"
        assert isinstance(visit(replace(url(port), status=((401, 401), (500, 599)))), Reply)
        wanted = visit(replace(url(port), status=((200, 200), (300, 304))))
        assert "wanted 200, 300-304" in failed(wanted, Reason.UNEXPECTED_STATUS)


def moved(location: str, status: str = "302 Found") -> bytes:
    return page("", status=status, more=f"Location: {location}\r\n")


def test_redirects_are_followed_on_the_same_host(held: Loop) -> None:
    """Relative and absolute, counted; the last page is judged, and phases add up."""
    pages = {"/": moved("/b"), "/b": moved("../c?x=1"), "/c?x=1": page("there")}
    with server(held, by_path(pages)) as port:
        check = visit(replace(url(port), contains=("there",)))
        assert isinstance(check, Reply)
        found = seen(check).page
        assert found is not None
        assert (found.redirects, found.status) == (2, 200)
        too_many = visit(replace(url(port), redirects=1))
        assert failed(too_many, Reason.BAD_REDIRECT) == "redirected more than 1 times"
        itself = visit(replace(url(port), redirects=0, status=((302, 302),)))
        assert isinstance(itself, Reply)


def test_a_redirect_loop_ends(held: Loop) -> None:
    """However long a server sends us round, it is a bounded number of requests."""
    heads: list[bytes] = []
    with server(held, by_path({"/": moved("/")}, heads)) as port:
        assert failed(visit(url(port)), Reason.BAD_REDIRECT) == "redirected more than 5 times"
    assert len(heads) == 6


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("file:///etc/passwd", "redirected to file:///etc/passwd, which is no page"),
        ("gopher://127.0.0.1/", "which is no page"),
        ("http://127.0.0.2:PORT/", "another host; if that is right, name it in http.redirect_hosts"),
        ("//localhost/x", "another host"),
        ("http://user:secret@127.0.0.1:PORT/", "redirected to a URL with a user name"),
        ("http://127.0.0.1:99999/", "which is no URL"),
        ("http://[::1/", "which is no URL"),
    ],
)
def test_redirects_lead_nowhere_else(held: Loop, location: str, words: str) -> None:
    """A server cannot send the collector to files, to other hosts, or to log in somewhere."""
    pages: dict[str, bytes] = {}
    heads: list[bytes] = []
    with server(held, by_path(pages, heads)) as port:
        pages["/"] = moved(location.replace("PORT", str(port)))
        detail = failed(visit(url(port)), Reason.BAD_REDIRECT)
    assert words in detail
    assert "secret" not in detail
    assert len(heads) == 1


def test_a_redirect_without_a_location_is_a_fault(held: Loop) -> None:
    """There is nowhere to go."""
    with server(held, answering(page("", status="301 Moved"))) as port:
        detail = failed(visit(url(port)), Reason.BAD_REDIRECT)
    assert detail == "status 301 Moved Permanently without a location"


def test_a_host_that_is_named_may_be_redirected_to(held: Loop) -> None:
    """A login on a host of its own is followed once the inventory says so."""
    with (
        server(held, answering(page("log in"))) as other,
        server(held, answering(moved(f"http://localhost:{other}/"))) as port,
    ):
        check = replace(url(port), redirect_hosts=("localhost",), contains=("log in",))
        assert isinstance(visit(check, lookup=lambda _host: [(0, 0, 0, "", ("127.0.0.1", 0))]), Reply)


def test_encryption_is_never_given_up(held: Loop, tmp_path: Path) -> None:
    """A redirect from https to http is not followed, the other way round is."""
    authority = Authority()
    (tmp_path / "ca.pem").write_bytes(authority.pem)
    trust = Trust(ca=str(tmp_path / "ca.pem"))
    tls = server_tls(tmp_path, authority.issue(["127.0.0.1"]))
    pages = {"/ok": page("in private")}
    with (
        server(held, by_path(pages), tls=tls) as secure,
        server(held, answering(moved(f"https://127.0.0.1:{secure}/ok"))) as port,
    ):
        pages["/"] = moved(f"http://127.0.0.1:{port}/")
        up = visit(replace(url(port), trust=trust, contains=("private",)))
        assert isinstance(up, Reply)
        found = seen(up).page
        assert found is not None
        assert found.encrypted
        down = visit(HttpCheck(url=f"https://127.0.0.1:{secure}/", trust=trust))
        assert "which is not encrypted" in failed(down, Reason.BAD_REDIRECT)


def flood(head: bytes, piece: bytes) -> Talk:
    """Send a head, and then the same piece without end."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(head)
        while True:
            writer.write(piece)
            await writer.drain()

    return talk


async def say_nothing(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await reader.read()
    await asyncio.sleep(60)


async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Send one byte of a good answer every now and then."""
    await reader.readuntil(b"\r\n\r\n")
    for byte in page("never to be finished" * 100):
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.05)


OK = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    ("talk", "reason"),
    [
        (flood(OK + b"\r\n", b"x" * 4096), Reason.TOO_LARGE),
        (flood(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n" * 500), Reason.TOO_LARGE),
        (flood(OK + b"Transfer-Encoding: chunked\r\n\r\n1", b";x" * 500), Reason.TOO_LARGE),
        (flood(OK, b"X-More: and more\r\n" * 50), Reason.TOO_LARGE),
        (flood(OK + b"X-Long: ", b"x" * 4096), Reason.TOO_LARGE),
        (flood(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"), Reason.MALFORMED),
        (flood(b"", b"\x00\xff garbage \x17" * 100), Reason.MALFORMED),
        (answering(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"), Reason.MALFORMED),
        (answering(OK + b"Content-Length: -5\r\n\r\n"), Reason.MALFORMED),
        (answering(OK + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello"), Reason.MALFORMED),
        (answering(OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"), Reason.MALFORMED),
        (answering(b"HTTP/1.1 9999 What\r\n\r\n"), Reason.MALFORMED),
        (answering(OK + b"Content-Length: 500\r\n\r\nshort"), Reason.CLOSED),
        (answering(OK + b"Content-Type: half a h"), Reason.CLOSED),
        (answering(), Reason.CLOSED),
        (say_nothing, Reason.DEADLINE),
        (drip, Reason.DEADLINE),
    ],
)
def test_a_hostile_server_fails_its_own_check_only(held: Loop, talk: Talk, reason: Reason) -> None:
    """Endless bodies, heads and chunks, dripping, garbage: one reason each, in time; nobody else waits."""

    async def both(bad: int, good: int) -> tuple[Check, Check]:
        poller = HttpPoller(mono=time.monotonic, dialer=Dialer(Resolver()))
        now = time.monotonic()
        timing = Timing(started_at=now, deadline_at=now + 1.0)
        found = await asyncio.gather(
            *(
                poller.poll(ServiceRequest(address="127.0.0.1", check=url(port)), timing)
                for port in (bad, good)
            )
        )
        return found[0], found[1]

    with server(held, talk) as bad, server(held, answering(page("fine"))) as good:
        check, other = asyncio.run(both(bad, good))
    failed(check, reason)
    assert isinstance(check, Fault)
    assert check.answered_at is not None
    assert check.done_at - check.sent_at < 2.0
    assert isinstance(other, Reply)


def test_a_page_of_the_longest_length_is_read_whole(held: Loop) -> None:
    """The bound of the body is exact, that of the head within one reading."""
    with server(held, answering(OK + b"\r\n" + b"x" * MAX_BODY)) as port:
        assert isinstance(visit(url(port)), Reply)
    with server(held, answering(OK + b"\r\n" + b"x" * (MAX_BODY + 1))) as port:
        detail = failed(visit(url(port)), Reason.TOO_LARGE)
        assert detail == f"the page is larger than {MAX_BODY} bytes"
    with server(held, answering(OK + b"A: " + b"x" * (3 * MAX_HEAD) + b"\r\n\r\n")) as port:
        failed(visit(url(port)), Reason.TOO_LARGE)


def test_a_pattern_made_to_hang_matches_in_no_time(held: Loop) -> None:
    """What takes a backtracking engine for ever costs RE2 one pass over the page."""
    with server(held, answering(page("a" * 400_000 + "b"))) as port:
        check = visit(replace(url(port), matches=("^(a+)+$",)), deadline_s=5.0)
    failed(check, Reason.UNEXPECTED_BODY)
    assert check.done_at - check.sent_at < 4.0


def test_texts_of_a_server_are_printable_in_what_is_said(held: Loop) -> None:
    """No escape sequence reaches a terminal or a log."""
    with server(held, answering(moved("http://\x1b[2Jevil/".encode("latin-1").decode("latin-1")))) as port:
        said: list[str] = []
        check = visit(url(port), said=said)
    assert isinstance(check, Fault)
    assert all(line.isprintable() for line in [check.detail, *said])


def test_what_fails_on_this_side_is_local() -> None:
    """A resolver that fails or hangs says nothing about the service; a name that is not there does."""
    check = HttpCheck(url="http://portal.example/")

    def broken(_host: str) -> list[object]:
        import socket

        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    def unknown(_host: str) -> list[object]:
        import socket

        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    def hanging(_host: str) -> list[object]:
        time.sleep(1.5)
        return []

    fault = visit(check, address="portal.example", lookup=broken)
    assert failed(fault, Reason.RESOLVER_FAILED) == "portal.example: Temporary failure in name resolution"
    assert isinstance(fault, Fault)
    assert fault.reason.local
    fault = visit(check, address="portal.example", lookup=hanging, deadline_s=0.3)
    assert "did not answer in time" in failed(fault, Reason.RESOLVER_FAILED)
    fault = visit(check, address="portal.example", lookup=unknown)
    assert failed(fault, Reason.NAME_UNKNOWN) == "portal.example: Name or service not known"
    assert isinstance(fault, Fault)
    assert not fault.reason.local
    assert fault.answered_at is None


def test_a_closed_port_is_refused_by_a_machine_that_is_there() -> None:
    """TCP's own answer proves that the way is open."""
    check = visit(url(free_port()))
    failed(check, Reason.REFUSED)
    assert isinstance(check, Fault)
    assert check.answered_at is not None


def test_an_address_that_cannot_be_reached_from_here_excuses_no_other() -> None:
    """One address without a route (the kernel sends nothing to it), and one that refuses: refused."""
    check = visit(
        HttpCheck(url=f"http://portal.example:{free_port()}/"),
        address="portal.example",
        lookup=lambda _host: [(0, 0, 0, "", (address, 0)) for address in ("255.255.255.255", "127.0.0.1")],
    )
    failed(check, Reason.REFUSED)


def test_another_address_of_a_name_is_tried(held: Loop) -> None:
    """One address of several that refuses costs nothing but its time."""
    with server(held, answering(page("second"))) as port:
        check = visit(
            HttpCheck(url=f"http://portal.example:{port}/", contains=("second",)),
            address="portal.example",
            lookup=lambda _host: [(0, 0, 0, "", (address, 0)) for address in ("127.0.0.9", "127.0.0.1")],
        )
    assert isinstance(check, Reply)
    assert seen(check).address == "127.0.0.1"
