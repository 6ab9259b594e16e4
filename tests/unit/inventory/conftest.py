"""Short ways to write an inventory in a test and to load it."""

from __future__ import annotations

from pathlib import Path

import pytest

from collector.inventory.load import load
from collector.inventory.loaded import Accepted, Loaded, Refused
from collector.inventory.values import Inventory
from tests.unit.inventory.running import Accept, LoadText, Refuse

HEAD = """
organisation: {name: Sở Thông tin và Truyền thông}
credentials:
  routers: {type: snmpv3, user: haidang, auth_password: "env:AUTH", priv_password: "env:PRIV"}
  agents: {type: ssh, username: haidang-report, private_key: "file:ssh_key"}
"""


@pytest.fixture
def load_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LoadText:
    """Load a text as `i.yaml`, after a head with an organisation and two credentials."""
    monkeypatch.chdir(tmp_path)

    def loaded(text: str, *, head: str = HEAD) -> Loaded:
        Path("i.yaml").write_text(head + text)
        return load("i.yaml", environ={})

    return loaded


@pytest.fixture
def accept(load_text: LoadText) -> Accept:
    """Return the inventory of a text that has no mistakes."""

    def accepted(text: str) -> Inventory:
        loaded = load_text(text)
        assert isinstance(loaded, Accepted), loaded.mistakes
        return loaded.inventory

    return accepted


@pytest.fixture
def refuse(load_text: LoadText) -> Refuse:
    """Return the mistakes of a text, without file, line and advice."""

    def refused(text: str) -> list[str]:
        loaded = load_text(text)
        assert isinstance(loaded, Refused)
        return [f"{mistake.path}: {mistake.message}" for mistake in loaded.mistakes]

    return refused
