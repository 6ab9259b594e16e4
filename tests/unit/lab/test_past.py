"""The lab's world goes on where it was when the lab starts again."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from lab import faults
from lab.condition import TrueState
from lab.past import PAST, TRUTH, Kept
from lab.place import Province
from lab.province import reference
from lab.truth import Became, Began, Happened, Over
from lab.truth_log import read
from tests.unit.lab.conftest import COMMUNE, HUB, MONDAY_MS

T = MONDAY_MS
HOUR = 3_600_000
LINE = "GigabitEthernet0/0"


@pytest.fixture(scope="module")
def province() -> Province:
    return reference().only(frozenset({"vu-thu"}))


def test_counters_uptimes_and_boots_go_on(province: Province, tmp_path: Path) -> None:
    """What was restarted stays restarted, and what was counted stays counted."""
    first = Kept(province, tmp_path, T)
    first.world.apply(faults.Reboot(target=COMMUNE), T + HOUR)
    before = first.world.condition(COMMUNE, T + 2 * HOUR)
    octets = first.world.octets(COMMUNE, LINE, T + 2 * HOUR)
    first.close(T + 2 * HOUR)
    second = Kept(province, tmp_path, T + 2 * HOUR)
    after = second.world.condition(COMMUNE, T + 2 * HOUR)
    assert (after.boot_ms, after.engine_boots) == (before.boot_ms, before.engine_boots)
    assert second.world.octets(COMMUNE, LINE, T + 2 * HOUR) == octets
    second.close(T + 2 * HOUR)


def test_what_lasted_is_restored_at_the_next_start(province: Province, tmp_path: Path) -> None:
    """A hub that was cut yesterday is no riddle today; the start after that agrees."""
    first = Kept(province, tmp_path, T)
    first.world.apply(faults.Cut(target=HUB), T + HOUR)
    first.close(T + HOUR)
    for start in (T + 2 * HOUR, T + 3 * HOUR):
        kept = Kept(province, tmp_path, start)
        assert kept.world.active() == ()
        assert kept.world.condition(COMMUNE, start).state is TrueState.UP
        kept.close(start)


def test_each_run_has_a_truth_log_of_its_own(province: Province, tmp_path: Path) -> None:
    """It begins with who is there, tells what happens, and ends; the one before is kept."""
    first = Kept(province, tmp_path, T)
    first.world.apply(faults.Cut(target=COMMUNE), T + HOUR)
    first.close(T + 2 * HOUR)
    told = list(read(tmp_path / TRUTH))
    assert isinstance(told[0], Began)
    assert isinstance(told[1], Happened)
    assert isinstance(told[2], Became)
    assert told[-1] == Over(at_ms=T + 2 * HOUR)
    Kept(province, tmp_path, T + 3 * HOUR).close(T + 3 * HOUR)
    assert list(read(tmp_path / "truth.before.jsonl")) == told
    assert [type(one) for one in read(tmp_path / TRUTH)] == [Began, Over]


def test_who_is_booting_at_the_start_is_in_the_truth(province: Province, tmp_path: Path) -> None:
    """Its power came back when the lab did."""
    first = Kept(province, tmp_path, T)
    first.world.apply(faults.PowerOff(target=COMMUNE), T + HOUR)
    first.close(T + HOUR)
    second = Kept(province, tmp_path, T + 2 * HOUR)
    second.world.condition(COMMUNE, T + 3 * HOUR)
    second.close(T + 3 * HOUR)
    states = [(one.place, one.state) for one in read(tmp_path / TRUTH) if isinstance(one, Became)]
    assert states == [(COMMUNE, TrueState.POWER_OR_RESTART), (COMMUNE, TrueState.UP)]


def test_time_does_not_go_back(province: Province, tmp_path: Path) -> None:
    """Where the clock was set back between two runs, the world waits for it."""
    first = Kept(province, tmp_path, T)
    first.world.apply(faults.Reboot(target=COMMUNE), T + HOUR)
    first.close(T + HOUR)
    second = Kept(province, tmp_path, T)
    assert second.now_ms == T + HOUR
    second.close(T + HOUR)


@pytest.mark.parametrize(
    "text", ["garbage\n", '{"at_ms":1,"event":"began","version":1,"seed":1,"places":["x"]}\n']
)
def test_a_past_of_something_else_is_put_aside(
    province: Province, tmp_path: Path, caplog: pytest.LogCaptureFixture, text: str
) -> None:
    """The world begins anew, and nothing is thrown away."""
    (tmp_path / PAST).write_text(text, encoding="utf-8")
    with caplog.at_level(logging.WARNING):
        Kept(province, tmp_path, T).close(T)
    assert "the lab's world begins anew: " in caplog.text
    assert (tmp_path / "past.aside").read_text(encoding="utf-8") == text
