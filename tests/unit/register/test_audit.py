"""`haidang audit`, and whose name an entry carries."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from collector.cli import app
from collector.exits import Exit
from collector.ledger.reader import LedgerReader
from collector.ledger.store import open_store
from collector.register.access import author_of, open_beside, open_if_there
from collector.register.entries import Kind
from collector.register.errors import AuthorError
from collector.register.store import register_of
from tests.unit.register.samples import NOW_MS, PAYLOADS

INVENTORY = """\
organisation: {name: Tỉnh, language: vi, timezone: Asia/Ho_Chi_Minh}
collector: {ledger: ledger.db}
devices:
  - {id: r1, name: Router, address: 127.0.0.3, icmp: {}}
"""


@pytest.fixture
def inventory(tmp_path: Path) -> Path:
    """Return an inventory with a ledger and no register."""
    open_store(tmp_path / "ledger.db", now_ms=NOW_MS)[0].close()
    file = tmp_path / "inventory.yaml"
    file.write_text(INVENTORY, encoding="utf-8")
    return file


@pytest.fixture
def decided(inventory: Path) -> Path:
    """Return the register beside it with an entry of every kind, an hour apart."""
    ledger = inventory.with_name("ledger.db")
    with open_beside(ledger, create=NOW_MS) as register:
        for number, payload in enumerate(PAYLOADS):
            register.append("Trần Thị Bình", payload, NOW_MS + 3_600_000 * number)
    return register_of(ledger)


def audit(inventory: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["audit", "-i", str(inventory), *arguments])


def test_it_lists_who_decided_what_and_when(inventory: Path, decided: Path) -> None:
    """One line an entry, in local time; what people wrote cannot command the terminal."""
    result = audit(inventory)
    assert result.exit_code == Exit.OK
    lines = result.stdout.splitlines()
    assert len(lines) == len(PAYLOADS)
    assert lines[0] == (
        "    1  2026-11-23 00:00:00 +0700  Trần Thị Bình  maintenance cap-quang of r1, hung-ha, "
        "2026-11-23 00:00:00 +0700 to 2026-11-23 00:00:00 +0700: Thay cáp quang\\nđoạn cầu Tân Đệ"
    )
    assert lines[2].endswith(
        "outage of r1 at 2026-11-23 00:00:00 +0700: power; mất điện; responsible: Điện lực"
    )
    assert lines[3].endswith("2026-10 closed under the seal ABCD-EFGH")
    assert lines[4].endswith("2026-10 closed under the seal ABCD-EFGH, accepting cap-quang: ghi muộn")
    assert lines[5].endswith("is removed, 12 months are kept; closed: 2026-10")
    assert lines[6].endswith("the clock of this entry is right: giờ máy đúng")


def test_it_can_be_narrowed_and_read_by_programs(inventory: Path, decided: Path) -> None:
    """By kind and by day; a closing comes without its digests and figures."""
    only = json.loads(audit(inventory, "--kind", "month_restated", "--json").stdout)
    assert [(one["number"], one["period"], one["seal"], one["reason"]) for one in only] == [
        (5, "2026-10", "ABCD-EFGH", "ghi muộn")
    ]
    assert "figures" not in only[0]
    assert json.loads(audit(inventory, "--since", "2026-11-24", "--json").stdout) == []
    assert len(json.loads(audit(inventory, "--since", "2026-11-23", "--json").stdout)) == len(PAYLOADS)
    bad = audit(inventory, "--since", "5/10/2026")
    assert bad.exit_code == Exit.USAGE
    assert "'5/10/2026' is no day; write it as 2026-10-05" in bad.stderr


def test_a_broken_chain_is_said_with_its_entry(
    inventory: Path, decided: Path, meddle: Callable[..., None]
) -> None:
    """What stands before it is shown, nothing after it, and the exit code is the ledger's."""
    meddle(decided, "UPDATE entry SET author = 'Ai đó' WHERE number = 3")
    result = audit(inventory)
    assert result.exit_code == Exit.LEDGER
    assert len(result.stdout.splitlines()) == 2
    assert "is damaged: entry 3: its content does not match its hash" in result.stderr
    assert audit(inventory, "--kind", str(Kind.EVIDENCE_REMOVED)).exit_code == Exit.LEDGER


def test_the_way_out_after_a_wrong_clock_is_one_command(
    inventory: Path, decided: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is shown with the rest, with its author and reason."""
    monkeypatch.setattr("collector.clock.LedgerClock.now_ms", lambda _: NOW_MS + 60_000)
    result = audit(inventory, "--clock-is-right", "mục 6 sai giờ", "--author", "An")
    assert result.exit_code == Exit.OK, result.stderr
    assert result.stdout.splitlines()[-1] == (
        "    8  2026-11-23 00:01:00 +0700  An  the clock of this entry is right: mục 6 sai giờ"
    )
    monkeypatch.setattr("collector.clock.LedgerClock.now_ms", lambda _: NOW_MS - 3_600_000)
    behind = audit(inventory, "--clock-is-right", "x", "--author", "An")
    assert (behind.exit_code, "is behind the ledger" in behind.stderr) == (Exit.LEDGER, True)


def test_without_a_register_nothing_was_decided(inventory: Path) -> None:
    """It is said, and it is no failure."""
    result = audit(inventory)
    assert (result.exit_code, result.stdout) == (Exit.OK, "")
    assert "there is no register beside the ledger; the first entry makes one" in result.stderr


def test_the_register_of_another_ledger_is_refused(inventory: Path, decided: Path) -> None:
    """Where a ledger was begun anew beside an old register."""
    ledger = inventory.with_name("ledger.db")
    ledger.unlink()
    open_store(ledger, now_ms=NOW_MS)[0].close()
    result = audit(inventory)
    assert result.exit_code == Exit.LEDGER
    assert "is the register of another ledger" in result.stderr


def test_readers_can_go_on_without_a_register(inventory: Path, decided: Path) -> None:
    """A ledger without one is a ledger about which nobody has decided anything."""
    ledger = inventory.with_name("ledger.db")
    with LedgerReader(ledger) as reader:
        ledger_id = reader.meta().ledger_id
    register = open_if_there(ledger, ledger_id)
    assert register is not None
    with register:
        assert register.version() == len(PAYLOADS)
    decided.unlink()
    assert open_if_there(ledger, ledger_id) is None


def test_the_author_is_as_given_else_from_the_environment_else_the_login(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In this order; a name that is none is refused with what to do."""
    monkeypatch.setattr("getpass.getuser", lambda: "an")
    assert author_of(" Nguyễn Văn An ", {"HAIDANG_AUTHOR": "b"}) == "Nguyễn Văn An"
    assert author_of("", {"HAIDANG_AUTHOR": "b"}) == "b"
    assert author_of("", {}) == "an"
    with pytest.raises(AuthorError, match="say --author NAME, in one line of at most 100 characters"):
        author_of("a\nb", {})

    def nobody() -> str:
        raise KeyError("uid not found")

    monkeypatch.setattr("getpass.getuser", nobody)
    with pytest.raises(AuthorError, match="it is not known who you are: say --author NAME"):
        author_of("", {})
