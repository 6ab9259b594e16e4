"""The blocks about services: what is asked from outside, and what makes the answer right."""

from __future__ import annotations

from collector.inventory.schema.entry import Entry, key
from collector.inventory.schema.types import (
    Address,
    Count,
    Duration,
    FilePath,
    Host,
    Hosts,
    Identifier,
    Identifiers,
    Instant,
    MethodName,
    Patterns,
    RecordTypeName,
    Redirects,
    Statuses,
    Switched,
    Text,
    Texts,
    Url,
)


class HttpBlock(Entry):
    """What makes a page right; of use with http:// and https://."""

    status: Statuses = key(
        "which status codes are right, alone or as spans", example="[200, 401]", default="`200-299`"
    )
    contains: Texts = key("texts that must all be in the page", example='["Đăng nhập"]', default="none")
    lacks: Texts = key("texts that must not be in it", example='["bảo trì"]', default="none")
    matches: Patterns = key(
        "regular expressions (RE2) that must all match in it", example='["Phiên bản [0-9]+"]', default="none"
    )
    redirects: Redirects = key(
        "how many redirects are followed, 0 to 10; 0 judges the redirect itself", example="0", default="`5`"
    )
    redirect_hosts: Hosts = key(
        "hosts, beside that of the URL, that redirects may lead to", example="[sso.example]", default="none"
    )
    method: MethodName = key("`GET`, or `HEAD` to leave out the body", example="HEAD", default="`GET`")


class TrustBlock(Entry):
    """Which certificates are believed; of use with https:// and tls://."""

    ca: FilePath = key(
        "file with the only authorities that are believed, PEM; a server's own certificate pins it",
        example="secrets/province-ca.pem",
        default="this machine's own list",
    )
    server_name: Host = key(
        "the name that the certificate must bear and that is asked for",
        example="portal.example",
        default="the host of the URL",
    )


class DnsBlock(Entry):
    """What is asked of a name server; of use with dns://."""

    type: RecordTypeName = key(
        "`A`, `AAAA`, `CNAME`, `MX`, `NS`, `PTR`, `SOA`, `SRV` or `TXT`", example="MX", default="`A`"
    )
    answer: Texts = key(
        "records that must all be in the answer, as dig writes them",
        example="[127.34.0.1]",
        default="any record will do",
    )


class ServiceBlock(Entry):
    """Something that users notice, checked from outside."""

    id: Identifier = key("its name for ever; no device has the same", example="portal", required=True)
    name: Text = key("what people call it", example="Cổng thông tin điện tử", default="the id")
    url: Url = key(
        "what is asked: `http://`, `https://`, `tls://host:port`, `tcp://host:port` or `dns://server/name`",
        example="https://portal.example/",
        required=True,
    )
    address: Address = key(
        "where to connect, instead of looking up the host of the URL",
        example="127.34.0.10",
        default="looked up at each check",
    )
    area: Identifier = key("which of `areas` it belongs to", example="dc", default="none")
    parents: Identifiers = key(
        "the devices it hangs on; `[]` for none", example="[sw-core]", default="the hub of its area"
    )
    http: Switched[HttpBlock] = key(
        "what makes a page right", example="{contains: Đăng nhập}", default="status 200 to 299"
    )
    tls: Switched[TrustBlock] = key(
        "which certificates are believed", example="{ca: ca.pem}", default="those of this machine's list"
    )
    dns: Switched[DnsBlock] = key(
        "which records are asked for", example="{type: MX}", default="type A, any answer"
    )
    interval: Duration = key("time from check to check, 1s to 1h", example="1m", default="as in `defaults`")
    deadline: Duration = key(
        "when an unfinished check is given up", example="10s", default="as in `defaults`"
    )
    serves: Count = key("how many agencies use it", example="788", default="`0`")
    commissioned: Instant = key(
        "when it went into service; nothing counts before", example="2026-01-01", default="always"
    )
    withdrawn: Instant = key(
        "when it went out of service; keep its entry, the past still needs it",
        example="2026-07-01 12:00",
        default="never",
    )
