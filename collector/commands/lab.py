"""`haidang lab`: a simulated province on loopback addresses, and what can be done to it."""

from __future__ import annotations

import inspect
import json
import logging
import os
import sys
from collections.abc import Callable
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Annotated, Any, NoReturn, get_args, get_type_hints

import typer

from collector.commands.options import InventoryOption
from collector.exits import Exit
from lab.control import ControlError, NoLabError, send
from lab.faults import KINDS, Fault

INVENTORY = Path("inventory.yaml")
_PLACE = typer.Argument(help="The id of a place: haidang lab list shows them.", show_default=False)
_JSON = typer.Option("--json", help="For programs.")

lab = typer.Typer(
    help="A simulated province on loopback addresses: what ./run shows beside this machine.\n\n"
    "Its devices answer SNMP v2c and v3, its servers SSH too. Cut, mute, slow or restart any of them and see "
    "what the collector makes of it; every fault is written to a truth log with its exact instant.\n\n"
    "Each command's help has its exit codes; docs/lab.md has the whole of it.",
    no_args_is_help=True,
)


@lab.command()
def serve(
    inventory: InventoryOption = INVENTORY,
    *,
    fleet: Annotated[
        int | None, typer.Option(help="A fleet of so many devices for load tests, not the province.")
    ] = None,
    interfaces: Annotated[int, typer.Option(help="How many interfaces a site of the fleet has.")] = 24,
) -> None:
    """Answer for the inventory's devices that are the lab's, until Ctrl-C. haidang up does this by itself.

    Its files are in `var/lab` beside the inventory: the truth log, the servers' spools, the socket.

    Exit codes: 0 stopped, 3 the inventory has mistakes, 4 it cannot be read, 10 the lab cannot be started.
    """
    from collector.commands.loading import accepted  # noqa: PLC0415 - start-up of other commands
    from lab import province, start  # noqa: PLC0415
    from lab.sites import SiteError  # noqa: PLC0415

    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(message)s")
    loaded = accepted(inventory).inventory
    wanted = start.Wanted(
        province=province.reference() if fleet is None else province.fleet(fleet, interfaces=interfaces),
        inventory=loaded,
        folder=_folder(inventory),
        environ=os.environ,
    )
    try:
        start.serve(wanted)
    except (start.LabError, SiteError, ControlError) as error:
        _fail(str(error), Exit.STACK)


@lab.command()
def restore(
    place: Annotated[str | None, typer.Argument(help="The id of a place; none: the whole province.")] = None,
    *,
    kind: Annotated[str | None, typer.Option(help="Only this kind, such as cut or power_off.")] = None,
    inventory: InventoryOption = INVENTORY,
    as_json: Annotated[bool, _JSON] = False,
) -> None:
    """End what lasts of a place's faults, or of everybody's. Whoever has lost its power boots now.

    Exit codes: 0 done, 12 no lab runs, or it refused.
    """
    told = _order(inventory, {"order": "restore", "target": place, "kind": kind})
    if as_json:
        _print_json(told)
        return
    for fault in told["restored"]:
        typer.echo(f"{fault['target']}: {fault['fault']} is over")
    _tell_changed(told, "place" if place is None else "other place")


@lab.command("power-on")
def power_on(
    place: Annotated[str, _PLACE],
    *,
    inventory: InventoryOption = INVENTORY,
    as_json: Annotated[bool, _JSON] = False,
) -> None:
    """Give a place its power back: it boots and answers after a while.

    Exit codes: 0 done, 12 no lab runs, or it refused.
    """
    restore(place, kind="power_off", inventory=inventory, as_json=as_json)


@lab.command()
def scenario(
    file: Annotated[Path, typer.Argument(help="A TOML file; docs/lab.md says how one is written.")],
    *,
    inventory: InventoryOption = INVENTORY,
    as_json: Annotated[bool, _JSON] = False,
) -> None:
    """Let happen what a file says, from now on. A file with a mistake changes nothing.

    Exit codes: 0 done, 11 the file has a mistake or cannot be read, 12 no lab runs.
    """
    from lab.scenario import ScenarioError, read_text  # noqa: PLC0415 - start-up of other commands

    try:
        text = read_text(file)
    except ScenarioError as error:
        _fail(str(error), Exit.SCENARIO)
    order = {"order": "scenario", "text": text, "name": str(file)}
    told = _order(inventory, order, refused=Exit.SCENARIO)
    if as_json:
        _print_json(told)
        return
    minutes = (told["until_ms"] - told["at_ms"]) / 60_000
    typer.echo(
        f"{told['deeds']} things will happen within {minutes:.1f} minutes; haidang lab status shows them"
    )


@lab.command()
def status(*, inventory: InventoryOption = INVENTORY, as_json: Annotated[bool, _JSON] = False) -> None:
    """Show how many places are in which true state, and which faults last.

    Exit codes: 0 done, 12 no lab runs, or it refused.
    """
    told = _order(inventory, {"order": "status"})
    if as_json:
        _print_json(told)
        return
    states = ", ".join(f"{number} {state}" for state, number in told["states"].items())
    typer.echo(f"{told['places']} places: {states}")
    for fault in told["faults"]:
        typer.echo(f"  {fault['target']}: {_described(fault)}")
    for one, wrong in told["sites"].items():
        typer.echo(f"  site {one}: {wrong or 'as it should be'}")
    if told["scenario"]:
        wait_s = max(0.0, (told["scenario"]["next_ms"] - told["at_ms"]) / 1000)
        typer.echo(f"scenario: {told['scenario']['pending']} to come, the next in {wait_s:.0f} s")
    typer.echo(
        "silence: devices that are cut off answer nothing, not even a ping"
        if told["silence"]
        else "silence: not here (it needs root): pings are answered even by devices that are cut off"
    )
    if told["problem"]:
        typer.echo(f"silence fails: {told['problem']}")
    typer.echo(f"truth: {told['truth']}")


@lab.command()
def site(
    site: Annotated[str, typer.Argument(help="portal or eoffice: the services of the same ids.")],
    fault: Annotated[
        str, typer.Argument(help="error, slow, wrong-page, expired (its certificate) or closed; ok heals it.")
    ],
    *,
    inventory: InventoryOption = INVENTORY,
    as_json: Annotated[bool, _JSON] = False,
) -> None:
    """Let something be wrong with a web site of the lab, or make it whole again.

    Exit codes: 0 done, 12 no lab runs, or it refused.
    """
    told = _order(inventory, {"order": "site", "site": site, "fault": None if fault == "ok" else fault})
    if as_json:
        _print_json(told)
    elif told["fault"] is None:
        typer.echo(f"{site}: whole again")
    else:
        typer.echo(f"{site}: {told['fault']}\nuntil: haidang lab site {site} ok")


@lab.command("list")
def list_places(
    *,
    area: Annotated[str | None, typer.Option(help="Only the places of this area.")] = None,
    faulty: Annotated[bool, typer.Option("--faulty", help="Only what is not up or has a fault.")] = False,
    inventory: InventoryOption = INVENTORY,
    as_json: Annotated[bool, _JSON] = False,
) -> None:
    """Show the places with their true state and their faults.

    Exit codes: 0 done, 12 no lab runs, or it refused.
    """
    from rich.console import Console  # noqa: PLC0415 - start-up of other commands
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    told = _order(inventory, {"order": "list"})
    places = [
        place
        for place in told["places"]
        if area in (None, place["area"]) and (not faulty or place["state"] != "up" or place["faults"])
    ]
    if as_json:
        _print_json(told | {"places": places})
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("place", "name", "area", "state", "faults"):
        table.add_column(title)
    for place in places:
        described = ", ".join(_described(fault) for fault in place["faults"])
        table.add_row(*map(Text, (place["id"], place["name"], place["area"], place["state"], described)))
    Console().print(table)


def _fault_command(fault: type[Fault]) -> Callable[..., None]:
    """Return the command that applies one kind of fault: an option for each of its parameters."""
    given = [field for field in fields(fault) if field.name != "target"]
    hints = get_type_hints(fault)

    def command(place: str, inventory: Path, as_json: bool, **parameters: Any) -> None:
        order = {"order": "apply", "kind": fault.kind, "target": place, "parameters": parameters}
        told = _order(inventory, order)
        if as_json:
            _print_json(told)
            return
        typer.echo(f"{place}: {_described(told)}; its true state is {told['state']}")
        _tell_changed(told, "other place")
        if fault.lasts:
            typer.echo(f"until: haidang lab restore {place}")

    options = [
        inspect.Parameter(
            field.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=... if field.default is MISSING else field.default,
            annotation=Annotated[_optional(hints[field.name]), typer.Option()],
        )
        for field in given
    ]
    command.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter(
                "place", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Annotated[str, _PLACE]
            ),
            *options,
            inspect.Parameter(
                "inventory", inspect.Parameter.KEYWORD_ONLY, default=INVENTORY, annotation=InventoryOption
            ),
            inspect.Parameter(
                "as_json", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=Annotated[bool, _JSON]
            ),
        ]
    )
    command.__doc__ = f"{fault.__doc__}\n\nExit codes: 0 done, 12 no lab runs, or it refused."
    return command


def _optional(hint: Any) -> Any:
    """Return the option's type; one that may be None is not required."""
    kinds = [kind for kind in get_args(hint) if kind is not type(None)]
    return kinds[0] | None if kinds else hint


for _kind, _fault in KINDS.items():
    lab.command(_kind.replace("_", "-"))(_fault_command(_fault))


def _described(fault: dict[str, Any]) -> str:
    shown = [f"{name} {value}" for name, value in fault["parameters"].items() if value is not None]
    return f"{fault['fault']}{' (' + ', '.join(shown) + ')' if shown else ''}"


def _tell_changed(told: dict[str, Any], who: str) -> None:
    for state, number in told["others"].items():
        typer.echo(f"{number} {who}{'s are' if number > 1 else ' is'} now {state}")


def _folder(inventory: Path) -> Path:
    return inventory.absolute().parent / "var" / "lab"


def _order(inventory: Path, order: dict[str, Any], *, refused: Exit = Exit.LAB) -> dict[str, Any]:
    try:
        return send(_folder(inventory) / "control", order)
    except NoLabError as error:
        _fail(str(error), Exit.LAB)
    except ControlError as error:
        _fail(str(error), refused)


def _print_json(told: dict[str, Any]) -> None:
    typer.echo(json.dumps(told, ensure_ascii=False))


def _fail(message: str, code: Exit) -> NoReturn:
    typer.echo(f"haidang: {message}", err=True)
    raise typer.Exit(code)
