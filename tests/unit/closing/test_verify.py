"""`haidang month verify`: whatever is changed is found, with its place; what is as it was passes."""

from __future__ import annotations

import base64
import random
import re
import shutil
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from collector.clock import JumpKind
from collector.closing.chain import chained, closing_sha256, seal_of
from collector.closing.close import close, digests, restate
from collector.closing.closed import closings, revisions
from collector.closing.computed import FromRows
from collector.closing.figures_text import packed, sha256_of_text
from collector.closing.reading import verified
from collector.closing.segments import BEGAN, segments
from collector.closing.source import Sourced
from collector.closing.verify import Verified, Verifier
from collector.figures.document import from_json
from collector.ledger.errors import LedgerDamagedError
from collector.ledger.reader import LedgerReader
from collector.ledger.rows import Discontinuity, Loss, LossCause
from collector.ledger.store import open_store
from collector.ledger.tables import DOCUMENT, META, REVISION, Table, checksum
from collector.register.access import open_beside
from collector.register.chain import entry_sha256
from collector.register.codec import to_json
from collector.register.entries import Closing, Entry, MaintenanceEnded, MonthClosed
from collector.register.errors import RegisterDamagedError
from collector.register.store import register_of
from tests.unit.closing.conftest import NOW_MS, OCTOBER, By
from tests.unit.closing.evidence import HOUR_MS, Network, local_ms, make, never, start_once
from tests.unit.register.samples import meddle


def look(ledger: Path, *, period: str = "2026-10", version: str = "test") -> Verified:
    """Verify the last revision of a closed month."""
    with LedgerReader(ledger) as reader, open_beside(ledger) as register:
        entries = tuple(register.entries())
        verifier = Verifier(reader, entries, source=FromRows(), version=version)
        return verifier.verify(revisions(closings(entries), period)[-1])


def add_jump_and_loss(ledger: Path, at_ms: int) -> None:
    """Put into a ledger what an undisturbed network has none of."""
    store, _ = open_store(ledger, now_ms=NOW_MS)
    jump = Discontinuity(
        session="s1",
        number=1,
        kind=JumpKind.STEP_FORWARD,
        from_ms=at_ms,
        to_ms=at_ms + 5_000,
        size_ms=5_000,
    )
    loss = Loss(
        device="hub",
        session="s1",
        cause=LossCause.NO_ROOM,
        first_ms=at_ms,
        last_ms=at_ms + 1,
        rows=0,
        polls=1,
    )
    store.write([jump, loss])
    store.close()


@pytest.fixture
def october(ledger: Path, by: By) -> Path:
    """Return a ledger whose October, with a jump of the clock and a loss in it, is closed."""
    add_jump_and_loss(ledger, local_ms(date(2026, 10, 9)))
    close(ledger, OCTOBER, by())
    return ledger


class Unchanged(FromRows):
    """Figures that are always the sealed ones: these tests are of rows."""

    def __init__(self, packed_text: str) -> None:
        self._packed = packed_text

    def figures(self, *_: Any) -> Sourced:
        text = zlib.decompress(base64.b64decode(self._packed)).decode()
        return Sourced(figures=from_json(text), text=text)


def one_bit_away(table: Table[Any], column: str, value: Any) -> Any:
    """Return another value of the same kind."""
    if value is None:
        return 1 if column == "boots" else "killed"
    if isinstance(value, int):
        return value ^ 1
    return value[:-1] + chr(ord(value[-1]) ^ 1) if value else "x"


@contextmanager
def changed(ledger: Path, table: Table[Any], where: str, column: str, *, mend_crc: bool) -> Iterator[None]:
    """Change one bit of one row, its checksum too if `mend_crc`; put it back at the end."""
    with closing(sqlite3.connect(ledger, isolation_level=None)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        query = f"SELECT rowid, {', '.join(table.columns)}, crc FROM {table.name} {where} LIMIT 1"
        number, *before = connection.execute(query).fetchone()
        after = list(before)
        place = table.columns.index(column)
        after[place] = one_bit_away(table, column, before[place])
        if mend_crc:
            after[-1] = checksum(table.name, after[:-1])
        sets = ", ".join(f"{name} = ?" for name in (*table.columns, "crc"))
        key = after[0] if table.numbered else number
        connection.execute(f"UPDATE {table.name} SET {sets} WHERE rowid = ?", (*after, number))
        yield
        connection.execute(f"UPDATE {table.name} SET {sets} WHERE rowid = ?", (*before, key))


def test_what_was_not_touched_is_as_it_was_sealed(october: Path) -> None:
    """The seal comes out of the rows again, and nothing is reported."""
    found = look(october)
    assert (found.faults, found.notes) == ((), ())
    assert found.seal == found.closed.closing.seal
    assert look(october, period="2026-09").sound


BEGAN_BY_NAME = {table.name: column for table, column in BEGAN}


def rows_only(ledger: Path) -> Verified:
    """Verify October's rows and entries; its figures are taken for granted."""
    with LedgerReader(ledger) as reader, open_beside(ledger) as register:
        entries = tuple(register.entries())
        last = revisions(closings(entries), "2026-10")[-1]
        first = revisions(closings(entries), "2026-10")[0].closing
        return Verifier(reader, entries, source=Unchanged(first.figures), version="test").verify(last)


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory, by: By) -> Path:
    """Return a ledger of three days of October, in which every table has rows; October is closed."""
    ledger = tmp_path_factory.mktemp("short") / "ledger.db"
    make(ledger, date(2026, 10, 1), 3)
    start_once(ledger, NOW_MS)
    add_jump_and_loss(ledger, local_ms(date(2026, 10, 2)))
    close(ledger, OCTOBER, by())
    meddle(ledger, "PRAGMA foreign_keys = OFF")
    return ledger


@pytest.mark.parametrize("table", [table for table, _ in BEGAN], ids=lambda table: table.name)
def test_one_bit_of_any_column_of_any_table_is_found_with_its_place(short: Path, table: Table[Any]) -> None:
    """Month, day and table; the row too where its checksum fails, which a careful hand makes right again."""
    began = BEGAN_BY_NAME[table.name]
    where = f"WHERE {began} >= {OCTOBER.start_ms} AND {began} < {OCTOBER.end_ms} ORDER BY {began} DESC"
    for column in table.columns:
        for mend_crc in (False, True):
            with changed(short, table, where, column, mend_crc=mend_crc):
                found = rows_only(short)
            case = (column, mend_crc, found.faults)
            place = re.compile(rf"2026-10, day 2026-10-0\d, table {table.name}: ")
            placed = [one for one in found.faults if place.match(one)]
            assert placed, case
            assert found.seal != found.closed.closing.seal, case
            assert any("a row does not match its checksum (" in one for one in placed) is not mend_crc, case
    assert rows_only(short).sound


@pytest.mark.parametrize(
    ("table", "column"), [(REVISION, "sha256"), (REVISION, "took_effect_ms"), (DOCUMENT, "json")]
)
def test_the_inventory_in_force_is_sealed_too(short: Path, table: Table[Any], column: str) -> None:
    """It belongs to no day of the month, and still bears on its figures."""
    for mend_crc in (False, True):
        with changed(short, table, "", column, mend_crc=mend_crc):
            faults = rows_only(short).faults
        assert any(one.startswith(f"2026-10, table {table.name}: ") for one in faults), faults


def test_the_ledgers_own_identity_is_sealed_too(short: Path) -> None:
    """Whether it is simulated, and since when it is."""
    for column in ("created_ms", "simulated"):
        with changed(short, META, "", column, mend_crc=True):
            faults = rows_only(short).faults
        assert any(one.startswith("2026-10, table meta: ") for one in faults), faults
        with (
            changed(short, META, "", column, mend_crc=False),
            pytest.raises(LedgerDamagedError, match="table meta: a row does not match its checksum"),
        ):
            rows_only(short)


@pytest.mark.parametrize("table", [table for table, _ in BEGAN], ids=lambda table: table.name)
def test_a_row_taken_away_is_found(short: Path, table: Table[Any], tmp_path: Path) -> None:
    """By the number of rows of its day."""
    began = BEGAN_BY_NAME[table.name]
    shutil.copy(short, tmp_path / "ledger.db")
    shutil.copy(register_of(short), tmp_path / "ledger-register.db")
    statement = f"DELETE FROM {table.name} WHERE {began} >= ? AND {began} < ?"
    meddle(tmp_path / "ledger.db", statement, OCTOBER.start_ms, OCTOBER.end_ms)
    faults = rows_only(tmp_path / "ledger.db").faults
    assert any(f", table {table.name}: 0 rows where " in one for one in faults), faults


def test_a_bit_of_the_file_itself_is_found_or_bears_on_nothing(short: Path, tmp_path: Path) -> None:
    """A fault with its place, a damaged file, or rows that are all the same: nothing else comes of it."""
    ledger = tmp_path / "ledger.db"
    shutil.copy(register_of(short), register_of(ledger))
    data, before, chance = short.read_bytes(), dumped(short), random.Random(7)
    found = 0
    for _ in range(40):
        flipped = bytearray(data)
        flipped[chance.randrange(4096, len(data))] ^= 1 << chance.randrange(8)
        ledger.write_bytes(flipped)
        try:
            sound = rows_only(ledger).sound
        except LedgerDamagedError:
            sound = False
        found += not sound
        assert not sound or dumped(ledger) == before
    assert found > 0


def dumped(ledger: Path) -> list[list[tuple[Any, ...]]]:
    """Return the rows of all tables, read from the tables themselves."""
    with closing(sqlite3.connect(f"file:{ledger}?mode=ro", uri=True)) as connection:
        connection.text_factory = bytes
        return [
            sorted(connection.execute(f"SELECT * FROM {table.name} NOT INDEXED").fetchall(), key=repr)
            for table in (*(one for one, _ in BEGAN), META, DOCUMENT)
        ]


def test_a_changed_entry_of_the_register_is_named(october: Path) -> None:
    """Its chain breaks there."""
    meddle(
        register_of(october),
        "UPDATE entry SET json = replace(json, '2026-10-05', '2026-10-06') WHERE number = 2",
    )
    with pytest.raises(RegisterDamagedError, match="entry 2: its content does not match its hash"):
        look(october)


def rewrite(october: Path) -> None:
    """Take the outages out of October, and make every hash, figure and seal right again."""
    meddle(
        october,
        "DELETE FROM run WHERE verdict = 'silent' AND first_sent_ms >= ? AND first_sent_ms < ?",
        OCTOBER.start_ms,
        OCTOBER.end_ms,
    )
    with LedgerReader(october) as reader, open_beside(october) as register:
        last = list(register.entries())[-1]
        assert isinstance(last.payload, MonthClosed)
        text = FromRows().figures(reader, tuple(register.entries())[:-1], OCTOBER, ()).text
        forged = replace(
            last.payload.closing,
            days=chained(reader.meta().ledger_id, digests(segments(reader, OCTOBER))),
            figures=packed(text),
            figures_sha256=sha256_of_text(text),
        )
        sha256 = closing_sha256(forged, reader.meta().ledger_id, reason="", accepted=())
    put(october, last, replace(forged, sha256=sha256, seal=seal_of(sha256)))


def put(october: Path, last: Entry, forged: Closing) -> None:
    """Put another closing into the last entry, the chain made right."""
    json = to_json(MonthClosed(closing=forged))
    sha256 = entry_sha256(last.previous, last.number, last.at_ms, last.author, str(last.kind), json)
    statement = "UPDATE entry SET json = ?, sha256 = ? WHERE number = ?"
    meddle(register_of(october), statement, json, sha256, last.number)


def test_a_ledger_rewritten_whole_is_caught_by_the_seal_on_paper(october: Path) -> None:
    """All hashes fit together again, and only the paper tells."""
    paper = look(october).closed.closing.seal
    rewrite(october)
    assert look(october).sound
    outcome = verified(october, "2026-10", paper, source=FromRows(), version="test")
    (fault,) = outcome.faults
    assert fault == (
        f"2026-10: the seal on paper is not the one of what is here now, {look(october).seal}: ledger and "
        "register are not those that were sealed, whatever they say themselves"
    )


def test_a_restatement_after_the_forgery_does_not_hide_it(october: Path, by: By) -> None:
    """The seal on paper is believed of a revision only that it is computed from."""
    paper = look(october).closed.closing
    rewrite(october)
    with open_beside(october) as register:
        last = list(register.entries())[-1]
    assert isinstance(last.payload, MonthClosed)
    forged = replace(last.payload.closing, sha256=paper.sha256, seal=paper.seal, figures_sha256="0" * 64)
    put(october, last, forged)
    restate(october, "2026-10", by(), reason="chính tả")
    outcome = verified(october, "2026-10", paper.seal, source=FromRows(), version="test")
    assert any("the seal on paper is not the one of what is here now" in fault for fault in outcome.faults)
    assert (
        "2026-10: the hash of the closing does not follow from what it states (entry 2 of the register)"
        in outcome.faults
    )
    assert not any("the paper carries the seal of revision 1" in note for note in outcome.notes)


def test_every_closing_is_held_against_itself(october: Path, by: By) -> None:
    """Also those that were not asked for: an earlier revision, and another month."""
    with open_beside(october) as register:
        last = list(register.entries())[-1]
    assert isinstance(last.payload, MonthClosed)
    put(october, last, replace(last.payload.closing, revision=2))
    assert verified(october, "2026-09", "", source=FromRows(), version="test").faults == (
        "2026-10: the hash of the closing does not follow from what it states (entry 2 of the register)",
        "2026-10: it says revision 2, and is number 1 of its period (entry 2 of the register)",
    )


def test_the_right_seal_passes_and_a_slip_of_the_pen_is_told(october: Path) -> None:
    """One wrong letter is named by its group."""
    seal = look(october).closed.closing.seal
    good = verified(october, "2026-10", seal, source=FromRows(), version="test")
    assert good.faults == ()
    assert "2026-10: the seal on paper is the one of what is here now" in good.notes
    slip = f"{seal[:-1]}{'A' if seal[-1] != 'A' else 'B'}"
    bad = verified(october, "2026-10", slip, source=FromRows(), version="test")
    assert "only group 5 differs; was it read right?" in bad.faults[0]


def test_a_closing_that_contradicts_itself_is_found(october: Path) -> None:
    """Somebody who changed only the figures, and the chain of the register after them."""
    with open_beside(october) as register:
        last = list(register.entries())[-1]
    assert isinstance(last.payload, MonthClosed)
    closing_ = last.payload.closing
    day = closing_.days[4]
    for forged, words in (
        (replace(closing_, figures_sha256="0" * 64), "the hash of the closing does not follow"),
        (replace(closing_, figures="AAAA"), "the stored figures cannot be read"),
        (replace(closing_, seal="A" * 5), "the seal is not the one of its hash"),
        (replace(closing_, previous_period="2026-08"), "it does not follow the closing before it (2026-09)"),
        (replace(closing_, register_number=0), "it was not made right after entry 1 of the register"),
        (
            replace(closing_, days=(*closing_.days[:4], replace(day, chain="0" * 64), *closing_.days[5:])),
            "2026-10, day 2026-10-05: the chain of days does not follow",
        ),
    ):
        put(october, last, forged)
        faults = rows_only(october).faults
        assert any(words in fault for fault in faults), (words, faults)


def test_later_evidence_and_decisions_leave_a_closed_month_alone(tmp_path: Path, by: By) -> None:
    """The collector was away at the month's end, comes back, watches on; people decide things."""
    ledger = tmp_path / "ledger.db"
    network = Network(ledger, since_ms=local_ms(date(2026, 10, 1)))
    network.watch(local_ms(date(2026, 10, 28)), silent=lambda device, ms: device == "hub" and ms % 7 == 0)
    network.stop()
    start_once(ledger, NOW_MS)
    close(ledger, OCTOBER, by(now_ms=NOW_MS))
    assert look(ledger).sound
    network = Network(ledger, since_ms=local_ms(date(2026, 11, 3)), session="s2")
    network.watch(local_ms(date(2026, 11, 5)))
    network.stop()
    with open_beside(ledger, create=NOW_MS) as register:
        register.append("an", MaintenanceEnded(id="a", end_ms=OCTOBER.start_ms), NOW_MS + 1)
    assert look(ledger).faults == ()


def test_an_outage_that_lasts_over_the_border_leaves_it_alone(tmp_path: Path, by: By) -> None:
    """It went on growing after the month was closed."""
    ledger = tmp_path / "ledger.db"
    border = OCTOBER.end_ms
    network = Network(ledger, since_ms=local_ms(date(2026, 10, 30)))

    def silent(device: str, ms: int) -> bool:
        return device == "an-khe" and border - 5 * HOUR_MS <= ms < border + 9 * HOUR_MS

    network.watch(border + 6 * HOUR_MS, silent=silent)
    close(ledger, OCTOBER, by(now_ms=border + 6 * HOUR_MS))
    assert look(ledger).faults == ()
    network.watch(border + 30 * HOUR_MS, silent=silent)
    network.watch(border + 40 * HOUR_MS, silent=never)
    network.stop()
    assert look(ledger).faults == ()


def test_another_version_of_the_program_is_a_note(october: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Better rules of later programs do not make a closed month wrong."""
    figures = FromRows.figures

    def better(*arguments: Any) -> Any:
        found = figures(*arguments)
        return replace(found, text=f"{found.text} ")

    monkeypatch.setattr(FromRows, "figures", better)
    assert "the figures computed from the rows are not the sealed ones" in look(october).faults[0]
    later = look(october, version="later")
    assert later.sound
    assert later.seal == later.closed.closing.seal
    assert "version later of this program computes other figures than version test" in later.notes[0]
