"""Public holidays and swapped working days of a country, by the `holidays` library. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from types import MappingProxyType

from holidays import country_holidays

_LANGUAGE = "vi"
"""Always said: without it names follow the language of whoever runs the program."""


class UnknownCountryError(ValueError):
    """A country whose public holidays nobody here knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicHolidays:
    """What a country's calendar says of a day; without a country there is no holiday."""

    country: str | None

    def name(self, day: date) -> str | None:
        """Return the holiday's name, None on other days; UnknownCountryError for an unknown country."""
        return None if self.country is None else _year(self.country, day.year).names.get(day)

    def worked(self, day: date) -> bool:
        """Return True on a day of a weekend that is worked in exchange for another day."""
        return self.country is not None and day in _year(self.country, day.year).worked


def is_known(country: str) -> bool:
    """Return True for a country whose public holidays are known."""
    try:
        country_holidays(country)
    except NotImplementedError:
        return False
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class _Year:
    names: Mapping[date, str]
    worked: frozenset[date]


@lru_cache(maxsize=256)
def _year(country: str, year: int) -> _Year:
    # Days are swapped over New Year, and the library knows a swap once it has looked at the year that has it.
    try:
        found = country_holidays(country, language=_LANGUAGE, years=(year - 1, year, year + 1))
    except NotImplementedError as error:
        raise UnknownCountryError(f"the public holidays of {country} are not known") from error
    return _Year(
        names=MappingProxyType({day: str(name) for day, name in found.items() if day.year == year}),
        worked=frozenset(day for day in found.weekend_workdays if day.year == year),
    )
