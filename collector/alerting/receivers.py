"""One contact as Alertmanager's receiver: e-mail, webhook, Telegram, and SMS by way of the relay. Pure."""

from __future__ import annotations

from typing import Protocol

from collector.alerting.yaml_text import Plain
from collector.inventory.alerting_values import AlertingSettings, Tongue
from collector.inventory.secret_ref import SecretRef
from collector.inventory.values import Contact


class Secrets(Protocol):
    """Gives secrets to what is written for Alertmanager."""

    def entry(self, key: str, reference: SecretRef) -> dict[str, Plain]:
        """Return `key_file` with a path where the secret is in a file, else `key` with the secret itself."""
        ...

    def value(self, reference: SecretRef) -> str:
        """Return the secret itself, where Alertmanager knows no file for it."""
        ...


def ways(contact: Contact, alerting: AlertingSettings) -> tuple[str, ...]:
    """Return by which ways a contact can be told, in words."""
    found = {
        "e-mail": contact.email is not None and alerting.mail is not None,
        "webhook": contact.webhook is not None,
        "Telegram": contact.telegram is not None and alerting.telegram is not None,
        "SMS": uses_sms(contact, alerting),
    }
    return tuple(way for way, usable in found.items() if usable)


def uses_sms(contact: Contact, alerting: AlertingSettings) -> bool:
    """Return True if the contact has a telephone and there is a gateway."""
    return contact.phone is not None and alerting.sms is not None


def receiver(
    name: str, contact: Contact, alerting: AlertingSettings, language: Tongue, secrets: Secrets, *, sms: bool
) -> Plain:
    """Return a receiver; `sms`: by SMS as well."""
    found: dict[str, Plain] = {"name": name}
    if contact.email is not None and alerting.mail is not None:
        found["email_configs"] = [
            {
                "to": contact.email,
                "send_resolved": True,
                "headers": {"Subject": f'{{{{ template "haidang.{language}.subject" . }}}}'},
                "html": f'{{{{ template "haidang.{language}.html" . }}}}',
                "text": f'{{{{ template "haidang.{language}.text" . }}}}',
            }
        ]
    hooks: list[Plain] = []
    if contact.webhook is not None:
        hooks.append({"url": secrets.value(contact.webhook), "send_resolved": True, "max_alerts": 50})
    if sms and alerting.sms is not None:
        url = f"http://127.0.0.1:{alerting.sms.port}/{contact.id}"
        hooks.append({"url": url, "send_resolved": True, "max_alerts": 50})
    if hooks:
        found["webhook_configs"] = hooks
    if contact.telegram is not None and alerting.telegram is not None:
        found["telegram_configs"] = [
            {
                "bot_token": secrets.value(alerting.telegram.token),
                "api_url": alerting.telegram.api,
                "chat_id": int(contact.telegram),
                "parse_mode": "",
                "send_resolved": True,
                "message": f'{{{{ template "haidang.{language}.text" . }}}}',
            }
        ]
    return found
