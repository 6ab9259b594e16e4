"""Places at rest: their polls are reckoned, and the ledger is what the collector's own core would make."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from lab import faults
from lab.intervals import Cause, intervals, outages
from lab.month.chances import Absence, Chances, Step, Suspend, Work
from lab.month.hard import HOUR_MS, hard
from lab.month.make import days_of
from lab.month.run import simulate
from lab.month.wanted import Month
from lab.province import reference
from lab.scenario import Deed, Restore
from lab.truth import Truth

WHOLE = reference()
COMMUNES = [c for area in ("tp-thai-binh", "tien-hai") for c in WHOLE.children[f"hub-{area}"][:3]]
SMALL = WHOLE.part(["srv-portal", *COMMUNES])
MINUTE = 60_000


def month(chances: Chances, *, interval_ms: int = 2 * MINUTE) -> Month:
    return Month(
        province=SMALL,
        chances=chances,
        seed=7,
        first_day=days_of(2026, 10)[0],
        days=1,
        interval_ms=interval_ms,
        deadline_ms=5_000,
        traffic=False,
    )


START = month(Chances(deeds=(), own=())).from_ms


def worst(seed: int) -> Chances:
    """A day of everything, with packets that are lost and late beside."""
    found = hard(
        SMALL,
        seed=seed,
        from_ms=START,
        to_ms=START + 24 * HOUR_MS,
        outages=40,
        absences=5,
        longest_ms=2 * HOUR_MS,
    )
    hub = "hub-tien-hai"
    bad = (
        Deed(at_ms=START + 2 * HOUR_MS, do=faults.Lossy(target=hub, ratio=0.7)),
        Deed(at_ms=START + 4 * HOUR_MS, do=Restore(target=hub, kind="lossy")),
        Deed(at_ms=START + 3 * HOUR_MS, do=faults.Slow(target=COMMUNES[0], delay_ms=900)),
        Deed(at_ms=START + 9 * HOUR_MS, do=Restore(target=COMMUNES[0], kind="slow")),
    )
    deeds = sorted((*found.deeds, *bad), key=lambda deed: (deed.at_ms, deed.do.target))
    return replace(found, deeds=tuple(deeds))


@pytest.mark.parametrize(("seed", "minutes"), [(3, 2), (4, 5)])
def test_the_ledger_is_the_one_that_polls_would_have_made(tmp_path: Path, seed: int, minutes: int) -> None:
    """With outages, hub cuts, absences, steps, sleeps and planned work: equal to the byte, in fewer steps."""
    wanted = month(worst(seed), interval_ms=minutes * MINUTE)
    kinds = {type(own) for own in wanted.chances.own}
    assert kinds >= {Absence, Step, Suspend, Work}
    files, polls = [], []
    for plain in (False, True):
        ledger = tmp_path / f"{plain}"
        truths: list[Truth] = []
        polls.append(simulate(wanted, ledger, truth=truths.append, plain=plain).polls)
        files.append((ledger.read_bytes(), truths))
    assert files[0] == files[1]
    assert polls[0] == polls[1]
    connection = sqlite3.connect(tmp_path / "False")
    try:
        (silent,) = connection.execute("SELECT sum(polls) FROM run WHERE verdict = 'silent'").fetchone()
    finally:
        connection.close()
    assert silent > 200


def test_a_hard_month_has_every_kind_of_outage(tmp_path: Path) -> None:
    """As many as asked for, seconds to days, of every cause the lab knows; the same for the same seed."""
    span = {"from_ms": START, "to_ms": START + 31 * 24 * HOUR_MS}
    found = hard(WHOLE, seed=5, **span)
    assert found == hard(WHOLE, seed=5, **span)
    assert sum(isinstance(own, Absence) for own in found.own) == 200
    assert sum(isinstance(own, Step) for own in found.own) == 40
    kinds = {deed.do.kind for deed in found.deeds if isinstance(deed.do, faults.Fault)}
    assert kinds == {"cut", "power_off", "ups", "reboot", "mute", "agent_restart", "uptime_roll_over"}
    begun = {
        kind: [d for d in found.deeds if isinstance(d.do, faults.Fault) and d.do.kind == kind]
        for kind in ("cut", "power_off", "reboot")
    }
    assert sum(map(len, begun.values())) > 1_000

    truths: list[Truth] = []
    day = hard(
        SMALL, seed=5, from_ms=START, to_ms=START + 24 * HOUR_MS, outages=90, absences=1, longest_ms=HOUR_MS
    )
    simulate(month(day, interval_ms=30 * MINUTE), tmp_path / "ledger", truth=truths.append)
    real = [o for parts in intervals(truths).values() for o in outages(parts)]
    assert {o.cause for o in real} >= {Cause.LINE, Cause.POWER_OR_RESTART, Cause.UPSTREAM, Cause.HAND_RESTART}
    lengths = [o.to_ms - o.from_ms for o in real if o.to_ms is not None]
    assert min(lengths) < MINUTE
    assert max(lengths) > 30 * MINUTE
