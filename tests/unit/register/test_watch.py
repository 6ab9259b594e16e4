"""The running collector's look at the register."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from pathlib import Path

import pytest

from collector.announcements import Announcements
from collector.register.entries import Entry, MaintenanceAdded, MaintenanceEnded, OutageAnnotated
from collector.register.errors import RegisterForeignError, RegisterMissingError
from collector.register.store import Register, register_of
from collector.register.watch import RegisterWatch

ADDED = MaintenanceAdded(
    id="m", devices=("a",), areas=(), start_ms=1_000, end_ms=2_000, repeat=None, reason="r"
)
NOTE = OutageAnnotated(device="a", at_ms=1, cause="power", note="", responsible="")


def ledger(folder: Path) -> Path:
    return folder / "ledger.db"


def write(folder: Path, *payloads: MaintenanceAdded | MaintenanceEnded | OutageAnnotated) -> None:
    with Register.open(register_of(ledger(folder)), "L", create=1_000) as register:
        for payload in payloads:
            register.append("An", payload, 1_000)


def test_news_are_given_once(tmp_path: Path) -> None:
    """Nothing as long as there is no register; then all of it at each new entry, else nothing."""
    watch = RegisterWatch(ledger(tmp_path), "L")
    assert watch.look() is None
    write(tmp_path, ADDED)
    first = watch.look()
    assert first is not None
    assert [entry.payload for entry in first] == [ADDED]
    assert watch.look() is None
    write(tmp_path, NOTE, MaintenanceEnded(id="m", end_ms=5))
    second = watch.look()
    assert second is not None
    assert [entry.number for entry in second] == [1, 3]
    watch.close()


def test_a_register_in_another_ones_place_is_read_anew(tmp_path: Path) -> None:
    """One that was restored from a backup has another file, and maybe as many entries."""
    watch = RegisterWatch(ledger(tmp_path), "L")
    write(tmp_path, ADDED)
    assert watch.look() is not None
    register_of(ledger(tmp_path)).rename(tmp_path / "old")
    write(tmp_path, MaintenanceEnded(id="x", end_ms=5))
    found = watch.look()
    assert found is not None
    assert [entry.payload for entry in found] == [MaintenanceEnded(id="x", end_ms=5)]
    watch.close()


def test_a_register_that_has_gone_is_an_error(tmp_path: Path) -> None:
    """It is not taken for nobody having decided anything; once it is back it is read again."""
    watch = RegisterWatch(ledger(tmp_path), "L")
    write(tmp_path, ADDED)
    assert watch.look() is not None
    path = register_of(ledger(tmp_path))
    path.rename(tmp_path / "away")
    with pytest.raises(RegisterMissingError, match="the register has gone; restore it from a backup"):
        watch.look()
    (tmp_path / "away").rename(path)
    assert watch.look() is not None
    watch.close()


def test_the_register_of_another_ledger_is_refused(tmp_path: Path) -> None:
    """Its maintenance is not this network's."""
    write(tmp_path, ADDED)
    with pytest.raises(RegisterForeignError):
        RegisterWatch(ledger(tmp_path), "another").look()


def test_a_register_that_fails_is_a_warning_and_what_was_known_stays(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """One warning, not one a second; `ok` falls and rises again; nothing is announced meanwhile."""
    told: list[Sequence[Entry]] = []

    async def story() -> list[bool]:
        announcements = Announcements(ledger(tmp_path), "L", told.append)
        oks = []
        path = register_of(ledger(tmp_path))
        write(tmp_path, ADDED)
        await announcements.look()
        oks.append(announcements.ok)
        path.rename(tmp_path / "away")
        await announcements.look()
        await announcements.look()
        oks.append(announcements.ok)
        (tmp_path / "away").rename(path)
        await announcements.look()
        oks.append(announcements.ok)
        await announcements.close()
        return oks

    with caplog.at_level(logging.INFO, "collector.announcements"):
        assert asyncio.run(story()) == [True, False, True]
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]
    assert [len(entries) for entries in told] == [1, 1]
