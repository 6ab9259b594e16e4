"""Outages of now: they begin once and end once, know who is cut off, and say why they were."""

from __future__ import annotations

import re

from collector.inventory.values import Device, Probe
from collector.model import Check, Reason
from tests.unit.collector.polls import fault, got, walked
from tests.unit.collector.test_core import ROWS, Rig, device, inventory

HOLD_S = 45  # three scrapes of half a poll interval of 30 s


def silent() -> Check:
    return fault(Probe.SNMP, Reason.TIMEOUT)


def up(rig: Rig, *names: str) -> None:
    for name in names:
        rig.poll(name, walked(ROWS))
        rig.poll(name, got(1_000 + round((rig.clock.mono()) * 100), 20))


def down(rig: Rig, name: str) -> None:
    """Three silent polls, as the confirmation asks for them."""
    for after in (30, 5, 5):
        rig.clock.advance(after)
        rig.poll(name, silent(), took=2.0)
    rig.core.tick()


def shown(rig: Rig, family: str) -> dict[str, str]:
    found = re.findall(rf"^{family}(\{{.*\}}) (\S+)$", rig.text(), re.MULTILINE)
    return dict(found)


def hub() -> tuple[Device, ...]:
    return (device("h"), device("a", "h"), device("b", "h"), device("other", area="B"))


def test_a_hub_that_is_down_says_at_once_who_is_cut_off_behind_it() -> None:
    """By the parents alone: nobody waits for the polls of those behind it."""
    rig = Rig(*hub())
    up(rig, "h", "a", "b", "other")
    down(rig, "h")
    where = '{instance="h",job="haidang",role="commune",area="A"'
    assert shown(rig, "haidang_outage_cut_off_units") == {where + ',unit="commune"}': "2"}
    assert shown(rig, "haidang_outage_of_units") == {where + ',unit="commune"}': "4"}
    assert shown(rig, "haidang_outage_cut_off_agencies") == {where + "}": "9"}
    assert shown(rig, "haidang_outage_of_agencies") == {where + "}": "12"}
    (labels,) = shown(rig, "haidang_outage_start_timestamp_seconds")
    assert labels == where + ',name="H",area_name="Huyện A",kind="hub"}'


def test_its_begin_is_local_time_for_people() -> None:
    """In the inventory's time zone, 7 hours before UTC here, with the reason of the first silent poll."""
    rig = Rig(device("a"))
    up(rig, "a")
    down(rig, "a")
    (labels,) = shown(rig, "haidang_outage_info")
    assert 'since="2026-10-01 07:00:30",fault="timeout"}' in labels


def test_who_is_cut_off_has_no_outage_of_its_own() -> None:
    """One cause, one outage."""
    rig = Rig(*hub())
    up(rig, "h", "a", "b", "other")
    down(rig, "h")
    down(rig, "a")
    (labels,) = shown(rig, "haidang_outage_start_timestamp_seconds")
    assert labels.startswith('{instance="h",')


def test_the_end_is_shown_with_length_and_cause_for_two_evaluations() -> None:
    """And is gone after that; the series that an alert hangs on keeps its labels from begin to end."""
    rig = Rig(device("a"))
    up(rig, "a")
    down(rig, "a")
    before = shown(rig, "haidang_outage_start_timestamp_seconds")
    assert shown(rig, "haidang_outage_length_seconds") == {}
    rig.clock.advance(20)
    up(rig, "a")
    rig.core.tick()
    assert shown(rig, "haidang_outage_start_timestamp_seconds") == before
    ((labels, length),) = shown(rig, "haidang_outage_length_seconds").items()
    assert 'cause="line"' in labels
    assert int(length) == 36
    rig.clock.advance(HOLD_S - 1)
    rig.core.tick()
    assert shown(rig, "haidang_outage_length_seconds") != {}
    rig.clock.advance(2)
    rig.core.tick()
    assert "haidang_outage" not in rig.text()


def test_a_device_that_comes_back_with_a_new_uptime_was_without_power() -> None:
    """Its counter began anew within the outage."""
    rig = Rig(device("a"))
    rig.poll("a", walked(ROWS))
    rig.poll("a", got(9_000_000, 20))
    down(rig, "a")
    rig.clock.advance(60)
    rig.poll("a", got(2_000, 20))
    rig.core.tick()
    (labels,) = shown(rig, "haidang_outage_length_seconds")
    assert 'cause="power_or_restart"' in labels


def test_an_answer_between_two_silences_ends_nothing() -> None:
    """Within the time that the end is shown, the same outage goes on: no second message."""
    rig = Rig(device("a"))
    up(rig, "a")
    down(rig, "a")
    before = shown(rig, "haidang_outage_start_timestamp_seconds")
    up(rig, "a")
    rig.core.tick()
    down(rig, "a")
    assert shown(rig, "haidang_outage_start_timestamp_seconds") == before
    assert shown(rig, "haidang_outage_length_seconds") == {}


def test_the_third_outage_in_a_quarter_of_an_hour_is_flapping_until_it_is_steady() -> None:
    """Five minutes without a change end it; its outage ends after it, so whoever was told hears the end."""
    rig = Rig(device("a"))
    up(rig, "a")
    for _ in range(3):
        assert shown(rig, "haidang_outage_flapping") == {}
        down(rig, "a")
        rig.clock.advance(60)
        up(rig, "a")
        rig.core.tick()
    assert list(shown(rig, "haidang_outage_flapping").values()) == ["3"]
    for _ in range(9):
        rig.clock.advance(30)
        up(rig, "a")
        rig.core.tick()
    assert shown(rig, "haidang_outage_flapping") != {}
    rig.clock.advance(31)
    rig.core.tick()
    assert shown(rig, "haidang_outage_flapping") == {}
    assert shown(rig, "haidang_outage_start_timestamp_seconds") != {}
    rig.clock.advance(HOLD_S + 1)
    rig.core.tick()
    assert "haidang_outage" not in rig.text()


def test_nobody_looking_is_no_recovery() -> None:
    """An outage goes on while the device is unknown."""
    rig = Rig(device("a"))
    up(rig, "a")
    down(rig, "a")
    rig.clock.advance(200)
    rig.core.tick()
    assert rig.state("a") == "unknown"
    assert shown(rig, "haidang_outage_start_timestamp_seconds") != {}
    assert shown(rig, "haidang_outage_length_seconds") == {}


def test_a_device_that_leaves_the_inventory_takes_its_outage_along() -> None:
    """There is nobody left whose message it could be."""
    rig = Rig(device("a"), device("b"))
    up(rig, "a", "b")
    down(rig, "a")
    rig.take(inventory(device("b")))
    rig.core.tick()
    assert "haidang_outage" not in rig.text()
