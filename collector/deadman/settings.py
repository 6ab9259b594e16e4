"""What the dead man's switch must know, in one file of its own: it outlives a broken inventory."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from collector.inventory.alerting_values import MailTls
from collector.inventory.secrets import SecretStore
from collector.inventory.values import Inventory


class SettingsError(ValueError):
    """The file cannot be used; says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailTo:
    """A mail server and whom to write to through it."""

    server: str
    port: int
    tls: str
    sender: str
    to: tuple[str, ...]
    username: str | None = None
    password: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Whom to call, and what to look at; `collector` is None where only Prometheus knows it."""

    organisation: str
    language: str
    collector: str
    prometheus: str
    alertmanager: str
    after_s: float
    again_s: float
    mail: MailTo | None
    webhooks: tuple[str, ...]


def settings_text(inventory: Inventory, everybody: tuple[str, ...], store: SecretStore) -> str:
    """Return the file for an inventory; SecretError if a secret cannot be had."""
    alerting = inventory.alerting
    names = alerting.dead_man.contacts or alerting.contacts or everybody
    contacts = [contact for contact in inventory.contacts if contact.id in names]
    emails = tuple(contact.email for contact in contacts if contact.email is not None)
    mail = None
    if alerting.mail is not None and emails:
        password = alerting.mail.password
        mail = MailTo(
            server=alerting.mail.server,
            port=alerting.mail.port,
            tls=str(alerting.mail.tls),
            sender=alerting.mail.sender,
            to=emails,
            username=alerting.mail.username,
            password=None if password is None else store.fetch(password).reveal_text(),
        )
    http = inventory.collector.http
    host = f"[{http.host}]" if ":" in http.host else http.host
    scheme = "http" if http.tls_certificate is None else "https"
    settings = Settings(
        organisation=inventory.organisation.name,
        language=str(alerting.language or inventory.organisation.language),
        collector=f"{scheme}://{host}:{http.port}",
        prometheus=alerting.dead_man.prometheus,
        alertmanager=alerting.dead_man.alertmanager,
        after_s=alerting.dead_man.after_ms / 1000,
        again_s=alerting.dead_man.again_ms / 1000,
        mail=mail,
        webhooks=tuple(
            store.fetch(contact.webhook).reveal_text() for contact in contacts if contact.webhook is not None
        ),
    )
    return json.dumps(asdict(settings), ensure_ascii=False, indent=1) + "\n"


def read_settings(file: Path) -> Settings:
    """Return what a file says; SettingsError if it cannot be used."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        mail = found.pop("mail")
        return Settings(
            mail=None if mail is None else _mail(mail),
            webhooks=tuple(found.pop("webhooks")),
            **found,
        )
    except OSError as error:
        raise SettingsError(f"{file}: {error.strerror}. Make it with `haidang alerts write`") from error
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        raise SettingsError(
            f"{file} is not a file of the switch. Make it anew: haidang alerts write"
        ) from error


def _mail(found: Mapping[str, object]) -> MailTo:
    mail = MailTo(**{**found, "to": tuple(found["to"])})  # type: ignore[arg-type]
    MailTls(mail.tls)
    return mail
