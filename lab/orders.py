"""Carries out orders to a running lab: makes faults, restores, shows what there is; answers in JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from lab.condition import TrueState
from lab.control import ControlError, Json
from lab.faults import Fault, FaultError, fault_of, parameters_of
from lab.world import World


class Orders:
    """Changes and shows a world; `changed` is called after each change, `about` adds what a status tells."""

    def __init__(
        self,
        world: World,
        *,
        now_ms: Callable[[], int],
        changed: Callable[[], None],
        about: Callable[[], Json],
        play: Callable[[str, str], Json],
    ) -> None:
        self._world, self._now_ms, self._changed, self._about = world, now_ms, changed, about
        self._handlers: dict[str, Callable[[Mapping[str, Any]], Json]] = {
            "apply": self._apply,
            "restore": self._restore,
            "status": lambda _: self.status(),
            "list": lambda _: self.places(),
            "scenario": lambda order: play(_text(order, "text"), _text(order, "name")),
        }

    def add(self, order: str, handler: Callable[[Mapping[str, Any]], Json]) -> None:
        """Take orders of one more kind."""
        self._handlers[order] = handler

    def handle(self, order: Mapping[str, Any]) -> Json:
        """Carry out one order; raise ControlError with what is wrong with it."""
        handler = self._handlers.get(str(order.get("order")))
        if handler is None:
            raise ControlError(f'unknown order "{order.get("order")}"; there are {", ".join(self._handlers)}')
        return handler(order)

    def status(self) -> Json:
        """Return how many places are in which true state, which faults last, and what the lab is."""
        at_ms = self._now_ms()
        states = Counter(str(state) for state in self._states(at_ms).values())
        faults = [shown(fault) for fault in self._world.active()]
        return {
            "at_ms": at_ms,
            "places": len(self._world.province.places),
            "states": states,
            "faults": faults,
        } | self._about()

    def places(self) -> Json:
        """Return every place with its true state and its faults."""
        at_ms = self._now_ms()
        states = self._states(at_ms)
        return {
            "at_ms": at_ms,
            "places": [
                {
                    "id": place.id,
                    "name": place.name,
                    "kind": str(place.kind),
                    "area": place.area,
                    "address": place.address,
                    "state": str(states[place.id]),
                    "faults": [shown(fault) for fault in self._world.active(place.id)],
                }
                for place in self._world.province.places
            ],
        }

    def _apply(self, order: Mapping[str, Any]) -> Json:
        parameters = order.get("parameters", {})
        if not isinstance(parameters, dict):
            raise ControlError("parameters is an object")
        try:
            fault = fault_of(_text(order, "kind"), _text(order, "target"), parameters)
            return self._change(fault.target, lambda at_ms: self._world.apply(fault, at_ms)) | shown(fault)
        except FaultError as error:
            raise ControlError(str(error)) from None

    def _restore(self, order: Mapping[str, Any]) -> Json:
        target, kind = order.get("target"), order.get("kind")
        ended: list[Fault] = []
        targets = [str(target)] if target is not None else self._faulty()

        def restore(at_ms: int) -> None:
            for one in targets:
                ended.extend(self._world.restore(one, at_ms, kind=None if kind is None else str(kind)))

        try:
            told = self._change(str(target), restore)
        except FaultError as error:
            raise ControlError(str(error)) from None
        if not ended:
            which = "no fault" if kind is None else f'no fault "{kind}"'
            raise ControlError(f"{'the province' if target is None else target}: there is {which} to restore")
        return told | {"restored": [shown(fault) for fault in ended]}

    def _change(self, target: str, change: Callable[[int], None]) -> Json:
        """Make a change; return when, what the target's true state is then, and how many others' changed."""
        at_ms = self._now_ms()
        # Of the same instant: asked about a later one, the world would refuse a change of an earlier.
        before = self._states(at_ms)
        change(at_ms)
        self._changed()
        after = self._states(at_ms)
        others = Counter(
            str(state) for place, state in after.items() if place != target and state != before[place]
        )
        return {"at_ms": at_ms, "state": str(after[target]) if target in after else None, "others": others}

    def _states(self, at_ms: int) -> dict[str, TrueState]:
        return {one.id: self._world.condition(one.id, at_ms).state for one in self._world.province.places}

    def _faulty(self) -> list[str]:
        return sorted({fault.target for fault in self._world.active()})


def shown(fault: Fault) -> Json:
    """Return a fault as JSON: kind, target and parameters."""
    return {"fault": fault.kind, "target": fault.target, "parameters": parameters_of(fault)}


def _text(order: Mapping[str, Any], key: str) -> str:
    value = order.get(key)
    if not isinstance(value, str):
        raise ControlError(f"{key} is missing")
    return value
