"""What the monthly report is made for: its period, target, letterhead and recipients, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType


class PeriodKind(StrEnum):
    """Which days a reporting period has: a calendar month, or the 15th of the month before to the 14th."""

    MONTH = "month"
    MID_MONTH = "15-14"


class CapacityRule(StrEnum):
    """How the 7-day rule of circular 06/2026 is read: P95 of each of seven days, or of the seven as one."""

    EACH_DAY = "each-day"
    SEVEN_DAYS = "seven-days"


class Numbering(StrEnum):
    """Where the document's number comes from: the registry's hand, or the month in a series of its own."""

    BY_HAND = "by-hand"
    MONTH = "month"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Who signs: by whose authority (`KT. GIÁM ĐỐC`), in which office, and the name; any may be empty."""

    authority: str | None = None
    office: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSettings:
    """The `report` section. `subject` None: the usual one; `data_centre` empty: the areas without a hub."""

    period: PeriodKind = PeriodKind.MONTH
    availability_target_ppm: int = 995_000
    target_source: str | None = None
    capacity_rule: CapacityRule = CapacityRule.EACH_DAY
    subject: str | None = None
    symbol: str | None = None
    numbering: Numbering = Numbering.BY_HAND
    addressees: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    archive: str | None = None
    signer: Signer = field(default_factory=Signer)
    data_centre: tuple[str, ...] = ()
    roles: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
