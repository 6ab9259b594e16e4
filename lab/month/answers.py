"""What a poll of a simulated place brings: outcomes as the pollers make them, but no packets. Pure.

Devices show what the ledger's figures are made from, and no more: the system group, and of their lines' ends
the names, speed, state, octets and discontinuity time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from collector.decode.interfaces import IF_ENTRY, IF_NUMBER, IF_TABLE_LAST_CHANGE, IFX_ENTRY
from collector.decode.system import HR_SYSTEM_UPTIME, SYS_DESCR, SYS_NAME, SYS_UPTIME
from collector.inventory.values import Probe
from collector.model import (
    Check,
    Echoes,
    EngineTime,
    Fault,
    Get,
    Got,
    Oid,
    Outcome,
    Reason,
    Reply,
    SnmpAsk,
    SnmpValue,
    Walked,
)
from lab.condition import Condition, Port
from lab.place import Kind, Part, Place
from lab.wiring import draw
from lab.world import World

_ECHOES = 3

_Reader = Callable[[Condition, int], SnmpValue]


class _Question:
    """A question that is asked again and again, and what of its answer stays while a condition lasts."""

    __slots__ = ("condition", "moving", "names", "still")

    def __init__(
        self, names: tuple[Oid, ...], condition: Condition, objects: Mapping[Oid, SnmpValue | _Reader]
    ) -> None:
        self.names, self.condition = names, condition
        found = [objects.get(name) for name in names]
        self.still: list[SnmpValue | None] = [None if callable(one) else one for one in found]
        self.moving = [(place, one) for place, one in enumerate(found) if callable(one)]

    def answer(self, at_ms: int) -> tuple[SnmpValue | None, ...]:
        values, condition = self.still.copy(), self.condition
        for place, read in self.moving:
            values[place] = read(condition, at_ms)
        return tuple(values)


class Answers:
    """Answers the polls of all places of a world. `deadline_s` is when a poll of a silent one ends."""

    def __init__(self, world: World, *, seed: int, deadline_s: float) -> None:
        self._world = world
        self._seed = seed
        self._deadline_s = deadline_s
        self._questions: dict[tuple[str, int], _Question] = {}
        self._rtt_s = {
            place.id: round(0.001 + 0.02 * draw("rtt", f"{seed}/{place.id}"), 6)
            for place in world.province.places
        }

    def rtt_s(self, place: str) -> float:
        """Return the place's usual round trip."""
        return self._rtt_s[place]

    def outcome(
        self, place: str, ask: SnmpAsk, *, revision: int, due_at: float, started_at: float, looks_ms: int
    ) -> Outcome:
        """Return what a poll brings that reaches the place at `looks_ms` (UTC ms, as truly passed)."""
        condition = self._world.condition(place, looks_ms)
        rtt_s = self._rtt_s[place]
        checks: tuple[Check, Check]
        if not condition.reachable:
            checks = self._silent(Probe.ICMP, started_at), self._silent(Probe.SNMP, started_at)
        elif condition.packets.any:
            checks = self._disturbed(place, condition, ask, started_at, looks_ms)
        else:
            checks = (
                _echoed(started_at, rtt_s),
                self._snmp(place, condition, ask, started_at=started_at, rtt_s=rtt_s, looks_ms=looks_ms)
                if condition.answers
                else self._silent(Probe.SNMP, started_at),
            )
        return Outcome(
            device=place,
            revision=revision,
            due_at=due_at,
            started_at=started_at,
            done_at=max(check.done_at for check in checks),
            checks=checks,
        )

    def _snmp(
        self,
        place: str,
        condition: Condition,
        ask: SnmpAsk,
        *,
        started_at: float,
        rtt_s: float,
        looks_ms: int,
    ) -> Reply:
        engine = EngineTime(boots=condition.engine_boots, time_s=condition.engine_time(looks_ms))
        payload: Got | Walked
        if isinstance(ask, Get):
            # What is asked at every poll, and what is asked now and then.
            key = place, len(ask.names)
            question = self._questions.get(key)
            if question is None or question.names is not ask.names or question.condition is not condition:
                question = _Question(ask.names, condition, self._objects(place, condition))
                self._questions[key] = question
            payload = Got(values=question.answer(looks_ms), engine=engine)
        else:
            objects = self._objects(place, condition)
            rows = {n: v(condition, looks_ms) if callable(v) else v for n, v in objects.items()}
            payload = Walked(rows=rows, failures={}, engine=engine)
        answered_at = started_at + rtt_s
        return Reply(
            probe=Probe.SNMP,
            sent_at=started_at,
            answered_at=answered_at,
            done_at=answered_at,
            rtt_s=rtt_s,
            packets_sent=1,
            packets_received=1,
            payload=payload,
        )

    def _silent(self, probe: Probe, started_at: float) -> Fault:
        return Fault(
            probe=probe,
            reason=Reason.TIMEOUT,
            detail="no answer",
            sent_at=started_at,
            done_at=started_at + self._deadline_s,
            packets_sent=_ECHOES,
        )

    def _disturbed(
        self, place: str, condition: Condition, ask: SnmpAsk, started_at: float, looks_ms: int
    ) -> tuple[Check, Check]:
        """Return what comes through to a place whose packets are slow, lost, late or garbled."""
        packets = condition.packets
        drawn = f"{self._seed}/{place}/{looks_ms}"
        rtt_s = self._rtt_s[place] + packets.delay_ms / 1000
        rtt_s += packets.jitter_ms / 1000 * draw("jitter", drawn)
        late = packets.late if packets.late_ms / 1000 > self._deadline_s else 0.0
        # A round trip is two packets, each lost by itself.
        lost = 1 - (1 - packets.loss) ** 2 * (1 - late)
        all_lost = [draw(f"{probe}", drawn) < lost**_ECHOES for probe in (Probe.ICMP, Probe.SNMP)]
        too_slow = rtt_s >= self._deadline_s
        icmp = self._silent(Probe.ICMP, started_at) if all_lost[0] or too_slow else _echoed(started_at, rtt_s)
        if all_lost[1] or too_slow or not condition.answers:
            return icmp, self._silent(Probe.SNMP, started_at)
        if max(packets.garbage, packets.truncate) > draw("garbled", drawn):
            return icmp, Fault(
                probe=Probe.SNMP,
                reason=Reason.MALFORMED,
                detail="not an SNMP message",
                sent_at=started_at,
                done_at=started_at + self._deadline_s,
                answered_at=started_at + rtt_s,
                packets_sent=_ECHOES,
                packets_received=_ECHOES,
            )
        return icmp, self._snmp(place, condition, ask, started_at=started_at, rtt_s=rtt_s, looks_ms=looks_ms)

    def _objects(self, place: str, condition: Condition) -> dict[Oid, SnmpValue | _Reader]:
        """Return all that a place shows in this condition: values, and readers of what moves."""
        about = self._world.province.by_id[place]
        ports = [port for port in condition.ports if port.interface.part in (Part.LINE, Part.IDLE)]
        found: dict[Oid, SnmpValue | _Reader] = {
            SYS_DESCR: f"Hai Dang lab {about.kind}".encode(),
            SYS_UPTIME: Condition.sys_uptime,
            SYS_NAME: place.encode(),
            IF_NUMBER: len(ports),
            IF_TABLE_LAST_CHANGE: condition.ticks_at(condition.table_changed_ms),
        }
        if about.kind is Kind.SERVER:
            found[HR_SYSTEM_UPTIME] = Condition.hr_uptime
        for port in ports:
            found.update(self._row(about, condition, port))
        return found

    def _row(self, place: Place, condition: Condition, port: Port) -> dict[Oid, SnmpValue | _Reader]:
        interface, index = port.interface, port.if_index
        wide = condition.counter_bits == 64
        octets = ((IFX_ENTRY, 6), (IFX_ENTRY, 10)) if wide else ((IF_ENTRY, 10), (IF_ENTRY, 16))
        readers = self._readers(place.id, port)
        return {
            (*IF_ENTRY, 2, index): interface.descr.encode(),
            (*IF_ENTRY, 3, index): interface.if_type,
            (*IF_ENTRY, 8, index): 1 if port.oper_up else 2,
            (*IFX_ENTRY, 1, index): interface.name.encode(),
            (*IFX_ENTRY, 15, index): interface.speed_bps // 1_000_000,
            (*IFX_ENTRY, 18, index): interface.alias.encode(),
            (*IFX_ENTRY, 19, index): condition.ticks_at(port.discontinuity_ms),
            **{(*entry, column, index): read for (entry, column), read in zip(octets, readers, strict=True)},
        }

    def _readers(self, place: str, port: Port) -> tuple[SnmpValue | _Reader, SnmpValue | _Reader]:
        """Return what the octet counters of a port show, received and sent."""
        name, offsets = port.interface.name, (port.in_offset, port.out_offset)
        if port.interface.part is Part.IDLE:
            return offsets
        last_ms, last = -1, (0, 0)

        def octets(at_ms: int) -> tuple[int, int]:
            nonlocal last_ms, last
            if at_ms != last_ms:
                last_ms, last = at_ms, self._world.octets(place, name, at_ms)
            return last

        def received(condition: Condition, at_ms: int) -> int:
            return (octets(at_ms)[0] + offsets[0]) & ((1 << condition.counter_bits) - 1)

        def sent(condition: Condition, at_ms: int) -> int:
            return (octets(at_ms)[1] + offsets[1]) & ((1 << condition.counter_bits) - 1)

        return received, sent


def _echoed(started_at: float, rtt_s: float) -> Reply:
    answered_at = started_at + rtt_s
    return Reply(
        probe=Probe.ICMP,
        sent_at=started_at,
        answered_at=answered_at,
        done_at=answered_at,
        rtt_s=rtt_s,
        packets_sent=_ECHOES,
        packets_received=_ECHOES,
        payload=Echoes(rtts=(rtt_s,) * _ECHOES),
    )
