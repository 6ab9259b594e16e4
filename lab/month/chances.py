"""What befalls a province in a month, drawn from a seed: faults, planned work, the collector's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import exp
from random import Random

from lab import faults
from lab.days import DAY_MS
from lab.faults import Fault
from lab.place import Kind, Part, Place, Province
from lab.scenario import Deed, Restore

MINUTE_MS = 60_000
_MONTH_MS = 30 * DAY_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """The collector is stopped, and started again at `until_ms`."""

    at_ms: int
    until_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The collector's wall clock is set by `step_ms` (negative: back)."""

    at_ms: int
    step_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspend:
    """The collector's machine sleeps until `until_ms`."""

    at_ms: int
    until_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Planned work on a place, entered at `at_ms` for a later time; the place is down for a part of it."""

    at_ms: int
    place: str
    from_ms: int
    to_ms: int


Own = Absence | Step | Suspend | Work
"""What the collector does or suffers itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chances:
    """A month's events: `deeds` of the world in their order, `own` of the collector in theirs."""

    deeds: tuple[Deed, ...]
    own: tuple[Own, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rate:
    """How often a kind of fault befalls a place in 30 days, and how long it lasts: median and spread."""

    kind: type[Fault]
    a_month: float
    median_min: float
    spread: float = 0.9


_ROUTER_RATES = (
    _Rate(kind=faults.Cut, a_month=0.30, median_min=70),
    _Rate(kind=faults.PowerOff, a_month=0.25, median_min=55),
    _Rate(kind=faults.OnBattery, a_month=0.20, median_min=40),
    _Rate(kind=faults.Reboot, a_month=0.12, median_min=1),
    _Rate(kind=faults.Mute, a_month=0.03, median_min=120),
    _Rate(kind=faults.Slow, a_month=0.06, median_min=90),
    _Rate(kind=faults.Lossy, a_month=0.10, median_min=60),
    _Rate(kind=faults.CounterReset, a_month=0.03, median_min=1),
    _Rate(kind=faults.Renumbered, a_month=0.02, median_min=1),
    _Rate(kind=faults.InterfaceAdded, a_month=0.01, median_min=600),
)
_FLAPS = _Rate(kind=faults.Cut, a_month=0.15, median_min=1.5, spread=0.7)
_SERVER_RATES = (
    _Rate(kind=faults.Reboot, a_month=0.25, median_min=1),
    _Rate(kind=faults.PowerOff, a_month=0.03, median_min=40),
    _Rate(kind=faults.AgentGone, a_month=0.10, median_min=60),
    _Rate(kind=faults.AgentRestart, a_month=0.20, median_min=1),
)
_CORE_RATES = (
    _Rate(kind=faults.Reboot, a_month=0.05, median_min=1),
    _Rate(kind=faults.Mute, a_month=0.05, median_min=30),
)
_RATES = {
    Kind.COMMUNE: (*_ROUTER_RATES, _FLAPS),
    Kind.HUB: (*_ROUTER_RATES, _FLAPS),
    Kind.SERVER: _SERVER_RATES,
    Kind.CORE_ROUTER: _CORE_RATES,
    Kind.CORE_SWITCH: _CORE_RATES,
}
_LONGEST_MIN = 2_880.0
_HAND_RESTARTS = 0.2
_BATTERY_ENDS = 0.3
_SECOND_LINE_CUTS = 0.5


def drawn(province: Province, *, seed: int, from_ms: int, to_ms: int, density: float) -> Chances:
    """Return what befalls the province between two instants; `density` multiplies how often."""
    deeds = [
        deed
        for place in province.places
        for deed in _of_place(place, Random(f"{seed}/faults/{place.id}"), from_ms, to_ms, density)  # noqa: S311
    ]
    own = [*_of_collector(seed, from_ms, to_ms, density)]
    for work, deed in _of_work(province, seed, from_ms, to_ms, density):
        own.append(work)
        deeds += deed
    return Chances(
        deeds=tuple(sorted(deeds, key=_when_done)), own=tuple(sorted(own, key=lambda event: event.at_ms))
    )


def _when_done(deed: Deed) -> tuple[int, str]:
    return deed.at_ms, deed.do.target


def _of_place(place: Place, random: Random, from_ms: int, to_ms: int, density: float) -> Iterator[Deed]:
    """Draw one fault after another: a place has one at a time, but for what comes along with it."""
    rates = _RATES[place.kind]
    total = sum(rate.a_month for rate in rates) * density
    at_ms = from_ms
    while total > 0:
        at_ms += round(random.expovariate(total) * _MONTH_MS)
        if at_ms >= to_ms:
            return
        (rate,) = random.choices(rates, weights=[rate.a_month for rate in rates])
        lasts_min = min(_LONGEST_MIN, rate.median_min * exp(random.gauss(0, rate.spread)))
        ends_ms = at_ms + max(1_000, round(lasts_min * MINUTE_MS))
        yield from _fault(place, rate.kind, random, at_ms, ends_ms)
        # It is well again for a while before the next thing befalls it.
        at_ms = ends_ms + place.boot_s * 1000 + MINUTE_MS


def _fault(place: Place, kind: type[Fault], random: Random, at_ms: int, ends_ms: int) -> Iterator[Deed]:
    fault = _made(place, kind, random)
    yield Deed(at_ms=at_ms, do=fault)
    if not fault.lasts:
        return
    inside_ms = at_ms + round((ends_ms - at_ms) * random.uniform(0.2, 0.7))
    if kind is faults.Cut and ends_ms - at_ms > 30 * MINUTE_MS and random.random() < _HAND_RESTARTS:
        yield Deed(at_ms=inside_ms, do=faults.Reboot(target=place.id))
    if kind is faults.OnBattery and random.random() < _BATTERY_ENDS:
        yield Deed(at_ms=inside_ms, do=faults.PowerOff(target=place.id))
    yield Deed(at_ms=ends_ms, do=Restore(target=place.id, kind=None))


def _made(place: Place, kind: type[Fault], random: Random) -> Fault:
    if kind is faults.Cut:
        one_line = len(place.parents) > 1 and random.random() < _SECOND_LINE_CUTS
        return faults.Cut(target=place.id, to=random.choice(place.parents) if one_line else None)
    if kind is faults.Slow:
        return faults.Slow(target=place.id, delay_ms=random.randrange(200, 2_000), jitter_ms=200)
    if kind is faults.Lossy:
        return faults.Lossy(target=place.id, ratio=round(random.uniform(0.05, 0.5), 3))
    if kind is faults.CounterReset:
        lines = [interface.name for interface in place.interfaces if interface.part is Part.LINE]
        return faults.CounterReset(
            target=place.id, interface=random.choice(lines), announced=random.random() < 0.5
        )
    return kind(target=place.id)


def _of_collector(seed: int, from_ms: int, to_ms: int, density: float) -> Iterator[Own]:
    """Draw absences, sleeps and clock steps; they keep clear of each other. A step is taken back later."""
    random = Random(f"{seed}/collector")  # noqa: S311 - a simulation
    at_ms = from_ms + 30 * MINUTE_MS
    while density > 0:
        at_ms += round(random.expovariate(6 * density) * _MONTH_MS)
        if at_ms >= to_ms - 3 * 60 * MINUTE_MS:
            return
        what = random.random()
        lasts_ms = round(MINUTE_MS * min(120.0, 12 * exp(random.gauss(0, 0.8))))
        if what < 0.5:
            yield Absence(at_ms=at_ms, until_ms=at_ms + lasts_ms)
        elif what < 0.65:
            yield Suspend(at_ms=at_ms, until_ms=at_ms + lasts_ms)
        else:
            step_ms = random.choice((-1, 1)) * random.randrange(2_000, 120_000)
            yield Step(at_ms=at_ms, step_ms=step_ms)
            yield Step(at_ms=at_ms + lasts_ms, step_ms=-step_ms)
        at_ms += lasts_ms + 15 * MINUTE_MS


def _of_work(
    province: Province, seed: int, from_ms: int, to_ms: int, density: float
) -> Iterator[tuple[Work, list[Deed]]]:
    """Draw planned work: entered a day before, one to four hours long, the place down for a part of it."""
    random = Random(f"{seed}/work")  # noqa: S311 - a simulation
    places = [place for place in province.places if place.parents]
    at_ms = from_ms
    while density > 0 and places:
        at_ms += round(random.expovariate(4 * density) * _MONTH_MS)
        begins_ms = at_ms + random.randrange(1 * DAY_MS, 2 * DAY_MS)
        ends_ms = begins_ms + random.randrange(60, 240) * MINUTE_MS
        if ends_ms >= to_ms:
            return
        place = random.choice(places)
        down_ms = begins_ms + round((ends_ms - begins_ms) * random.uniform(0.1, 0.4))
        up_ms = begins_ms + round((ends_ms - begins_ms) * random.uniform(0.5, 0.9))
        yield (
            Work(at_ms=at_ms, place=place.id, from_ms=begins_ms, to_ms=ends_ms),
            [
                Deed(at_ms=down_ms, do=faults.PowerOff(target=place.id)),
                Deed(at_ms=up_ms, do=Restore(target=place.id, kind="power_off")),
            ],
        )
