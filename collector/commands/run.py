"""`haidang run`: the collector itself, in the foreground, until it is told to stop."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from collector.commands.options import InventoryOption
from collector.exits import Exit
from collector.inventory.values import Probe

if TYPE_CHECKING:
    from collector.inventory.values import HttpSettings


def run(
    inventory: InventoryOption = Path("inventory.yaml"),
    *,
    listen: Annotated[
        str | None,
        typer.Option(help="ADDRESS:PORT for /metrics, instead of the inventory's collector.listen."),
    ] = None,
    reachability: Annotated[
        Probe | None,
        typer.Option(
            help="The one check that tells whether a device is there, at all devices that have it, whatever "
            "the inventory says: for a lab on loopback, where every ping is answered.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Watch the devices of the inventory: poll, keep the ledger, serve /metrics.

    Reload the inventory with SIGHUP or POST /-/reload; stop with SIGTERM or Ctrl-C.

    Exit codes: 0 stopped, 3 the inventory has mistakes, 4 it cannot be read, 5 the ledger cannot be used,
    6 the address for /metrics cannot be had, 7 a secret of the collector's own cannot be had.
    """
    from collector.commands.loading import accepted  # noqa: PLC0415 - start-up of other commands

    loaded = accepted(inventory)
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(message)s")
    for warning in loaded.warnings:
        logging.getLogger(__name__).warning("%s", warning)
    address = None if listen is None else _address(listen, loaded.inventory.collector.http)
    # The ledger and its log say much about a network: the group may read them, nobody else.
    os.umask(0o027 | os.umask(0o077))

    from collector.app import Collector  # noqa: PLC0415 - needs the whole collector
    from collector.expose.http import AddressError  # noqa: PLC0415
    from collector.inventory.secrets import SecretError  # noqa: PLC0415
    from collector.ledger.errors import LedgerError  # noqa: PLC0415

    async def collect() -> None:
        await Collector(inventory, loaded, environ=os.environ, listen=address, judged_by=reachability).run()

    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(collect())
    except LedgerError as error:
        _fail(str(error), Exit.LEDGER)
    except SecretError as error:
        _fail(str(error), Exit.SECRET)
    except AddressError as error:
        _fail(f"{error}; is another collector running there?", Exit.ADDRESS)


def _loop_factory() -> type[asyncio.AbstractEventLoop] | None:
    try:
        import uvloop  # noqa: PLC0415 - it is not there on every platform
    except ImportError:
        return None
    return uvloop.Loop


def _address(text: str, http: HttpSettings) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    host = host.strip("[]")
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        address = None
    if address is None or not port.isdecimal() or not 0 < int(port) < 65_536:
        raise typer.BadParameter(
            f"{text!r} is not ADDRESS:PORT, such as 127.0.0.1:10286", param_hint="--listen"
        )
    # What the inventory may not say, an option may not say either.
    if not address.is_loopback and (http.tls_certificate is None or http.password is None):
        raise typer.BadParameter(
            f"{host} can be reached by others; that needs tls and basic_auth in the inventory",
            param_hint="--listen",
        )
    return host, int(port)


def _fail(message: str, code: Exit) -> NoReturn:
    typer.echo(f"haidang: {message}", err=True)
    raise typer.Exit(code)
