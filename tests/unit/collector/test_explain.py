"""What `haidang poll` prints of a device's polls."""

from __future__ import annotations

import pytest

from collector.decode.interfaces import IFX_ENTRY
from collector.explain import print_step
from collector.inventory.values import Probe
from collector.model import Oid, Printed, Reason, SnmpValue
from collector.pipeline import Memory, Subject
from tests.unit.collector.polls import echoes, fault, outcome, reply, walked
from tests.unit.collector.test_pipeline import AGENT, printed, report, step


def test_what_the_first_report_brought_is_shown_though_the_second_has_nothing_new(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The second poll follows at once: the agent has no newer snapshot, and its values are not lost."""
    first = step(Memory(), printed(report(last=7, entries=[7])), AGENT)
    second = step(first.memory, printed(report(last=7, entries=[]), at=101.0), AGENT)
    assert not second.batches
    print_step([first, second], explain=True)
    assert "  haidang_host_users{" in capsys.readouterr().out


def test_what_to_check_next_depends_on_who_answered(capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody is sent to look for a power cut at a device that answers a ping."""
    silent = fault(Probe.SNMP, Reason.TIMEOUT)
    print_step([step(Memory(), outcome(echoes(0.01), silent))], explain=False)
    assert "snmp: It answers otherwise, so the line is not it." in capsys.readouterr().out
    print_step([step(Memory(), outcome(fault(Probe.ICMP, Reason.TIMEOUT), silent))], explain=False)
    assert "snmp: Nothing came back. Ping its parent; then power" in capsys.readouterr().out


def test_a_long_reason_stays_on_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Somebody searches for it, or copies it into a message."""
    checks = (
        fault(Probe.SNMP, Reason.WRONG_KEY, answered=True),
        reply(Probe.SSH, Printed(stdout=b"", asked_at=1, first_at=1)),
    )
    print_step([step(Memory(), outcome(*checks), AGENT)], explain=False)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "snmp  wrong_key: as the test wants it  3 sent, 1 came back, 2000.0 ms"
    assert "verdict: answered (wrong_key)" in lines


@pytest.mark.parametrize(
    ("uplink", "sentence"),
    [
        ("wan0", "line: wan0 is interface 4, counted in 64 bits\n"),
        (
            "wan1",
            (
                "line: the device shows no interface wan1 that can be counted, or several: correct "
                "uplink.interface to one ifName, ifDescr or ifAlias of it; it shows lan0, wan0\n"
            ),
        ),
    ],
)
def test_the_interface_of_the_line_is_named_or_what_there_is_instead(
    uplink: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A line that is not measured for a spelling mistake is mended from what `haidang poll` prints."""
    subject = Subject(device="d", probes=(Probe.SNMP,), reachability=(Probe.SNMP,), uplink=uplink)
    rows: dict[Oid, SnmpValue] = {
        (*IFX_ENTRY, column, index): value
        for index, name in ((4, b"wan0"), (9, b"lan0"))
        for column, value in ((1, name), (6, 1), (10, 1))
    }
    print_step([step(Memory(), outcome(walked(rows)), subject)], explain=False)
    assert sentence in capsys.readouterr().out
