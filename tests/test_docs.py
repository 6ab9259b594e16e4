"""What the documentation says is what the program does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.main import get_command

from collector.advice import ADVICE
from collector.cli import app
from collector.exits import Exit
from collector.inventory.load import load
from collector.inventory.loaded import Accepted
from collector.model import Reason, State

ROOT = Path(__file__).resolve().parent.parent
GUIDE = (ROOT / "docs" / "operators-guide.md").read_text(encoding="utf-8")
LAB = (ROOT / "docs" / "lab.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


PAGES = [
    page
    for page in sorted(ROOT.glob("**/*.md"))
    if page.relative_to(ROOT).parts[0] in ("docs", "README.md", "CHANGELOG.md", "tests")
]


def table(heading: str) -> dict[str, list[str]]:
    """Return the rows of the table below a heading of the guide, by their first cell."""
    section = GUIDE.partition(heading)[2].partition("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("|")][2:]
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    return {row[0].strip("`"): row[1:] for row in cells}


def test_every_reason_stands_in_the_guide_with_its_side_and_its_advice() -> None:
    """Word for word as `haidang poll` prints them."""
    rows = table("## 6. Why a probe failed")
    for reason in Reason:
        assert rows[str(reason)] == ["ours" if reason.local else "theirs", ADVICE[reason]]
    assert set(rows) == {str(reason) for reason in Reason}


def test_every_exit_code_stands_in_the_guide() -> None:
    """With the name that the program gives it."""
    rows = table("## 7. Exit codes")
    assert {(code, cells[0]) for code, cells in rows.items()} == {
        (str(int(code)), code.name.lower()) for code in Exit
    }


def test_every_state_stands_in_the_guide() -> None:
    """And no other."""
    assert set(table("## 5. What the states mean")) == {str(state) for state in State}


def commands() -> list[str]:
    found = []
    for name, command in get_command(app).commands.items():  # type: ignore[attr-defined]
        inner = getattr(command, "commands", None)
        found += [f"{name} {sub}" for sub in inner] if inner else [name]
    return found


@pytest.mark.parametrize("command", commands())
def test_every_command_is_documented_and_teaches(command: str) -> None:
    """It stands in the guide, the README or the lab's page, and its help names its exit codes."""
    assert f"haidang {command}" in GUIDE + README + LAB
    found = get_command(app)
    for word in command.split():
        found = found.commands[word]  # type: ignore[attr-defined]
    assert "Exit codes:" in (found.help or "")


def test_the_readmes_inventory_is_sound(tmp_path: Path) -> None:
    """Whoever copies it begins without a mistake."""
    block = re.search(r"```yaml\n(.*?)```", README, re.DOTALL)
    assert block is not None
    lines = [line.removeprefix("   ") for line in block[1].splitlines()]
    file = tmp_path / "inventory.yaml"
    file.write_text("\n".join(lines), encoding="utf-8")
    loaded = load(file)
    assert isinstance(loaded, Accepted), loaded
    assert len(loaded.inventory.devices) == 2


def test_the_shipped_inventory_is_sound_and_on_loopback_only() -> None:
    """Nothing that runs by default sends a packet to any other network."""
    loaded = load(ROOT / "inventory.yaml")
    assert isinstance(loaded, Accepted), loaded
    assert all(device.address.startswith("127.") for device in loaded.inventory.devices)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link of every page names a file that is there."""
    for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target
