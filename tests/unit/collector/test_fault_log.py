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
    """Not poll after poll; another reason is news."""
    log = FaultLog()
    reasons = (None, Reason.WRONG_KEY, Reason.WRONG_KEY, Reason.UNKNOWN_USER, None, None)
    assert [list(log.polled(view(reason), Verdict.ANSWERED)) for reason in reasons] == [
        [],
        ["d: snmp fails (wrong_key): in its own words"],
        [],
        ["d: snmp fails (unknown_user): in its own words"],
        ["d: snmp works again"],
        [],
    ]


def test_silence_is_left_to_the_states() -> None:
    """An outage adds no line for each probe, at its begin or its end."""
    log = FaultLog()
    polls = ((None, Verdict.ANSWERED), (Reason.TIMEOUT, Verdict.SILENT), (None, Verdict.ANSWERED))
    assert [list(log.polled(view(reason), verdict)) for reason, verdict in polls] == [[], [], []]


def test_a_device_that_left_begins_anew() -> None:
    """What it failed at before is not taken for known when it comes back."""
    log = FaultLog()
    assert list(log.polled(view(Reason.WRONG_KEY), Verdict.ANSWERED))
    log.retain({"other"})
    assert list(log.polled(view(Reason.WRONG_KEY), Verdict.ANSWERED))
    assert not list(log.polled(None, Verdict.ANSWERED))
