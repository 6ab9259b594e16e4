"""The truth log: what is written is read back, and outages come out of it with their causes."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from lab import faults
from lab.condition import TrueState
from lab.intervals import Cause, intervals, outages
from lab.truth import Became, Began, Happened, Over, Planned, Truth, TruthError, Watcher, from_line, to_line
from lab.truth_log import TruthLog, read
from lab.world import World
from tests.unit.lab.conftest import COMMUNE, HUB, MONDAY_MS

T = MONDAY_MS
MINUTE = 60_000


@pytest.mark.parametrize(
    "truth",
    [
        Began(at_ms=T, seed=7, places=("a", "b")),
        Happened(at_ms=T, fault=faults.Lossy(target="a", ratio=0.5)),
        Happened(at_ms=T, fault=faults.Cut(target="a", to=None), ended=True),
        Became(at_ms=T, place="a", state=TrueState.UPSTREAM, cut_off=True, boot_ms=-5),
        Watcher(at_ms=T, what="step", step_ms=-90_000),
        Planned(at_ms=T, places=("a",), from_ms=T + 1, to_ms=T + 2),
        Over(at_ms=T),
    ],
)
def test_a_line_holds_the_whole_truth(truth: Truth) -> None:
    """Every kind of truth comes back from its line as it was."""
    assert from_line(to_line(truth)) == truth


def test_a_log_is_read_line_by_line_and_a_torn_end_is_left_out(tmp_path: Path) -> None:
    """A lab that was killed while it wrote has told everything before."""
    path = tmp_path / "truth.jsonl"
    told: list[Truth] = [Began(at_ms=T, seed=7, places=("a",)), Over(at_ms=T + 1)]
    with TruthLog(path, anew=True) as log:
        log.write(told[0])
    with TruthLog(path) as log:
        log.write(told[1])
    with path.open("a", encoding="utf-8") as file:
        file.write('{"at_ms":5,"ev')
    assert list(read(path)) == told


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("[]", "a line is a JSON object with an instant at_ms"),
        ("{", "no line of a truth log"),
        ('{"at_ms":1,"event":"x"}', 'there is no event "x"'),
        ('{"at_ms":1,"event":"began","version":9,"seed":1,"places":[]}', "version 9, this program knows 1"),
        ('{"at_ms":1,"event":"fault","fault":"x","target":"a","parameters":{}}', 'there is no fault "x"'),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: str, words: str) -> None:
    """File, line and what is wrong."""
    path = tmp_path / "truth.jsonl"
    path.write_text(to_line(Over(at_ms=1)) + "\n" + line + "\n", encoding="utf-8")
    with pytest.raises(TruthError, match=words) as error:
        list(read(path))
    assert str(error.value).startswith(f"{path}:2: ")


def told(world: World, truths: list[Truth]) -> list[Truth]:
    places = tuple(place.id for place in world.province.places)
    return [Began(at_ms=T, seed=7, places=places), *truths, Over(at_ms=T + 600 * MINUTE)]


def only_outage(world: World, truths: list[Truth], place: str) -> tuple[int, int | None, Cause]:
    world.condition(place, T + 600 * MINUTE)
    (outage,) = outages(intervals(told(world, truths))[place])
    return outage.from_ms, outage.to_ms, outage.cause


def test_a_cut_line_is_an_outage_of_the_line(world: World, truths: list[Truth]) -> None:
    """From the cut to its mending."""
    world.apply(faults.Cut(target=COMMUNE), T + MINUTE)
    world.restore(COMMUNE, T + 9 * MINUTE)
    assert only_outage(world, truths, COMMUNE) == (T + MINUTE, T + 9 * MINUTE, Cause.LINE)


def test_a_loss_of_power_lasts_until_it_has_booted(world: World, truths: list[Truth]) -> None:
    """From the loss to the first answer after the boot."""
    world.apply(faults.PowerOff(target=COMMUNE), T + MINUTE)
    world.restore(COMMUNE, T + 9 * MINUTE)
    up = T + 9 * MINUTE + world.province.by_id[COMMUNE].boot_s * 1000
    assert only_outage(world, truths, COMMUNE) == (T + MINUTE, up, Cause.POWER_OR_RESTART)


def test_a_restart_by_hand_during_a_cut_is_told_apart(world: World, truths: list[Truth]) -> None:
    """The line was the cause, whatever the uptime says."""
    world.apply(faults.Cut(target=COMMUNE), T + MINUTE)
    world.apply(faults.Reboot(target=COMMUNE), T + 2 * MINUTE)
    world.restore(COMMUNE, T + 30 * MINUTE)
    assert only_outage(world, truths, COMMUNE) == (T + MINUTE, T + 30 * MINUTE, Cause.HAND_RESTART)


def test_a_cut_hub_is_upstream_to_its_communes(world: World, truths: list[Truth]) -> None:
    """And an outage of the line to itself; one that never ends has no end."""
    world.apply(faults.Cut(target=HUB), T + MINUTE)
    end = T + 600 * MINUTE
    assert only_outage(world, truths, COMMUNE) == (T + MINUTE, end, Cause.UPSTREAM)
    assert only_outage(world, truths, HUB) == (T + MINUTE, end, Cause.LINE)


def test_cut_and_dark_at_once_is_mixed(world: World, truths: list[Truth]) -> None:
    """Mended while the power was still off: both had their part."""
    world.apply(faults.Cut(target=COMMUNE), T + MINUTE)
    world.apply(faults.PowerOff(target=COMMUNE), T + 2 * MINUTE)
    world.restore(COMMUNE, T + 3 * MINUTE, kind="cut")
    world.restore(COMMUNE, T + 4 * MINUTE)
    assert only_outage(world, truths, COMMUNE)[2] is Cause.MIXED


def test_what_answers_a_ping_is_no_outage(world: World, truths: list[Truth]) -> None:
    """Mute, on battery or without its agent, a place is there."""
    world.apply(faults.Mute(target=COMMUNE), T + MINUTE)
    world.apply(faults.OnBattery(target=COMMUNE), T + MINUTE)
    world.restore(COMMUNE, T + 5 * MINUTE)
    parts = intervals(told(world, truths))[COMMUNE]
    assert [part.state for part in parts] == [TrueState.UP, TrueState.MANAGEMENT, TrueState.UP]
    assert outages(parts) == ()


def test_intervals_leave_no_instant_out(world: World, truths: list[Truth]) -> None:
    """Each begins where the one before ended, from the log's beginning to its end."""
    world.apply(faults.Cut(target=HUB), T + MINUTE)
    world.apply(faults.PowerOff(target=COMMUNE), T + 2 * MINUTE)
    world.restore(HUB, T + 3 * MINUTE)
    for parts in intervals(told(world, truths)).values():
        assert parts[0].from_ms == T
        assert parts[-1].to_ms == T + 600 * MINUTE
        assert all(a.to_ms == b.from_ms for a, b in pairwise(parts))
