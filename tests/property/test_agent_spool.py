"""The spool under any history of crashes and damage: nothing wrong is read, no number comes twice."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from agent.spool import Spool
from agent.spool_reader import SpoolReader
from agent.wire_frame import GapCause
from tests.unit.agent.spools import fast_directory, open_spool, put, reached, read, segments


class Spooling(RuleBasedStateMachine):
    """A service that stops, crashes and meets a full disk, with a collector that keeps asking."""

    def __init__(self) -> None:
        super().__init__()
        self._made = fast_directory()
        self.directory = self._made.__enter__()
        self.spool: Spool | None = None
        self.given: set[tuple[str, int]] = set()
        self.stored: dict[tuple[str, int], bool] = {}
        self.cursor = 0
        self.full = False

    @initialize()
    def begin(self) -> None:
        self.start()

    def start(self) -> Spool:
        if self.spool is None:
            self.spool = open_spool(self.directory, max_records=700)
        return self.spool

    @rule(many=st.integers(1, 80))
    def append(self, many: int) -> None:
        spool = self.start()
        for _ in range(many):
            key = (spool.spool_id, spool.next_number)
            assert key not in self.given, "a number was given twice"
            self.given.add(key)
            assert put(spool) == [key[1]]
            self.stored[key] = True

    @rule(taken=st.integers(0, 120))
    def append_to_a_full_disk(self, taken: int) -> None:
        spool = self.start()
        write, left = os.write, [taken]

        def full(descriptor: int, data: bytes) -> int:
            if left[0] == 0:
                raise OSError(28, "No space left on device")
            size = write(descriptor, bytes(data)[: left[0]])
            left[0] -= size
            return size

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(os, "write", full)
            key = (spool.spool_id, spool.next_number)
            assert key not in self.given
            if put(spool) != [None]:
                self.given.add(key)
                self.stored[key] = True

    @rule()
    def stop(self) -> None:
        self.start().close()
        self.spool = None

    @rule(torn=st.integers(0, 400))
    def power_cut(self, torn: int) -> None:
        """End without notice and lose the end of the newest file, which was not on the disk yet."""
        os.close(self.start()._lock)
        self.spool = None
        if files := segments(self.directory):
            os.truncate(files[-1], max(0, files[-1].stat().st_size - torn))

    @rule()
    def ask(self) -> None:
        """The collector's cursor: what it is told lies above it, without holes that are not listed."""
        self.cursor = reached(*read(self.directory, after=self.cursor), after=self.cursor)

    @invariant()
    def only_what_was_stored_is_read(self) -> None:
        if not self.directory.exists():
            return
        reader = SpoolReader(self.directory)
        view = reader.view()
        numbers, gaps = read(self.directory)
        assert all((view.spool, number) in self.stored for number in numbers if view is not None)
        assert numbers == sorted(set(numbers))
        assert all(gap.cause is not GapCause.DROPPED or gap.first == 1 for gap in gaps)

    def teardown(self) -> None:
        if self.spool is not None:
            os.close(self.spool._lock)
        self._made.__exit__(None, None, None)


TestSpooling = Spooling.TestCase
TestSpooling.settings = settings(
    max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)


def flip(chance: random.Random, path: Path) -> None:
    data = bytearray(path.read_bytes())
    if data:
        for _ in range(chance.randint(1, 3)):
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        path.write_bytes(data)


def cut(chance: random.Random, path: Path) -> None:
    os.truncate(path, chance.randint(0, path.stat().st_size))


def overwrite(chance: random.Random, path: Path) -> None:
    data = bytearray(path.read_bytes())
    at = chance.randrange(len(data) + 1)
    data[at : at + 64] = chance.choice([bytes(64), chance.randbytes(64), b"\n" * 64])
    path.write_bytes(data)


def remove(_: random.Random, path: Path) -> None:
    path.unlink()


DAMAGES: tuple[Callable[[random.Random, Path], None], ...] = (flip, flip, flip, cut, overwrite, remove)


def survive_damage(seed: int) -> None:
    """Damage files at random, read, start again, write: nothing wrong is read, no number comes twice."""
    chance = random.Random(seed)
    with fast_directory() as directory:
        given: set[tuple[str, int]] = set()
        for _ in range(4):
            spool = open_spool(directory)
            for _ in range(chance.randint(1, 300)):
                key = (spool.spool_id, spool.next_number)
                assert key not in given, "a number was given twice"
                given.add(key)
                put(spool)
            if chance.random() < 0.5:
                spool.close()
            else:
                os.close(spool._lock)
            files = [*segments(directory), directory / "state"]
            for path in chance.sample(files, chance.randint(1, len(files))):
                chance.choice(DAMAGES)(chance, path)
            reader = SpoolReader(directory)
            view = reader.view()
            numbers, gaps = read(directory)
            if view is None or view.newest is None:
                assert not numbers
                continue
            assert all((view.spool, number) in given for number in numbers)
            assert reached(numbers, gaps, after=0) == view.newest.record.seq


@given(st.integers(0, 2**63))
@settings(max_examples=40, deadline=None)
def test_random_damage(seed: int) -> None:
    """Files cut, overwritten, removed, bits flipped: accepted records are right, every hole is listed."""
    survive_damage(seed)


@pytest.mark.all
def test_random_damage_for_long() -> None:
    """The same two thousand times."""
    start = int.from_bytes(os.urandom(6))
    for seed in range(start, start + 2_000):
        try:
            survive_damage(seed)
        except Exception as error:
            raise AssertionError(f"seed {seed}") from error
