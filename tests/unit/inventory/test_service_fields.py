"""What services are asked: URLs, hosts, spans of status codes, patterns."""

from __future__ import annotations

import pytest

from collector.inventory.fields.service import host, pattern, service_url, status
from tests.unit.inventory.test_network import refusal


@pytest.mark.parametrize(
    "url",
    [
        "http://portal.example",
        "https://[2001:db8::1]:8443/health?x=1",
        "https://cổng.example/",
        "tls://ldap.example:636",
        "tcp://mail.example:25",
        "dns://127.0.0.1/x.vn",
        "dns://127.0.0.1:5353/_ldap._tcp.x.vn",
    ],
)
def test_services_are_reached_by_url(url: str) -> None:
    """The five kinds of URL are taken as they stand."""
    assert service_url(url) == url


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("ftp://x", "write a URL with http://, https://, tls://, tcp:// or dns://"),
        ("http://[::1", "is not a URL"),
        ("http://host:99999/", "is not a URL"),
        ("http://host:0/", "has no port from 1 to 65535"),
        ("tcp://host:25/path", "needs a port and no more (write tcp://host:port)"),
        ("tls://host", "needs a port and no more (write tls://host:port)"),
        ("dns://127.0.0.1/", "asks for no name"),
        ("dns://127.0.0.1/a..b", "is not a name"),
        ("dns://127.0.0.1/a?type=MX", "is not a name"),
        ("https://portal.example/#top", "has a fragment, which no server sees"),
        ("https://127.0.0.300/", "is not a host"),
        ("https://-a.example/", "is not a host"),
        ("http://a:b@host/", "holds a secret in clear"),
        ("http://a@host/", "the check logs in nowhere"),
    ],
)
def test_urls_that_are_incomplete_or_tell_secrets_are_refused(url: str, words: str) -> None:
    """A URL needs scheme, host and what its kind needs, and no login."""
    assert words in refusal(service_url, url).replace("dns://127.0.0.1/ ", "")


def test_hosts_are_written_as_dns_knows_them() -> None:
    """Names with accents become ASCII, addresses take their shortest spelling."""
    assert host("Portal.Example") == "portal.example"
    assert host("cổng.vn") == "xn--cng-qmz.vn"
    assert host("2001:DB8:0::1") == "2001:db8::1"
    for wrong in ("a b", "", "a" * 64, ".".join(["a" * 50] * 6), "1.2.3"):
        assert "is not a host" in refusal(host, wrong) or "has no value" in refusal(host, wrong)


def test_status_codes_come_alone_or_in_spans() -> None:
    """Codes below 200 are no final answers; a span does not end before it begins."""
    assert status("204") == (204, 204)
    assert status("200-399") == (200, 399)
    assert "is not an HTTP status" in refusal(status, "2xx")
    assert "is not an HTTP status" in refusal(status, "600")
    assert "is no final status" in refusal(status, "100")
    assert "ends before it begins" in refusal(status, "300-200")


def test_patterns_are_of_re2() -> None:
    """What would need backtracking is refused with what RE2 says of it."""
    assert pattern("v[0-9]+(\\.[0-9]+)*") == "v[0-9]+(\\.[0-9]+)*"
    assert refusal(pattern, "(?<=a)b") == (
        '"(?<=a)b" is not a pattern: invalid perl operator: (?<= '
        "(write it in RE2's syntax, which has no look-around and no back-references)"
    )
