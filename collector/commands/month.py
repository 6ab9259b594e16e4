"""`haidang lab month`: fills a ledger with a simulated month of the province."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from collector.exits import Exit

if TYPE_CHECKING:
    from lab.month.chances import Chances
    from lab.month.wanted import Month
    from lab.place import Province

_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")
_SHORTEST_MS, _LONGEST_MS = 10_000, 3_600_000
_DEADLINE_MS = 5_000
_DENSEST = 100.0
_HARD_OUTAGES, _HARD_ABSENCES, _WHOLE_DAYS = 1_200, 200, 31


def month(
    which: Annotated[str, typer.Argument(metavar="MONTH", help="Such as 2026-10.", show_default=False)],
    *,
    ledger: Annotated[Path, typer.Option(help="The ledger to make; it must not exist.", show_default=False)],
    seed: Annotated[int, typer.Option(help="The same seed makes the same month, to the byte.")] = 1,
    truth: Annotated[
        Path | None,
        typer.Option(help="Where to write what truly happened.", show_default="LEDGER.truth.jsonl"),
    ] = None,
    interval: Annotated[str, typer.Option(help="How often a device is polled.")] = "10m",
    days: Annotated[int | None, typer.Option(help="Only the first so many days.", min=1, max=31)] = None,
    areas: Annotated[
        str | None, typer.Option(help="Only these areas, such as dc,vu-thu.", show_default=False)
    ] = None,
    density: Annotated[
        float, typer.Option(help="How often something happens: 1 as a rule, 0 never.", min=0, max=_DENSEST)
    ] = 1.0,
    hard: Annotated[
        bool,
        typer.Option("--hard", help="At its hardest: 1,200 outages and 200 absences in 31 days."),
    ] = False,
    traffic: Annotated[
        bool, typer.Option(help="Without it no line is metered, and a month is made much faster.")
    ] = True,
    scenario: Annotated[
        Path | None,
        typer.Option(help="Let happen what this file says, and nothing else.", show_default=False),
    ] = None,
) -> None:
    """Simulate a month of the province in some minutes, and keep it in a ledger of its own.

    The collector's own schedule, live states, traffic figures and ledger run on virtual time; what the
    devices answer is made up, faults, absences of the collector and planned work included. The ledger says in
    itself that it is simulated, and haidang run refuses it.

    Exit codes: 0 made, 2 the month cannot be such, 5 a file cannot be made, 11 the scenario.
    """
    from rich.console import Console  # noqa: PLC0415 - start-up of other commands
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    from collector.ledger.errors import LedgerError  # noqa: PLC0415
    from lab.faults import Fault  # noqa: PLC0415
    from lab.month.make import make, must_be_new  # noqa: PLC0415

    wanted = _month(which, seed=seed, interval=interval, days=days, areas=areas)
    if scenario is not None:
        chances = _of_scenario(scenario, wanted)
    else:
        chances = _hard(wanted) if hard else _chances(wanted, density)
    wanted = replace(wanted, chances=chances, traffic=traffic)
    told = truth or ledger.with_name(ledger.name + ".truth.jsonl")
    columns = (
        TextColumn("simulating"),
        BarColumn(),
        TextColumn("{task.percentage:.0f} %"),
        TimeRemainingColumn(),
    )
    try:
        must_be_new(ledger, told)
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("", total=1.0)
            done = make(wanted, ledger, told, progress=lambda share: bar.update(task, completed=share))
    except LedgerError as error:
        _fail(str(error), Exit.LEDGER)
    faults = sum(isinstance(deed.do, Fault) for deed in chances.deeds)
    typer.echo(
        f"{ledger}: simulated, {len(wanted.province.places)} devices, {wanted.days} days, "
        f"{done.polls} polls; faults: {faults}, starts of the collector: {done.sessions}"
    )
    typer.echo(f"{told}: what truly happened")


def _month(which: str, *, seed: int, interval: str, days: int | None, areas: str | None) -> Month:
    """Return what is to be simulated; typer.Exit with the reason if it cannot be."""
    from collector.inventory.fields.error import FieldError  # noqa: PLC0415 - start-up of other commands
    from collector.inventory.fields.units import duration_ms  # noqa: PLC0415
    from lab.month.chances import Chances  # noqa: PLC0415
    from lab.month.make import days_of  # noqa: PLC0415
    from lab.month.wanted import Month  # noqa: PLC0415

    found = _MONTH.fullmatch(which)
    if found is None:
        _fail(f"{which} is no month; write it as 2026-10", Exit.USAGE)
    try:
        interval_ms = duration_ms(interval)
    except FieldError as error:
        _fail(f"--interval: {error.message}; {error.advice}", Exit.USAGE)
    if not _SHORTEST_MS <= interval_ms <= _LONGEST_MS:
        _fail(f"--interval: {interval} is not between 10s and 1h", Exit.USAGE)
    first_day, length = days_of(int(found[1]), int(found[2]))
    return Month(
        province=_province(areas),
        chances=Chances(deeds=(), own=()),
        seed=seed,
        first_day=first_day,
        days=min(length, days or length),
        interval_ms=interval_ms,
        deadline_ms=min(_DEADLINE_MS, interval_ms // 2),
    )


def _chances(wanted: Month, density: float) -> Chances:
    from lab.month.chances import drawn  # noqa: PLC0415 - start-up of other commands

    return drawn(
        wanted.province, seed=wanted.seed, from_ms=wanted.from_ms, to_ms=wanted.to_ms, density=density
    )


def _hard(wanted: Month) -> Chances:
    from lab.month.hard import hard  # noqa: PLC0415 - start-up of other commands

    return hard(
        wanted.province,
        seed=wanted.seed,
        from_ms=wanted.from_ms,
        to_ms=wanted.to_ms,
        outages=max(1, round(_HARD_OUTAGES * wanted.days / _WHOLE_DAYS)),
        absences=max(1, round(_HARD_ABSENCES * wanted.days / _WHOLE_DAYS)),
    )


def _province(areas: str | None) -> Province:
    from lab.province import reference  # noqa: PLC0415 - start-up of other commands

    province = reference()
    if areas is None:
        return province
    wanted = {area.strip() for area in areas.split(",")}
    known = [area.id for area in province.areas]
    unknown = sorted(wanted.difference(known))
    if unknown:
        _fail(f'--areas: there is no area "{unknown[0]}"; there are {", ".join(known)}', Exit.USAGE)
    return province.only(frozenset(wanted))


def _of_scenario(path: Path, wanted: Month) -> Chances:
    from lab.month.chances import Chances  # noqa: PLC0415 - start-up of other commands
    from lab.scenario import ScenarioError, load  # noqa: PLC0415

    try:
        deeds = load(path).plan(wanted.province, wanted.from_ms)
    except ScenarioError as error:
        _fail(str(error), Exit.SCENARIO)
    return Chances(deeds=deeds, own=())


def _fail(message: str, code: Exit) -> NoReturn:
    typer.echo(f"haidang: {message}", err=True)
    raise typer.Exit(code)
