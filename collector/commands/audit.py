"""`haidang audit`: who decided what and when, from the register, its chain of hashes checked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from collector.commands.options import AuthorOption, InventoryOption, LedgerOption
from collector.exits import Exit
from collector.register.entries import Kind

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from collector.register.entries import Entry


def audit(
    *,
    inventory: InventoryOption = Path("inventory.yaml"),
    ledger: LedgerOption = None,
    since: Annotated[
        str, typer.Option(help="Only what was decided from this local day on, as 2026-10-05.")
    ] = "",
    kind: Annotated[Kind | None, typer.Option(help="Only entries of this kind.", show_default=False)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs: one JSON array.")] = False,
    clock_is_right: Annotated[
        str,
        typer.Option(help="Why: first put on record that this machine's clock is right.", show_default=False),
    ] = "",
    author: AuthorOption = "",
) -> None:
    """Show who decided what and when: maintenance, annotations, closed months, evidence removed.

    The register can only be added to, and each entry carries a hash over all before it. The whole chain is
    checked each time; where it breaks, the entry is named and nothing is shown after it. With --ledger no
    inventory is needed: times are in the time zone of the ledger's own.

    Exit codes: 0 shown, 2 wrong usage, 3 the inventory has mistakes, 4 it cannot be read, 5 the ledger or its
    register cannot be read, or the chain is broken.
    """
    from collector.ledger.errors import LedgerError  # noqa: PLC0415 - start-up of other commands
    from collector.register.access import open_beside  # noqa: PLC0415
    from collector.register.errors import RegisterMissingError  # noqa: PLC0415

    path, timezone = _subject(inventory, ledger)
    from_ms = _from_ms(since, timezone)
    shown: list[Entry] = []
    try:
        if clock_is_right.strip():
            _state(path, clock_is_right.strip(), author)
        with open_beside(path) as register:
            # One by one: what stands before a break of the chain is sound, and is shown.
            for entry in register.entries(kind):
                shown += [entry] if entry.at_ms >= from_ms else []
    except RegisterMissingError as error:
        typer.echo(f"haidang: {error}", err=True)
    except LedgerError as error:
        _show(shown, timezone, as_json=as_json)
        typer.echo(f"haidang: {error}", err=True)
        raise typer.Exit(Exit.LEDGER) from None
    _show(shown, timezone, as_json=as_json)


def _subject(inventory: Path, ledger: Path | None) -> tuple[Path, ZoneInfo]:
    """Return which ledger, and its time zone; for a ledger that is named no inventory file is needed."""
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - start-up of other commands

    from collector.commands.loading import accepted  # noqa: PLC0415
    from collector.figures.errors import FiguresError  # noqa: PLC0415
    from collector.figures.history import InventoryHistory  # noqa: PLC0415
    from collector.ledger.errors import LedgerError  # noqa: PLC0415
    from collector.ledger.reader import LedgerReader  # noqa: PLC0415

    if ledger is None:
        found = accepted(inventory).inventory
        return Path(found.collector.ledger), ZoneInfo(found.organisation.timezone)
    try:
        with LedgerReader(ledger) as reader:
            return ledger, ZoneInfo(InventoryHistory(reader).last().organisation.timezone)
    except FiguresError:
        return ledger, ZoneInfo("UTC")
    except LedgerError as error:
        typer.echo(f"haidang: {error}", err=True)
        raise typer.Exit(Exit.LEDGER) from None


def _state(ledger: Path, reason: str, author: str) -> None:
    import os  # noqa: PLC0415 - start-up of other commands

    from collector.clock import LedgerClock  # noqa: PLC0415
    from collector.register.access import author_of, open_beside  # noqa: PLC0415
    from collector.register.entries import ClockStated  # noqa: PLC0415

    now_ms = LedgerClock().now_ms()
    with open_beside(ledger, create=now_ms) as register:
        register.append(author_of(author, os.environ), ClockStated(reason=reason), now_ms)


def _show(entries: list[Entry], timezone: ZoneInfo, *, as_json: bool) -> None:
    from collector.register import telling  # noqa: PLC0415 - start-up of other commands

    if as_json:
        values = [telling.as_json(entry) for entry in entries]
        typer.echo(json.dumps(values, ensure_ascii=False, indent=1))
        return
    for entry in entries:
        when = telling.instant(entry.at_ms, timezone)
        typer.echo(f"{entry.number:>5}  {when}  {entry.author}  {telling.sentence(entry, timezone)}")


def _from_ms(since: str, timezone: ZoneInfo) -> int:
    from datetime import date  # noqa: PLC0415

    from collector.ledger.days import midnight_ms  # noqa: PLC0415

    if not since:
        return 0
    try:
        return midnight_ms(date.fromisoformat(since), timezone)
    except ValueError:
        raise typer.BadParameter(
            f"{since!r} is no day; write it as 2026-10-05", param_hint="--since"
        ) from None
