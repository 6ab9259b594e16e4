"""Every broken file beside its exact messages: `tests/inventory_bad/NAME.yaml` and `NAME.expected`."""

from __future__ import annotations

from pathlib import Path

import pytest

from collector.exits import Exit
from tests.unit.inventory.running import run

FOLDER = Path(__file__).parents[2] / "inventory_bad"
NAMES = sorted(path.stem for path in FOLDER.glob("*.yaml"))
UNREADABLE = {"not_utf8", "utf16"}


@pytest.mark.parametrize("name", NAMES)
def test_a_broken_file_gives_exactly_these_messages(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A broken file ends with its exact messages on standard error, nothing else, and its exit code."""
    monkeypatch.chdir(FOLDER)
    code = run(monkeypatch, "check", f"{name}.yaml")
    output = capsys.readouterr()
    assert output.err == (FOLDER / f"{name}.expected").read_text()
    assert output.out == ""
    assert code == (Exit.UNREADABLE if name in UNREADABLE else Exit.MISTAKES)


def test_each_broken_file_has_its_messages_and_no_message_is_left_over() -> None:
    """No broken file is without its messages, and no messages are without their file."""
    assert {path.stem for path in FOLDER.glob("*.expected")} == set(NAMES)
    assert len(NAMES) >= 45


def test_no_message_holds_a_secret_of_its_file() -> None:
    """What stands in clear in the broken files is repeated in no message."""
    for secret in ("public", "letmein", "hunter22", "BEGIN OPENSSH", "vault:old"):
        assert any(secret in path.read_text(errors="replace") for path in FOLDER.glob("*.yaml"))
        for path in FOLDER.glob("*.expected"):
            assert secret not in path.read_text().replace("write the host's public key", "")
