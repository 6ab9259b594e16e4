"""Services in the live state machine: their own outages, those above them, and our own blindness."""

from __future__ import annotations

from dataclasses import dataclass, field

from collector.live import Sight
from collector.model import State, Verdict
from tests.unit.collector.test_live import DOWN, UNKNOWN, UP, UPSTREAM, Network, Story

CENTRE: Network = [
    ("core", (), True),
    ("srv-1", ("core",), True),
    ("srv-2", ("core",), True),
    ("portal", ("srv-1",), True),
    ("office", ("srv-1", "srv-2"), True),
]


@dataclass
class Services(Story):
    """A story in which some services answer, but wrongly, as long as a packet can reach them."""

    wrong: set[str] = field(default_factory=set)

    def poll(self, device: str, at: float) -> None:
        if device not in self.wrong or not self.reachable(device):
            super().poll(device, at)
            return
        self.polls[device] += 1
        sight = Sight(
            device=device,
            verdict=Verdict.SILENT,
            started_at=at,
            done_at=at + 0.05,
            fault="unexpected_status",
            passed=True,
        )
        changes = self.live.observe(sight)
        self.moves += changes.transitions
        self.extra += [(at + 0.05 + ask.after, ask.device) for ask in changes.asks]

    def shown(self) -> dict[str, State]:
        return {device: live.state for device, live in self.live.items()}


def test_a_service_that_answers_wrongly_is_down_and_what_it_hangs_on_is_up() -> None:
    """The web server's 500 is the portal's outage, confirmed by two more polls, and nobody else's."""
    story = Services(CENTRE, wrong={"portal"})
    story.run(8.0)
    assert story.shown()["portal"] is UNKNOWN
    story.run(40.0)
    assert story.shown() == {"core": UP, "srv-1": UP, "srv-2": UP, "portal": DOWN, "office": UP}
    story.wrong.clear()
    story.run(80.0)
    assert story.shown()["portal"] is UP


def test_a_cut_data_centre_takes_its_services_along() -> None:
    """The core router is dead: servers and services are upstream, not down."""
    story = Services(CENTRE)
    story.run(40.0)
    story.dead.add("core")
    story.run(140.0)
    assert story.shown() == {
        "core": DOWN, "srv-1": UPSTREAM, "srv-2": UPSTREAM, "portal": UPSTREAM, "office": UPSTREAM,
    }  # fmt: skip


def test_a_service_on_two_servers_is_down_only_where_it_can_be_reached() -> None:
    """With one of its servers alive its silence is its own; with both dead it is theirs."""
    story = Services(CENTRE)
    story.run(40.0)
    story.dead |= {"srv-1", "office"}
    story.run(140.0)
    assert (story.shown()["office"], story.shown()["portal"]) == (DOWN, UPSTREAM)
    story.dead.add("srv-2")
    story.dead.discard("office")
    story.run(240.0)
    assert story.shown()["srv-2"] is DOWN
    assert story.shown()["office"] is not UP


def test_a_wrong_answer_proves_that_the_way_to_it_is_open() -> None:
    """The server's agent is mute, its portal says 500: the server is up, the portal down, not upstream."""
    story = Services(CENTRE, wrong={"portal"}, mute={"srv-1"})
    story.run(140.0)
    assert story.shown()["srv-1"] is UP
    assert story.shown()["portal"] is DOWN
    story.wrong.clear()
    story.dead.add("portal")
    story.run(300.0)
    assert story.shown()["srv-1"] is DOWN
    assert story.shown()["portal"] is UPSTREAM


def test_what_cannot_be_looked_up_from_here_is_unknown_never_down() -> None:
    """This machine's resolver is broken: after a while nothing is known of the service, and nothing said."""
    story = Services(CENTRE)
    story.run(40.0)
    story.local.add("portal")
    story.run(240.0)
    assert story.shown()["portal"] is UNKNOWN
    assert not [move for move in story.moves if move.device == "portal" and move.after is DOWN]
