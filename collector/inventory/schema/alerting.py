"""The block about alerts: who is told, when, and by which way."""

from __future__ import annotations

from datetime import time

from collector.inventory.alerting_values import HOUR_MS, MailTls, Notices, SmsFormat
from collector.inventory.schema.entry import Entry, key
from collector.inventory.schema.types import (
    Day,
    Duration,
    Email,
    Host,
    Identifier,
    Identifiers,
    Instant,
    Listed,
    MailTlsName,
    Mapped,
    NoticesName,
    Port,
    Secret,
    SmsFormatName,
    Switched,
    Text,
    TimeOfDay,
    TongueName,
    WebAddress,
    Weeks,
)


class RotaBlock(Entry):
    """Contacts that take turns of whole weeks."""

    order: Identifiers = key("contacts in their order", example="[an, binh]", value=...)
    start: Day = key("first day of the first turn", example="2026-11-30", value=..., name="from")
    weeks: Weeks = key("how many weeks a turn has", example="2", default="`1`", value=1)
    handover: TimeOfDay = key(
        "local time at which a turn begins", example='"07:30"', default="`08:00`", value=time(8, 0)
    )


class TurnBlock(Entry):
    """One contact's turn by dates, such as over a holiday; it goes before the rota."""

    contact: Identifier = key("whose turn it is", example="binh", value=...)
    start: Instant = key("when it begins", example="2026-12-24 08:00", value=..., name="from")
    end: Instant = key("when it is over", example="2026-12-26 08:00", value=..., name="until")


class EmailBlock(Entry):
    """The mail server that takes messages."""

    server: Host = key("name or address of the mail server", example="mail.example.vn", value=...)
    port: Port = key("its port", example="25", default="`587`", value=587)
    sender: Email = key("whom messages come from", example="haidang@example.vn", value=...)
    username: Text = key("login at the server", example="haidang", default="none")
    password: Secret = key("where its password is kept", example="file:secrets/mail", default="none")
    tls: MailTlsName = key(
        "`starttls`, `tls` (from the first byte, port 465) or `none`",
        example="none",
        default="`starttls`",
        value=MailTls.STARTTLS,
    )


class SmsBlock(Entry):
    """An SMS gateway over HTTP; only what wakes people (`page`) goes by SMS."""

    url: Secret = key(
        "where the gateway's URL is kept: it may hold a key", example="file:secrets/sms-url", value=...
    )
    fields: Mapped = key(
        "what is posted; `{phone}` and `{text}` stand for whom and what",
        example='{to: "{phone}", message: "{text}"}',
        value=...,
    )
    format: SmsFormatName = key(
        "how the fields are posted: `form` or `json`", example="json", default="`form`", value=SmsFormat.FORM
    )
    token: Secret = key(
        "where a bearer token is kept, if it wants one", example="file:secrets/sms-token", default="none"
    )
    port: Port = key(
        "loopback port at which `haidang alerts relay` takes messages for the gateway",
        example="10288",
        default="`10287`",
        value=10_287,
    )


class TelegramBlock(Entry):
    """A Telegram bot, where it is allowed."""

    token: Secret = key("where the bot's token is kept", example="file:secrets/telegram", value=...)
    api: WebAddress = key(
        "where the bot's API is",
        example="https://telegram-proxy.example.vn",
        default="`https://api.telegram.org`",
        value="https://api.telegram.org",
    )


class DeadManBlock(Entry):
    """The dead man's switch: who is called when the monitor itself stops answering."""

    contacts: Identifiers = key("whom it calls", example="[duty]", default="those of `alerting`")
    prometheus: WebAddress = key(
        "the Prometheus it watches",
        example="http://127.0.0.1:9091",
        default="`http://127.0.0.1:9090`",
        value="http://127.0.0.1:9090",
    )
    alertmanager: WebAddress = key(
        "the Alertmanager it watches",
        example="http://127.0.0.1:9094",
        default="`http://127.0.0.1:9093`",
        value="http://127.0.0.1:9093",
    )
    after: Duration = key(
        "how long something has to be silent before it calls", example="5m", default="`3m`", value=180_000
    )
    repeat: Duration = key("after how long it calls again", example="30m", default="`1h`", value=HOUR_MS)


class AlertingBlock(Entry):
    """Alerts: who is told, when, and by which way."""

    contacts: Identifiers = key("who is told outside of every turn", example="[duty]", default="all contacts")
    rota: Switched[RotaBlock] = key(
        "who is on call by weeks",
        example='{order: [an, binh], from: 2026-11-30, handover: "07:30"}',
        default="none",
    )
    turns: Listed[TurnBlock] = key(
        "who is on call by dates; they go before the rota",
        example="[{contact: an, from: 2026-12-24 08:00, until: 2026-12-26 08:00}]",
        default="none",
        value=(),
    )
    notices: NoticesName = key(
        "when alerts that wake nobody are told: `always`, or in the calendar's `working-hours`",
        example="working-hours",
        default="`always`",
        value=Notices.ALWAYS,
    )
    language: TongueName = key(
        "language of messages: `vi`, `en` or `both`", example="both", default="the organisation's"
    )
    email: Switched[EmailBlock] = key(
        "the mail server that takes messages",
        example="{server: mail.example.vn, sender: haidang@example.vn}",
        default="none: no e-mail",
    )
    sms: Switched[SmsBlock] = key(
        "an SMS gateway over HTTP",
        example='{url: "file:secrets/sms-url", fields: {to: "{phone}", message: "{text}"}}',
        default="none: no SMS",
    )
    telegram: Switched[TelegramBlock] = key(
        "a Telegram bot, where it is allowed",
        example='{token: "file:secrets/telegram"}',
        default="none: no Telegram",
    )
    runbooks: WebAddress = key(
        "where docs/runbooks is served, for links in messages",
        example="https://git.example.vn/haidang/docs/runbooks",
        default="none: messages name the file",
    )
    repeat: Duration = key(
        "after how long an alert that lasts is told again", example="12h", default="`4h`", value=4 * HOUR_MS
    )
    dead_man: Switched[DeadManBlock] = key(
        "the dead man's switch", example="{contacts: [duty], after: 5m}", default="with its defaults"
    )
