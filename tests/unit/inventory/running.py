"""Runs `haidang` inside the test, and names what the fixtures of this folder do."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from collector.cli import main
from collector.inventory.loaded import Loaded
from collector.inventory.values import Inventory

LoadText = Callable[..., Loaded]
Accept = Callable[[str], Inventory]
Refuse = Callable[[str], list[str]]


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """Run `haidang` with these arguments; return its exit code."""
    monkeypatch.setattr(sys, "argv", ["haidang", *arguments])
    with pytest.raises(SystemExit) as stopped:
        main()
    code = stopped.value.code
    assert isinstance(code, int)
    return code
