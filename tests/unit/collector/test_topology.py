"""Parents, transparent ancestors, and who must be passed."""

from __future__ import annotations

from collector.topology import Topology


def test_an_ancestor_that_is_not_polled_is_transparent() -> None:
    """A child of an unpolled switch hangs on the switch's parents."""
    topology = Topology.build([("core", (), True), ("switch", ("core",), False), ("a", ("switch",), True)])
    assert topology.parents["a"] == ("core",)
    assert topology.children["core"] == ("a",)
    assert topology.gates["a"] == {"core"}


def test_a_device_without_any_polled_ancestor_is_at_the_root() -> None:
    """Nobody can cut off what hangs on nothing that is watched."""
    topology = Topology.build([("switch", (), False), ("a", ("switch",), True), ("b", (), True)])
    assert topology.at_root == {"a", "b"}
    assert topology.gates["a"] == frozenset()


def test_only_what_lies_on_every_path_is_a_gate() -> None:
    """With two ways up, neither hub is proved by an answer, but what is above both is."""
    topology = Topology.build(
        [
            ("core", (), True),
            ("h1", ("core",), True),
            ("h2", ("core",), True),
            ("c", ("h1", "h2"), True),
            ("d", ("c",), True),
        ]
    )
    assert topology.gates["c"] == {"core"}
    assert topology.gates["d"] == {"core", "c"}
    assert topology.below("core") == ("h1", "h2", "c", "d")


def test_one_unwatched_way_up_makes_a_device_rooted() -> None:
    """A device with a watched and an unwatched parent can be reached past the watched one."""
    topology = Topology.build([("h1", (), True), ("blind", (), False), ("c", ("h1", "blind"), True)])
    assert "c" in topology.at_root
    assert topology.gates["c"] == frozenset()


def test_the_order_of_the_file_does_not_matter() -> None:
    """Children may stand before their parents."""
    forward = [("a", (), True), ("b", ("a",), True), ("c", ("b",), True)]
    assert Topology.build(forward) == Topology.build(reversed(forward))


def test_a_way_names_the_gates_from_the_root_down() -> None:
    """Always in the same order, so that the same polls lead to the same states in every process."""
    topology = Topology.build(
        (device, parents, True)
        for device, parents in (
            ("d", ("z", "y")),
            ("z", ("b",)),
            ("y", ("b",)),
            ("b", ("a",)),
            ("a", ("core",)),
            ("core", ()),
        )
    )
    assert topology.way["d"] == ("core", "a", "b")
    assert topology.way["core"] == ()
    assert all(set(topology.way[device]) == topology.gates[device] for device in topology.gates)
