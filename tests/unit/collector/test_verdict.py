"""Answered, silent, or nothing at all: what a poll proves."""

from __future__ import annotations

import pytest

from collector.advice import ADVICE
from collector.inventory.values import Probe
from collector.model import Reason, Verdict
from collector.verdict import judge
from tests.unit.collector.polls import echoes, fault, got, outcome

ICMP, SNMP, SSH = Probe.ICMP, Probe.SNMP, Probe.SSH
ALL = (ICMP, SNMP, SSH)


def test_one_answer_of_any_probe_is_an_answer() -> None:
    """A device that pings is up, though SNMP and SSH are silent; the fault is named beside it."""
    judged = judge(outcome(echoes(0.01), fault(SNMP, Reason.TIMEOUT), fault(SSH, Reason.CLOSED)), ALL)
    assert judged.verdict is Verdict.ANSWERED
    assert judged.reason is Reason.TIMEOUT


def test_a_refusal_is_an_answer() -> None:
    """A Report, a refused login or a closed port came from somewhere: the device is there."""
    judged = judge(outcome(fault(SNMP, Reason.UNKNOWN_USER, answered=True)), (SNMP,))
    assert judged.verdict is Verdict.ANSWERED
    assert judged.answered_at == 100.1
    assert judged.reason is Reason.UNKNOWN_USER


def test_only_the_probes_that_count_decide() -> None:
    """With reachability by SNMP alone, a ping proves nothing."""
    poll = outcome(echoes(0.01), fault(SNMP, Reason.TIMEOUT))
    assert judge(poll, (SNMP,)).verdict is Verdict.SILENT
    assert judge(poll, (ICMP,)).verdict is Verdict.ANSWERED


def test_all_silent_is_silent_with_the_first_reason() -> None:
    """Every counting probe was sent, none came back."""
    judged = judge(outcome(fault(ICMP, Reason.TIMEOUT), fault(SNMP, Reason.TIMEOUT)), ALL)
    assert (judged.verdict, judged.answered_at, judged.reason) == (
        Verdict.SILENT,
        None,
        Reason.TIMEOUT,
    )


@pytest.mark.parametrize("reason", [reason for reason in Reason if reason.local])
def test_one_probe_that_could_not_be_sent_makes_silence_worthless(reason: Reason) -> None:
    """If anything local kept a probe from being sent, silence of the others is no evidence."""
    judged = judge(outcome(fault(ICMP, reason), fault(SNMP, Reason.TIMEOUT)), ALL)
    assert (judged.verdict, judged.reason) == (Verdict.LOCAL, reason)


def test_silence_while_the_collector_was_held_up_is_local() -> None:
    """Answers may have come unheard while the loop stood still; an answer that was heard still counts."""
    silent = outcome(fault(SNMP, Reason.TIMEOUT), stalled_s=1.5)
    assert judge(silent, ALL).verdict is Verdict.LOCAL
    assert judge(silent, ALL).reason is Reason.LATE
    assert judge(outcome(got(1), stalled_s=1.5), ALL).verdict is Verdict.ANSWERED
    assert judge(outcome(fault(SNMP, Reason.TIMEOUT), stalled_s=0.9), ALL).verdict is Verdict.SILENT


def test_a_poll_without_any_counting_probe_proves_nothing() -> None:
    """An empty poll is our own failure."""
    assert judge(outcome(), ALL).verdict is Verdict.LOCAL


def test_every_reason_has_advice() -> None:
    """Whoever is on duty is told what to check next, for each reason of the closed list."""
    assert set(ADVICE) == set(Reason)
    assert all((len(text) > 30 and text.endswith(".")) or text.endswith("?") for text in ADVICE.values())
