"""The sorted tree: order, absence, values computed when asked."""

from __future__ import annotations

import pytest

from snmp.ber import Oid
from snmp.errors import UsageError
from snmp.smi import NO_SUCH_INSTANCE, NO_SUCH_OBJECT, Typed, VarBind, gauge32, integer
from snmp.tree import SortedTree, Source, merge

SCALAR: Oid = (1, 3, 6, 1, 2, 1, 1, 3, 0)
COLUMN: Oid = (1, 3, 6, 1, 2, 1, 4, 20, 1, 2)


def tree(extra: dict[Oid, Source] | None = None, objects: tuple[Oid, ...] | None = None) -> SortedTree:
    """Return a scalar and a table with an index of four numbers."""
    items: dict[Oid, Source] = {
        (*COLUMN, 127, 0, 0, 2): integer(2),
        SCALAR: integer(1),
        (*COLUMN, 127, 0, 0, 1): integer(1),
    }
    return SortedTree(items | (extra or {}), objects)


def test_next_goes_in_the_order_of_the_oids_whatever_the_order_of_the_items() -> None:
    """From before the first to behind the last, also from names that do not exist."""
    walked: list[Oid] = []
    name: Oid = (0, 0)
    while (found := tree().next(name)) is not None:
        walked.append(found.oid)
        name = found.oid
    assert walked == [SCALAR, (*COLUMN, 127, 0, 0, 1), (*COLUMN, 127, 0, 0, 2)]
    assert tree().next((*COLUMN, 127, 0, 0, 1, 5)) == VarBind((*COLUMN, 127, 0, 0, 2), *integer(2))
    assert len(tree()) == 3


@pytest.mark.parametrize(
    ("oid", "expected"),
    [
        (SCALAR, integer(1)),
        (SCALAR[:-1], NO_SUCH_OBJECT),
        ((*SCALAR[:-1], 1), NO_SUCH_INSTANCE),
        ((*SCALAR, 0), NO_SUCH_INSTANCE),
        ((*COLUMN, 127, 0, 0, 9), NO_SUCH_INSTANCE),
        ((*COLUMN, 128, 9), NO_SUCH_INSTANCE),
        (COLUMN, NO_SUCH_OBJECT),
        ((1, 3, 6, 1, 9, 0), NO_SUCH_OBJECT),
    ],
)
def test_absent_instance_is_told_from_absent_object(oid: Oid, expected: Typed) -> None:
    """RFC 3416 section 4.2.1: noSuchInstance below an object that exists, else noSuchObject."""
    assert tree(objects=(SCALAR[:-1], COLUMN)).get(oid) == expected


def test_without_a_list_of_objects_the_parents_of_the_items_serve() -> None:
    """Right for scalars and tables with one index."""
    assert tree().get((*SCALAR[:-1], 1)) == NO_SUCH_INSTANCE
    assert tree().get((1, 3, 6, 1, 2, 1, 1, 4, 0)) == NO_SUCH_OBJECT


def test_values_are_computed_when_asked_and_only_then() -> None:
    """Once for each question; a value that is missing at the moment is passed over."""
    asked: list[str] = []

    def live() -> Typed:
        asked.append("live")
        return gauge32(7)

    def missing() -> None:
        asked.append("missing")

    lazy = tree({(*SCALAR[:-1], 1): missing, (*SCALAR[:-1], 2): live})
    assert asked == []
    assert lazy.get((*SCALAR[:-1], 1)) == NO_SUCH_INSTANCE
    assert lazy.next(SCALAR) == VarBind((*SCALAR[:-1], 2), *gauge32(7))
    assert asked == ["missing", "missing", "live"]


def test_impossible_oid_is_refused_when_the_tree_is_made() -> None:
    """Not when somebody walks into it."""
    with pytest.raises(UsageError, match=r"OID 9\.9"):
        SortedTree({(9, 9): integer(1)})


def test_merging_refuses_what_is_defined_twice() -> None:
    """The message names the instances."""
    first: dict[Oid, Source] = {SCALAR: integer(1)}
    assert merge(first, {COLUMN: integer(2)}) == {SCALAR: integer(1), COLUMN: integer(2)}
    with pytest.raises(UsageError, match=r"defined twice: 1\.3\.6\.1\.2\.1\.1\.3\.0"):
        merge(first, {SCALAR: integer(2)})
