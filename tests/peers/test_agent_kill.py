"""kill -9 of the spool's writer at any moment, while somebody reads."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from agent.spool_reader import SpoolReader
from agent.wire_frame import GapCause
from tests.unit.agent.spools import fast_directory, reached, read

ROOT = Path(__file__).resolve().parents[2]


class Writers:
    """One writer after the other on the same spool, each killed; remembers every number that was stored."""

    def __init__(self, directory: Path, chance: random.Random) -> None:
        self.directory = directory
        self.chance = chance
        self.stored: set[tuple[str, int]] = set()
        self.cursor = 0

    def live_and_die(self) -> None:
        """Write, read meanwhile, be killed in the middle of it."""
        command = [sys.executable, "-m", "tests.peers.spool_child", str(self.directory)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, text=True) as writer:
            assert writer.stdout is not None
            lines = self.chance.randint(1, 150)
            for count in range(lines):
                self.note(writer.stdout.readline())
                if count % 40 == 0:
                    self.collect()
            writer.kill()
            # What was printed before the end still lies in the pipe.
            for line in writer.stdout:
                self.note(line)
        self.collect()

    def note(self, line: str) -> None:
        if not line.endswith("\n"):
            return
        spool_id, number = line.split()
        key = (spool_id, int(number))
        assert key not in self.stored, "a number was given twice"
        self.stored.add(key)

    def collect(self) -> None:
        """Ask for everything after the cursor, as the collector does."""
        self.cursor = reached(*read(self.directory, after=self.cursor), after=self.cursor)


@pytest.mark.parametrize("kills", [25, pytest.param(400, marks=pytest.mark.all)])
def test_a_killed_writer_loses_nothing_and_repeats_nothing(kills: int) -> None:
    """After each kill: all that was stored is there, right, numbered once; what is missing is listed."""
    seed = int.from_bytes(os.urandom(6))
    with fast_directory() as directory:
        writers = Writers(directory, random.Random(seed))
        for _ in range(kills):
            writers.live_and_die()
            reader = SpoolReader(directory)
            view = reader.view()
            assert view is not None
            numbers, gaps = read(directory)
            kept = {
                number
                for spool_id, number in writers.stored
                if spool_id == view.spool and number >= numbers[0]
            }
            assert kept <= set(numbers), f"seed {seed}: stored and gone"
            causes = {gap.cause for gap in gaps}
            assert causes <= {GapCause.DROPPED, GapCause.RESTART}, f"seed {seed}: {gaps}"
        assert len({spool_id for spool_id, _ in writers.stored}) == 1
