"""The system group and every clock an SNMP device offers: its name, and boot evidence. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from collector.decode.section import Labels, Rows, Section, SectionBuilder, Values, number, octets
from collector.decode.text import printable
from collector.model import EngineTime, Oid, Uptime, UptimeSource

SYSTEM: Oid = (1, 3, 6, 1, 2, 1, 1)
SYS_DESCR: Oid = (*SYSTEM, 1, 0)
SYS_OBJECT_ID: Oid = (*SYSTEM, 2, 0)
SYS_UPTIME: Oid = (*SYSTEM, 3, 0)
SYS_NAME: Oid = (*SYSTEM, 5, 0)
SYS_LOCATION: Oid = (*SYSTEM, 6, 0)
HR_SYSTEM_UPTIME: Oid = (1, 3, 6, 1, 2, 1, 25, 1, 1, 0)
SNMP_ENGINE: Oid = (1, 3, 6, 1, 6, 3, 10, 2, 1)
ENGINE_BOOTS: Oid = (*SNMP_ENGINE, 2, 0)
ENGINE_TIME: Oid = (*SNMP_ENGINE, 3, 0)

SUBTREES: tuple[Oid, ...] = (SYSTEM, HR_SYSTEM_UPTIME[:-1], SNMP_ENGINE)

_TEXTS = (SYS_DESCR, SYS_OBJECT_ID, SYS_NAME, SYS_LOCATION)
_CLOCKS = (SYS_UPTIME, HR_SYSTEM_UPTIME, ENGINE_BOOTS, ENGINE_TIME)


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemSection:
    """The section and where in its values the clocks stand (None: the device has no such clock)."""

    section: Section
    sys_uptime: int | None
    hr_uptime: int | None
    boots: int | None
    engine_time: int | None

    def uptimes(
        self, values: Values, engine: EngineTime | None, *, sent_ms: int, at_ms: int
    ) -> tuple[Uptime, ...]:
        """Return the boot evidence of one poll.

        An authenticated engine time from the message itself is preferred to the same number as an object.
        """
        found: list[Uptime] = []
        for source, position in (
            (UptimeSource.SYS_UPTIME, self.sys_uptime),
            (UptimeSource.HR_SYSTEM_UPTIME, self.hr_uptime),
        ):
            ticks = None if position is None else number(values[position])
            if ticks is not None:
                found.append(Uptime(source=source, ticks=ticks, sent_ms=sent_ms, at_ms=at_ms, wraps=True))
        boots, seconds = self._engine(values, engine)
        if seconds is not None:
            found.append(
                Uptime(
                    source=UptimeSource.SNMP_ENGINE,
                    ticks=seconds * 100,
                    sent_ms=sent_ms,
                    at_ms=at_ms,
                    wraps=False,
                    boots=boots,
                )
            )
        return tuple(found)

    def _engine(self, values: Values, engine: EngineTime | None) -> tuple[int | None, int | None]:
        if engine is not None:
            return engine.boots, engine.time_s
        if self.boots is None or self.engine_time is None:
            return None, None
        return number(values[self.boots]), number(values[self.engine_time])


def plan(rows: Rows, base: Labels) -> SystemSection:
    """Return the system section; a device that shows no system group still has one, with nothing to ask."""
    builder = SectionBuilder(base)
    asked = [name for name in _CLOCKS if name in rows]
    for name in asked:
        if name == SYS_UPTIME:
            builder.poll(name, "sysUpTime")
        else:
            builder.ask(name)
    if SYS_DESCR in rows or SYS_NAME in rows:
        builder.look_at(*(name for name in _TEXTS if name in rows))
        object_id = rows.get(SYS_OBJECT_ID)
        builder.fix(
            "haidang_snmp_system_info",
            1,
            (
                ("sys_descr", printable(octets(rows.get(SYS_DESCR)))),
                ("sys_location", printable(octets(rows.get(SYS_LOCATION)))),
                ("sys_name", printable(octets(rows.get(SYS_NAME)))),
                ("sys_object_id", ".".join(map(str, object_id)) if isinstance(object_id, tuple) else ""),
            ),
        )
    place = {name: asked.index(name) if name in asked else None for name in _CLOCKS}
    return SystemSection(
        section=builder.build(),
        sys_uptime=place[SYS_UPTIME],
        hr_uptime=place[HR_SYSTEM_UPTIME],
        boots=place[ENGINE_BOOTS],
        engine_time=place[ENGINE_TIME],
    )
