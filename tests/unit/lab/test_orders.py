"""Orders to a lab: what they change, what they say, and what they refuse."""

from __future__ import annotations

from typing import Any

import pytest

from lab.control import ControlError
from lab.orders import Orders
from lab.player import Player
from lab.world import World
from tests.unit.lab.conftest import COMMUNE, HUB, MONDAY_MS

T = MONDAY_MS


class Lab:
    """Orders to a world whose clock the test moves."""

    def __init__(self, world: World) -> None:
        self.now_ms = T
        self.changes = 0
        self.player = Player(world, lambda: self.now_ms, self.changed)
        self.orders = Orders(
            world, now_ms=lambda: self.now_ms, changed=self.changed, about=dict, play=self.player.play
        )

    def changed(self) -> None:
        self.changes += 1

    def __call__(self, order: str, **more: Any) -> dict[str, Any]:
        return self.orders.handle({"order": order, **more})


@pytest.fixture
def lab(world: World) -> Lab:
    return Lab(world)


def test_a_cut_hub_takes_its_communes_along(lab: Lab, world: World) -> None:
    """The answer says what became of the hub and of how many others."""
    told = lab("apply", kind="cut", target=HUB)
    below = len(world.province.below(HUB))
    assert (told["state"], told["others"]) == ("line", {"upstream": below})
    assert lab.changes == 1
    status = lab("status")
    assert (status["states"]["line"], status["states"]["upstream"]) == (1, below)
    assert status["faults"] == [{"fault": "cut", "target": HUB, "parameters": {"to": None}}]


def test_an_order_is_of_one_instant_however_long_it_takes(lab: Lab, world: World) -> None:
    """A busy lab needs milliseconds for an order; the world must not be asked about later ones on the way."""
    ticks = iter(range(T, T + 1_000))
    orders = Orders(world, now_ms=lambda: next(ticks), changed=lambda: None, about=dict, play=lab.player.play)
    for order in ({"order": "apply", "kind": "cut", "target": HUB}, {"order": "restore", "target": HUB}) * 5:
        told = orders.handle(order)
        assert (told["state"] == "line") == (order["order"] == "apply")
        assert orders.handle({"order": "status"})["at_ms"] > told["at_ms"]


def test_what_is_restored_is_told(lab: Lab) -> None:
    """Of one place, of one kind, or all there is."""
    lab("apply", kind="cut", target=HUB)
    lab("apply", kind="slow", target=COMMUNE, parameters={"delay_ms": 50})
    assert [one["fault"] for one in lab("restore", target=HUB)["restored"]] == ["cut"]
    lab("apply", kind="cut", target=COMMUNE)
    assert [one["fault"] for one in lab("restore", target=COMMUNE, kind="cut")["restored"]] == ["cut"]
    assert [one["fault"] for one in lab("restore")["restored"]] == ["slow"]
    with pytest.raises(ControlError, match=r"^the province: there is no fault to restore$"):
        lab("restore")


def test_places_are_listed_with_state_and_faults(lab: Lab, world: World) -> None:
    """Everybody, in the province's order."""
    lab("apply", kind="mute", target=HUB)
    places = {place["id"]: place for place in lab("list")["places"]}
    assert list(places) == [place.id for place in world.province.places]
    assert places[HUB]["state"] == "management"
    assert places[COMMUNE] | {"faults": []} == places[COMMUNE]


@pytest.mark.parametrize(
    ("order", "said"),
    [
        ({"order": "dance"}, r'^unknown order "dance"; there are apply, restore, '),
        ({"order": "apply", "kind": "cut"}, r"^target is missing$"),
        ({"order": "apply", "kind": "cut", "target": "nowhere"}, r'^there is no place "nowhere"'),
        ({"order": "apply", "kind": "melt", "target": HUB}, r'^there is no fault "melt"; there are '),
        ({"order": "apply", "kind": "cut", "target": HUB, "parameters": []}, r"^parameters is an object$"),
        ({"order": "restore", "target": HUB}, r"there is no fault to restore$"),
        ({"order": "scenario", "text": "x =", "name": "f.toml"}, r"^f\.toml: is not valid TOML"),
    ],
)
def test_what_cannot_be_is_refused_in_words(lab: Lab, order: dict[str, Any], said: str) -> None:
    """And nothing changes."""
    with pytest.raises(ControlError, match=said):
        lab.orders.handle(order)
    assert lab("status")["faults"] == []


def test_a_scenario_waits_for_its_time(lab: Lab) -> None:
    """Taken up whole, and told how much is to come."""
    text = f'[[fault]]\nat = "90s"\nkind = "cut"\ntarget = "{HUB}"\nfor = "5m"\n'
    assert lab("scenario", text=text, name="f") == {"at_ms": T, "deeds": 2, "until_ms": T + 390_000}
    assert lab.player.about() == {"pending": 2, "next_ms": T + 90_000, "until_ms": T + 390_000}
