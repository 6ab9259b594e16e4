"""`haidang report MONTH`: the monthly report as DOCX, PDF, XLSX and JSON, from the ledger alone."""

from __future__ import annotations

import os
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from collector.commands.options import InventoryOption, LedgerOption
from collector.exits import Exit

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from collector.commands.progress import Progress
    from collector.inventory.values import Inventory
    from collector.report.fonts import Typeface
    from collector.report.gather import Wanted
    from collector.report.make import Format
    from collector.report.paper.section import Addition
    from collector.report.values import MonthlyReport

_LANGUAGES = ("vi", "en")
_LONGEST_NUMBER = 99_999


def report(
    month: Annotated[str, typer.Argument(help="The month, as 2026-10.", show_default=False)],
    *,
    inventory: InventoryOption = Path("inventory.yaml"),
    ledger: LedgerOption = None,
    lang: Annotated[
        str, typer.Option(help="vi or en; the inventory's organisation.language without it.")
    ] = "",
    draft: Annotated[
        bool, typer.Option("--draft", help="Before the month is closed: with a watermark, of what is known.")
    ] = False,
    formats: Annotated[
        str, typer.Option("--format", help="Which files, of docx, pdf, xlsx and json.")
    ] = "docx,pdf,xlsx,json",
    output: Annotated[Path, typer.Option("--output", "-o", help="The folder to write them to.")] = Path(),
    number: Annotated[
        int | None,
        typer.Option(min=1, max=_LONGEST_NUMBER, help="The document's number; blank without it."),
    ] = None,
    dated: Annotated[
        str, typer.Option("--date", help="The document's date, as 2026-11-03; blank without it.")
    ] = "",
) -> None:
    """Write the monthly report for the steering committee, in the form of decree 30/2020/NĐ-CP.

    All figures come from the ledger and its register: a closed month's as it was closed, so that the same
    month is the same file every time. What you write into report/2026-10.md beside the inventory (for
    English report/2026-10.en.md) is added to the sections it names.

    Exit codes: 0 written, 2 wrong usage, 3 the inventory has mistakes, 4 it cannot be read, 5 the ledger or
    its register cannot be used, 20 there are no figures for this period, 25 no report can be made: the month
    is open, the additions name no section, no typeface has all Vietnamese letters, no file can be written.
    """
    from concurrent.futures import BrokenExecutor  # noqa: PLC0415 - start-up of other commands

    from collector.commands.loading import accepted  # noqa: PLC0415
    from collector.commands.progress import Progress  # noqa: PLC0415
    from collector.report.side_by_side import side_by_side  # noqa: PLC0415

    wanted_formats = _formats(formats)
    found = accepted(inventory).inventory
    language = lang or found.organisation.language
    if language not in _LANGUAGES:
        raise typer.BadParameter(f"--lang {lang}: write vi or en")
    wanted = _wanted(month, found, draft=draft, number=number, dated=dated)
    additions = _additions(found.folder, month, language)
    typeface = _typeface(wanted_formats)
    progress = Progress()
    try:
        with side_by_side(len(os.sched_getaffinity(0))) as able:
            whole = _report(ledger or Path(found.collector.ledger), found, wanted, progress, able)
            _write(
                whole,
                output,
                language=language,
                formats=wanted_formats,
                typeface=typeface,
                additions=additions,
                progress=progress,
                able=able,
            )
    except BrokenExecutor:
        progress.end()
        _fail("a process that worked on it was killed, perhaps for want of memory: try one format at a time")


def _formats(given: str) -> tuple[Format, ...]:
    from collector.report.make import Format  # noqa: PLC0415 - start-up of other commands

    names = [name for name in given.replace(",", " ").split() if name]
    unknown = [name for name in names if name not in list(Format)]
    if unknown or not names:
        known = ", ".join(Format)
        raise typer.BadParameter(f"--format {given}: write some of {known}")
    return tuple(dict.fromkeys(Format(name) for name in names))


def _wanted(month: str, inventory: Inventory, *, draft: bool, number: int | None, dated: str) -> Wanted:
    from importlib.metadata import version  # noqa: PLC0415 - start-up of other commands

    from collector.figures.period import month_period  # noqa: PLC0415
    from collector.report.gather import Wanted  # noqa: PLC0415

    try:
        period = month_period(month, inventory.report.period, inventory.organisation.timezone)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    try:
        day = date.fromisoformat(dated) if dated else None
    except ValueError:
        raise typer.BadParameter(f"--date {dated}: write a day as 2026-11-03") from None
    return Wanted(
        period=period,
        now_ms=time.time_ns() // 1_000_000,
        draft=draft,
        software=version("haidang"),
        number=number,
        dated=day,
    )


def _additions(folder: Path, month: str, language: str) -> tuple[Addition, ...]:
    from collector.report.texts import TextError, additions  # noqa: PLC0415 - start-up of other commands

    file = folder / "report" / (f"{month}.md" if language == "vi" else f"{month}.{language}.md")
    other = folder / "report" / f"{month}.md"
    if not file.exists():
        if other.exists():
            typer.echo(
                f"haidang: {other} is in Vietnamese; write {file.name} beside it to add to this one", err=True
            )
        return ()
    try:
        return additions(file.read_text(encoding="utf-8-sig"), str(file))
    except TextError as error:
        _fail(str(error))
    except (OSError, UnicodeDecodeError) as error:
        _fail(f"{file} cannot be read: {error}")


def _typeface(formats: tuple[Format, ...]) -> Typeface | None:
    from collector.report.fonts import FontError, typeface  # noqa: PLC0415 - start-up of other commands

    if not any(one.on_paper for one in formats):
        return None
    try:
        return typeface()
    except FontError as error:
        _fail(str(error))


def _report(
    ledger: Path, inventory: Inventory, wanted: Wanted, progress: Progress, able: Executor
) -> MonthlyReport:
    from collector.closing.errors import ClosingError  # noqa: PLC0415 - start-up of other commands
    from collector.figures.errors import FiguresError  # noqa: PLC0415
    from collector.ledger.errors import LedgerError  # noqa: PLC0415
    from collector.ledger.reader import LedgerReader  # noqa: PLC0415
    from collector.register.access import open_if_there  # noqa: PLC0415
    from collector.report.gather import OpenMonthError, gather  # noqa: PLC0415
    from collector.report.model import monthly_report  # noqa: PLC0415

    try:
        with LedgerReader(ledger) as reader:
            register = open_if_there(ledger, reader.meta().ledger_id)
            entries = () if register is None else tuple(register.entries())
            return monthly_report(gather(reader, entries, inventory, wanted, progress, able=able))
    except (OpenMonthError, ClosingError) as error:
        _fail(str(error))
    except FiguresError as error:
        typer.echo(f"haidang: {error}", err=True)
        raise typer.Exit(Exit.NO_FIGURES) from None
    except LedgerError as error:
        typer.echo(f"haidang: {error}", err=True)
        raise typer.Exit(Exit.LEDGER) from None


def _write(
    report: MonthlyReport,
    output: Path,
    *,
    language: str,
    formats: tuple[Format, ...],
    typeface: Typeface | None,
    additions: tuple[Addition, ...],
    progress: Progress,
    able: Executor,
) -> None:
    from collector.report.make import make  # noqa: PLC0415 - start-up of other commands

    try:
        output.mkdir(parents=True, exist_ok=True)
        files = make(
            report,
            language=language,
            formats=formats,
            typeface=typeface,
            additions=additions,
            progress=progress,
            able=able,
        )
        written = []
        for made in files:
            # Whoever has the old file open never sees half a new one.
            part = output / f"{made.name}.part"
            part.write_bytes(made.content)
            part.replace(output / made.name)
            written.append(output / made.name)
    except OSError as error:
        _fail(f"the report cannot be written to {output}: {error.strerror}")
    progress.end()
    for path in written:
        typer.echo(str(path))


def _fail(message: str) -> NoReturn:
    typer.echo(f"haidang: {message}", err=True)
    raise typer.Exit(Exit.REPORT)
