"""What all tests share: tiers, and peers that are skipped only where they cannot be had."""

from __future__ import annotations

import os

import pytest


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the long tier unless it is asked for (`./test --all` sets HAIDANG_TEST_ALL)."""
    if os.environ.get("HAIDANG_TEST_ALL") == "1":
        return
    skip = pytest.mark.skip(reason="long: run ./test --all")
    for item in items:
        if "all" in item.keywords:
            item.add_marker(skip)
