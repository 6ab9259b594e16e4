"""A page per alert, in both languages, that says what it means and what to do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from collector.alerting.table import ALERTS

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "runbooks"
HEADINGS = [
    "## Tiếng Việt",
    "### Ý nghĩa",
    "### Xem gì trước",
    "### Làm gì",
    "### Gọi ai",
    "## English",
    "### What it means",
    "### What to look at first",
    "### What to do",
    "### Who to call",
]
BESIDE = {"README", "DeadMan"}


@pytest.mark.parametrize("code", [found.code for found in ALERTS])
def test_each_alert_has_its_page_in_both_languages(code: str) -> None:
    """With all four questions answered, each in words."""
    text = (FOLDER / f"{code}.md").read_text(encoding="utf-8")
    assert re.findall(r"^##+ .*$", text, re.MULTILINE) == HEADINGS
    for part in re.split(r"^### .*$", text, flags=re.MULTILINE)[1:]:
        assert part.replace("## English", "").strip()


def test_no_page_is_left_over() -> None:
    """A page about an alert that is gone leads nowhere."""
    assert {page.stem for page in FOLDER.glob("*.md")} - BESIDE == {found.code for found in ALERTS}


def test_the_list_names_every_page() -> None:
    """Whoever has only the folder finds each."""
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    for page in FOLDER.glob("*.md"):
        assert page.stem == "README" or f"({page.name})" in text
