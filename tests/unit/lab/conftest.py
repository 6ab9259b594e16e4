"""A small world: one district of the province, from a Monday morning on."""

from __future__ import annotations

import pytest

from lab.province import reference
from lab.truth import Truth
from lab.world import World

MONDAY_MS = 1_790_557_200_000
"""2026-09-28T08:00:00+07:00."""

COMMUNE, HUB, SECOND = "hong-phong-13282", "hub-vu-thu", "hub-tien-hai"


@pytest.fixture
def truths() -> list[Truth]:
    """What the world told."""
    return []


@pytest.fixture
def world(truths: list[Truth]) -> World:
    """Two districts, one of whose hubs has a second line."""
    province = reference().only(frozenset({"vu-thu", "tien-hai", "dc"}))
    return World(province, seed=7, began_ms=MONDAY_MS, truth=truths.append)
