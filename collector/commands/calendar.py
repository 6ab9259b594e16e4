"""Opens what planned work is read from: inventory, ledger and register; or ends the command in words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn
from zoneinfo import ZoneInfo

import typer

from collector.clock import LedgerClock
from collector.commands.loading import accepted
from collector.commands.meant import others
from collector.exits import Exit
from collector.inventory.values import Inventory
from collector.ledger.errors import LedgerError
from collector.ledger.reader import LedgerReader
from collector.planning.announced import Announced, announced
from collector.planning.revisions import revisions_of
from collector.planning.standing import (
    InventoryRevision,
    Standing,
    inventory_standings,
    register_standings,
)
from collector.register.access import open_if_there


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarInUse:
    """The one calendar of a ledger. `inventory` is the file's; of a simulated ledger it is the ledger's own.

    `now_ms` is the present, of a simulated ledger its last instant. `ledger_there` is False before the first
    start of a collector. `last_entry` is the number of the register's last entry.
    """

    path: Path
    ledger: Path
    ledger_there: bool
    simulated: bool
    inventory: Inventory
    now_ms: int
    revisions: tuple[InventoryRevision, ...]
    entered: tuple[Announced, ...]
    last_entry: int

    @property
    def zone(self) -> ZoneInfo:
        """The time zone that local times are in."""
        return ZoneInfo(self.inventory.organisation.timezone)

    @property
    def began_ms(self) -> int:
        """When the first inventory was in use; now, if none ever was."""
        return self.revisions[0][0] if self.revisions else self.now_ms

    @property
    def standings(self) -> tuple[Standing, ...]:
        """All windows, of all revisions and of the register."""
        timezone = self.inventory.organisation.timezone
        return (*inventory_standings(self.revisions), *register_standings(self.entered, timezone))

    @property
    def ids(self) -> frozenset[str]:
        """The names that windows have or had."""
        named = {one.window.id for one in self.standings}
        return frozenset(named | {window.id for window in self.inventory.maintenance})


def calendar_in_use(path: Path, ledger: Path | None) -> CalendarInUse:
    """Read the calendar; typer.Exit with the reason on standard error if it cannot be read."""
    inventory = accepted(path).inventory
    file = ledger or Path(inventory.collector.ledger)
    now_ms = LedgerClock().now_ms()
    if ledger is None and not file.exists():
        return CalendarInUse(
            path=path,
            ledger=file,
            ledger_there=False,
            simulated=False,
            inventory=inventory,
            now_ms=now_ms,
            revisions=(),
            entered=(),
            last_entry=0,
        )
    with ledger_errors(), LedgerReader(file) as reader:
        meta, revisions = reader.meta(), revisions_of(reader)
        if meta.simulated:
            now_ms = reader.latest_ms()
            inventory = revisions[-1][1] if revisions else inventory
        register = open_if_there(file, meta.ledger_id)
        entries = []
        if register is not None:
            with register:
                entries = list(register.entries())
    zone = ZoneInfo(inventory.organisation.timezone)
    return CalendarInUse(
        path=path,
        ledger=file,
        ledger_there=True,
        simulated=meta.simulated,
        inventory=inventory,
        now_ms=now_ms,
        revisions=revisions,
        entered=announced(entries, zone),
        last_entry=len(entries),
    )


@contextmanager
def ledger_errors() -> Iterator[None]:
    """End the command with exit code 5 and the error's own words."""
    try:
        yield
    except LedgerError as error:
        fail(str(error), Exit.LEDGER)


def fail(message: str, code: Exit) -> NoReturn:
    """End the command with a message on standard error."""
    typer.echo(f"haidang: {message}", err=True)
    raise typer.Exit(code)


def must_know(calendar: CalendarInUse, devices: tuple[str, ...], areas: tuple[str, ...]) -> None:
    """End the command if the inventory lacks a device or an area, and name what may be meant."""
    for kind, names, known in (
        ("device", devices, [device.id for device in calendar.inventory.devices]),
        ("area", areas, [area.id for area in calendar.inventory.areas]),
    ):
        for name in names:
            if name not in known:
                meant = others(name, known) if known else f"it has no {kind}s"
                fail(f"{calendar.path} has no {kind} {name!r}; {meant}", Exit.NO_DEVICE)
