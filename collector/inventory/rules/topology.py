"""Finds devices that hang on themselves, and parents that leave service before their children."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from collector.inventory.expand import Draft
from collector.inventory.mistakes import Findings


def check_topology(drafts: tuple[Draft, ...], findings: Findings) -> None:
    """Record devices that hang on themselves, alone or in a circle; warn of parents withdrawn too early."""
    known: dict[str, Draft] = {}
    for draft in drafts:
        if draft.id is not None:
            known.setdefault(draft.id, draft)
    parents = {
        name: tuple(parent for parent in draft.parents if parent in known and parent != name)
        for name, draft in known.items()
    }
    for draft in drafts:
        if draft.id is not None and draft.id in draft.parents:
            advice = "name the device above it, or write parents: []"
            findings.mistake(draft.where("parents"), f"{draft.id} cannot hang on itself", advice)
    for circle in circles(parents):
        first = known[circle[0]]
        path = " → ".join((*circle, circle[0]))
        advice = "change the parents of one of them; without parents a device hangs on its area's hub"
        findings.mistake(first.where("parents"), f"hangs on itself: {path}", advice)
    for name, draft in known.items():
        for parent in parents[name]:
            _check_withdrawn(draft, known[parent], findings)


def circles(parents: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """Yield circles that share no device, each from its first device on, as (child, parent, …)."""
    left = dict(parents)
    while _prune(left):
        name = next(iter(left))
        walk: list[str] = []
        while name not in walk:
            walk.append(name)
            name = next(parent for parent in left[name] if parent in left)
        found = walk[walk.index(name) :]
        order = list(parents)
        begin = found.index(min(found, key=order.index))
        yield tuple(found[begin:] + found[:begin])
        for name in found:
            del left[name]


def _prune(left: dict[str, tuple[str, ...]]) -> bool:
    """Take away, again and again, whatever hangs on nothing that is left; True if something remains."""
    children: dict[str, list[str]] = {name: [] for name in left}
    count = dict.fromkeys(left, 0)
    for name, above in left.items():
        for parent in above:
            if parent in left:
                children[parent].append(name)
                count[name] += 1
    free = [name for name, number in count.items() if number == 0]
    while free:
        name = free.pop()
        del left[name]
        for child in children[name]:
            count[child] -= 1
            if count[child] == 0:
                free.append(child)
    return bool(left)


def _check_withdrawn(draft: Draft, parent: Draft, findings: Findings) -> None:
    if parent.withdrawn is None or (draft.withdrawn is not None and draft.withdrawn <= parent.withdrawn):
        return
    findings.warning(
        draft.where("parents"),
        f"{parent.id}, on which {draft.id} hangs, is withdrawn on {parent.withdrawn:%Y-%m-%d}",
        f"name another parent of {draft.id}",
    )
