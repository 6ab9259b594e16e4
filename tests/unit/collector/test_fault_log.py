"""Which sentences the log has on probes of devices that answer."""

from __future__ import annotations

from collector.current import ProbeView, View
from collector.fault_log import FaultLog
from collector.inventory.values import Probe
from collector.model import Reason, Verdict
from tests.unit.collector.test_core import device


def view(reason: Reason | None = None) -> View:
    detail = "" if reason is None else "in its own words"
    snmp = ProbeView(probe=Probe.SNMP, rtt_s=None if reason else 0.01, reason=reason, detail=detail)
    ping = ProbeView(probe=Probe.ICMP, rtt_s=0.01, reason=None, detail="")
    return View(device=device("d"), probes=(ping, snmp))


def test_a_failing_probe_is_named_once_and_once_when_it_works_again() -> None:
    """By the second poll that finds it, not poll after poll; another reason is news."""
    log = FaultLog()
    key, user = Reason.WRONG_KEY, Reason.UNKNOWN_USER
    reasons = (None, key, key, key, user, user, None, None)
    assert [list(log.polled(view(reason), Verdict.ANSWERED)) for reason in reasons] == [
        [],
        [],
        ["d: snmp fails (wrong_key): in its own words"],
        [],
        [],
        ["d: snmp fails (unknown_user): in its own words"],
        ["d: snmp works again"],
        [],
    ]


def test_silence_is_left_to_the_states() -> None:
    """An outage adds no line for each probe; nor does one that comes too late at its end."""
    log = FaultLog()
    silent, half, whole = (
        (Reason.TIMEOUT, Verdict.SILENT),
        (Reason.TIMEOUT, Verdict.ANSWERED),
        (None, Verdict.ANSWERED),
    )
    polls = (whole, half, silent, silent, half, whole, silent, half, whole)
    assert not [line for reason, verdict in polls for line in log.polled(view(reason), verdict)]


def test_a_device_that_left_begins_anew() -> None:
    """What it failed at before is not taken for known when it comes back."""
    log, fails = FaultLog(), view(Reason.WRONG_KEY)
    assert [list(log.polled(fails, Verdict.ANSWERED)) != [] for _ in range(3)] == [False, True, False]
    log.retain({"other"})
    assert [list(log.polled(fails, Verdict.ANSWERED)) != [] for _ in range(3)] == [False, True, False]
    assert not list(log.polled(None, Verdict.ANSWERED))


def test_a_service_that_answers_wrongly_is_told_in_its_words() -> None:
    """Its state says that it is down, the log says what it answered; mere silence is left to the states."""

    def portal(reason: Reason | None) -> View:
        words = "" if reason is None else "in its own words"
        return View(
            device=device("portal"),
            probes=(ProbeView(probe=Probe.HTTP, rtt_s=None, reason=reason, detail=words),),
        )

    log = FaultLog()
    wrong, silent = Reason.UNEXPECTED_STATUS, Reason.TIMEOUT
    polls = (None, wrong, wrong, wrong, None, silent, silent, None)
    assert [
        list(log.polled(portal(reason), Verdict.ANSWERED if reason is None else Verdict.SILENT))
        for reason in polls
    ] == [
        [],
        [],
        ["portal: http fails (unexpected_status): in its own words"],
        [],
        ["portal: http works again"],
        [],
        [],
        [],
    ]
