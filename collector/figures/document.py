"""A period's figures as one JSON document, and back: the same text for the same figures. Pure.

Beside what was counted it states what that comes to (ratios, MTTR, MTBF), for programs that only read it;
reading it back, those are reckoned anew.
"""

from __future__ import annotations

import dataclasses
import json
import types
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import Any, TypeAlias, Union, get_args, get_origin, get_type_hints

from collector.figures.outage_values import Outage
from collector.figures.tally import Share, Sums, Tally
from collector.figures.values import PeriodFigures

FORMAT = 1

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


class DocumentError(ValueError):
    """A text is no document of figures, or one of a newer version of this program."""


def to_document(figures: PeriodFigures) -> dict[str, Json]:
    """Return the figures as values for JSON."""
    found = encoded(figures)
    assert isinstance(found, dict)  # noqa: S101 - a dataclass becomes an object
    return {"format": FORMAT, **found}


def to_json(figures: PeriodFigures) -> str:
    """Return the figures' one JSON text: keys in order, no spaces, UTF-8 characters as they are."""
    return json.dumps(
        to_document(figures), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )


def from_json(text: str) -> PeriodFigures:
    """Return the figures that `to_json` wrote; DocumentError for anything else."""
    try:
        document = json.loads(text)
        if not isinstance(document, dict) or document.get("format") != FORMAT:
            raise DocumentError(f"the text holds no figures in format {FORMAT}")
        found = _decode(PeriodFigures, document)
    except DocumentError:
        raise
    except (ValueError, TypeError, LookupError, RecursionError) as error:
        raise DocumentError(f"the text holds no figures: {error}") from error
    if not isinstance(found, PeriodFigures):
        raise DocumentError("the text holds no figures")
    return found


def ratio(ppm: int | None) -> float | None:
    """Return millionths as a number from 0 to 1, with six decimals."""
    return None if ppm is None else ppm / 1_000_000


def encoded(value: object) -> Json:
    """Return a value of figures as JSON has it, with what it comes to."""
    if isinstance(value, StrEnum):
        return value.value
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, (tuple, list)):
        return [encoded(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): encoded(item) for key, item in value.items()}
    if isinstance(value, Share):
        return {"low": ratio(value.low_ppm), "point": ratio(value.ppm), "high": ratio(value.high_ppm)}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: encoded(getattr(value, field.name)) for field in dataclasses.fields(value)}
        return {**fields, **_reckoned(value)}
    raise TypeError(f"{type(value).__name__} has no place in the document")


def _reckoned(value: object) -> dict[str, Json]:
    if isinstance(value, Tally):
        return {
            "period_ms": value.period_ms,
            "service_ms": value.service_ms,
            "end_to_end": encoded(value.end_to_end),
            "attributable": encoded(value.attributable),
            "coverage": ratio(value.coverage_ppm),
        }
    if isinstance(value, Sums):
        return {"mttr_ms": value.mttr_ms, "mtbf_ms": value.mtbf_ms}
    if isinstance(value, Outage):
        return {"own": value.own, "length_ms": value.length_ms}
    return {}


def _decode(hint: Any, value: Any) -> object:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        present = next(argument for argument in arguments if argument is not type(None))
        return None if value is None else _decode(present, value)
    if origin is tuple:
        hints = [arguments[0]] * len(value) if arguments[1:] == (...,) else list(arguments)
        return tuple(_decode(one, item) for one, item in zip(hints, value, strict=True))
    if origin is Mapping:
        return types.MappingProxyType({key: _decode(arguments[1], item) for key, item in value.items()})
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return hint(**{name: _decode(inner, value[name]) for name, inner in _hints(hint).items()})
    if issubclass(hint, StrEnum):
        return hint(value)
    if type(value) is not hint:
        raise TypeError(f"{type(value).__name__} where {hint.__name__} belongs")
    return value


@cache
def _hints(kind: Any) -> Mapping[str, Any]:
    return get_type_hints(kind)
