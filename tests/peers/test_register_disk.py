"""Disks that fail under the register: full, read-only, locked, damaged. What was decided stays.

A person stands at the other end, so nothing waits in memory: the message says what to mend, and that it is
to be done again.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from collector.cli import app
from collector.exits import Exit
from collector.ledger.reader import LedgerReader
from collector.ledger.store import open_store
from collector.register.access import open_beside
from collector.register.entries import MaintenanceEnded, OutageAnnotated
from collector.register.errors import RegisterDamagedError, RegisterUnavailableError
from collector.register.store import Register, register_of

NOW_MS = 1_795_366_800_000
_LIBC = ctypes.CDLL(None, use_errno=True)
_READ_ONLY, _REMOUNT = 1, 32
INVENTORY = """\
organisation: {name: Tỉnh, language: vi, timezone: Asia/Ho_Chi_Minh}
collector: {ledger: ledger.db}
devices:
  - {id: r1, name: Router, address: 127.0.0.3, icmp: {}}
"""
LONG = OutageAnnotated(device="r1", at_ms=1, cause="power", note="x" * 20_000, responsible="")
SHORT = MaintenanceEnded(id="a", end_ms=1)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Return a file system of one megabyte with a ledger; skip where nobody may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if _LIBC.mount(b"tmpfs", os.fsencode(folder), b"tmpfs", 0, b"size=1m,mode=700") != 0:
        pytest.skip(f"cannot mount a small disk: {os.strerror(ctypes.get_errno())}")
    open_store(folder / "ledger.db", now_ms=NOW_MS)[0].close()
    (folder / "inventory.yaml").write_text(INVENTORY, encoding="utf-8")
    yield folder
    _LIBC.umount2(os.fsencode(folder), 2)


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """Return a ledger on the disk of the tests."""
    ledger = tmp_path / "ledger.db"
    open_store(ledger, now_ms=NOW_MS)[0].close()
    (tmp_path / "inventory.yaml").write_text(INVENTORY, encoding="utf-8")
    return ledger


def decide(ledger: Path, payload: MaintenanceEnded | OutageAnnotated = SHORT) -> None:
    with open_beside(ledger, create=NOW_MS) as register:
        register.append("an", payload, NOW_MS)


def entries(ledger: Path) -> int:
    with open_beside(ledger) as register:
        return register.verify()


def audit(ledger: Path) -> Result:
    return CliRunner().invoke(app, ["audit", "-i", str(ledger.with_name("inventory.yaml"))])


def test_a_full_disk(disk: Path) -> None:
    """What was decided before stays whole and readable; with room it goes on at the next number."""
    ledger = disk / "ledger.db"
    decide(ledger)
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))
    with pytest.raises(RegisterUnavailableError, match="no room left on the file system; make room, and do"):
        decide(ledger, LONG)
    ballast.unlink()
    assert entries(ledger) == 1
    decide(ledger, LONG)
    assert entries(ledger) == 2


def test_a_register_that_cannot_be_made_leaves_nothing_behind(disk: Path) -> None:
    """On a full disk there is no half register that the next program would stumble over."""
    ledger = disk / "ledger.db"
    with LedgerReader(ledger) as reader:
        ledger_id = reader.meta().ledger_id
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))
    with pytest.raises(RegisterUnavailableError, match="no room left"):
        Register.open(register_of(ledger), ledger_id, create=NOW_MS)
    assert [file.name for file in disk.glob("ledger-register*")] == []
    ballast.unlink()
    decide(ledger)
    assert entries(ledger) == 1


def test_a_read_only_disk(disk: Path) -> None:
    """Entries are refused in words, and come through once the disk is writable again."""
    ledger = disk / "ledger.db"
    decide(ledger)
    flags = _REMOUNT | _READ_ONLY
    assert _LIBC.mount(None, os.fsencode(disk), None, flags, None) == 0, os.strerror(ctypes.get_errno())
    try:
        with pytest.raises(RegisterUnavailableError) as caught:
            decide(ledger)
    finally:
        assert _LIBC.mount(None, os.fsencode(disk), None, _REMOUNT, None) == 0
    assert "read-only" in str(caught.value) or "cannot be opened" in str(caught.value)
    decide(ledger)
    assert entries(ledger) == 2


def test_a_register_locked_by_another_program(ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading goes on; whoever wants to add something is told who is in the way, after a patient wait."""
    monkeypatch.setattr("collector.register.store.BUSY_TIMEOUT_MS", 50)
    decide(ledger)
    code = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None); "
        "c.execute('BEGIN IMMEDIATE'); print('locked', flush=True); sys.stdin.readline()"
    )
    command = [sys.executable, "-c", code, str(register_of(ledger))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"locked\n"
        with pytest.raises(RegisterUnavailableError, match="another program has locked it; wait for that"):
            decide(ledger)
        assert entries(ledger) == 1
        assert audit(ledger).exit_code == Exit.OK
        other.kill()
    decide(ledger)
    assert entries(ledger) == 2


def test_a_damaged_register_is_said_and_a_backup_takes_its_place(ledger: Path, tmp_path: Path) -> None:
    """The message holds the command that helps; nothing is added to a file that is not whole."""
    for _ in range(30):
        decide(ledger, LONG)
    saved = CliRunner().invoke(app, ["ledger", "backup", str(tmp_path / "b.tar"), "--ledger", str(ledger)])
    assert saved.exit_code == Exit.OK, saved.stderr
    register = register_of(ledger)
    data = bytearray(register.read_bytes())
    for page in range(2, len(data) // 4096, 3):
        data[page * 4096 : page * 4096 + 200] = b"\xff" * 200
    register.write_bytes(data)
    with pytest.raises(RegisterDamagedError):
        entries(ledger)
    result = audit(ledger)
    assert result.exit_code == Exit.LEDGER
    assert "haidang ledger restore BACKUP LEDGER --only register" in result.stderr
    aside = tmp_path / "aside"
    aside.mkdir()
    for file in tmp_path.glob("ledger-register.db*"):
        shutil.move(file, aside)
    restored = CliRunner().invoke(
        app, ["ledger", "restore", str(tmp_path / "b.tar"), str(ledger), "--only", "register"]
    )
    assert restored.exit_code == Exit.OK, restored.stderr
    assert entries(ledger) == 30


def test_a_kill_between_two_entries_loses_none(ledger: Path) -> None:
    """What a command has said is done is on the disk, whatever happens to the machine's programs."""
    code = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from collector.register.access import open_beside\n"
        "from collector.register.entries import MaintenanceEnded\n"
        "with open_beside(Path(sys.argv[1]), create=1_795_366_800_000) as register:\n"
        "    for number in range(5):\n"
        "        register.append('an', MaintenanceEnded(id='a', end_ms=number), 1_795_366_800_000)\n"
        "        print(number, flush=True)\n"
        "    sys.stdin.readline()\n"
    )
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", code, str(ledger)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=root
    ) as child:
        assert child.stdout is not None
        for number in range(5):
            assert child.stdout.readline() == f"{number}\n".encode()
        child.kill()
    assert entries(ledger) == 5
    decide(ledger)
    assert entries(ledger) == 6
