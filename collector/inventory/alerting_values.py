"""Whom alerts are told, when and by which way, as the rest of the collector sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum

from collector.inventory.secret_ref import SecretRef

HOUR_MS = 3_600_000


class Notices(StrEnum):
    """When alerts that wake nobody are told."""

    ALWAYS = "always"
    WORKING_HOURS = "working-hours"


class Tongue(StrEnum):
    """Languages of messages."""

    VIETNAMESE = "vi"
    ENGLISH = "en"
    BOTH = "both"


class MailTls(StrEnum):
    """How the way to the mail server is protected."""

    STARTTLS = "starttls"
    IMPLICIT = "tls"
    NONE = "none"


class SmsFormat(StrEnum):
    """How an SMS gateway wants its fields."""

    FORM = "form"
    JSON = "json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """The mail server that takes messages, and whom they come from."""

    server: str
    port: int
    sender: str
    username: str | None = None
    password: SecretRef | None = None
    tls: MailTls = MailTls.STARTTLS


@dataclass(frozen=True, slots=True, kw_only=True)
class Sms:
    """An SMS gateway over HTTP. In `fields`, `{phone}` and `{text}` stand for who and what."""

    url: SecretRef
    fields: Mapping[str, str]
    format: SmsFormat = SmsFormat.FORM
    token: SecretRef | None = None
    port: int = 10_287


@dataclass(frozen=True, slots=True, kw_only=True)
class Telegram:
    """A bot that may write to the chats of the contacts; `api` is where it lives, or a relay to it."""

    token: SecretRef
    api: str = "https://api.telegram.org"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rota:
    """Contacts that take turns of whole weeks, from a day on, handed over at a time of that weekday."""

    order: tuple[str, ...]
    start: date
    weeks: int = 1
    handover: time = time(8, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One contact's turn by dates; it goes before the rota."""

    contact: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadMan:
    """Whom the dead man's switch calls, what it looks at, and after how long a silence."""

    contacts: tuple[str, ...] = ()
    prometheus: str = "http://127.0.0.1:9090"
    alertmanager: str = "http://127.0.0.1:9093"
    after_ms: int = 180_000
    again_ms: int = HOUR_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertingSettings:
    """Who is told of alerts. `contacts` are told outside every turn; empty: all contacts are."""

    contacts: tuple[str, ...] = ()
    rota: Rota | None = None
    turns: tuple[Turn, ...] = ()
    notices: Notices = Notices.ALWAYS
    language: Tongue | None = None
    mail: Mail | None = None
    sms: Sms | None = None
    telegram: Telegram | None = None
    runbooks: str | None = None
    repeat_ms: int = 4 * HOUR_MS
    dead_man: DeadMan = field(default_factory=DeadMan)
