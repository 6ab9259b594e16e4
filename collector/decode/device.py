"""One device's whole SNMP plan: what to walk at discovery, what to get at each poll, how it reads. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from collector.decode import host, interfaces, line, system
from collector.decode.section import Labels, Rows, Section, Values, number
from collector.model import Batch, EngineTime, Oid, Reason, SnmpValue, Uptime
from collector.traffic.rates import LineReading


def subtrees(*, with_host: bool) -> tuple[Oid, ...]:
    """Return what discovery walks, none inside another. `with_host`: SNMP is the owner of host metrics."""
    wanted = (*system.SUBTREES, *interfaces.SUBTREES, *(host.SUBTREES if with_host else ()))
    return tuple(
        one for one in wanted if not any(one != other and one[: len(other)] == other for other in wanted)
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DevicePlan:
    """The exact instances of one device, section after section, and how their values are read.

    `identity` holds the watched values as they were at discovery; `failures` the subtrees that could not be
    walked, which the next discovery tries again. `line` is None where no `uplink` was named, or none found.
    `rare` are instances behind what only discovery reads, and `were` their values then: if they differ, it is
    outdated. `holes` are names without a value then, which are asked for all the same.
    """

    names: tuple[Oid, ...]
    system: system.SystemSection
    sections: tuple[Section, ...]
    identity: tuple[SnmpValue | None, ...]
    failures: Mapping[Oid, Reason]
    uplink: str | None = None
    line: line.LinePlan | None = None
    places: Mapping[Oid, int]
    rare: tuple[Oid, ...] = ()
    were: tuple[SnmpValue | None, ...] = ()
    holes: frozenset[Oid] = frozenset()

    @staticmethod
    def build(
        rows: Rows,
        failures: Mapping[Oid, Reason],
        base: Labels,
        *,
        with_host: bool,
        uplink: str | None = None,
    ) -> DevicePlan | None:
        """Make a plan of what a walk brought; None if the device showed nothing that is known here.

        `uplink` names the interface that carries the device's line.
        """
        found = system.plan(rows, _job(base, "snmp"))
        parts = [found.section, interfaces.plan(rows, _job(base, "snmp"))]
        if with_host:
            parts.append(host.plan(rows, _job(base, "node")))
        sections = [part for part in parts if part is not None]
        names = tuple(name for section in sections for name in section.names)
        if not names:
            return None
        carrier = None if uplink is None else line.plan(rows, uplink)
        if carrier is not None:
            sections.append(carrier.section(names))
            names += sections[-1].names
        places = {name: place for place, name in enumerate(names)}
        rare = tuple(name for section in sections for name in section.rare if name not in places)
        plan = DevicePlan(
            names=names,
            system=found,
            sections=tuple(sections),
            identity=(),
            failures=failures,
            uplink=uplink,
            line=carrier,
            places=places,
            rare=rare,
            were=tuple(rows[name] for name in rare),
            holes=frozenset(name for name in names if name not in rows),
        )
        return replace(plan, identity=plan.identity_of(tuple(rows.get(name) for name in names)))

    def batches(self, values: Values, at_ms: int) -> tuple[Batch, ...]:
        """Return what one poll's values, parallel to `names`, show."""
        return tuple(batch for section, part in self._parts(values) for batch in section.batches(part, at_ms))

    def uptimes(
        self, values: Values, engine: EngineTime | None, *, sent_ms: int, at_ms: int
    ) -> tuple[Uptime, ...]:
        """Return the boot evidence among one poll's values."""
        own = values[: len(self.system.section.names)]
        return self.system.uptimes(own, engine, sent_ms=sent_ms, at_ms=at_ms)

    def line_reading(
        self, values: Values, engine: EngineTime | None, *, sent_at: float, done_at: float, at_ms: int
    ) -> LineReading | None:
        """Return the line's counters among one poll's values; None if they are missing or not its own."""
        if self.line is None:
            return None
        place = self.system.sys_uptime
        return self.line.read(
            values,
            self.places,
            sys_uptime=None if place is None else number(values[place]),
            engine=engine,
            sent_at=sent_at,
            done_at=done_at,
            at_ms=at_ms,
        )

    def outdated_by(self, values: Values) -> bool:
        """Return True if the values, with or without those of `rare`, call for a new discovery.

        What the walk did not bring either may be missing for good: tables of real devices have holes.
        """
        if None in values:
            missing = {name for name, value in zip(self.names, values, strict=False) if value is None}
            if missing - self.holes:
                return True
        rare = tuple(values[len(self.names) :])
        return rare not in ((), self.were) or self.identity_of(values) != self.identity

    def told(self) -> tuple[object, ...]:
        """Return all that a walk found out: what another one tells that is the same is no news."""
        return self.names, self.identity, self.were, self.failures.keys()

    def identity_of(self, values: Values) -> tuple[SnmpValue | None, ...]:
        """Return the watched values; another tuple than `identity` calls for a new discovery."""
        return tuple(value for section, part in self._parts(values) for value in section.identity_of(part))

    def _parts(self, values: Values) -> list[tuple[Section, Values]]:
        parts, start = [], 0
        for section in self.sections:
            end = start + len(section.names)
            parts.append((section, values[start:end]))
            start = end
        return parts


def _job(base: Labels, job: str) -> Labels:
    return (*base, ("job", job))
