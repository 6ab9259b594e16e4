"""Reads temperature sensors. A slow sensor may hold this up: see snapshot."""

from __future__ import annotations

import psutil

from agent.probe.guard import Absent, guarded
from agent.probe.text import printable
from agent.wire_sections import Temperature, Temperatures, Unavailability

_MAX_SENSORS = 256
_PLAUSIBLE = (-273.15, 1_000.0)


@guarded
def read_temperatures() -> Temperatures:
    """Return every sensor that the kernel shows, in degrees Celsius, by chip and label."""
    chips = psutil.sensors_temperatures()
    sensors = [
        Temperature(
            chip=printable(chip),
            label=printable(one.label or f"{number}"),
            celsius=one.current,
            high_celsius=_limit(one.high),
            critical_celsius=_limit(one.critical),
        )
        for chip in sorted(chips)
        for number, one in enumerate(chips[chip], start=1)
        if _PLAUSIBLE[0] <= one.current <= _PLAUSIBLE[1]
    ]
    if not sensors:
        raise Absent(Unavailability.MISSING, "the system shows no temperature sensor")
    return Temperatures(sensors=tuple(sensors[:_MAX_SENSORS]), omitted=max(0, len(sensors) - _MAX_SENSORS))


def _limit(celsius: float | None) -> float | None:
    """Return a limit that means something: drivers put 0 or the largest number where they have none."""
    return celsius if celsius is not None and 0 < celsius <= _PLAUSIBLE[1] else None
