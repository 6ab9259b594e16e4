"""Colours and thresholds: told apart by colour-blind people, readable on light and dark."""

from __future__ import annotations

from grafana_foundation_sdk.models import dashboard as model

from collector.model import State
from dashboards.text import Texts

GOOD, WARN, BAD, CALM, BLUE = "#2f9c76", "#e0a62e", "#c4281c", "#8894a0", "#3f8ed0"

_OF_STATE = {
    State.UP: GOOD,
    State.UPSTREAM: "#8a4b94",
    State.MAINTENANCE: BLUE,
    State.UNKNOWN: WARN,
    State.DOWN: BAD,
    State.OUT_OF_SERVICE: CALM,
}

CODES = {state: code for code, state in enumerate(_OF_STATE)}
"""States as numbers, for panels that can show numbers only."""


def state_mappings(texts: Texts) -> list[model.ValueMapping]:
    """Return the mapping of codes to words and colours."""
    options = {
        str(code): model.ValueMappingResult(text=texts(f"state_{state}"), color=_OF_STATE[state], index=code)
        for state, code in CODES.items()
    }
    return [model.ValueMap(options=options)]


def words(pairs: dict[str, tuple[str, str]]) -> list[model.ValueMapping]:
    """Return the mapping of values to (text, colour)."""
    options = {
        value: model.ValueMappingResult(text=text, color=colour, index=index)
        for index, (value, (text, colour)) in enumerate(pairs.items())
    }
    return [model.ValueMap(options=options)]


def steps(first: str, *rest: tuple[float, str]) -> model.ThresholdsConfig:
    """Return thresholds: the first colour from minus infinity on, the others from their values on."""
    found = [model.Threshold(value=None, color=first)]
    found += [model.Threshold(value=value, color=colour) for value, colour in rest]
    return model.ThresholdsConfig(mode=model.ThresholdsMode.ABSOLUTE, steps=found)


PLAIN = steps(CALM)
NONE_IS_GOOD = steps(GOOD, (1, BAD))
AVAILABILITY = steps(BAD, (0.99, WARN), (0.995, GOOD))
"""QCVN 34:2019/BTTTT has 99.5 % for fixed broadband; the panels that use it say so."""
CAPACITY = steps(GOOD, (0.8, WARN), (0.9, BAD))
"""80 % by QCVN 34:2019/BTTTT (mean occupancy), 90 % by TT 06/2026/TT-BKHCN article 5.6 (P95)."""
FULLNESS = steps(GOOD, (0.8, WARN), (0.9, BAD))
COVERAGE = steps(BAD, (0.9, WARN), (0.99, GOOD))
DELAY = steps(GOOD, (0.05, WARN), (0.2, BAD))
"""50 ms by QCVN 34:2019/BTTTT."""
LOSS = steps(GOOD, (0.01, WARN), (0.1, BAD))
