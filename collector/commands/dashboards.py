"""`haidang dashboards push` and `diff`: the generated dashboards into a Grafana, through its HTTP API."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from collector.commands.options import InventoryOption
from collector.exits import Exit

if TYPE_CHECKING:
    from typing import Any

    from collector.inventory.values import Inventory
    from dashboards.push.compare import Change

dashboards = typer.Typer(name="dashboards", no_args_is_help=True)

UrlOption = Annotated[
    str, typer.Option("--grafana", help="Grafana's address, such as https://grafana.example/.")
]
TokenOption = Annotated[
    str, typer.Option("--token", help="Where the token is: file:PATH, env:NAME or credential:NAME.")
]
PrometheusOption = Annotated[
    str, typer.Option("--prometheus", help="The address at which Grafana reaches Prometheus.")
]
CaOption = Annotated[
    Path | None, typer.Option("--ca", help="A file of authorities that Grafana's certificate is from.")
]
LanguageOption = Annotated[
    str | None, typer.Option("--language", help="vi or en; by default the inventory's.", show_default=False)
]
_HERE, _TOKEN, _PROMETHEUS = "http://127.0.0.1:3000/", "env:GRAFANA_TOKEN", "http://127.0.0.1:9090"


@dashboards.command(short_help="Make a Grafana have data source, folder and dashboards.")
def push(
    *,
    url: UrlOption = _HERE,
    token: TokenOption = _TOKEN,
    prometheus: PrometheusOption = _PROMETHEUS,
    ca: CaOption = None,
    language: LanguageOption = None,
    inventory: InventoryOption = Path("inventory.yaml"),
) -> None:
    """Make a Grafana of 9.4 or later have the data source, the folder and the dashboards.

    What is already so is left alone: pushing twice changes nothing. The token is one of a service account
    with the role Admin.

    Exit codes: 0 done, 2 wrong usage, 3 the inventory has mistakes, 4 it cannot be read, 7 the token cannot
    be had, 30 Grafana cannot be reached or used so.
    """
    from dashboards.push.compare import Action  # noqa: PLC0415 - start-up of other commands

    found, chosen = _chosen(inventory, language)
    changes = _asked(url, _revealed(token), _believed(ca), _wanted(prometheus, found, chosen), changing=True)
    changed = sum(one.action is not Action.SAME for one in changes)
    typer.echo(f"{changed} changed" if changed else "nothing to change")


@dashboards.command(short_help="Show what a push would change in a Grafana.")
def diff(
    *,
    url: UrlOption = _HERE,
    token: TokenOption = _TOKEN,
    prometheus: PrometheusOption = _PROMETHEUS,
    ca: CaOption = None,
    language: LanguageOption = None,
    inventory: InventoryOption = Path("inventory.yaml"),
) -> None:
    """Show what a push would change in a Grafana; nothing is changed.

    Exit codes: 0 nothing, 2 wrong usage, 3 the inventory has mistakes, 4 it cannot be read, 7 the token
    cannot be had, 30 Grafana cannot be reached or used so, 31 something would change.
    """
    from dashboards.push.compare import Action  # noqa: PLC0415 - start-up of other commands

    found, chosen = _chosen(inventory, language)
    changes = _asked(url, _revealed(token), _believed(ca), _wanted(prometheus, found, chosen), changing=False)
    if any(one.action is not Action.SAME for one in changes):
        raise typer.Exit(Exit.DIFFERENT)


def _asked(
    url: str,
    token: str,
    ca: str | None,
    wanted: tuple[dict[str, Any], list[dict[str, Any]]],
    *,
    changing: bool,
) -> list[Change]:
    """Ask or change a Grafana, and tell of each thing as it goes."""
    from dashboards.push.compare import told  # noqa: PLC0415 - start-up of other commands
    from dashboards.push.grafana import Grafana, GrafanaError  # noqa: PLC0415

    changes = []
    try:
        with Grafana(url, token, ca=ca) as grafana:
            grafana.check()
            for one in grafana.push(*wanted) if changing else grafana.plan(*wanted):
                changes.append(one)
                typer.echo("\n".join(told(one)))
    except GrafanaError as error:
        _fail(str(error), Exit.GRAFANA)
    return changes


def _chosen(inventory: Path, language: str | None) -> tuple[Inventory, str]:
    from collector.commands.loading import accepted  # noqa: PLC0415 - start-up of other commands
    from dashboards.push.wanted import languages  # noqa: PLC0415

    found = accepted(inventory).inventory
    chosen = language or found.organisation.language
    if chosen not in languages():
        raise typer.BadParameter(
            f"{chosen!r} is not one of {', '.join(languages())}", param_hint="--language"
        )
    return found, chosen


def _wanted(
    prometheus: str, inventory: Inventory, language: str
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    from dashboards.push import wanted  # noqa: PLC0415 - start-up of other commands

    return wanted.data_source(prometheus, inventory), wanted.dashboards(language)


def _revealed(token: str) -> str:
    from collector.inventory.fields.error import FieldError  # noqa: PLC0415 - start-up of other commands
    from collector.inventory.fields.network import secret_ref  # noqa: PLC0415
    from collector.inventory.secrets import SecretError, SecretStore  # noqa: PLC0415

    try:
        reference = secret_ref(token)
        return SecretStore(Path.cwd(), os.environ).fetch(reference).reveal_text().strip()
    except FieldError as error:
        raise typer.BadParameter(str(error), param_hint="--token") from None
    except SecretError as error:
        _fail(str(error), Exit.SECRET)


def _believed(ca: Path | None) -> str | None:
    if ca is not None and not ca.is_file():
        raise typer.BadParameter(f"{ca}: there is no such file", param_hint="--ca")
    return None if ca is None else str(ca)


def _fail(message: str, code: Exit) -> NoReturn:
    typer.echo(f"haidang: {message}", err=True)
    raise typer.Exit(code)
