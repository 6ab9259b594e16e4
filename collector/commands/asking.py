"""What commands that show figures have in common: which ledger, which period, which devices."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from collector.commands.loading import accepted
from collector.commands.meant import others
from collector.exits import Exit
from collector.figures.compute import Computed, compute
from collector.figures.errors import FiguresError
from collector.figures.gather import Decided
from collector.figures.history import InventoryHistory
from collector.figures.period import Period, days_period, month_at, month_period
from collector.figures.values import DeviceFigures, PeriodFigures
from collector.inventory.values import Inventory
from collector.ledger.errors import LedgerError
from collector.ledger.reader import LedgerReader
from collector.register.access import open_if_there

MonthOption = Annotated[str, typer.Option("--month", help="A reporting period, as 2026-10.")]
FirstOption = Annotated[str, typer.Option("--from", help="The first local day, as 2026-10-05.")]
LastOption = Annotated[str, typer.Option("--to", help="The last local day; the first one without it.")]
AreaOption = Annotated[str, typer.Option("--area", help="Only the devices of this area.")]
RoleOption = Annotated[str, typer.Option("--role", help="Only the devices of this role.")]
JsonOption = Annotated[bool, typer.Option("--json", help="For programs: everything, whatever is chosen.")]
CsvOption = Annotated[bool, typer.Option("--csv", help="For spreadsheets.")]

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which figures are asked for. Without month and days: the running period, or the ledger's last."""

    inventory: Path
    ledger: Path | None
    month: str = ""
    first: str = ""
    last: str = ""
    today: bool = False


def computed(asked: Asked) -> Computed:
    """Return the figures; typer.Exit, with the reason on standard error, if there are none."""
    if asked.month and (asked.first or asked.last):
        raise typer.BadParameter("choose --month or --from and --to, not both")
    if asked.last and not asked.first:
        raise typer.BadParameter("--to needs --from")
    settings = None if asked.ledger is not None else accepted(asked.inventory).inventory
    try:
        path = Path(settings.collector.ledger) if settings is not None else asked.ledger
        assert path is not None  # noqa: S101 - one of the two is there
        with LedgerReader(path) as reader:
            meta = reader.meta()
            known = settings or InventoryHistory(reader).last()
            # A laboratory's months lie where they lie, also in the future.
            ends_with_it = meta.simulated or asked.today
            now_ms = reader.latest_ms() if ends_with_it else max(reader.latest_ms(), _now_ms())
            period = _period(asked, known, now_ms=now_ms, latest_ms=reader.latest_ms())
            register = open_if_there(path, meta.ledger_id)
            if register is None:
                return compute(reader, period, now_ms=now_ms)
            with register:
                decided = Decided(entries=tuple(register.entries()))
            return compute(reader, period, decided=decided, now_ms=now_ms)
    except FiguresError as error:
        fail(str(error), Exit.NO_FIGURES)
    except LedgerError as error:
        fail(str(error), Exit.LEDGER)


def chosen(figures: PeriodFigures, *, device: str, area: str, role: str) -> Sequence[DeviceFigures]:
    """Return the devices that were asked for; typer.Exit if there is no such device, area or role."""
    found = figures.devices
    for word, wanted, known in (
        ("device", device, [one.device for one in found]),
        ("area", area, sorted({one.area for one in found if one.area is not None})),
        ("role", role, sorted({one.role for one in found})),
    ):
        if wanted and wanted not in known:
            fail(f"{figures.name} has no {word} {wanted!r}; {others(wanted, known)}", Exit.NO_DEVICE)
    return [
        one
        for one in found
        if (not device or one.device == device)
        and (not area or one.area == area)
        and (not role or one.role == role)
    ]


def fail(message: str, code: Exit) -> NoReturn:
    """End the command with a sentence on standard error."""
    typer.echo(f"haidang: {message}", err=True)
    raise typer.Exit(code)


def _period(asked: Asked, known: Inventory, *, now_ms: int, latest_ms: int) -> Period:
    zone, kind = known.organisation.timezone, known.report.period
    try:
        if asked.first:
            first = _day("--from", asked.first)
            return days_period(first, _day("--to", asked.last) if asked.last else first, zone)
        if asked.month:
            return month_period(asked.month, kind, zone)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    if asked.today:
        running = month_at(latest_ms, kind, zone)
        days = (days_period(day, day, zone) for day in reversed(running.days))
        return next(day for day in days if day.start_ms < latest_ms)
    # Its last instant may be the first of a period that has no evidence yet.
    return month_at(min(now_ms, latest_ms) - 1, kind, zone)


def _day(option: str, text: str) -> date:
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise ValueError(f"{option} {text}: write a day as 2026-10-05")


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
