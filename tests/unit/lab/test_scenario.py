"""Scenario files: what they say is done at its instant, and every mistake is named with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab import faults
from lab.condition import TrueState
from lab.province import reference
from lab.scenario import Deed, Restore, ScenarioError, load, parse, perform
from lab.world import World
from tests.unit.lab.conftest import COMMUNE, HUB, MONDAY_MS

PROVINCE = reference()

GOOD = f"""
name = "A storm in Vũ Thư"

[[fault]]
at = "1m30s"
for = "20m"
kind = "cut"
target = "{HUB}"

[[fault]]
at = 2026-09-28T08:10:00          # local time of the province
kind = "power_off"
target = ["{COMMUNE}", "hong-ly-13195"]

[[restore]]
at = 2026-09-28T01:40:00Z
target = "{COMMUNE}"
"""


def test_relative_and_absolute_instants_are_done_in_their_order() -> None:
    """Durations count from the beginning; a local time is the province's."""
    deeds = parse(GOOD, "storm.toml").plan(PROVINCE, MONDAY_MS)
    assert deeds == (
        Deed(at_ms=MONDAY_MS + 90_000, do=faults.Cut(target=HUB)),
        Deed(at_ms=MONDAY_MS + 600_000, do=faults.PowerOff(target=COMMUNE)),
        Deed(at_ms=MONDAY_MS + 600_000, do=faults.PowerOff(target="hong-ly-13195")),
        Deed(at_ms=MONDAY_MS + 1_290_000, do=Restore(target=HUB, kind="cut")),
        Deed(at_ms=MONDAY_MS + 2_400_000, do=Restore(target=COMMUNE, kind=None)),
    )


def test_a_performed_scenario_is_what_the_world_then_is() -> None:
    """The hub is back, one commune is back, the other still dark."""
    world = World(PROVINCE, seed=1, began_ms=MONDAY_MS)
    for deed in parse(GOOD, "storm.toml").plan(PROVINCE, MONDAY_MS):
        perform(world, deed)
    later = MONDAY_MS + 3_600_000
    states = [world.condition(place, later).state for place in (HUB, COMMUNE, "hong-ly-13195")]
    assert states == [TrueState.UP, TrueState.UP, TrueState.POWER_OR_RESTART]


def fault(text: str) -> str:
    return f"\n\n[[fault]]\n{text}\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[fault]\n", "s.toml: is not valid TOML: Expected ']]' at the end of an array declaration"),
        ("", "s.toml: says nothing to do; add a [[fault]] with at, kind and target"),
        ("nmae = 'x'", 's.toml: there is no "nmae"; a scenario has name, [[fault]], [[restore]]'),
        ("[fault]\nat='1s'", "s.toml: fault is written as a table of its own for each, [[fault]]"),
        (fault("kind='cut'"), 's.toml:3: [[fault]] 1: needs "at": "90s" after the beginning'),
        (fault("at=5\nkind='cut'"), "s.toml:3: [[fault]] 1: at: 5 has no unit; write 5s for seconds"),
        (fault("at='1s'"), 's.toml:3: [[fault]] 1: needs "kind", a text'),
        (fault("at='1s'\nkind='cut'"), 's.toml:3: [[fault]] 1: needs "target": the id of a place'),
        (fault("at='1s'\nkind='flood'\ntarget='x'"), 's.toml:3: [[fault]] 1: there is no fault "flood"'),
        (
            fault("at='1s'\nkind='cut'\ntarget='x'\nwhy=1"),
            "s.toml:3: [[fault]] 1: cut has no parameter",
        ),
        (
            fault("at='1s'\nfor='1m'\nkind='reboot'\ntarget='x'"),
            's.toml:3: [[fault]] 1: reboot happens at one instant; leave out "for"',
        ),
        (
            fault("at='999d'\nkind='cut'\ntarget='x'"),
            "s.toml:3: [[fault]] 1: at: 999d is longer than",
        ),
        ("[[restore]]\nat='1s'\ntarget='x'\nkind='y'", 's.toml:1: [[restore]] 1: there is no fault "y"'),
        (
            "[[restore]]\nat='1s'\ntarget='x'\nto='y'",
            's.toml:1: [[restore]] 1: there is no "to"',
        ),
    ],
)
def test_mistakes_are_named_with_file_and_line(text: str, message: str) -> None:
    """What is wrong, where, and what to write instead."""
    with pytest.raises(ScenarioError) as error:
        parse(text, "s.toml")
    assert str(error.value).startswith(message)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            fault("at='1s'\nkind='cut'\ntarget='hub-vu-th'"),
            's.toml:3: [[fault]] 1: there is no place "hub-vu-th"; did you mean "hub-vu-thu"?',
        ),
        (
            fault("at='1s'\nkind='cut'\ntarget='§'"),
            's.toml:3: [[fault]] 1: there is no place "§"; `haidang lab list` shows what there is',
        ),
        (
            fault("at='1s'\nkind='cut'\ntarget='core-switch'"),
            "s.toml:3: [[fault]] 1: core-switch has no line that could be cut",
        ),
        (
            fault("at=2026-09-27T00:00:00\nkind='mute'\ntarget='core-switch'"),
            "s.toml:3: [[fault]] 1: at lies before the beginning, 2026-09-28T08:00:00+07:00",
        ),
        (
            fault("at='5s'\nkind='interface_added'\ninterface='lo'\ntarget='srv-portal'"),
            's.toml:3: [[fault]] 1: srv-portal has an interface "lo" already',
        ),
    ],
)
def test_what_does_not_fit_the_province_is_found_before_anything_is_done(text: str, message: str) -> None:
    """The plan is tried on a world of its own first."""
    with pytest.raises(ScenarioError) as error:
        parse(text, "s.toml").plan(PROVINCE, MONDAY_MS)
    assert str(error.value) == message


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    """Missing, not UTF-8, and far too long."""
    path = tmp_path / "s.toml"
    with pytest.raises(ScenarioError, match=r"s\.toml: cannot be read: No such file or directory"):
        load(path)
    path.write_bytes(b"name = '\xff'")
    with pytest.raises(ScenarioError, match=r"s\.toml: is not UTF-8 at byte 8; save it as UTF-8"):
        load(path)
    path.write_bytes(b"#" * 1_000_001)
    with pytest.raises(ScenarioError, match=r"s\.toml: larger than 1000000 bytes"):
        load(path)
    path.write_text(GOOD, encoding="utf-8")
    assert load(path).name == "A storm in Vũ Thư"
