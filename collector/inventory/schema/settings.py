"""The blocks about everything but devices: organisation, collector, maintenance, calendar and contacts."""

from __future__ import annotations

from collector.inventory.schema.entry import Entry, key
from collector.inventory.schema.types import (
    Chat,
    Country,
    Day,
    Days,
    Email,
    Endpoint,
    Every,
    FilePath,
    Hours,
    Identifier,
    Identifiers,
    Instant,
    Language,
    LanguageCode,
    Listed,
    MonthDay,
    Months,
    Phone,
    Repeating,
    RepeatOn,
    Secret,
    Switched,
    Text,
    Timezone,
    Weekdays,
)

DEFAULT_RETENTION_MONTHS = 12
DEFAULT_ENDPOINT = ("127.0.0.1", 10_286)


class OrganisationBlock(Entry):
    """Whose network this is; the report's letterhead."""

    name: Text = key("name of the organisation", example="Sở Thông tin và Truyền thông", required=True)
    superior: Text = key("the body above it", example="UBND tỉnh Thái Bình", default="none")
    place: Text = key("where its letters are dated", example="Thái Bình", default="none")
    language: LanguageCode = key(
        "language of messages and reports: `vi` or `en`",
        example="en",
        default="`vi`",
        value=Language.VIETNAMESE,
    )
    timezone: Timezone = key(
        "where days and months are cut, and what local times in this file mean",
        example="Asia/Ho_Chi_Minh",
        default="`Asia/Ho_Chi_Minh`",
        value="Asia/Ho_Chi_Minh",
    )


class TlsBlock(Entry):
    """A certificate of one's own for /metrics."""

    certificate: FilePath = key(
        "file with the certificate and its chain, PEM", example="secrets/tls.crt", default="required"
    )
    key_: Secret = key(
        "where its private key is kept: `file:` or `credential:`",
        example="file:secrets/tls.key",
        default="required",
        name="key",
    )


class BasicAuthBlock(Entry):
    """Who may read /metrics."""

    username: Text = key("user name", example="prometheus", default="required")
    password: Secret = key("where the password is kept", example="file:secrets/metrics", default="required")


class CollectorBlock(Entry):
    """How the collector itself runs."""

    listen: Endpoint = key(
        "address and port of /metrics; any other than loopback needs `tls` and `basic_auth`",
        example="127.0.0.1:10286",
        default="`127.0.0.1:10286`",
        value=DEFAULT_ENDPOINT,
    )
    tls: Switched[TlsBlock] = key(
        "certificate of the server", example="{certificate: tls.crt, key: file:tls.key}", default="plain HTTP"
    )
    basic_auth: Switched[BasicAuthBlock] = key(
        "user and password of the server",
        example="{username: prometheus, password: file:metrics}",
        default="none",
    )
    ledger: FilePath = key(
        "file of the ledger", example="/var/lib/haidang/ledger.db", default="`var/ledger.db`"
    )
    retention: Months = key(
        "how long evidence of closed months is kept, 3 months at least; closed figures stay for ever",
        example="5 years",
        default="`12 months`",
        value=DEFAULT_RETENTION_MONTHS,
    )


class RepeatBlock(Entry):
    """When planned work comes again, at the same local times."""

    every: Every = key("`day`, `week` or `month`, or a number of them", example="2 weeks", value=...)
    days: RepeatOn = key(
        "by the week: weekdays; by the month: a day such as `15`, `last day`, `first sun`, `last sun`",
        example="[sat, sun]",
        default="the day of `from`",
    )
    to: Day = key("last day on which it may begin, itself included", example="2026-12-31", default="for ever")


class MaintenanceBlock(Entry):
    """Planned work: what it covers is neither up nor down, for alerts and for reports alike."""

    id: Identifier = key("its name for ever", example="fibre-2026-03", required=True)
    devices: Identifiers = key(
        "devices and services it covers, with all that hangs on them alone",
        example="[hub-340]",
        default="none",
    )
    areas: Identifiers = key("areas whose devices it covers", example='["340"]', default="none")
    start: Instant = key("when it begins", example="2026-03-07 22:00", required=True, name="from")
    end: Instant = key("when it is over", example="2026-03-08 02:00", required=True, name="until")
    repeat: Repeating[RepeatBlock] = key(
        "`daily`, `weekly`, `monthly`, or a block; `from` and `until` are then its first time",
        example="{every: month, days: first sun}",
        default="once",
    )
    reason: Text = key("what is done", example="Thay cáp quang", required=True)
    author: Text = key("who announced it", example="Phòng Hạ tầng", required=True)


class SeasonBlock(Entry):
    """Office hours of one part of the year."""

    start: MonthDay = key("first day, month-day", example="04-01", value=..., name="from")
    end: MonthDay = key(
        "last day, itself included; it may lie in the next year", example="10-31", value=..., name="to"
    )
    hours: Hours = key("spans of the day", example="[07:00-11:30, 13:30-17:00]", value=...)


class CalendarBlock(Entry):
    """When people work; the report shows every figure for these hours too."""

    holidays: Country = key(
        "whose public holidays are free: a country's two letters, or null",
        example="VN",
        default="`VN`",
        value="VN",
    )
    weekdays: Weekdays = key("the days of the week with office hours", example="mon-sat", default="`mon-fri`")
    hours: Hours = key(
        "spans of the day, all year; or `seasons`",
        example="[07:30-11:30, 13:30-17:00]",
        default="`[07:30-11:30, 13:30-17:00]`",
        value=(),
    )
    seasons: Listed[SeasonBlock] = key(
        "hours that change with the season",
        example="[{from: 04-01, to: 10-31, hours: [07:00-11:30]}]",
        default="none",
        value=(),
    )
    days_off: Days = key(
        "days that are free though the calendar says otherwise", example="[2026-02-13]", default="none"
    )
    working_days: Days = key(
        "days that are worked though the calendar says otherwise", example="[2026-08-22]", default="none"
    )


class ContactBlock(Entry):
    """Somebody or some desk that can be told; at least one way to reach it."""

    id: Identifier = key("its name for ever", example="duty", required=True)
    name: Text = key("what people call it", example="Trực ban", default="the id")
    email: Email = key("e-mail address", example="truc@example.vn", default="none")
    phone: Phone = key("telephone number", example='"0227 3 000 000"', default="none")
    webhook: Secret = key(
        "where the URL that takes messages is kept: it is a secret too",
        example="file:secrets/hook",
        default="none",
    )
    telegram: Chat = key(
        "number of the Telegram chat that messages go to", example='"-1001234567890"', default="none"
    )
