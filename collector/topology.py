"""Who hangs on whom: parents, paths to the root, and which devices a packet must pass. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Topology:
    """Parents of every device that is polled, with ancestors that are not polled made transparent.

    `parents[d]`: the nearest polled ancestors of d, one per path; a device with a path that meets no polled
    ancestor hangs on the root (`at_root`) and can be cut off by nobody.
    `children[d]`: the inverse. `gates[d]`: the ancestors that lie on every path of d to the root, so that an
    answer of d proves that each of them forwards; `way[d]`: the same from the root down.
    """

    parents: Mapping[str, tuple[str, ...]]
    children: Mapping[str, tuple[str, ...]]
    gates: Mapping[str, frozenset[str]]
    way: Mapping[str, tuple[str, ...]]
    at_root: frozenset[str]

    @staticmethod
    def build(devices: Iterable[tuple[str, tuple[str, ...], bool]]) -> Topology:
        """Build from (id, parents, polled); the parents must exist and form no circle."""
        given = {device: (parents, polled) for device, parents, polled in devices}
        nearest: dict[str, frozenset[str]] = {}
        open_end: dict[str, bool] = {}
        for device in parents_first({device: parents for device, (parents, _) in given.items()}):
            found: set[str] = set()
            rooted = not given[device][0]
            for parent in given[device][0]:
                if given[parent][1]:
                    found.add(parent)
                else:
                    found |= nearest[parent]
                    rooted = rooted or open_end[parent]
            nearest[device], open_end[device] = frozenset(found), rooted
        polled = [device for device, (_, is_polled) in given.items() if is_polled]
        parents = {device: tuple(sorted(nearest[device])) for device in polled}
        children: dict[str, list[str]] = {device: [] for device in polled}
        gates: dict[str, frozenset[str]] = {}
        way: dict[str, tuple[str, ...]] = {}
        for device in parents_first(parents):
            for parent in parents[device]:
                children[parent].append(device)
            if open_end[device] or not parents[device]:
                gates[device], way[device] = frozenset(), ()
            else:
                gates[device] = frozenset.intersection(
                    *(gates[parent] | {parent} for parent in parents[device])
                )
                # All gates lie on any of its ways up, in the order of that way.
                first = parents[device][0]
                way[device] = tuple(gate for gate in (*way[first], first) if gate in gates[device])
        return Topology(
            parents=MappingProxyType(parents),
            children=MappingProxyType({device: tuple(sorted(below)) for device, below in children.items()}),
            gates=MappingProxyType(gates),
            way=MappingProxyType(way),
            at_root=frozenset(device for device in polled if open_end[device]),
        )

    def below(self, device: str) -> tuple[str, ...]:
        """Return everything that hangs on the device, directly or not, parents before their children."""
        seen: dict[str, None] = {}
        queue = list(self.children[device])
        while queue:
            child = queue.pop(0)
            if child not in seen:
                seen[child] = None
                queue.extend(self.children[child])
        return tuple(seen)


def parents_first(parents: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Return the devices so that each comes after its parents, which form no circle."""
    order: dict[str, None] = {}
    for start in parents:
        stack = [start]
        while stack:
            device = stack[-1]
            waiting = [parent for parent in parents[device] if parent not in order]
            if waiting and device not in order:
                stack.extend(waiting)
            else:
                order[device] = None
                stack.pop()
    return list(order)
