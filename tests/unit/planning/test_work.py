"""The one calendar of planned work, from inventory revisions."""

from __future__ import annotations

from pathlib import Path

from collector.inventory.values import Inventory
from collector.planning.covered import covered
from collector.planning.standing import WorkSource
from collector.planning.work import Work, inventory_works
from tests.unit.planning.windows import at, inventory, local

ONE = (
    "maintenance: [{{id: m, devices: [{}], from: 2026-03-07 {}, until: 2026-03-08 {}, "
    "reason: r, author: b{}}}]"
)


def with_window(
    folder: Path, devices: str = "a", start: str = "22:00", end: str = "02:00", more: str = ""
) -> Inventory:
    return inventory(folder, ONE.format(devices, start, end, more))


def march(*revisions: tuple[str, Inventory]) -> tuple[Work, ...]:
    return inventory_works([(at(when), one) for when, one in revisions], at("2026-03-01"), at("2026-04-01"))


def span(found: tuple[int, int] | None) -> tuple[str, str] | None:
    return None if found is None else (local(found[0])[8:16], local(found[1])[8:16])


def test_work_that_is_announced_before_counts_whole(tmp_path: Path) -> None:
    """With who announced it and why; nothing of it is late."""
    (work,) = march(("2026-03-01", with_window(tmp_path)))
    assert work == Work(
        id="m",
        source=WorkSource.INVENTORY,
        devices=("a",),
        areas=(),
        start_ms=at("2026-03-07 22:00"),
        end_ms=at("2026-03-08 02:00"),
        known_from_ms=at("2026-03-01"),
        known_until_ms=None,
        reason="r",
        author="b",
    )
    assert (span(work.counts), work.late) == (("07T22:00", "08T02:00"), None)


def test_what_lies_before_the_entry_is_late(tmp_path: Path) -> None:
    """Entered in its midst, only the rest counts; entered afterwards, nothing does."""
    (midst,) = march(("2026-03-01", inventory(tmp_path)), ("2026-03-07 23:00", with_window(tmp_path)))
    assert (span(midst.counts), span(midst.late)) == (("07T23:00", "08T02:00"), ("07T22:00", "07T23:00"))
    (after,) = march(("2026-03-01", inventory(tmp_path)), ("2026-03-09", with_window(tmp_path)))
    assert (after.counts, span(after.late)) == (None, ("07T22:00", "08T02:00"))


def test_other_revisions_change_nothing(tmp_path: Path) -> None:
    """A window is known since its content first stood there, however often the file is read again."""
    again = with_window(tmp_path)
    reworded = inventory(tmp_path, ONE.format("a", "22:00", "02:00", "").replace("reason: r", "reason: cáp"))
    (work,) = march(("2026-03-01", again), ("2026-03-07 23:00", reworded), ("2026-03-08 01:00", again))
    assert (span(work.counts), work.late) == (("07T22:00", "08T02:00"), None)


def test_work_that_is_taken_out_counted_until_then(tmp_path: Path) -> None:
    """Before it began: never; in its midst: up to then; afterwards: whole, however tidy the file is kept."""
    none = inventory(tmp_path)
    stood = with_window(tmp_path)
    assert march(("2026-03-01", stood), ("2026-03-05", none)) == ()
    (midst,) = march(("2026-03-01", stood), ("2026-03-08", none))
    assert span(midst.counts) == ("07T22:00", "08T00:00")
    (after,) = march(("2026-03-01", stood), ("2026-03-20", none))
    assert span(after.counts) == ("07T22:00", "08T02:00")


def test_work_that_is_made_longer_in_time_has_nothing_late(tmp_path: Path) -> None:
    """What the shorter one had counted for is not named again as late."""
    short, long = with_window(tmp_path), with_window(tmp_path, end="04:00")
    works = march(("2026-03-01", short), ("2026-03-08 01:30", long))
    assert [(span(work.counts), work.late) for work in works] == [
        (("07T22:00", "08T01:30"), None),
        (("08T01:30", "08T04:00"), None),
    ]


def test_work_that_is_made_longer_too_late_has_only_the_hole_late(tmp_path: Path) -> None:
    """Prolonged after it was over, what the longer one names is late, and what counted stays."""
    short, long = with_window(tmp_path), with_window(tmp_path, end="04:00")
    works = march(("2026-03-01", short), ("2026-03-08 09:00", long))
    assert [(span(work.counts), span(work.late)) for work in works] == [
        (("07T22:00", "08T02:00"), None),
        (None, ("07T22:00", "08T04:00")),
    ]


def test_work_that_covers_more_from_now_on_is_late_for_what_is_new(tmp_path: Path) -> None:
    """Another device is another coverage: that device was not announced before."""
    works = march(("2026-03-01", with_window(tmp_path)), ("2026-03-07 23:00", with_window(tmp_path, "a, b")))
    assert [(work.devices, span(work.counts), span(work.late)) for work in works] == [
        (("a",), ("07T22:00", "07T23:00"), None),
        (("a", "b"), ("07T23:00", "08T02:00"), ("07T22:00", "07T23:00")),
    ]


def test_a_correction_of_what_was_late_replaces_it(tmp_path: Path) -> None:
    """Of a late entry that is put right only the right one waits for a restatement."""
    wrong, right = with_window(tmp_path, "core"), with_window(tmp_path)
    works = march(("2026-03-01", inventory(tmp_path)), ("2026-03-09", wrong), ("2026-03-10", right))
    assert [(work.devices, work.counts, span(work.late)) for work in works] == [
        (("a",), None, ("07T22:00", "08T02:00"))
    ]


def test_each_occurrence_is_work_of_its_own(tmp_path: Path) -> None:
    """A series entered in its midst has its earlier occurrences late, and the later ones count."""
    works = march(("2026-03-15", with_window(tmp_path, more=", repeat: weekly")))
    assert [(span(work.counts), span(work.late)) for work in works] == [
        (None, ("07T22:00", "08T02:00")),
        (("15T00:00", "15T02:00"), ("14T22:00", "15T00:00")),
        (("21T22:00", "22T02:00"), None),
        (("28T22:00", "29T02:00"), None),
    ]


def test_coverage_follows_what_hangs_on_it_alone(tmp_path: Path) -> None:
    """An area's devices, and behind them those that have no other way; a name that is gone covers nothing."""
    devices = inventory(tmp_path).devices
    assert covered(devices, named=("hub",), areas=()) == {"hub", "a"}
    assert covered(devices, named=(), areas=("340",)) == {"hub", "a"}
    assert covered(devices, named=("core",), areas=()) == {"core", "hub", "a", "b"}
    assert covered(devices, named=("gone",), areas=("nowhere",)) == frozenset()
