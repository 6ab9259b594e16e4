"""The checks of services beside blackbox_exporter: the same targets, the same names, the same values.

Where the two differ, the tables below say so and why; a difference that is in neither table fails.
"""

from __future__ import annotations

import asyncio
import re
import shutil
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import dns.rcode
import pytest

from collector.decode.service import cells
from collector.inventory.service_values import DnsCheck, HttpCheck, TcpCheck, TlsCheck, Trust
from collector.inventory.values import Probe
from collector.model import Check, Reply
from collector.poll.base import Poller, Timing
from collector.poll.names import Resolver
from collector.poll.service import ServiceRequest
from collector.poll.service_dns import DnsPoller
from collector.poll.service_http import HttpPoller
from collector.poll.service_tcp import TcpPoller
from collector.poll.service_tls import Dialer, TlsPoller
from deploy.stack.child import Child
from deploy.stack.ports import free_port
from deploy.stack.prometheus import http_ok
from lab.certificates import AUTHORITY_DAYS, Authority
from tests.peers.service_targets import (
    Loop,
    answering,
    by_path,
    name_server,
    page,
    records,
    running,
    server,
    server_tls,
)

EXPORTER = shutil.which("prometheus-blackbox-exporter")
pytestmark = pytest.mark.skipif(EXPORTER is None, reason="not installed: prometheus-blackbox-exporter")

ONLY_THEIRS = {
    "probe_ip_addr_hash": "a hash of the address helps nobody on duty; the address is in the log of a fault",
    "probe_ssl_last_chain_expiry_timestamp_seconds": "what OpenSSL verified is not told by Python",
    "probe_ssl_last_chain_info": "a fingerprint as label makes a new series of each renewal",
}
ONLY_OURS = {
    "haidang_service_duration_seconds": "phases of tcp and tls, for which the exporter has no name",
    "probe_ssl_earliest_cert_expiry": "also of a certificate that is not believed: it shows since when",
}
OTHERWISE = {
    ("probe_http_redirects", "http_stay"): "counts a redirect that was not followed",
    ("probe_http_duration_seconds", "wrong status"): "reads the page of a wrong status too (phase transfer)",
    ("probe_http_uncompressed_body_length", "wrong status"): "reads the page of a wrong status too",
    ("probe_dns_duration_seconds", "connect"): "the time to make a UDP socket: nothing is connected",
}
"""What the exporter shows otherwise, by metric and case or phase."""

NOTHING = (0.0, -1.0)
"""What the exporter shows for something that did not happen; here it is absent, as a missing number is."""

CONFIGURATION = """
modules:
  http: &http
    prober: http
    timeout: 3s
    http: &options {preferred_ip_protocol: ip4, tls_config: {ca_file: CA}}
  http_body: {<<: *http, http: {<<: *options, fail_if_body_not_matches_regexp: ["Th[aá]i Bình"]}}
  http_stay: {<<: *http, http: {<<: *options, follow_redirects: false, valid_status_codes: [302]}}
  tcp: {prober: tcp, timeout: 3s, tcp: {preferred_ip_protocol: ip4}}
  tls: {prober: tcp, timeout: 3s, tcp: {preferred_ip_protocol: ip4, tls: true, tls_config: {ca_file: CA}}}
  dns: &dns
    prober: dns
    timeout: 3s
    dns: &query {preferred_ip_protocol: ip4, query_name: portal.example, query_type: A}
  soa: {<<: *dns, dns: {<<: *query, query_type: SOA}}
"""

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


@dataclass(frozen=True)
class Place:
    """What the tests share: the servers' loop, the exporter, the authority and its file."""

    held: Loop
    url: str
    authority: Authority
    folder: Path

    @property
    def trust(self) -> Trust:
        return Trust(ca=str(self.folder / "ca.pem"))

    def theirs(self, module: str, target: str) -> Samples:
        query = urllib.parse.urlencode({"module": module, "target": target})
        with urllib.request.urlopen(f"{self.url}/probe?{query}", timeout=10) as response:
            return parsed(response.read().decode())


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("blackbox")
    authority = Authority()
    (folder / "ca.pem").write_bytes(authority.pem)
    (folder / "blackbox.yml").write_text(CONFIGURATION.replace("CA", str(folder / "ca.pem")))
    port = free_port()
    command = [
        str(EXPORTER),
        f"--config.file={folder / 'blackbox.yml'}",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    with running() as held, Child("blackbox", command, log=folder / "blackbox.log") as child:
        url = f"http://127.0.0.1:{port}"
        child.wait_until(lambda: http_ok(f"{url}/-/healthy"))
        yield Place(held, url, authority, folder)


def parsed(text: str) -> Samples:
    found: Samples = {}
    for line in text.splitlines():
        match = re.fullmatch(r"(\w+)(?:\{(.*)\})? (\S+)", line)
        if match is not None:
            labels = frozenset(re.findall(r'(\w+)="([^"]*)"', match[2] or ""))
            found[match[1], labels] = float(match[3])
    return found


def ours(probe: Probe, check: Any) -> tuple[Check, Samples]:
    """Poll as the collector does, and return what it shows, without the labels that every series bears."""

    async def poll() -> Check:
        resolver = Resolver()
        dialer = Dialer(resolver)
        pollers: dict[Probe, Poller[Any]] = {
            Probe.HTTP: HttpPoller(mono=time.monotonic, dialer=dialer),
            Probe.TLS: TlsPoller(mono=time.monotonic, dialer=dialer),
            Probe.TCP: TcpPoller(mono=time.monotonic, resolver=resolver),
            Probe.DNS: DnsPoller(mono=time.monotonic, resolver=resolver),
        }
        now = time.monotonic()
        request = ServiceRequest(address="127.0.0.1", check=check)
        return await pollers[probe].poll(request, Timing(started_at=now, deadline_at=now + 3))

    done = asyncio.run(poll())
    return done, {
        (series.family, frozenset(label for label in series.labels if label[0] not in ("instance", "job"))): v
        for series, v in cells(done, "service").items()
        if v is not None
    }


def assert_alike(mine: Samples, theirs: Samples, case: str = "") -> None:
    """Fail on any difference that the tables do not name."""
    for key, value in theirs.items():
        name = key[0]
        if any((name, word) in OTHERWISE for word in (case, *(text for _, text in key[1]))):
            continue
        if key in mine:
            if "duration_seconds" in name or "lookup_time" in name:
                assert 0 <= mine[key] < 3, key
            else:
                assert mine[key] == value, key
        else:
            assert name in ONLY_THEIRS or value in NOTHING, (key, value)
    assert {name for name, _ in mine.keys() - theirs.keys()} <= set(ONLY_OURS)


def test_a_page_is_seen_alike(place: Place) -> None:
    """Status, versions, lengths, redirects and phases of a right page, a wrong one and a failing server."""
    pages = {
        "/": page("Cổng thông tin Thái Bình"),
        "/old": page("", status="302 Found", more="Location: /\r\n"),
        "/broken": page("sorry", status="500 Internal Server Error"),
        "/other": page("bảo trì"),
        "/empty": page("", status="204 No Content"),
        "/endless": b"HTTP/1.1 200 OK\r\n\r\nuntil it closes",
    }
    body = ("Th[aá]i Bình",)
    cases: list[tuple[str, str, dict[str, Any], bool]] = [
        ("/", "http", {}, True),
        ("/", "http_body", {"matches": body}, True),
        ("/other", "http_body", {"matches": body}, False),
        ("/old", "http", {}, True),
        ("/old", "http_stay", {"redirects": 0, "status": ((302, 302),)}, True),
        ("/broken", "http", {}, False),
        ("/missing", "http", {}, False),
        ("/empty", "http", {}, True),
        ("/endless", "http", {}, True),
    ]
    with server(place.held, by_path(pages)) as port:
        for path, module, options, passes in cases:
            target = f"http://127.0.0.1:{port}{path}"
            done, mine = ours(Probe.HTTP, HttpCheck(url=target, **options))
            theirs = place.theirs(module, target)
            assert isinstance(done, Reply) is passes, (path, done)
            assert theirs["probe_success", frozenset()] == int(passes), path
            wrong_status = not passes and module == "http"
            assert_alike(mine, theirs, "wrong status" if wrong_status else module)
            assert mine["probe_http_status_code", frozenset()] > 0


def test_an_encrypted_page_and_its_certificate_are_seen_alike(place: Place) -> None:
    """The earliest end of the certificates to the second, and the phases with TLS among them."""
    issued = place.authority.issue(["127.0.0.1"], lasts=timedelta(days=3))
    tls = server_tls(place.folder, issued)
    with server(place.held, answering(page("in private")), tls=tls) as port:
        target = f"https://127.0.0.1:{port}/"
        _, mine = ours(Probe.HTTP, HttpCheck(url=target, trust=place.trust))
        theirs = place.theirs("http", target)
        assert_alike(mine, theirs)
        assert ("probe_ssl_earliest_cert_expiry", frozenset()) in mine.keys() & theirs.keys()
        assert ("probe_http_duration_seconds", frozenset({("phase", "tls")})) in mine.keys() & theirs.keys()
        _, mine = ours(Probe.TLS, TlsCheck(host="127.0.0.1", port=port, trust=place.trust))
        theirs = place.theirs("tls", f"127.0.0.1:{port}")
        assert_alike(mine, theirs)
        assert ("probe_ssl_earliest_cert_expiry", frozenset()) in mine.keys() & theirs.keys()
        assert ("probe_tls_version_info", frozenset({("version", "TLS 1.3")})) in mine.keys() & theirs.keys()


def test_the_first_certificate_of_a_chain_to_end_counts(place: Place) -> None:
    """An authority's certificate that ends before the server's own is what to renew first."""
    issued = place.authority.issue(["127.0.0.1"], lasts=timedelta(days=300))
    whole = replace(issued, chain=issued.chain + place.authority.pem)
    with server(place.held, answering(page("")), tls=server_tls(place.folder, whole, "chain")) as port:
        _, mine = ours(Probe.TLS, TlsCheck(host="127.0.0.1", port=port, trust=place.trust))
        assert_alike(mine, place.theirs("tls", f"127.0.0.1:{port}"))
    ends = mine["probe_ssl_earliest_cert_expiry", frozenset()]
    assert ends - time.time() < AUTHORITY_DAYS * 86_400


@pytest.mark.parametrize("kind", ["expired", "name", "issuer"])
def test_a_certificate_that_is_not_believed_fails_both(place: Place, kind: str) -> None:
    """Expired, of another name, of an unknown issuer; here its end is told all the same."""
    authority = Authority("another") if kind == "issuer" else place.authority
    issued = authority.issue(
        ["other.example" if kind == "name" else "127.0.0.1"],
        since=timedelta(days=9),
        lasts=timedelta(days=-1 if kind == "expired" else 5),
    )
    with server(place.held, answering(page("")), tls=server_tls(place.folder, issued, kind)) as port:
        target = f"https://127.0.0.1:{port}/"
        for probe, check, module, aim in (
            (Probe.HTTP, HttpCheck(url=target, trust=place.trust), "http", target),
            (
                Probe.TLS,
                TlsCheck(host="127.0.0.1", port=port, trust=place.trust),
                "tls",
                target[len("https://") : -1],
            ),
        ):
            _, mine = ours(probe, check)
            theirs = place.theirs(module, aim)
            assert theirs["probe_success", frozenset()] == 0
            assert_alike(mine, theirs)
            assert mine["probe_ssl_earliest_cert_expiry", frozenset()] > 0


def test_ports_are_seen_alike(place: Place) -> None:
    """An open and a closed one."""
    with server(place.held, answering()) as port:
        _, mine = ours(Probe.TCP, TcpCheck(host="127.0.0.1", port=port))
        theirs = place.theirs("tcp", f"127.0.0.1:{port}")
        assert mine["probe_success", frozenset()] == 1
        assert_alike(mine, theirs)
    closed = free_port()
    _, mine = ours(Probe.TCP, TcpCheck(host="127.0.0.1", port=closed))
    assert mine["probe_success", frozenset()] == 0
    assert_alike(mine, place.theirs("tcp", f"127.0.0.1:{closed}"))


@pytest.mark.parametrize(
    ("module", "kind", "lines", "rcode"),
    [
        ("dns", "A", ("portal.example. 60 IN A 127.34.0.11", "portal.example. 60 IN A 127.34.0.12"), 0),
        ("soa", "SOA", ("portal.example. 60 IN SOA ns.example. root.example. 2026112301 1 1 1 1",), 0),
        ("dns", "A", (), int(dns.rcode.NXDOMAIN)),
        ("dns", "A", (), int(dns.rcode.SERVFAIL)),
    ],
)
def test_name_servers_are_seen_alike(
    place: Place, module: str, kind: str, lines: tuple[str, ...], rcode: int
) -> None:
    """Records by section, the serial of a zone, and errors of the server."""
    with name_server(place.held, records(*lines, rcode=dns.rcode.Rcode(rcode))) as port:
        check = DnsCheck(server="127.0.0.1", port=port, name="portal.example", type=kind)
        _, mine = ours(Probe.DNS, check)
        theirs = place.theirs(module, f"127.0.0.1:{port}")
    assert theirs["probe_success", frozenset()] == int(rcode == 0)
    assert_alike(mine, theirs)


def test_an_answer_without_records_passes_there_and_fails_here(place: Place) -> None:
    """A name server that has lost a zone's records says NOERROR: for whoever looks the name up it is down."""
    with name_server(place.held, records()) as port:
        check = DnsCheck(server="127.0.0.1", port=port, name="portal.example")
        _, mine = ours(Probe.DNS, check)
        theirs = place.theirs("dns", f"127.0.0.1:{port}")
    assert theirs["probe_success", frozenset()] == 1
    assert mine["probe_success", frozenset()] == 0
