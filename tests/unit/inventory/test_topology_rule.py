"""Circles of parents."""

from __future__ import annotations

from collector.inventory.rules.topology import circles


def test_circles_are_found_apart_from_what_hangs_on_them() -> None:
    """Each circle is given once, from its first device on; trees and what hangs on a circle are none."""
    parents = {
        "root": (),
        "leaf": ("root", "b"),
        "b": ("c",),
        "c": ("d", "root"),
        "d": ("b",),
        "x": ("y",),
        "y": ("x",),
    }
    assert list(circles(parents)) == [("b", "c", "d"), ("x", "y")]


def test_a_diamond_is_no_circle() -> None:
    """Two ways to the same root are fine: that is what a second parent is for."""
    assert list(circles({"root": (), "a": ("root",), "b": ("root",), "leaf": ("a", "b")})) == []


def test_a_very_long_circle_is_found() -> None:
    """A chain of thousands of devices is no matter of recursion depth."""
    count = 5_000
    parents = {f"d{number}": (f"d{(number + 1) % count}",) for number in range(count)}
    ((*circle,),) = circles(parents)
    assert len(circle) == count
    assert circle[0] == "d0"
