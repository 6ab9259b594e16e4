"""What a check of a service saw, as series under blackbox_exporter's names. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from collector.decode.section import Labels
from collector.inventory.values import Probe
from collector.model import Check, Fault, Reply, Series
from collector.visit import PageSeen, Phase, Visit

Cells = dict[Series, float | None]

_PHASES = {
    Probe.HTTP: "probe_http_duration_seconds",
    Probe.DNS: "probe_dns_duration_seconds",
    Probe.TCP: "haidang_service_duration_seconds",
    Probe.TLS: "haidang_service_duration_seconds",
}


def cells(check: Check, device: str) -> Cells:
    """Return the series of a service's check, failed or not; of one that could not be made there are none."""
    visit = check.seen if isinstance(check, Fault) else check.payload
    if not isinstance(visit, Visit) or (isinstance(check, Fault) and check.reason.local):
        return {}
    base: Labels = (("instance", device), ("job", "blackbox"))
    found: Cells = {Series(name, base): value for name, value in _plain(check, visit)}
    family = _PHASES[check.probe]
    for phase, seconds in visit.phases.items():
        found[Series(family, (*base, ("phase", str(phase))))] = seconds
    if visit.tls is not None and visit.tls.version:
        name = visit.tls.version.replace("TLSv", "TLS ")
        found[Series("probe_tls_version_info", (*base, ("version", name)))] = 1
    return found


def _plain(check: Check, visit: Visit) -> Iterator[tuple[str, float | None]]:
    """Yield the series without labels of their own."""
    yield "probe_success", int(isinstance(check, Reply))
    yield "probe_duration_seconds", check.done_at - check.sent_at
    yield "probe_dns_lookup_time_seconds", visit.phases.get(Phase.RESOLVE)
    if visit.address is not None:
        yield "probe_ip_protocol", 6 if ":" in visit.address else 4
    if visit.tls is not None and visit.tls.expires_ms is not None:
        yield "probe_ssl_earliest_cert_expiry", visit.tls.expires_ms / 1000
    if visit.page is not None:
        yield from _page(visit.page)
    if check.probe is Probe.DNS:
        yield "probe_dns_query_succeeded", int(visit.records is not None)
    if visit.records is not None:
        yield "probe_dns_answer_rrs", visit.records.answer
        yield "probe_dns_authority_rrs", visit.records.authority
        yield "probe_dns_additional_rrs", visit.records.additional
        yield "probe_dns_serial", visit.records.serial


def _page(page: PageSeen) -> Iterator[tuple[str, float | None]]:
    yield "probe_http_status_code", page.status
    yield "probe_http_version", page.version
    yield "probe_http_redirects", page.redirects
    yield "probe_http_ssl", int(page.encrypted)
    yield "probe_http_content_length", page.announced
    yield "probe_http_uncompressed_body_length", page.length
    yield "probe_failed_due_to_regex", None if page.body_right is None else int(not page.body_right)
