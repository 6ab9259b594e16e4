"""What the SMS relay must know, in one protected file: the gateway, its fields, and who has which number."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType

from collector.inventory.secrets import SecretStore
from collector.inventory.values import Inventory


class RelayError(ValueError):
    """The file cannot be used; says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RelaySettings:
    """The gateway and its telephone numbers by contact."""

    port: int
    url: str
    format: str
    fields: Mapping[str, str]
    token: str | None
    language: str
    phones: Mapping[str, str]


def relay_text(inventory: Inventory, store: SecretStore) -> str | None:
    """Return the file for an inventory, None without a gateway; SecretError if a secret cannot be had."""
    sms = inventory.alerting.sms
    if sms is None:
        return None
    settings = RelaySettings(
        port=sms.port,
        url=store.fetch(sms.url).reveal_text(),
        format=str(sms.format),
        fields=dict(sms.fields),
        token=None if sms.token is None else store.fetch(sms.token).reveal_text(),
        language=str(inventory.alerting.language or inventory.organisation.language),
        phones={contact.id: contact.phone for contact in inventory.contacts if contact.phone is not None},
    )
    return json.dumps(asdict(settings), ensure_ascii=False, indent=1) + "\n"


def read_relay(file: Path) -> RelaySettings:
    """Return what a file says; RelayError if it cannot be used."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        return RelaySettings(
            **{
                **found,
                "fields": MappingProxyType(dict(found["fields"])),
                "phones": MappingProxyType(dict(found["phones"])),
            }
        )
    except OSError as error:
        raise RelayError(f"{file}: {error.strerror}. Set alerting.sms, then haidang alerts write") from error
    except (ValueError, TypeError, LookupError) as error:
        raise RelayError(f"{file} is not a file of the relay. Make it anew: haidang alerts write") from error
