"""Small ledgers made of polls, inventories and uptimes, through the ledger's own book."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

from collector.inventory.canonical import canonical_json
from collector.inventory.planning_values import Calendar, MaintenanceWindow, Season
from collector.inventory.values import (
    Area,
    CollectorSettings,
    Device,
    HttpSettings,
    IcmpCheck,
    Inventory,
    Organisation,
    Probe,
)
from collector.ledger.book import Book
from collector.ledger.evidence import Evidence
from collector.ledger.rows import Session
from collector.ledger.store import open_store
from collector.model import Uptime, UptimeSource
from tests.unit.figures.polled import DEADLINE, INTERVAL

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
TIMEZONE = "Asia/Ho_Chi_Minh"


def at(text: str) -> int:
    """A local instant, as `2026-10-05 07:30`, in UTC ms."""
    return round(datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp() * 1000)


def device(
    name: str,
    parents: Sequence[str] = (),
    *,
    serves: int = 1,
    area: str | None = "district",
    role: str = "commune",
    commissioned: datetime | None = None,
    withdrawn: datetime | None = None,
) -> Device:
    return Device(
        id=name,
        name=f"Xã {name}",
        role=role,
        address="127.0.0.1",
        area=area,
        parents=tuple(parents),
        icmp=IcmpCheck(),
        snmp=None,
        ssh=None,
        reachability=(Probe.ICMP,),
        interval_ms=INTERVAL,
        deadline_ms=DEADLINE,
        serves=serves,
        commissioned=commissioned,
        withdrawn=withdrawn,
    )


def inventory(devices: Iterable[Device], maintenance: Iterable[MaintenanceWindow] = ()) -> Inventory:
    return Inventory(
        source="/x/inventory.yaml",
        organisation=Organisation(name="Tỉnh", superior=None, place=None, language="vi", timezone=TIMEZONE),
        collector=CollectorSettings(http=HttpSettings(host="127.0.0.1", port=1), ledger="/x/ledger.db"),
        calendar=Calendar(
            holidays="VN",
            weekdays=(0, 1, 2, 3, 4),
            seasons=(
                Season(
                    start=(1, 1),
                    end=(12, 31),
                    hours=((time(7, 30), time(11, 30)), (time(13, 30), time(17, 0))),
                ),
            ),
        ),
        areas=(Area(id="district", name="Huyện"),),
        devices=tuple(devices),
        maintenance=tuple(maintenance),
        credentials=MappingProxyType({}),
    )


def uptimes(name: str, booted_ms: int, instants: Iterable[int]) -> list[tuple[str, Uptime]]:
    """Readings of sysUpTime at these instants."""
    return [
        (
            name,
            Uptime(
                source=UptimeSource.SYS_UPTIME,
                ticks=(ms - booted_ms) // 10 % 2**32,
                sent_ms=ms,
                at_ms=ms + 20,
                wraps=True,
            ),
        )
        for ms in instants
    ]


def make(
    path: Path,
    inventories: Mapping[int, Inventory],
    polls: Iterable[Evidence],
    *,
    read: Iterable[tuple[str, Uptime]] = (),
    beats: Iterable[int] = (),
) -> Path:
    """Write a ledger in one session, all in the order of time, and close it."""
    began_ms = min(inventories)
    store, restored = open_store(path, now_ms=began_ms, ledger_id="0" * 32)
    book = Book(Session(id="s1", started_ms=began_ms, version="1"), restored, ZONE)
    events: list[tuple[int, int, object]] = [(ms, 0, one) for ms, one in inventories.items()]
    events += [(one.sent_ms, 1, one) for one in polls]
    events += [(uptime.at_ms, 2, (name, uptime)) for name, uptime in read]
    events += [(ms, 3, ms) for ms in beats]
    for ms, _, event in sorted(events, key=lambda event: event[:2]):
        if isinstance(event, Inventory):
            book.revision(canonical_json(event), ms, ZONE)
        elif isinstance(event, Evidence):
            book.poll(event)
        elif isinstance(event, tuple):
            book.uptime(*event)
        else:
            book.heartbeat(ms)
    book.stop()
    store.write(book.take().rows.values())
    book.done()
    store.close()
    return path
