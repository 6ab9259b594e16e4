"""The kinds of value a key may hold, as annotated types: each reads its text with one function of `fields`.

A key that is not given is None without being read; one that is given nothing (`interval:`) is a mistake.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from enum import StrEnum
from typing import Annotated, TypeVar

from pydantic import BeforeValidator, PlainValidator

from collector.inventory.alerting_values import MailTls, Notices, SmsFormat, Tongue
from collector.inventory.fields import (
    alerting,
    network,
    protocols,
    repeats,
    report,
    retention,
    service,
    times,
    units,
    words,
)
from collector.inventory.fields.error import FieldError, show
from collector.inventory.report_values import CapacityRule, Numbering, PeriodKind
from collector.inventory.values import Probe, SecretRef, Side


class Language(StrEnum):
    """Languages that reports and messages exist in."""

    VIETNAMESE = "vi"
    ENGLISH = "en"


class Method(StrEnum):
    """Ways of asking for a page."""

    GET = "GET"
    HEAD = "HEAD"


class RecordType(StrEnum):
    """Kinds of records that a name server can be asked for."""

    A = "A"
    AAAA = "AAAA"
    CNAME = "CNAME"
    MX = "MX"
    NS = "NS"
    PTR = "PTR"
    SOA = "SOA"
    SRV = "SRV"
    TXT = "TXT"


def _given(value: object) -> object:
    if value is None:
        raise FieldError("has no value", "write one, or remove the key")
    return value


def _listed(value: object) -> object:
    """Let one value stand for a list of one."""
    return [value] if isinstance(value, (str, dict)) else _given(value)


def _separated(value: object) -> object:
    """Let one text stand for a list: words separated by spaces, commas or semicolons (a CSV cell)."""
    return value.replace(",", " ").replace(";", " ").split() if isinstance(value, str) else _given(value)


def _rate_alone(value: object) -> object:
    """Let a rate alone stand for a capacity without dates."""
    return [{"rate": value}] if isinstance(value, str) else _listed(value)


def _switched(value: object) -> object:
    """Let `true` stand for an empty block, and `false` or nothing for none."""
    switch = words.flag(value)
    if switch is not None:
        return {} if switch else None
    if value is not None and not isinstance(value, dict):
        raise FieldError(
            f"is {show(value)}, not a block of keys", "write its keys, or false to switch it off"
        )
    return value


def _country(value: object) -> str | None:
    if value is None:
        return None
    word = words.text(value)
    if len(word) != 2 or not word.isascii() or not word.isupper():
        raise FieldError(
            f"{show(word)} is not a country", "write its two capital letters, such as VN, or null"
        )
    return word


def _whole(least: int, most: int) -> PlainValidator:
    return PlainValidator(words.integer(least, most))


_PROBES_OF_DEVICES = tuple(probe for probe in Probe if not probe.of_service)

_KindT = TypeVar("_KindT", bound=StrEnum)


def _one_of(kind: Iterable[_KindT], what: str) -> PlainValidator:
    read: Callable[[object], _KindT] = words.choice(kind, what)
    return PlainValidator(read)


Text = Annotated[str | None, PlainValidator(words.text)]
Identifier = Annotated[str | None, PlainValidator(words.identifier)]
Identifiers = Annotated[
    tuple[Annotated[str, PlainValidator(words.identifier)], ...] | None, BeforeValidator(_separated)
]
FilePath = Annotated[str | None, PlainValidator(network.path)]
Secret = Annotated[SecretRef | None, PlainValidator(network.secret_ref)]
Duration = Annotated[int | None, PlainValidator(units.duration_ms)]
Months = Annotated[int, PlainValidator(retention.months)]
Rate = Annotated[int | None, PlainValidator(units.rate_bps)]
Day = Annotated[date | None, PlainValidator(times.day)]
Days = Annotated[tuple[Annotated[date, PlainValidator(times.day)], ...] | None, BeforeValidator(_listed)]
Instant = Annotated[datetime | None, PlainValidator(times.instant)]
MonthDay = Annotated[tuple[int, int], PlainValidator(times.month_day)]
Hours = Annotated[
    tuple[Annotated[tuple[time, time], PlainValidator(times.hours)], ...], BeforeValidator(_listed)
]
Every = Annotated[repeats.Every | None, PlainValidator(repeats.every)]
RepeatOn = Annotated[repeats.RepeatDays | None, PlainValidator(repeats.days)]
Weekdays = Annotated[tuple[int, ...] | None, PlainValidator(times.weekdays)]
Timezone = Annotated[str, PlainValidator(times.timezone)]
Country = Annotated[str | None, PlainValidator(_country)]
LanguageCode = Annotated[Language, _one_of(Language, "a language of the reports")]
Address = Annotated[str | None, PlainValidator(network.address)]
Endpoint = Annotated[tuple[str, int], PlainValidator(network.endpoint)]
AuthName = Annotated[str | None, PlainValidator(protocols.authentication)]
PrivName = Annotated[str | None, PlainValidator(protocols.privacy)]
Url = Annotated[str | None, PlainValidator(service.service_url)]
HostKey = Annotated[str | None, PlainValidator(network.host_key)]
Email = Annotated[str | None, PlainValidator(network.email)]
Phone = Annotated[str | None, PlainValidator(network.phone)]
Port = Annotated[int | None, _whole(1, 65_535)]
Packets = Annotated[int | None, _whole(1, 20)]
Retries = Annotated[int | None, _whole(0, 10)]
Count = Annotated[int | None, _whole(0, 1_000_000)]
Latitude = Annotated[float | None, PlainValidator(words.degrees(90))]
Longitude = Annotated[float | None, PlainValidator(words.degrees(180))]
SideName = Annotated[Side | None, _one_of(Side, "a side of the line")]
Probes = Annotated[
    tuple[Annotated[Probe, _one_of(_PROBES_OF_DEVICES, "a way of asking")], ...] | None,
    BeforeValidator(_separated),
]
Texts = Annotated[tuple[Annotated[str, PlainValidator(words.text)], ...] | None, BeforeValidator(_listed)]
Patterns = Annotated[
    tuple[Annotated[str, PlainValidator(service.pattern)], ...] | None, BeforeValidator(_listed)
]
Statuses = Annotated[
    tuple[Annotated[tuple[int, int], PlainValidator(service.status)], ...] | None, BeforeValidator(_separated)
]
Host = Annotated[str | None, PlainValidator(service.host)]
Hosts = Annotated[
    tuple[Annotated[str, PlainValidator(service.host)], ...] | None, BeforeValidator(_separated)
]
Redirects = Annotated[int | None, _whole(0, 10)]
MethodName = Annotated[Method | None, _one_of(Method, "a method that changes nothing")]
RecordTypeName = Annotated[RecordType | None, _one_of(RecordType, "a type of records")]

PeriodName = Annotated[PeriodKind, _one_of(PeriodKind, "a reporting period")]
CapacityRuleName = Annotated[CapacityRule, _one_of(CapacityRule, "a way to count seven days")]
NumberingName = Annotated[Numbering, _one_of(Numbering, "a way to number reports")]
Percent = Annotated[int, PlainValidator(report.percent_ppm)]
DocumentSymbol = Annotated[str | None, PlainValidator(report.symbol)]
TimeOfDay = Annotated[time, PlainValidator(alerting.time_of_day)]
Chat = Annotated[str | None, PlainValidator(alerting.chat)]
WebAddress = Annotated[str | None, PlainValidator(alerting.web_address)]
Weeks = Annotated[int, _whole(1, 52)]
NoticesName = Annotated[Notices, _one_of(Notices, "a time for notices")]
TongueName = Annotated[Tongue | None, _one_of(Tongue, "a language of messages")]
MailTlsName = Annotated[MailTls, _one_of(MailTls, "a protection of mail")]
SmsFormatName = Annotated[SmsFormat, _one_of(SmsFormat, "a format of fields")]

Mapped = Annotated[dict[str, Annotated[str, PlainValidator(words.text)]] | None, BeforeValidator(_given)]

BlockT = TypeVar("BlockT")
Switched = Annotated[BlockT | None, BeforeValidator(_switched)]
Listed = Annotated[tuple[BlockT, ...], BeforeValidator(_listed)]
Repeating = Annotated[BlockT | None, BeforeValidator(repeats.block)]
CapacityList = Annotated[tuple[BlockT, ...] | None, BeforeValidator(_rate_alone)]
