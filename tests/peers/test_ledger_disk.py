"""Disks that fail under the writer: full, limited, read-only, locked, deleted, damaged; nothing is lost.

In each case health says so in words, polls go on being booked, and the ledger catches up by itself.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from collector.ledger.evidence import Evidence
from collector.ledger.reader import LedgerReader
from collector.ledger.rows import LossCause, Session
from collector.ledger.salvage import salvage
from collector.ledger.store import open_store
from collector.ledger.tables import HEARTBEAT, LOSS, RUN
from collector.ledger.writer import LedgerWriter, WriterSettings
from collector.model import Reason, Verdict

START_MS = 1_795_366_800_000
MINUTE_MS = 60_000
DEVICES = 40
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NOBODY = 65_534
_LIBC = ctypes.CDLL(None, use_errno=True)


class Network:
    """Forty flapping devices: each minute starts forty rows, so that a file grows fast."""

    def __init__(self, path: Path) -> None:
        store, restored = open_store(path, now_ms=START_MS)
        self.path = path
        self.minute = 0
        self.writer = LedgerWriter(
            store,
            restored,
            session=Session(id="s1", started_ms=START_MS, version="test"),
            timezone=ZONE,
            mono=lambda: 0.0,
            settings=WriterSettings(flush_s=3_600, first_retry_s=3_600),
        )
        self.writer.revision("{}", START_MS, ZONE)

    def poll(self, minutes: int = 1) -> None:
        """Poll every device once a minute, each time with another verdict."""
        for _ in range(minutes):
            for number in range(DEVICES):
                sent_ms = START_MS + self.minute * MINUTE_MS + number
                silent = self.minute % 2 == 1
                evidence = Evidence(
                    device=f"r{number}",
                    revision=1,
                    verdict=Verdict.SILENT if silent else Verdict.ANSWERED,
                    reason=Reason.TIMEOUT if silent else None,
                    sent_ms=sent_ms,
                    done_ms=sent_ms + 20,
                    answered_ms=None if silent else sent_ms + 20,
                    interval_ms=MINUTE_MS,
                    deadline_ms=20_000,
                )
                self.writer.poll(evidence)
            self.writer.heartbeat(START_MS + self.minute * MINUTE_MS + 30_000)
            self.minute += 1

    def commit(self) -> bool:
        """Try to commit now."""
        return self.writer.flush(timeout_s=30)

    def check_complete(self) -> None:
        """Close, and check that every poll that was made is in the ledger."""
        assert self.writer.close().ok
        with LedgerReader(self.path) as reader:
            polls = sum(run.polls for run in reader.all(RUN))
        assert polls == self.minute * DEVICES
        assert self.writer.health().lost == 0


def committed(path: Path) -> int:
    """Return how many polls another program finds in the ledger now."""
    with LedgerReader(path) as reader:
        return sum(run.polls for run in reader.all(RUN))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a file system of one megabyte; skip where nobody may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if _LIBC.mount(b"tmpfs", os.fsencode(folder), b"tmpfs", 0, b"size=1m,mode=700") != 0:
        pytest.skip(f"cannot mount a small disk: {os.strerror(ctypes.get_errno())}")
    yield folder
    _LIBC.umount2(os.fsencode(folder), 2)


def test_a_full_disk(small_disk: Path) -> None:
    """What was committed stays readable, what comes waits in memory, and room brings it all to disk."""
    network = Network(small_disk / "ledger.db")
    network.poll(4)
    assert network.commit()
    before = committed(network.path)
    ballast = small_disk / "ballast"
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))
    network.poll(40)
    assert not network.commit()
    health = network.writer.health()
    assert health.reason == (
        f"{network.path}: no room left on the file system; make room, and it goes on by itself "
        "(database or disk is full)"
    )
    assert health.failing_since_ms is not None
    assert committed(network.path) == before
    network.poll(40)
    assert not network.commit()
    ballast.unlink()
    assert network.commit()
    assert network.writer.health().ok
    network.check_complete()


def test_a_ledger_deleted_underneath(tmp_path: Path) -> None:
    """The next commit puts the whole ledger back where it was, with everything in it."""
    folder = tmp_path / "var"
    folder.mkdir()
    network = Network(folder / "ledger.db")
    network.poll(10)
    assert network.commit()
    for file in folder.iterdir():
        file.unlink()
    network.poll(10)
    assert network.commit()
    assert committed(network.path) == 20 * DEVICES
    network.check_complete()


def test_a_folder_deleted_underneath(tmp_path: Path) -> None:
    """Without its folder the ledger fails in words; once there is a folder again it is whole again."""
    folder = tmp_path / "var"
    folder.mkdir()
    network = Network(folder / "ledger.db")
    network.poll(10)
    assert network.commit()
    shutil.rmtree(folder)
    network.poll(10)
    assert not network.commit()
    assert network.writer.health().reason == (
        f"{network.path}: it cannot be opened; see that the folder exists and that this user may write in it "
        "(unable to open database file)"
    )
    folder.mkdir()
    assert network.commit()
    network.check_complete()


def test_a_ledger_locked_by_another_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody's open transaction holds the ledger up, not the collector; then it catches up."""
    monkeypatch.setattr("collector.ledger.connection.BUSY_TIMEOUT_S", 0.05)
    network = Network(tmp_path / "ledger.db")
    network.poll(2)
    assert network.commit()
    code = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None); "
        "c.execute('BEGIN IMMEDIATE'); print('locked', flush=True); sys.stdin.readline()"
    )
    command = [sys.executable, "-c", code, str(network.path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"locked\n"
        network.poll(20)
        assert not network.commit()
        assert network.writer.health().reason == (
            f"{network.path}: another program has locked it; end that program, and it goes on by itself "
            "(database is locked)"
        )
        other.kill()
    assert network.commit()
    network.check_complete()


def test_a_ledger_damaged_underneath(tmp_path: Path) -> None:
    """It is said with the commands that help, polls go on; the new one has what was readable, and the gap."""
    network = Network(tmp_path / "ledger.db")
    network.poll(60)
    assert network.commit()
    connection = network.writer._store._connection
    assert connection is not None
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    damage(network.path)
    connection.execute("PRAGMA shrink_memory")
    network.poll(20)
    assert not network.commit()
    health = network.writer.health()
    assert health.reason.startswith(f"{network.path} is damaged: ")
    assert f"haidang ledger salvage {network.path} {network.path}.salvaged" in health.reason
    network.poll(20)
    assert network.writer.health().pending_rows >= 40 * DEVICES
    assert not network.writer.close(timeout_s=0.1).ok
    saved = salvage(network.path, tmp_path / "new.db", now_ms=START_MS + 101 * MINUTE_MS)
    assert saved.missing["run"] > 0
    again = Network(tmp_path / "new.db")
    again.minute = 102
    again.poll(5)
    assert again.commit()
    assert again.writer.close().ok
    with LedgerReader(tmp_path / "new.db") as reader:
        runs, losses, beats = list(reader.all(RUN)), list(reader.all(LOSS)), list(reader.all(HEARTBEAT))
    assert sum(run.polls for run in runs) == (65 * DEVICES) - saved.missing["run"]
    assert sum(loss.rows for loss in losses if loss.cause is LossCause.SALVAGE) == saved.missing["run"]
    # The polls that could not be written show as what they are: a time in which nothing is known.
    assert max(beat.last_ms for beat in beats if beat.session == "s1") > START_MS + 101 * MINUTE_MS
    assert not [
        beat for beat in beats if START_MS + 61 * MINUTE_MS < beat.first_ms < START_MS + 101 * MINUTE_MS
    ]


def damage(path: Path) -> None:
    """Overwrite pages that hold runs, and nothing else."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        pages = [
            row[0]
            for row in connection.execute(
                "SELECT pageno FROM dbstat WHERE name = 'run' AND pagetype = 'leaf'"
            )
        ]
    with path.open("r+b") as file:
        for page in pages[1:-1:4]:
            file.seek((page - 1) * 4096)
            file.write(b"\xa5" * 4096)


LIMITED = """
import json, resource, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from test_ledger_disk import Network, committed

network = Network(Path(sys.argv[1]))
network.poll(4)
assert network.commit()
before = committed(network.path)
hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
resource.setrlimit(resource.RLIMIT_FSIZE, (network.writer.health().wal_bytes + 8192, hard))
network.poll(40)
failed = [network.commit(), network.commit()]
reason, kept = network.writer.health().reason, committed(network.path) == before
resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
recovered = network.commit()
network.check_complete()
print(json.dumps({"failed": failed, "reason": reason, "kept": kept, "recovered": recovered}))
"""

READ_ONLY = """
import json, os, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from test_ledger_disk import NOBODY, Network, committed

if os.geteuid() == 0:
    os.setegid(NOBODY)
    os.seteuid(NOBODY)
path = Path(sys.argv[1])
network = Network(path)
network.poll(4)
assert network.commit()
before = committed(path)
network.writer.close()
path.chmod(0o444)
network = Network(path)
network.minute = 4
network.poll(20)
failed = [network.commit(), network.commit()]
reason, kept = network.writer.health().reason, committed(path) == before
for file in path.parent.iterdir():
    file.chmod(0o644)
recovered = network.commit()
network.check_complete()
print(json.dumps({"failed": failed, "reason": reason, "kept": kept, "recovered": recovered}))
"""


def in_a_process(program: str, path: Path) -> dict[str, object]:
    """Run a program that limits or drops its own rights; return what it found."""
    command = [sys.executable, "-c", program, str(path), str(Path(__file__).parent)]
    result = subprocess.run(command, capture_output=True, check=False, text=True)
    assert result.returncode == 0, result.stderr
    found: dict[str, object] = json.loads(result.stdout)
    return found


def test_a_limit_on_the_size_of_files(tmp_path: Path) -> None:
    """Where the system stops the file from growing it is the same: said, survived, caught up."""
    path = tmp_path / "ledger.db"
    found = in_a_process(LIMITED, path)
    reason = found.pop("reason")
    assert found == {"failed": [False, False], "kept": True, "recovered": True}
    assert reason == (
        f"{path}: reading or writing it failed; see the kernel's log (dmesg) for the disk (disk I/O error)"
    )


def test_a_file_made_read_only() -> None:
    """A collector started on a read-only ledger runs, says so, and writes once it may."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        path = Path(folder) / "ledger.db"
        found = in_a_process(READ_ONLY, path)
    assert found == {
        "failed": [False, False],
        "reason": (
            f"{path}: the file, its -wal and -shm beside it, or their folder is read-only; make them all "
            "writable, and it goes on by itself (attempt to write a readonly database)"
        ),
        "kept": True,
        "recovered": True,
    }
