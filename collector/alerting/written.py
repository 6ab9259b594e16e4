"""The files that `haidang alerts write` makes: rules, Alertmanager's configuration, switch, relay."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from collector.alerting.alertmanager import HORIZON_DAYS, TEMPLATES, Frame, configuration, told
from collector.alerting.handed import HandedSecrets
from collector.alerting.oncall import plan
from collector.alerting.rules import rules_text
from collector.alerting.templates import templates_text
from collector.deadman.settings import settings_text
from collector.inventory.secrets import SecretStore
from collector.inventory.values import Inventory
from collector.planning.holidays import PublicHolidays
from collector.relay.settings import relay_text

ALERTMANAGER, RULES, DEAD_MAN, RELAY = "alertmanager.yml", "haidang.rules.yml", "deadman.json", "relay.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """One file's name, text, and whether others may read it."""

    name: str
    text: str
    private: bool


def made(inventory: Inventory, environ: Mapping[str, str], now: datetime) -> tuple[Made, ...]:
    """Return all files for an inventory; SecretError if a secret cannot be had."""
    zone = ZoneInfo(inventory.organisation.timezone)
    everybody = told(inventory)
    until = now + timedelta(days=HORIZON_DAYS)
    frame = Frame(
        today=now.astimezone(zone).date(),
        zone=zone,
        holidays=PublicHolidays(country=inventory.calendar.holidays),
        plan=plan(inventory.alerting, everybody, now, until, zone),
    )
    store = SecretStore(inventory.folder, environ)
    secrets = HandedSecrets(store)
    files = [
        Made(name=ALERTMANAGER, text=configuration(inventory, frame, secrets), private=True),
        Made(name=TEMPLATES, text=templates_text(inventory.alerting.runbooks), private=False),
        Made(name=RULES, text=rules_text(), private=False),
        Made(name=DEAD_MAN, text=settings_text(inventory, everybody, store), private=True),
    ]
    relay = relay_text(inventory, store)
    if relay is not None:
        files.append(Made(name=RELAY, text=relay, private=True))
    return tuple(files)


def write(files: tuple[Made, ...], folder: Path) -> None:
    """Put the files into a folder, each whole or not at all; raise OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in files:
        beside = folder / f".{file.name}.new"
        beside.unlink(missing_ok=True)
        mode = 0o600 if file.private else 0o644
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            out.write(file.text)
        beside.replace(folder / file.name)
