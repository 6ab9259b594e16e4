"""`haidang alerts`: writes what Prometheus and Alertmanager need, tries it, says why a device alerts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from collector.commands.meant import others
from collector.commands.options import InventoryOption
from collector.exits import Exit

alerts = typer.Typer(no_args_is_help=True, help="Alerts: configuration, test messages, explanations.")

UrlOption = Annotated[str, typer.Option(help="Another address than the inventory's.")]


@alerts.command(short_help="Write the files for Prometheus, Alertmanager, switch and relay.")
def write(
    folder: Annotated[Path, typer.Argument(help="Where to put them; made if it is not there.")],
    *,
    inventory: InventoryOption = Path("inventory.yaml"),
) -> None:
    """Write alertmanager.yml, its templates, the rules, and the files of dead man's switch and SMS relay.

    What may hold a secret gets mode 600. Turns and office hours are written 400 days ahead: run it again
    after a change of the inventory, and at least once a year.

    Exit codes: 0 written, 2 wrong usage, 3 the inventory has mistakes, 4 it cannot be read, 7 a secret
    cannot be had, 21 the folder cannot be written.
    """
    import os  # noqa: PLC0415 - start-up of other commands
    from datetime import UTC, datetime  # noqa: PLC0415

    from collector.alerting.alertmanager import told  # noqa: PLC0415
    from collector.alerting.written import made  # noqa: PLC0415
    from collector.alerting.written import write as put  # noqa: PLC0415
    from collector.commands.loading import accepted  # noqa: PLC0415
    from collector.inventory.secrets import SecretError  # noqa: PLC0415

    found = accepted(inventory).inventory
    try:
        files = made(found, os.environ, datetime.now(UTC))
        put(files, folder)
    except SecretError as error:
        typer.echo(f"haidang: {error}", err=True)
        raise typer.Exit(Exit.SECRET) from None
    except OSError as error:
        why = f"{error.filename or folder}: {error.strerror}"
        typer.echo(f"haidang: {why}. Run it as the owner of the folder, or choose another", err=True)
        raise typer.Exit(Exit.ALERTING) from None
    for file in files:
        typer.echo(f"{folder / file.name}{' (mode 600)' if file.private else ''}")
    if not told(found):
        typer.echo(
            "No contact can be told: alerts are shown at Alertmanager's page only. Add contacts, and "
            "alerting.email or webhooks, to the inventory."
        )


@alerts.command("test", short_help="Send a test message; say whether it was taken.")
def send_test(
    *,
    inventory: InventoryOption = Path("inventory.yaml"),
    to: Annotated[str, typer.Option("--to", help="One contact; all that can be told without it.")] = "",
    alertmanager: UrlOption = "",
) -> None:
    """Send a test message by way of Alertmanager, as an alert would go, and wait until it has been taken.

    Taken means: the mail server, webhook or gateway said yes. Whether somebody saw it, ask them.

    Exit codes: 0 all were taken, 2 wrong usage, 3 the inventory has mistakes, 4 it cannot be read, 21 there
    is nobody to tell, or a message was not taken.
    """
    from collector.alerting.alertmanager import told  # noqa: PLC0415 - start-up of other commands
    from collector.alerting.receivers import ways  # noqa: PLC0415
    from collector.alerting.talk import UnreachableError  # noqa: PLC0415
    from collector.alerting.trial import NotTakenError, trial  # noqa: PLC0415
    from collector.commands.loading import accepted  # noqa: PLC0415

    found = accepted(inventory).inventory
    able = told(found)
    contacts = {contact.id: contact for contact in found.contacts}
    if to and to not in contacts:
        meant = others(to, list(contacts)) if contacts else "the inventory has no contacts"
        typer.echo(f"haidang: {inventory} has no contact {to!r}; {meant}", err=True)
        raise typer.Exit(Exit.ALERTING)
    chosen = (to,) if to else able
    if not chosen or (to and to not in able):
        who = to or "nobody"
        text = "cannot be told" if to else "can be told"
        advice = "give the contact a webhook, or set alerting.email, alerting.telegram or alerting.sms"
        typer.echo(f"haidang: {who} {text}: {advice}", err=True)
        raise typer.Exit(Exit.ALERTING)
    url = alertmanager or found.alerting.dead_man.alertmanager
    failed = False
    for name in chosen:
        by = ", ".join(ways(contacts[name], found.alerting))
        try:
            trial(url.rstrip("/"), name, contacts[name].name, count=len(ways(contacts[name], found.alerting)))
        except (UnreachableError, NotTakenError) as error:
            typer.echo(f"haidang: {name} by {by}: {error}", err=True)
            failed = True
        else:
            typer.echo(f"{name} by {by}: taken")
    if failed:
        raise typer.Exit(Exit.ALERTING)


@alerts.command(short_help="Say why a device does or does not alert now.")
def explain(
    device: Annotated[str, typer.Argument(help="The device's or service's id.")],
    *,
    inventory: InventoryOption = Path("inventory.yaml"),
    collector: UrlOption = "",
    prometheus: UrlOption = "",
    alertmanager: UrlOption = "",
) -> None:
    """Say why a device does or does not alert now: its state, what the guard makes of it, who is told.

    Asks the running collector, and Prometheus and Alertmanager if they answer.

    Exit codes: 0 said, 2 wrong usage, 3 the inventory has mistakes, 4 it cannot be read, 7 the password of
    the collector cannot be had, 8 there is no such device, 21 the collector does not answer.
    """
    import os  # noqa: PLC0415 - start-up of other commands
    from zoneinfo import ZoneInfo  # noqa: PLC0415

    from collector.alerting import talk  # noqa: PLC0415
    from collector.alerting.explain import explained  # noqa: PLC0415
    from collector.commands.loading import accepted  # noqa: PLC0415
    from collector.inventory.secrets import SecretError, SecretStore  # noqa: PLC0415

    found = accepted(inventory).inventory
    one = found.device(device)
    if one is None:
        meant = others(device, [known.id for known in found.devices])
        typer.echo(f"haidang: {inventory} has no device {device!r}; {meant}", err=True)
        raise typer.Exit(Exit.NO_DEVICE)
    store = SecretStore(found.folder, os.environ)
    try:
        shown = talk.devices(found, store, (collector or talk.collector_url(found)).rstrip("/"))
    except SecretError as error:
        typer.echo(f"haidang: {error}", err=True)
        raise typer.Exit(Exit.SECRET) from None
    except talk.UnreachableError as error:
        typer.echo(f"haidang: {error}. Is `haidang run` up? Else give --collector URL", err=True)
        raise typer.Exit(Exit.ALERTING) from None
    zone = ZoneInfo(found.organisation.timezone)
    for sentence in explained(found, one, shown, zone):
        typer.echo(sentence)
    settings = found.alerting.dead_man
    for sentence in _told(device, prometheus or settings.prometheus, alertmanager or settings.alertmanager):
        typer.echo(sentence)


def _told(device: str, prometheus: str, alertmanager: str) -> list[str]:
    """Return what Prometheus and Alertmanager say of a device, or that they do not answer."""
    from urllib.parse import urlencode  # noqa: PLC0415 - start-up of other commands

    from collector.alerting import talk  # noqa: PLC0415
    from collector.alerting.explain import alerts_said, kept_back  # noqa: PLC0415

    said: list[str] = []
    try:
        found = talk.ask("Prometheus", f"{prometheus.rstrip('/')}/api/v1/alerts")
        said += alerts_said(found["data"]["alerts"], device)
        query = urlencode({"filter": f'instance="{device}"'})
        found = talk.ask("Alertmanager", f"{alertmanager.rstrip('/')}/api/v2/alerts?{query}")
        said += kept_back(found)
    except talk.UnreachableError as error:
        said.append(f"{error}.")
    return said


@alerts.command(short_help="Carry messages from Alertmanager to the SMS gateway.")
def relay(
    settings: Annotated[Path, typer.Argument(help="relay.json, as `haidang alerts write` made it.")],
) -> None:
    """Take messages from Alertmanager on loopback and post each as one SMS to the gateway, until stopped.

    A message that the gateway does not take is told back, and Alertmanager tries again.

    Exit codes: 0 stopped, 2 wrong usage, 6 its port is taken, 21 the settings cannot be used.
    """
    import logging  # noqa: PLC0415 - start-up of other commands
    import signal  # noqa: PLC0415
    import threading  # noqa: PLC0415

    from collector.relay.serve import server  # noqa: PLC0415
    from collector.relay.settings import RelayError, read_relay  # noqa: PLC0415

    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    try:
        serving = server(read_relay(settings))
    except RelayError as error:
        typer.echo(f"haidang: {error}", err=True)
        raise typer.Exit(Exit.ALERTING) from None
    except OSError as error:
        why = "is a relay running already? Else set alerting.sms.port"
        typer.echo(f"haidang: the relay's port cannot be had: {error.strerror}; {why}", err=True)
        raise typer.Exit(Exit.ADDRESS) from None
    # From a thread of its own: shutdown waits for the loop that the signal has interrupted.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: threading.Thread(target=serving.shutdown).start())
    with serving:
        typer.echo(f"relay at http://127.0.0.1:{serving.server_address[1]}")
        serving.serve_forever(poll_interval=0.2)
