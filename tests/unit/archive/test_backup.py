"""Backup and restore: one file, checked from end to end, and nothing is ever overwritten."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import sqlite3
import tarfile
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from collector.archive.backup import backup
from collector.archive.manifest import LEDGER, NAME, REGISTER
from collector.cli import app
from collector.exits import Exit
from collector.ledger.reader import LedgerReader
from collector.ledger.rows import Session
from collector.ledger.store import open_store
from collector.ledger.tables import RUN, TABLES
from collector.register.access import open_beside
from collector.register.entries import MaintenanceEnded
from collector.register.store import register_of
from tests.unit.closing.evidence import inventory_in, make

FIRST = date(2026, 9, 1)
NOW_MS = 1_795_366_800_000


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a ledger of three days with a register of two entries."""
    ledger = tmp_path_factory.mktemp("original") / "ledger.db"
    make(ledger, FIRST, 3)
    with open_beside(ledger, create=NOW_MS) as register:
        for number in range(2):
            register.append("an", MaintenanceEnded(id="a", end_ms=number), NOW_MS)
    return ledger


@pytest.fixture(scope="module")
def made(original: Path) -> Path:
    """Return a backup of it."""
    target = original.with_name("made.tar")
    assert run("backup", target, "--ledger", original).exit_code == Exit.OK
    return target


@pytest.fixture
def ledger(original: Path, tmp_path: Path) -> Path:
    """Return a copy of it that may be spoilt."""
    folder = tmp_path / "var"
    folder.mkdir()
    shutil.copy(original, folder / "ledger.db")
    shutil.copy(register_of(original), folder / "ledger-register.db")
    return folder / "ledger.db"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["ledger", *map(str, arguments)])


def contents(ledger: Path) -> tuple[list[list[object]], list[object]]:
    """Return all rows and all entries."""
    with LedgerReader(ledger) as reader, open_beside(ledger) as register:
        return [list(reader.all(table)) for table in TABLES], list(register.entries())


def test_what_is_restored_is_what_was_backed_up(ledger: Path, tmp_path: Path) -> None:
    """Row by row and entry by entry, at another place; the sentences say what it is."""
    made = run("backup", tmp_path / "b.tar", "--ledger", ledger)
    assert made.exit_code == Exit.OK, made.stderr
    target = tmp_path / "other" / "evidence.db"
    target.parent.mkdir()
    restored = run("restore", tmp_path / "b.tar", target)
    assert restored.exit_code == Exit.OK, restored.stderr
    files = sorted(file.name for file in target.parent.iterdir())
    assert files == ["evidence-register.db", "evidence.db", "evidence.db.lock"]
    assert contents(target) == contents(ledger)
    sentence = "up to 2026-09-03 17:00:00 UTC, register of 2 entries\n"
    assert made.stdout.endswith(sentence)
    assert restored.stdout.endswith(sentence)
    assert {file.stat().st_mode & 0o777 for file in target.parent.glob("*.db")} == {0o640}
    store, _ = open_store(target, now_ms=NOW_MS)
    store.close()


def test_the_manifest_names_hashes_that_sha256sum_finds(ledger: Path, tmp_path: Path) -> None:
    """Whoever has tar and sha256sum can check a backup without this program."""
    run("backup", tmp_path / "b.tar", "--ledger", ledger)
    with tarfile.open(tmp_path / "b.tar") as tar:
        assert tar.getnames() == [NAME, LEDGER, REGISTER]
        files = {name: tar.extractfile(name).read() for name in tar.getnames()}  # type: ignore[union-attr]
    manifest = json.loads(files[NAME])
    for part in manifest["parts"]:
        assert part["sha256"] == hashlib.sha256(files[part["name"]]).hexdigest()
        assert part["bytes"] == len(files[part["name"]])
    with LedgerReader(ledger) as reader:
        assert manifest["ledger_id"] == reader.meta().ledger_id


def test_a_backup_is_of_one_instant_though_the_collector_writes_on(ledger: Path, tmp_path: Path) -> None:
    """Rows committed while pages are copied are not in it, and it comes to an end."""
    store, _ = open_store(ledger, now_ms=NOW_MS)
    written = 0

    def write_more(what: str, done: int, of: int) -> None:
        nonlocal written
        if what == "copied" and done < of:
            written += 1
            store.write([Session(id=f"more{written}", started_ms=NOW_MS, version="test")])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("collector.archive.backup._PAGES", 2)
        backup(ledger, tmp_path / "b.tar", program="test", now_ms=NOW_MS, progress=write_more)
    store.close()
    assert written > 3
    target = tmp_path / "restored.db"
    assert run("restore", tmp_path / "b.tar", target).exit_code == Exit.OK
    with LedgerReader(target) as reader:
        assert sum(row.polls for row in reader.all(RUN)) == 3 * 24 * 3
    with closing(sqlite3.connect(target)) as connection:
        assert connection.execute("SELECT count(*) FROM session").fetchone() == (1,)


def test_a_ledger_without_a_register_is_backed_up_as_such(ledger: Path, tmp_path: Path) -> None:
    """And restored without one."""
    register_of(ledger).unlink()
    assert "no register" in run("backup", tmp_path / "b.tar", "--ledger", ledger).stdout
    assert run("restore", tmp_path / "b.tar", tmp_path / "r.db").exit_code == Exit.OK
    assert not register_of(tmp_path / "r.db").exists()
    nothing = run("restore", tmp_path / "b.tar", ledger, "--only", "register")
    assert nothing.exit_code == Exit.LEDGER
    assert "there is no ledger-register.db in it. Nothing was restored" in nothing.stderr


def test_nothing_is_ever_overwritten(ledger: Path, tmp_path: Path) -> None:
    """Neither a backup, nor a ledger, nor a register, nor a log that somebody's kill left behind."""
    assert run("backup", tmp_path / "b.tar", "--ledger", ledger).exit_code == Exit.OK
    again = run("backup", tmp_path / "b.tar", "--ledger", ledger)
    assert again.exit_code == Exit.LEDGER
    assert "b.tar exists already; name a new file" in again.stderr
    for name in ("x.db", "x.db-wal", "x-register.db"):
        (tmp_path / name).write_text("mine")
        refused = run("restore", tmp_path / "b.tar", tmp_path / "x.db")
        assert refused.exit_code == Exit.LEDGER
        assert f"{name} is there already, and nothing is ever overwritten" in refused.stderr
        assert (tmp_path / name).read_text() == "mine"
        (tmp_path / name).unlink()
    assert [file.name for file in tmp_path.iterdir() if file.name.startswith(".")] == []


def test_only_the_register_where_the_ledger_is_still_there(ledger: Path, tmp_path: Path) -> None:
    """And never beside another ledger."""
    before = contents(ledger)
    assert run("backup", tmp_path / "b.tar", "--ledger", ledger).exit_code == Exit.OK
    register_of(ledger).unlink()
    assert run("restore", tmp_path / "b.tar", ledger, "--only", "register").exit_code == Exit.OK
    assert contents(ledger) == before
    other = tmp_path / "other.db"
    open_store(other, now_ms=NOW_MS)[0].close()
    refused = run("restore", tmp_path / "b.tar", other, "--only", "register")
    assert refused.exit_code == Exit.LEDGER
    assert "is another ledger (" in refused.stderr
    assert not register_of(other).exists()


def repacked(source: Path, target: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """Write a backup anew with other contents."""
    with tarfile.open(source) as tar:
        files = {name: tar.extractfile(name).read() for name in tar.getnames()}  # type: ignore[union-attr]
    change(files)
    with tarfile.open(target, "w") as tar:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return target


def flip(files: dict[str, bytes], name: str, place: int) -> None:
    """Change one bit."""
    data = bytearray(files[name])
    data[place] ^= 1
    files[name] = bytes(data)


def truthful(files: dict[str, bytes]) -> None:
    """Make the manifest's hashes and sizes those of the files."""
    manifest = json.loads(files[NAME])
    for part in manifest["parts"]:
        data = files[part["name"]]
        part |= {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    files[NAME] = json.dumps(manifest).encode()


def forget_the_register(files: dict[str, bytes]) -> None:
    del files[REGISTER]


def be_another_ledger(files: dict[str, bytes]) -> None:
    files[NAME] = files[NAME].replace(b'"ledger_id": "', b'"ledger_id": "x')


def be_newer(files: dict[str, bytes]) -> None:
    files[NAME] = files[NAME].replace(b'"format": 1', b'"format": 2')


def name_another_place(files: dict[str, bytes]) -> None:
    files[NAME] = files[NAME].replace(b'"ledger.db"', b'"../x.db"')


def edited(files: dict[str, bytes], name: str, statement: str) -> None:
    """Change a file by SQL, its triggers removed, and make the manifest true of it."""
    data = bytearray(files[name])
    data[18:20] = b"\1\1"  # a database in memory has no write-ahead log
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.deserialize(bytes(data))
        for (trigger,) in connection.execute(
            "SELECT name FROM sqlite_schema WHERE type='trigger'"
        ).fetchall():
            connection.execute(f"DROP TRIGGER {trigger}")
        connection.execute(statement)
        files[name] = connection.serialize()
    truthful(files)


def spoil_a_row(files: dict[str, bytes]) -> None:
    edited(files, LEDGER, "UPDATE run SET polls = polls + 1 WHERE rowid = 3")


def spoil_an_entry(files: dict[str, bytes]) -> None:
    edited(files, REGISTER, "UPDATE entry SET author = 'b' WHERE number = 2")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda files: flip(files, LEDGER, 5_000), "ledger.db does not match the hash in the manifest"),
        (lambda files: flip(files, REGISTER, 5_000), "ledger-register.db does not match the hash"),
        (lambda files: files.update({LEDGER: files[LEDGER][:-1]}), "not of the size in the manifest"),
        (forget_the_register, "ledger-register.db is missing"),
        (lambda files: files.update({NAME: b"{"}), "the manifest cannot be read"),
        (lambda files: files.update({NAME: b"[]"}), "the manifest is none"),
        (lambda files: files.update({NAME: b" " * 100_000}), "it does not begin with manifest.json"),
        (lambda files: files.pop(NAME), "it does not begin with manifest.json"),
        (be_newer, "it has format 2; this program knows 1"),
        (be_another_ledger, "its manifest is of x"),
        (name_another_place, "the manifest does not name the files of a backup"),
        (spoil_a_row, "table run: a row does not match its checksum"),
        (spoil_an_entry, "entry 2: its content does not match its hash"),
    ],
)
def test_a_backup_that_is_not_what_was_written_is_refused(
    made: Path, tmp_path: Path, change: Callable[[dict[str, bytes]], None], words: str
) -> None:
    """With the reason, and nothing is put in place."""
    bad = repacked(made, tmp_path / "bad.tar", change)
    folder = tmp_path / "new"
    folder.mkdir()
    result = run("restore", bad, folder / "ledger.db")
    assert result.exit_code == Exit.LEDGER
    assert words in result.stderr
    assert "Nothing was restored" in result.stderr
    assert [file.name for file in folder.iterdir() if file.suffix != ".lock"] == []


@pytest.mark.parametrize("cut", [0, 100, 5_000, 60_000])
def test_a_backup_that_was_cut_off_is_refused(made: Path, tmp_path: Path, cut: int) -> None:
    """Wherever the copying stopped."""
    (tmp_path / "cut.tar").write_bytes(made.read_bytes()[:cut])
    result = run("restore", tmp_path / "cut.tar", tmp_path / "new.db")
    assert result.exit_code == Exit.LEDGER
    assert "Nothing was restored" in result.stderr
    assert not (tmp_path / "new.db").exists()


def test_what_is_not_there_is_said(tmp_path: Path, ledger: Path) -> None:
    """A missing backup, a missing folder, a missing ledger."""
    assert "No such file or directory" in run("restore", tmp_path / "no.tar", tmp_path / "x.db").stderr
    run("backup", tmp_path / "b.tar", "--ledger", ledger)
    missing = run("restore", tmp_path / "b.tar", tmp_path / "no" / "x.db")
    assert (missing.exit_code, "No such file or directory" in missing.stderr) == (Exit.LEDGER, True)
    nothing = run("backup", tmp_path / "c.tar", "--ledger", tmp_path / "no.db")
    assert (nothing.exit_code, "no.db: No such file" in nothing.stderr) == (Exit.LEDGER, True)
    assert not (tmp_path / "c.tar").exists()


def test_check_looks_at_every_row_and_entry(ledger: Path) -> None:
    """By the inventory or by name; what is sound is said in a sentence."""
    inventory = inventory_in(ledger.parent)
    result = run("check", "-i", inventory)
    assert result.exit_code == Exit.OK, result.stderr
    assert result.stdout == (
        f"{ledger}: structure, all rows of {len(TABLES)} tables, register of 2 entries, "
        "0 closed periods: as they were written\n"
    )


def test_check_names_each_fault_with_table_row_and_key(ledger: Path) -> None:
    """All of them in one run, in ledger and register."""
    with closing(sqlite3.connect(ledger, isolation_level=None)) as connection:
        for (trigger,) in connection.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'trigger'"
        ).fetchall():
            connection.execute(f"DROP TRIGGER {trigger}")
        connection.execute("UPDATE run SET polls = polls + 1 WHERE rowid = 7")
        connection.execute("UPDATE boot SET session = 'x' WHERE rowid = 2")
    with closing(sqlite3.connect(register_of(ledger), isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER entry_no_update")
        connection.execute("UPDATE entry SET at_ms = at_ms + 1 WHERE number = 2")
    with LedgerReader(ledger) as reader:
        meant = list(reader.faults(lambda *_: None))
    assert [fault.table for fault in meant] == ["boot", "run", "boot"]
    result = run("check", "--ledger", ledger)
    assert result.exit_code == Exit.LEDGER
    assert "table boot, row 2: it names a session that is not there" in result.stderr
    assert "table boot, row 2 (device " in result.stderr
    assert "table run, row 7 (device " in result.stderr
    assert "a row does not match its checksum" in result.stderr
    assert "ledger-register.db is damaged: entry 2: its content does not match its hash" in result.stderr
    assert f"{ledger}: 4 faults. Nothing was changed." in result.stdout


def test_check_survives_a_page_that_cannot_be_read(ledger: Path) -> None:
    """The tables that still can be read are looked at all the same."""
    with closing(sqlite3.connect(ledger)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'run'").fetchone()
    with ledger.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xff" * 4096)
    result = run("check", "--ledger", ledger)
    assert result.exit_code == Exit.LEDGER
    assert "run: " in result.stderr
    assert "Traceback" not in result.stderr
