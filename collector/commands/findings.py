"""Shows what loading an inventory found: mistakes on standard error, a summary on standard output.

One line each; colour and a last line with the count only on a terminal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from rich.console import Console
from rich.table import Table
from rich.text import Text

from collector.inventory.fields.units import show_duration
from collector.inventory.loaded import Accepted, Loaded
from collector.inventory.mistakes import Mistake
from collector.inventory.values import (
    Area,
    CommunityCredential,
    Credential,
    Inventory,
    SshCredential,
    UsmCredential,
)


def show(file: str, loaded: Loaded) -> None:
    """Show the outcome of loading `file`."""
    errors = Console(stderr=True, soft_wrap=True)
    mistakes = () if isinstance(loaded, Accepted) else loaded.mistakes
    found = [(mistake, "") for mistake in mistakes] + [(warning, "warning: ") for warning in loaded.warnings]
    for finding, kind in sorted(found, key=lambda pair: (pair[0].file, pair[0].line or 0)):
        errors.print(_line(finding, kind))
    if isinstance(loaded, Accepted):
        _show_summary(file, loaded)
    elif errors.is_terminal:
        errors.print(Text(f"{_count(len(mistakes), 'mistake')} in {file}", "bold"))


def _line(finding: Mistake, kind: str) -> Text:
    return Text.assemble(
        (finding.where, "bold"),
        ": ",
        (kind, "yellow"),
        (f"{finding.path}: " if finding.path else "", "cyan"),
        (finding.message, "default" if kind else "red"),
        (f" ({finding.advice})", "dim"),
    )


def _show_summary(file: str, accepted: Accepted) -> None:
    output = Console(soft_wrap=True)
    rows = list(summary(accepted.inventory))
    if output.is_terminal:
        table = Table.grid(padding=(0, 2))
        for name, value in rows:
            table.add_row(Text(name, "bold"), Text(value))
        output.print(table, soft_wrap=False)
    else:
        for name, value in rows:
            output.print(Text(f"{name}: {value}"))
    warned = f", {_count(len(accepted.warnings), 'warning')}" if accepted.warnings else ""
    output.print(Text(f"{file}: no mistakes{warned}", "green"))


def summary(inventory: Inventory) -> Iterator[tuple[str, str]]:
    """Yield what an inventory comes to, as names with values."""
    organisation, http = inventory.organisation, inventory.collector.http
    yield "organisation", f"{organisation.name} ({organisation.language}, {organisation.timezone})"
    devices = [device for device in inventory.devices if not device.is_service]
    yield "devices", f"{len(devices)}: {_tally(device.role for device in devices)}"
    yield "checks", _tally(probe.value for device in devices for probe in device.probes)
    yield "polls", _tally(f"every {show_duration(device.interval_ms)}" for device in inventory.devices)
    yield "areas", f"{len(inventory.areas)}: {_tally(_hub(area) for area in inventory.areas)}"
    services = inventory.services
    yield "services", f"{len(services)}: {_tally(p.value for service in services for p in service.probes)}"
    yield "maintenance", str(len(inventory.maintenance))
    yield "contacts", str(len(inventory.contacts))
    for name, credential in inventory.credentials.items():
        yield f"credential {name}", _credential(credential)
    host = f"[{http.host}]" if ":" in http.host else http.host
    yield "metrics at", f"{'https' if http.tls_certificate else 'http'}://{host}:{http.port}/metrics"


def _tally(kinds: Iterator[str]) -> str:
    """Return `9 commune, 3 hub`, the commonest first."""
    return ", ".join(f"{number} {kind}" for kind, number in Counter(kinds).most_common()) or "none"


def _hub(area: Area) -> str:
    return "with a hub" if area.hub else "without a hub"


def _credential(credential: Credential) -> str:
    match credential:
        case UsmCredential():
            auth = f"{credential.auth} {credential.auth_password}" if credential.auth else "not authenticated"
            priv = f"{credential.priv} {credential.priv_password}" if credential.priv else "not encrypted"
            return f"SNMPv3 user {credential.user}, {auth}, {priv}"
        case CommunityCredential():
            version = "v1" if credential.version == 1 else "v2c"
            return f"SNMP{version} {credential.community}, not encrypted"
        case SshCredential():
            return f"SSH user {credential.username or 'of the collector'}, {credential.private_key}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
