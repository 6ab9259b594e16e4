"""What one alert is: its rule and its words in both languages, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """Whom an alert wakes: `page` at any hour, `notice` when the inventory says so."""

    PAGE = "page"
    NOTICE = "notice"
    NONE = "none"  # for machines: the watchdog


class Group(StrEnum):
    """Rules that are evaluated one after the other."""

    OUTAGES = "haidang-outages"
    DEVICES = "haidang-devices"
    COLLECTOR = "haidang-collector"


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """The same words in Vietnamese and English; both may be Prometheus templates."""

    vi: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """A recording rule: a name of ours for an expression that several rules share."""

    name: str
    group: Group
    expr: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One alerting rule. `hold` is Prometheus' `for`, "" for at once. `about_device`: it has an instance."""

    code: str
    group: Group
    severity: Severity
    expr: str
    hold: str
    title: Text
    summary: Text
    advice: Text
    about_device: bool = True

    @property
    def runbook(self) -> str:
        """The page that says what to do, within the repository."""
        return f"docs/runbooks/{self.code}.md"
