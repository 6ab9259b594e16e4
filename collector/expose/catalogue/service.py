"""Families of services under blackbox_exporter's names."""

from __future__ import annotations

from collector.expose.catalogue.family import Family, Kind, Owner

_HTTP, _DNS, _TLS, _ALL = "http", "dns", "http, tls", "http, tls, tcp, dns"

# Name, unit, labels, meaning, the probes that bring it.
_ROWS: tuple[tuple[str, str, tuple[str, ...], str, str], ...] = (
    ("probe_success", "1", (), "1 if the check passed, else 0; absent if it could not be made", _ALL),
    ("probe_duration_seconds", "seconds", (), "How long the whole check took", _ALL),
    ("probe_dns_lookup_time_seconds", "seconds", (), "How long this machine's resolver took", _ALL),
    ("probe_ip_protocol", "1", (), "IP version of the address that was asked", _ALL),
    ("probe_http_status_code", "1", (), "Status of the last answer", _HTTP),
    ("probe_http_version", "1", (), "HTTP version of the last answer", _HTTP),
    ("probe_http_redirects", "redirects", (), "How many redirects were followed", _HTTP),
    ("probe_http_ssl", "1", (), "1 if the last answer came encrypted, else 0", _HTTP),
    ("probe_http_content_length", "bytes", (), "Length that the last answer announced", _HTTP),
    ("probe_http_uncompressed_body_length", "bytes", (), "Length of the body that came", _HTTP),
    ("probe_failed_due_to_regex", "1", (), "1 if the body was not as it must be, else 0", _HTTP),
    ("probe_http_duration_seconds", "seconds", ("phase",),
     "Time by phase, added up over redirects: resolve, connect, tls, processing, transfer", _HTTP),
    ("probe_ssl_earliest_cert_expiry", "seconds", (),
     "When the first of the certificates that are shown will end, believed or not", _TLS),
    ("probe_tls_version_info", "1", ("version",), "Always 1; the TLS version agreed upon", _TLS),
    ("haidang_service_duration_seconds", "seconds", ("phase",),
     "Time by phase, for what blackbox_exporter has no name: resolve, connect, tls", "tls, tcp"),
    ("probe_dns_query_succeeded", "1", (), "1 if the name server answered, else 0", _DNS),
    ("probe_dns_answer_rrs", "records", (), "Records in the answer", _DNS),
    ("probe_dns_authority_rrs", "records", (), "Records about who is responsible", _DNS),
    ("probe_dns_additional_rrs", "records", (), "Further records", _DNS),
    ("probe_dns_serial", "1", (), "Serial number, if a SOA was asked for", _DNS),
    ("probe_dns_duration_seconds", "seconds", ("phase",),
     "Time by phase: resolve, connect (TCP), request", _DNS),
)  # fmt: skip

FAMILIES = tuple(
    Family(
        name=name, kind=Kind.GAUGE, owner=Owner.SERVICE, unit=unit, labels=labels, help=text, source=source
    )
    for name, unit, labels, text, source in _ROWS
)
