"""The spool: numbers that never come twice, bounds, and gaps that say why."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from agent.spool import RESERVED, SpoolError
from agent.spool_format import (
    After,
    SegmentHeader,
    State,
    frame,
    header_line,
    parse_segment,
    record_line,
    state_line,
)
from agent.spool_reader import Missing, SpoolReader
from agent.wire_frame import GapCause
from tests.unit.agent.spools import BOOT, body, open_spool, put, read, segments


def test_records_come_back_in_order(tmp_path: Path) -> None:
    """What was appended is read with its number, after any number, over several segments."""
    with open_spool(tmp_path) as spool:
        assert put(spool, 600) == list(range(1, 601))
        assert len(segments(tmp_path)) == 3
        assert read(tmp_path) == (list(range(1, 601)), [])
        assert read(tmp_path, after=255) == (list(range(256, 601)), [])
        assert read(tmp_path, after=256) == (list(range(257, 601)), [])
        assert read(tmp_path, after=599) == ([600], [])
        assert read(tmp_path, after=600) == ([], [])
        assert read(tmp_path, after=9_999) == ([], [])


def test_an_empty_spool_holds_nothing(tmp_path: Path) -> None:
    """Before the first record there is no view; a directory that is not there is an OSError."""
    with open_spool(tmp_path / "spool"):
        assert SpoolReader(tmp_path / "spool").view() is None
    with pytest.raises(FileNotFoundError):
        SpoolReader(tmp_path / "gone")


def test_a_clean_stop_skips_no_number(tmp_path: Path) -> None:
    """After a stop and a start numbering goes on under the same id, without a gap."""
    with open_spool(tmp_path) as spool:
        put(spool, 5)
        spool_id = spool.spool_id
    with open_spool(tmp_path, boot_id="another-boot") as spool:
        assert spool.spool_id == spool_id
        assert put(spool) == [6]
        assert read(tmp_path) == ([1, 2, 3, 4, 5, 6], [])
    with open_spool(tmp_path):
        pass
    with open_spool(tmp_path) as spool:
        assert put(spool) == [7]
    assert read(tmp_path) == ([1, 2, 3, 4, 5, 6, 7], [])


def test_a_stop_without_notice_skips_what_was_set_aside(tmp_path: Path) -> None:
    """After a crash the numbers that may have been given out are not given again; the gap says so."""
    spool = open_spool(tmp_path)
    put(spool, 5)
    os.close(spool._lock)
    with open_spool(tmp_path) as spool:
        assert put(spool, 2) == [RESERVED + 1, RESERVED + 2]
    gap = Missing(6, RESERVED, GapCause.RESTART)
    assert read(tmp_path) == ([1, 2, 3, 4, 5, RESERVED + 1, RESERVED + 2], [gap])
    assert read(tmp_path, after=5) == ([RESERVED + 1, RESERVED + 2], [gap])
    assert read(tmp_path, after=10) == ([RESERVED + 1, RESERVED + 2], [gap._replace(first=11)])


def test_a_lost_record_of_a_power_cut_is_not_numbered_again(tmp_path: Path) -> None:
    """A record that a reader saw and the disk then lost: its number is not used for another one."""
    spool = open_spool(tmp_path)
    put(spool, 3)
    seen = read(tmp_path)[0]
    os.close(spool._lock)
    path = segments(tmp_path)[0]
    path.write_bytes(path.read_bytes()[:-20])
    with open_spool(tmp_path) as spool:
        put(spool)
    numbers, gaps = read(tmp_path)
    assert numbers == [1, 2, RESERVED + 1]
    assert 3 in seen
    assert gaps == [Missing(3, RESERVED, GapCause.RESTART)]


def test_a_lost_state_means_a_new_id(tmp_path: Path) -> None:
    """Without its state the numbering begins anew under a new id, and says so; old segments are gone."""
    for content in (None, b"", b"garbage\n", state_line(State("f" * 16, 9, clean=True))[:-5]):
        with open_spool(tmp_path) as spool:
            put(spool, 20)
            spool_id = spool.spool_id
        if content is None:
            (tmp_path / "state").unlink()
        else:
            (tmp_path / "state").write_bytes(content)
        with open_spool(tmp_path) as spool:
            assert spool.lost
            assert spool.spool_id != spool_id
            assert put(spool) == [1]
            assert read(tmp_path) == ([1], [])
        (tmp_path / "state").unlink()


def test_a_state_older_than_the_segments_is_not_believed(tmp_path: Path) -> None:
    """A state restored from a copy would give numbers twice: a new id instead."""
    with open_spool(tmp_path) as spool:
        put(spool, 5)
    old = (tmp_path / "state").read_bytes()
    with open_spool(tmp_path) as spool:
        put(spool, 300)
        spool_id = spool.spool_id
    (tmp_path / "state").write_bytes(old)
    with open_spool(tmp_path) as spool:
        assert spool.lost
        assert spool.spool_id != spool_id


def test_only_one_service_writes(tmp_path: Path) -> None:
    """A second writer is told that there is one already."""
    with open_spool(tmp_path), pytest.raises(SpoolError) as caught:
        open_spool(tmp_path)
    assert str(caught.value) == f"{tmp_path}: another haidang-agent writes here; stop it first"


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """A file in the way, and what to do about it."""
    (tmp_path / "file").write_text("")
    with pytest.raises(SpoolError) as caught:
        open_spool(tmp_path / "file" / "spool")
    where = tmp_path / "file" / "spool"
    assert str(caught.value) == f"{where}: Not a directory; the service's user must own {where}"


def test_the_oldest_are_dropped_when_the_bytes_run_out(tmp_path: Path) -> None:
    """The bound on bytes holds, the newest stay, and the gap says that the oldest were dropped."""
    with open_spool(tmp_path, max_bytes=4 * 1024 * 1024) as spool:
        put(spool, 1_000, size=10_000)
        assert spool.size_bytes <= 4 * 1024 * 1024
        on_disk = sum(path.stat().st_size for path in segments(tmp_path))
        assert on_disk <= spool.size_bytes
    numbers, gaps = read(tmp_path)
    assert numbers == list(range(numbers[0], 1_001))
    assert gaps == [Missing(1, numbers[0] - 1, GapCause.DROPPED)]
    assert len(numbers) > 250


def test_the_oldest_are_dropped_when_they_are_too_many(tmp_path: Path) -> None:
    """The bound on age, counted in snapshots, holds to within one segment."""
    with open_spool(tmp_path, max_records=300) as spool:
        put(spool, 2_000)
    numbers, _ = read(tmp_path)
    assert numbers[-1] == 2_000
    assert 300 <= len(numbers) <= 300 + 256


def test_many_small_segments_count_as_whole_blocks(tmp_path: Path) -> None:
    """A service that restarts for ever does not fill the disk with tiny files."""
    for _ in range(40):
        with open_spool(tmp_path, max_bytes=64 * 1024) as spool:
            put(spool)
    assert len(segments(tmp_path)) == 16


def test_a_start_that_stored_nothing_leaves_nothing(tmp_path: Path) -> None:
    """Starts without a snapshot leave no segment behind."""
    for _ in range(5):
        with open_spool(tmp_path):
            pass
    assert segments(tmp_path) == []


def fail_writes(monkeypatch: pytest.MonkeyPatch, *, after: int = 0) -> None:
    """Let os.write take `after` more octets and then report a full disk."""
    left, write = [after], os.write

    def full(descriptor: int, data: bytes) -> int:
        if left[0] == 0:
            raise OSError(28, "No space left on device")
        size = write(descriptor, bytes(data)[: left[0]])
        left[0] -= size
        return size

    monkeypatch.setattr(os, "write", full)


@pytest.mark.parametrize("after", [0, 1, 30, 100])
def test_a_full_disk_is_counted_and_leaves_a_gap(tmp_path: Path, after: int) -> None:
    """Snapshots that find no room are counted; later ones are stored; the gap says not written."""
    spool = open_spool(tmp_path)
    put(spool, 3)
    with pytest.MonkeyPatch.context() as patch:
        fail_writes(patch, after=after)
        assert put(spool, 2, size=500) == [None, None]
    assert (spool.failed, spool.problem) == (2, "No space left on device")
    assert put(spool, 2) == [6, 7]
    spool.close()
    assert read(tmp_path) == ([1, 2, 3, 6, 7], [Missing(4, 5, GapCause.NOT_WRITTEN)])


def test_a_disk_full_from_the_start_and_for_long(tmp_path: Path) -> None:
    """No number is set aside while nothing can be written, none comes twice, and the agent goes on."""
    spool = open_spool(tmp_path)
    with pytest.MonkeyPatch.context() as patch:
        fail_writes(patch)
        assert put(spool, 50) == [None] * 50
    assert put(spool) == [51]
    os.close(spool._lock)
    with open_spool(tmp_path) as spool:
        assert put(spool) == [51 + RESERVED]


def test_a_snapshot_that_is_too_large_is_not_stored(tmp_path: Path) -> None:
    """A record beyond what a reader takes is refused, and the next is stored."""
    with open_spool(tmp_path) as spool:
        put(spool)
        assert spool.append(b"{" + b"x" * 600_000 + b"}", uptime_ms=1) is None
        assert spool.problem == "a snapshot of 600025 bytes is too large for the spool"
        assert put(spool) == [3]
    assert read(tmp_path) == ([1, 3], [Missing(2, 2, GapCause.NOT_WRITTEN)])


def test_every_record_is_flushed_before_it_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each append waits for the disk; the state and its folder are flushed before their numbers are used."""
    flushed: list[str] = []
    fsync = os.fsync

    def note(descriptor: int) -> None:
        flushed.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", note)
    with open_spool(tmp_path / "spool") as spool:
        put(spool, 2)
        first = "0000000000000001"
        assert flushed == [
            "state.tmp",
            "spool",
            f"{first}.tmp",
            "spool",
            f"{first}.segment",
            f"{first}.segment",
        ]


def test_only_the_group_may_read(tmp_path: Path) -> None:
    """Others can neither list the spool nor read a file of it."""
    with open_spool(tmp_path / "spool") as spool:
        put(spool)
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "spool").iterdir()}
    assert stat.S_IMODE((tmp_path / "spool").stat().st_mode) & 0o027 == 0
    assert all(mode & 0o037 == 0 for mode in modes.values()), modes
    assert modes["0000000000000001.segment"] == 0o640


def test_what_a_broken_start_left_is_removed(tmp_path: Path) -> None:
    """Half-written temporary files are cleared away at the next start."""
    (tmp_path / "state.tmp").write_text("half")
    (tmp_path / "0000000000000001.tmp").write_text("half")
    with open_spool(tmp_path) as spool:
        assert put(spool) == [1]
        assert list(tmp_path.glob("*.tmp")) == []


def damage(path: Path, old: bytes, new: bytes) -> None:
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new, 1))


def test_a_damaged_record_is_a_gap(tmp_path: Path) -> None:
    """One flipped character costs its own record, listed as unreadable."""
    with open_spool(tmp_path) as spool:
        put(spool, 5)
    damage(segments(tmp_path)[0], b'"of": 3', b'"of": 4')
    assert read(tmp_path) == ([1, 2, 4, 5], [Missing(3, 3, GapCause.UNREADABLE)])


def test_a_damaged_header_costs_its_segment(tmp_path: Path) -> None:
    """A segment whose header cannot be read is a gap; the ones around it are read."""
    with open_spool(tmp_path) as spool:
        put(spool, 600)
    damage(segments(tmp_path)[1], b"H ", b"h ")
    numbers, gaps = read(tmp_path)
    assert numbers == [*range(1, 257), *range(513, 601)]
    assert gaps == [Missing(257, 512, GapCause.UNREADABLE)]


def test_a_segment_cut_at_a_line_end_is_noticed(tmp_path: Path) -> None:
    """Records lost without a trace of damage are still not taken for never written."""
    with open_spool(tmp_path) as spool:
        put(spool, 300)
    path = segments(tmp_path)[0]
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:201]))
    assert read(tmp_path)[1] == [Missing(201, 256, GapCause.UNREADABLE)]


def test_segments_that_vanish_are_gaps(tmp_path: Path) -> None:
    """A segment dropped after the reader listed it, and one missing in the middle, are listed as dropped."""
    with open_spool(tmp_path) as spool:
        put(spool, 600)
    reader = SpoolReader(tmp_path)
    view = reader.view()
    assert view is not None
    segments(tmp_path)[0].unlink()
    items = list(reader.above(0, view))
    assert items[0] == Missing(1, 256, GapCause.DROPPED)
    assert len(items) == 1 + 344


def test_the_tail_that_is_being_written_is_no_gap(tmp_path: Path) -> None:
    """A line that is not finished yet is neither a record nor damage."""
    with open_spool(tmp_path) as spool:
        put(spool, 3)
        with segments(tmp_path)[0].open("ab") as file:
            file.write(b"0a1b2c3d 50 R 4 4000 {")
        assert read(tmp_path) == ([1, 2, 3], [])


def test_a_segment_of_another_name_is_not_believed(tmp_path: Path) -> None:
    """A file renamed to another number does not change what its records are called."""
    with open_spool(tmp_path) as spool:
        put(spool, 3)
    segments(tmp_path)[0].rename(tmp_path / "0000000000000777.segment")
    assert SpoolReader(tmp_path).view() is None


def test_records_of_another_boot_are_told_apart(tmp_path: Path) -> None:
    """Each record comes with the boot in which it was taken."""
    with open_spool(tmp_path, boot_id="first") as spool:
        put(spool)
    with open_spool(tmp_path, boot_id="second") as spool:
        put(spool)
    reader = SpoolReader(tmp_path)
    view = reader.view()
    assert view is not None
    assert [one.boot_id for one in reader.above(0, view) if not isinstance(one, Missing)] == [
        "first",
        "second",
    ]


def test_the_format_reads_nothing_else() -> None:
    """Records out of order, foreign lines and lines in other spellings count as damage."""
    head = header_line(
        SegmentHeader(spool="a" * 16, first=5, interval_ms=1, after=After.CLOSED, boot_id=BOOT)
    )
    six, seven = (record_line(seq=n, uptime_ms=n, snapshot=body(n)) for n in (6, 7))
    good = parse_segment(head + six + seven)
    assert good is not None
    assert [(one.seq, one.damage) for one in good.records] == [(6, False), (7, False)]
    for bad in (seven + seven + six, frame(b"X 1"), frame(b"R 08 1 {}"), seven.upper(), b"\n", b" " + seven):
        segment = parse_segment(head + six + bad)
        assert segment is not None
        assert [one.seq for one in segment.records][:1] == [6]
        assert segment.damage_after
    for bad in (b"", b"\n", six, head[1:], frame(b"H zz 1 1 1 x"), b"\xff" * 100):
        assert parse_segment(bad) is None
