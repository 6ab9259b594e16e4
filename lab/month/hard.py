"""A month at its hardest, drawn from a seed: every kind of outage from 10 s to 3 days, absences, steps.

Nothing here is as likely as in life. Each place is cut, loses its power, restarts, flaps, has its uptime go
round within, before and after an outage, and is restarted by hand or has its agent restarted meanwhile.
Packets are never lost by chance: whether such a place is up is nobody's truth.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import exp, log
from random import Random

from lab import faults
from lab.faults import Fault
from lab.month.chances import MINUTE_MS, Absence, Chances, Own, Step, Suspend, Work
from lab.place import Kind, Place, Province
from lab.scenario import Deed, Restore

HOUR_MS = 60 * MINUTE_MS
SHORTEST_MS, LONGEST_MS = 10_000, 72 * HOUR_MS
HUB_CUTS = 3
_LEAD_MS = 40 * MINUTE_MS
"""How long before an outage its uptime is set near its end: the collector must have read it since."""

_APART_MS = 60 * MINUTE_MS
_BY_HAND_MS = 20 * MINUTE_MS
"""A restart by hand is this long before its line comes back: else it looks like a loss of power."""

_Kind = Callable[[Place, int, int, Random], Iterator[Deed]]


def hard(
    province: Province,
    *,
    seed: int,
    from_ms: int,
    to_ms: int,
    outages: int = 1_200,
    absences: int = 200,
    longest_ms: int = LONGEST_MS,
) -> Chances:
    """Return at least so many outages of the places' own, and so many absences of the collector."""
    places = [place for place in province.places if place.kind is not Kind.CORE_SWITCH]
    each = -(-outages // len(places))
    deeds: list[Deed] = []
    for place in places:
        random = Random(f"{seed}/hard/{place.id}")  # noqa: S311 - a simulation
        longest = min(longest_ms, HOUR_MS) if place.kind is Kind.CORE_ROUTER else longest_ms
        lasting = [_drawn_ms(random, longest) for _ in range(each)]
        if place.kind is Kind.HUB:
            lasting += [_drawn_ms(random, 6 * HOUR_MS, 10 * MINUTE_MS) for _ in range(HUB_CUTS)]
        for at_ms, lasts_ms in _spread(random, lasting, from_ms + HOUR_MS, to_ms - HOUR_MS):
            deeds += random.choice(_KINDS[place.kind])(place, at_ms, at_ms + lasts_ms, random)
    own = [*_own(Random(f"{seed}/hard collector"), from_ms, to_ms, absences)]  # noqa: S311 - a simulation
    for work, down in _work(Random(f"{seed}/hard work"), province, from_ms, to_ms):  # noqa: S311
        own.append(work)
        deeds += down
    return Chances(
        deeds=tuple(sorted(deeds, key=lambda deed: (deed.at_ms, deed.do.target))),
        own=tuple(sorted(own, key=lambda event: event.at_ms)),
    )


def _drawn_ms(random: Random, longest_ms: int, shortest_ms: int = SHORTEST_MS) -> int:
    """Return a duration; each order of magnitude is as likely as another."""
    return round(exp(random.uniform(log(shortest_ms), log(longest_ms))))


def _spread(random: Random, lasting: Sequence[int], from_ms: int, to_ms: int) -> Iterator[tuple[int, int]]:
    """Yield begin and length of each, in order and well apart; what there is no room for is left out."""
    free_ms = to_ms - from_ms - sum(lasting) - (len(lasting) + 1) * (_APART_MS + _LEAD_MS)
    kept = list(lasting)
    while free_ms < 0 and kept:
        longest = max(kept)
        kept.remove(longest)
        free_ms += longest + _APART_MS + _LEAD_MS
    at_ms, before_ms = from_ms, 0
    for lasts_ms, gone_ms in zip(kept, sorted(random.randrange(free_ms + 1) for _ in kept), strict=True):
        at_ms += gone_ms - before_ms + _LEAD_MS
        before_ms = gone_ms
        yield at_ms, lasts_ms
        at_ms += lasts_ms + _APART_MS


def _lasting(fault: Fault, from_ms: int, to_ms: int) -> Iterator[Deed]:
    yield Deed(at_ms=from_ms, do=fault)
    yield Deed(at_ms=to_ms, do=Restore(target=fault.target, kind=fault.kind))


def _cut(place: Place, from_ms: int, to_ms: int, _random: Random) -> Iterator[Deed]:
    yield from _lasting(faults.Cut(target=place.id), from_ms, to_ms)


def _one_line(place: Place, from_ms: int, to_ms: int, random: Random) -> Iterator[Deed]:
    """Cut one line of several; where there is only one, it is an outage."""
    yield from _lasting(faults.Cut(target=place.id, to=random.choice(place.parents)), from_ms, to_ms)


def _power(place: Place, from_ms: int, to_ms: int, _random: Random) -> Iterator[Deed]:
    yield from _lasting(faults.PowerOff(target=place.id), from_ms, to_ms)


def _battery(place: Place, from_ms: int, to_ms: int, random: Random) -> Iterator[Deed]:
    """Let the power go, and later the battery; both come back at once."""
    yield Deed(at_ms=from_ms, do=faults.OnBattery(target=place.id))
    dark_ms = from_ms + round((to_ms - from_ms) * random.uniform(0.1, 0.6))
    yield Deed(at_ms=dark_ms, do=faults.PowerOff(target=place.id))
    yield Deed(at_ms=to_ms, do=Restore(target=place.id, kind=None))


def _reboot(place: Place, from_ms: int, _to_ms: int, _random: Random) -> Iterator[Deed]:
    yield Deed(at_ms=from_ms, do=faults.Reboot(target=place.id))


def _by_hand(place: Place, from_ms: int, to_ms: int, random: Random) -> Iterator[Deed]:
    """Cut its line, and let somebody restart it in the meantime, long enough before it comes back."""
    yield from _cut(place, from_ms, to_ms, random)
    if to_ms - from_ms > 2 * _BY_HAND_MS:
        at_ms = random.randrange(from_ms + MINUTE_MS, to_ms - _BY_HAND_MS)
        yield Deed(at_ms=at_ms, do=faults.Reboot(target=place.id))


def _flaps(place: Place, from_ms: int, to_ms: int, random: Random) -> Iterator[Deed]:
    end_ms = min(to_ms, from_ms + 30 * MINUTE_MS)
    at_ms = from_ms
    while True:
        lasts_ms = min(random.randrange(10_000, 90_000), max(SHORTEST_MS, end_ms - at_ms))
        yield from _cut(place, at_ms, at_ms + lasts_ms, random)
        at_ms += lasts_ms + random.randrange(60_000, 300_000)
        if at_ms >= end_ms:
            return


def _goes_round(place: Place, from_ms: int, to_ms: int, random: Random) -> Iterator[Deed]:
    """Cut its line; 497 days of uptime end within the outage, or shortly before or after it."""
    within_ms = random.choice(
        (_LEAD_MS - MINUTE_MS, _LEAD_MS + (to_ms - from_ms) // 2, _LEAD_MS + to_ms - from_ms + MINUTE_MS)
    )
    rolls = faults.UptimeRollOver(target=place.id, within_s=within_ms // 1000)
    yield Deed(at_ms=from_ms - _LEAD_MS, do=rolls)
    yield from _cut(place, from_ms, to_ms, random)


def _agent_meanwhile(place: Place, from_ms: int, to_ms: int, random: Random) -> Iterator[Deed]:
    """Cut a server off, and let its agent restart: hrSystemUptime goes on."""
    yield from _cut(place, from_ms, to_ms, random)
    yield Deed(at_ms=random.randrange(from_ms, to_ms), do=faults.AgentRestart(target=place.id))


def _agent_before(place: Place, from_ms: int, to_ms: int, random: Random) -> Iterator[Deed]:
    yield Deed(at_ms=from_ms - _LEAD_MS // 2, do=faults.AgentRestart(target=place.id))
    yield from _cut(place, from_ms, to_ms, random)


def _mute(place: Place, from_ms: int, to_ms: int, _random: Random) -> Iterator[Deed]:
    """Let its management be silent while it forwards: no outage."""
    yield from _lasting(faults.Mute(target=place.id), from_ms, min(to_ms, from_ms + 4 * HOUR_MS))


_ANY: tuple[_Kind, ...] = (_cut, _cut, _power, _power, _battery, _reboot, _by_hand, _flaps, _goes_round)
_ANY_CUT: tuple[_Kind, ...] = (*_ANY, _goes_round, _agent_before)
_KINDS: dict[Kind, tuple[_Kind, ...]] = {
    Kind.COMMUNE: (*_ANY_CUT, *_ANY_CUT, _mute),
    Kind.HUB: (_cut, _cut, _cut, _one_line, _power, _by_hand, _goes_round, _reboot),
    Kind.SERVER: (_cut, _power, _reboot, _by_hand, _goes_round, _agent_meanwhile, _agent_before),
    Kind.CORE_ROUTER: (_cut, _power, _reboot),
}


def _own(random: Random, from_ms: int, to_ms: int, absences: int) -> Iterator[Own]:
    """Yield absences, and for each tenth a sleep and a step of the clock that is taken back, well apart."""
    events = ["absence"] * absences + ["suspend", "step"] * -(-absences // 10)
    random.shuffle(events)
    slot_ms = (to_ms - from_ms) // (len(events) + 1)
    longest_ms = min(2 * HOUR_MS, slot_ms // 2)
    for number, what in enumerate(events):
        lasts_ms = _drawn_ms(random, longest_ms, min(MINUTE_MS, longest_ms // 2))
        at_ms = from_ms + slot_ms * number + slot_ms // 4 + random.randrange(slot_ms // 4)
        if what == "absence":
            yield Absence(at_ms=at_ms, until_ms=at_ms + lasts_ms)
        elif what == "suspend":
            yield Suspend(at_ms=at_ms, until_ms=at_ms + lasts_ms)
        else:
            step_ms = random.choice((-1, 1)) * random.randrange(2_000, 120_000)
            yield Step(at_ms=at_ms, step_ms=step_ms)
            yield Step(at_ms=at_ms + lasts_ms, step_ms=-step_ms)


def _work(random: Random, province: Province, from_ms: int, to_ms: int) -> Iterator[tuple[Work, list[Deed]]]:
    """Yield planned work, some of it on hubs: entered before, one to four hours, down for a part of it."""
    hubs = [place for place in province.places if place.kind is Kind.HUB]
    others = [place for place in province.places if place.parents and place.kind is not Kind.HUB]
    days = (to_ms - from_ms) // (24 * HOUR_MS)
    for number in range(max(1, days // 2)):
        entered_ms = from_ms + number * 48 * HOUR_MS + random.randrange(HOUR_MS, 4 * HOUR_MS)
        begins_ms = entered_ms + random.randrange(2 * HOUR_MS, 18 * HOUR_MS)
        ends_ms = begins_ms + random.randrange(HOUR_MS, 4 * HOUR_MS)
        if ends_ms > to_ms:
            return
        place = random.choice(hubs if hubs and number % 4 == 0 else others)
        down_ms = begins_ms + round((ends_ms - begins_ms) * random.uniform(0.1, 0.4))
        up_ms = begins_ms + round((ends_ms - begins_ms) * random.uniform(0.5, 0.9))
        work = Work(at_ms=entered_ms, place=place.id, from_ms=begins_ms, to_ms=ends_ms)
        yield work, [*_lasting(faults.PowerOff(target=place.id), down_ms, up_ms)]
