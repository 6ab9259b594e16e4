"""What the checks of services show, as series and as verdicts."""

from __future__ import annotations

from types import MappingProxyType

import pytest

from collector.decode.service import cells
from collector.expose.catalogue.service import FAMILIES
from collector.inventory.values import Probe
from collector.model import Fault, Reason, Reply, Verdict
from collector.pipeline import Memory, Subject, step
from collector.verdict import judge
from collector.visit import PageSeen, Phase, RecordsSeen, TlsSeen, Visit
from tests.unit.collector.polls import fault, outcome, reply

PAGE = Visit(
    phases=MappingProxyType({Phase.RESOLVE: 0.001, Phase.CONNECT: 0.002, Phase.TLS: 0.01}),
    address="::1",
    tls=TlsSeen(version="TLSv1.2", expires_ms=1_800_000_000_500),
    page=PageSeen(
        status=200, version=1.1, encrypted=True, redirects=1, announced=None, length=7, body_right=True
    ),
)
SERVICES = [Probe.HTTP, Probe.TLS, Probe.TCP, Probe.DNS]


def shown(check: Reply | Fault) -> dict[str, float | None]:
    """Return what a check shows, as name{own labels} → value."""
    found: dict[str, float | None] = {}
    for series, value in cells(check, "portal").items():
        assert series.labels[:2] == (("instance", "portal"), ("job", "blackbox"))
        own = ",".join(f"{name}={text}" for name, text in series.labels[2:])
        found[f"{series.family}{{{own}}}" if own else series.family] = value
    return found


def test_a_page_shows_what_was_seen_and_nothing_else() -> None:
    """Every value under its name; what was not seen is missing, never 0."""
    assert shown(reply(Probe.HTTP, PAGE, took=0.5)) == {
        "probe_success": 1,
        "probe_duration_seconds": 0.5,
        "probe_dns_lookup_time_seconds": 0.001,
        "probe_ip_protocol": 6,
        "probe_ssl_earliest_cert_expiry": 1_800_000_000.5,
        "probe_tls_version_info{version=TLS 1.2}": 1,
        "probe_http_status_code": 200,
        "probe_http_version": 1.1,
        "probe_http_redirects": 1,
        "probe_http_ssl": 1,
        "probe_http_content_length": None,
        "probe_http_uncompressed_body_length": 7,
        "probe_failed_due_to_regex": 0,
        "probe_http_duration_seconds{phase=resolve}": 0.001,
        "probe_http_duration_seconds{phase=connect}": 0.002,
        "probe_http_duration_seconds{phase=tls}": 0.01,
    }


def failing(probe: Probe, reason: Reason, seen: Visit, *, answered: bool = False) -> Fault:
    return Fault(
        probe=probe,
        reason=reason,
        detail="as the test wants it",
        sent_at=100.0,
        done_at=100.25,
        answered_at=100.1 if answered else None,
        seen=seen,
    )


def test_a_check_that_failed_shows_how_far_it_came() -> None:
    """A refused connection has a lookup and an attempt, and success 0."""
    seen = Visit(phases=MappingProxyType({Phase.RESOLVE: 0.001, Phase.CONNECT: 0.2}), address="127.0.0.1")
    assert shown(failing(Probe.TCP, Reason.TIMEOUT, seen)) == {
        "probe_success": 0,
        "probe_duration_seconds": 0.25,
        "probe_dns_lookup_time_seconds": 0.001,
        "probe_ip_protocol": 4,
        "haidang_service_duration_seconds{phase=resolve}": 0.001,
        "haidang_service_duration_seconds{phase=connect}": 0.2,
    }
    seen = Visit(address="127.0.0.1", records=RecordsSeen(answer=0, authority=1, additional=0))
    found = shown(failing(Probe.DNS, Reason.DNS_ERROR, seen))
    assert found["probe_dns_query_succeeded"] == 1
    assert (found["probe_dns_answer_rrs"], found["probe_dns_authority_rrs"]) == (0, 1)
    assert found["probe_dns_serial"] is None


@pytest.mark.parametrize("reason", [reason for reason in Reason if reason.local])
def test_a_check_that_could_not_be_made_shows_nothing(reason: Reason) -> None:
    """probe_success 0 would call a service down that nobody has looked at."""
    assert shown(failing(Probe.HTTP, reason, Visit())) == {}


def test_every_series_is_in_the_catalogue() -> None:
    """Names and own labels are those of the families."""
    labels = {family.name: set(family.labels) for family in FAMILIES}
    for probe in SERVICES:
        visit = Visit(
            phases=PAGE.phases, tls=PAGE.tls, page=PAGE.page,
            records=RecordsSeen(answer=1, authority=0, additional=0, serial=7), address="127.0.0.1",
        )  # fmt: skip
        for series in cells(reply(probe, visit), "s"):
            assert {name for name, _ in series.labels[2:]} == labels[series.family]


def test_the_series_stand_beside_those_of_the_probe() -> None:
    """They are shown whatever came of the check: a service that is down has its status code."""
    subject = Subject(device="portal", probes=(Probe.HTTP,), reachability=(Probe.HTTP,))
    check = failing(Probe.HTTP, Reason.UNEXPECTED_STATUS, PAGE, answered=True)
    done = step(Memory(), subject, outcome(check, device="portal"), lambda at: round(at * 1000))
    values = {
        series.family: value
        for series, value in zip(done.status.layout.series, done.status.values, strict=True)
    }
    assert values["probe_success"] == 0
    assert values["probe_http_status_code"] == 200
    assert values["haidang_probe_success"] == 0
    families = [series.family for series in done.status.layout.series]
    assert families == sorted(families)


@pytest.mark.parametrize("probe", SERVICES)
def test_a_wrong_answer_is_silence_of_the_service(probe: Probe) -> None:
    """A packet came back and is no answer; it is noted all the same that the way is open."""
    judged = judge(outcome(fault(probe, Reason.UNEXPECTED_STATUS, answered=True)), (probe,))
    assert (judged.verdict, judged.answered_at) == (Verdict.SILENT, None)
    assert (judged.reason, judged.passed) == (Reason.UNEXPECTED_STATUS, True)
    judged = judge(outcome(fault(probe, Reason.TIMEOUT)), (probe,))
    assert (judged.verdict, judged.passed) == (Verdict.SILENT, False)
    assert judge(outcome(reply(probe, PAGE)), (probe,)).verdict is Verdict.ANSWERED


@pytest.mark.parametrize("reason", [reason for reason in Reason if reason.local])
def test_what_fails_here_says_nothing_of_the_service(reason: Reason) -> None:
    """Also if some packet had come back before."""
    judged = judge(outcome(fault(Probe.HTTP, reason, answered=True)), (Probe.HTTP,))
    assert (judged.verdict, judged.reason, judged.passed) == (Verdict.LOCAL, reason, False)


def test_a_wrong_answer_that_was_heard_counts_though_this_process_stalled() -> None:
    """A stall makes waiting worthless, not what came."""

    def stalled(reason: Reason) -> Verdict:
        check = fault(Probe.HTTP, reason, answered=True)
        return judge(outcome(check, stalled_s=1.5), (Probe.HTTP,)).verdict

    assert stalled(Reason.UNEXPECTED_STATUS) is Verdict.SILENT
    assert stalled(Reason.CERTIFICATE_EXPIRED) is Verdict.SILENT
    assert stalled(Reason.TIMEOUT) is Verdict.LOCAL
    assert stalled(Reason.DEADLINE) is Verdict.LOCAL
    assert stalled(Reason.CLOSED) is Verdict.LOCAL
