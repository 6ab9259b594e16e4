"""Maintenance of the register in the figures, laid over an outage from 01:39:30 to 01:59:31."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pytest

from collector.figures.compute import compute
from collector.figures.gather import Decided
from collector.figures.outage_values import Outage
from collector.figures.period import days_period
from collector.figures.tally import Tally
from collector.ledger.reader import LedgerReader
from collector.register.access import open_beside
from collector.register.entries import MaintenanceAdded, MaintenanceEnded, Payload
from tests.unit.planning.conftest import START_MS
from tests.unit.planning.windows import HANOI, at, day_of_ms

MINUTE = 60_000


def enter(file: Path, when: str, payload: Payload) -> None:
    """Enter something at this time of the 13th."""
    now_ms = at(f"2026-11-13 {when}")
    with open_beside(file.with_name("ledger.db"), create=now_ms) as register:
        register.append("An", payload, now_ms)


def work(start: str, end: str, device: str = "a") -> MaintenanceAdded:
    """Return planned work from and to these times of the 13th."""
    return MaintenanceAdded(
        id="m",
        devices=(device,),
        areas=(),
        start_ms=at(f"2026-11-13 {start}"),
        end_ms=at(f"2026-11-13 {end}"),
        repeat=None,
        reason="r",
    )


def figures(file: Path, accepted: Collection[str] = ()) -> tuple[Tally, tuple[Outage, ...]]:
    """Return the tally of `a` and its outages."""
    ledger = file.with_name("ledger.db")
    with open_beside(ledger) as register:
        entries = list(register.entries())
    day = day_of_ms(START_MS)
    with LedgerReader(ledger) as reader:
        period = days_period(day, day, HANOI.key)
        found = compute(reader, period, decided=Decided(entries=entries, accepted=accepted)).figures
    (device,) = [one for one in found.devices if one.device == "a"]
    return device.all_hours.tally, found.outages


def minutes(ms: int) -> float:
    return round(ms / MINUTE, 1)


@pytest.mark.parametrize(
    ("times", "maintenance", "down", "outages"),
    [
        (("01:30", "01:50"), 20.0, 9.5, 1),  # over its begin
        (("01:50", "02:10"), 20.0, 10.5, 1),  # over its end
        (("01:45", "01:50"), 5.0, 15.0, 1),  # within it: still one outage
        (("01:30", "02:10"), 40.0, 0.0, 0),  # all of it
        (("02:10", "02:20"), 10.0, 20.0, 1),  # beside it
    ],
)
def test_maintenance_takes_its_part_of_an_outage(
    times: tuple[str, str], maintenance: float, down: float, outages: int, watched: Path
) -> None:
    """What lies in the window is maintenance, what lies outside is down, and the outage is counted once."""
    enter(watched, "00:10", work(*times))
    tally, found = figures(watched)
    assert (minutes(tally.maintenance_ms), minutes(tally.down_ms)) == (maintenance, down)
    assert len(found) == outages
    assert tally.period_ms == tally.up_ms + tally.down_ms + tally.unknown_ms + tally.maintenance_ms


def test_maintenance_entered_after_the_event_changes_nothing_until_it_is_accepted(watched: Path) -> None:
    """Recorded late: the outage stays down; accepted by a restatement, it is maintenance."""
    enter(watched, "03:00", work("01:30", "02:10"))
    tally, found = figures(watched)
    assert (minutes(tally.maintenance_ms), minutes(tally.down_ms), len(found)) == (0.0, 20.0, 1)
    tally, found = figures(watched, accepted={"m"})
    assert (minutes(tally.maintenance_ms), minutes(tally.down_ms), len(found)) == (40.0, 0.0, 0)


def test_maintenance_entered_in_the_midst_counts_from_then_on(watched: Path) -> None:
    """And ended in its midst, up to then."""
    enter(watched, "01:50", work("01:30", "02:10"))
    tally, _ = figures(watched)
    assert (minutes(tally.maintenance_ms), minutes(tally.down_ms)) == (20.0, 10.5)
    enter(watched, "01:55", MaintenanceEnded(id="m", end_ms=at("2026-11-13 01:55")))
    tally, _ = figures(watched)
    assert (minutes(tally.maintenance_ms), minutes(tally.down_ms)) == (5.0, 15.0)


def test_work_on_the_hub_covers_what_hangs_on_it_alone(watched: Path) -> None:
    """`a` is in maintenance while its hub is."""
    enter(watched, "00:10", work("01:30", "02:10", device="hub"))
    tally, found = figures(watched)
    assert (minutes(tally.maintenance_ms), minutes(tally.down_ms), len(found)) == (40.0, 0.0, 0)
