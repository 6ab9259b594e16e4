"""Octets through every line of a province, while faults open and close the ways they take. Pure."""

from __future__ import annotations

from bisect import bisect_right

from lab.days import Days
from lab.load_curve import Demand, LoadCurve
from lab.place import Interface, Part, Place, Province

Octets = tuple[int, int]
"""Towards the site and from it, since the world began."""

_NOTHING: Octets = (0, 0)


class _Gate:
    """What a place's own users have sent and received: the curve, stopped while nothing flows."""

    def __init__(self, curve: LoadCurve, began_ms: int) -> None:
        self._curve = curve
        self._since = [began_ms]
        self._flows = [True]
        # What to add to the curve while it flows; the octets themselves while it does not.
        self._offsets: list[Octets] = [_NOTHING]

    def carried(self, at_ms: int) -> Octets:
        place = -1 if at_ms >= self._since[-1] else bisect_right(self._since, at_ms) - 1
        offset = self._offsets[place]
        if not self._flows[place]:
            return offset
        came, went = self._curve.carried(at_ms)
        return came + offset[0], went + offset[1]

    def turn(self, at_ms: int, *, flows: bool) -> None:
        if flows is self._flows[-1]:
            return
        came, went = self.carried(at_ms)
        if flows:
            curve = self._curve.carried(at_ms)
            came, went = came - curve[0], went - curve[1]
        self._since.append(at_ms)
        self._flows.append(flows)
        self._offsets.append((came, went))


class _Ways:
    """Which of a place's several lines its traffic took, and what each has carried."""

    def __init__(self, lines: int, began_ms: int) -> None:
        self._since = [began_ms]
        self._taken: list[int | None] = [0]
        self._through: list[Octets] = [_NOTHING]
        self._carried: list[tuple[Octets, ...]] = [(_NOTHING,) * lines]

    def carried(self, line: int, at_ms: int, through: Octets) -> Octets:
        place = -1 if at_ms >= self._since[-1] else bisect_right(self._since, at_ms) - 1
        came, went = self._carried[place][line]
        if self._taken[place] != line:
            return came, went
        before = self._through[place]
        return came + through[0] - before[0], went + through[1] - before[1]

    def turn(self, at_ms: int, taken: int | None, through: Octets) -> None:
        if taken == self._taken[-1]:
            return
        lines = range(len(self._carried[-1]))
        carried = tuple(self.carried(line, at_ms, through) for line in lines)
        self._since.append(at_ms)
        self._taken.append(taken)
        self._through.append(through)
        self._carried.append(carried)


class Flows:
    """Octets of all places' lines: each carries what its place and all that hangs on it by that line want."""

    def __init__(self, province: Province, curves: dict[str, LoadCurve], began_ms: int) -> None:
        self._places = province.by_id
        self._children = province.children
        self._gates = {place: _Gate(curve, began_ms) for place, curve in curves.items()}
        self._ways = {
            place.id: _Ways(len(place.parents), began_ms)
            for place in province.places
            if len(place.parents) > 1
        }
        self._memo_ms = began_ms
        self._memo: dict[str, Octets] = {}

    def turn(self, place: str, at_ms: int, *, flows: bool, taken: int | None) -> None:
        """From now on the place's users send and receive, or not; by which of its lines."""
        ways = self._ways.get(place)
        if ways is not None:
            ways.turn(at_ms, taken, self.through(place, at_ms))
        self._gates[place].turn(at_ms, flows=flows)

    def through(self, place: str, at_ms: int) -> Octets:
        """Return what all lines of the place have carried together."""
        children = self._children[place]
        if not children:
            return self._gates[place].carried(at_ms)
        # A core's poll asks the same sums for port after port.
        if at_ms != self._memo_ms:
            self._memo_ms, self._memo = at_ms, {}
        found = self._memo.get(place)
        if found is None:
            came, went = self._gates[place].carried(at_ms)
            for child in children:
                more = self._line(self._places[child], place, at_ms)
                came, went = came + more[0], went + more[1]
            found = self._memo[place] = came, went
        return found

    def interface(self, place: str, interface: Interface, at_ms: int) -> Octets:
        """Return the octets the interface has received and sent, as the place sees it."""
        peer = interface.peer
        match interface.part:
            case Part.LINE if peer is not None:
                return self._line(self._places[place], peer, at_ms)
            case Part.PORT if peer is not None:
                came, went = self._line(self._places[peer], place, at_ms)
                return went, came
            case Part.LAN:
                came, went = self._gates[place].carried(at_ms)
                return went, came
            case _:
                return _NOTHING

    def _line(self, place: Place, parent: str, at_ms: int) -> Octets:
        through = self.through(place.id, at_ms)
        ways = self._ways.get(place.id)
        if ways is None:
            return through
        return ways.carried(place.parents.index(parent), at_ms, through)


def curves_of(province: Province, *, seed: int, began_ms: int, days: Days) -> dict[str, LoadCurve]:
    """Return what the users of each place want, as far as its line carries it."""
    return {
        place.id: LoadCurve(
            Demand(
                in_bps=place.demand_in_bps,
                out_bps=place.demand_out_bps,
                limit_in_bps=place.capacity_in_bps,
                limit_out_bps=place.capacity_out_bps,
                profile=place.profile,
            ),
            key=place.id,
            seed=seed,
            began_ms=began_ms,
            days=days,
        )
        for place in province.places
    }
