"""Expressions that several dashboards share; a test holds their names against the catalogue."""

from __future__ import annotations

from collector.model import State
from dashboards.colours import CODES

CUT_OFF = 'state=~"down|upstream"'


def state_code(selector: str) -> str:
    """Return each device's state as its number."""
    parts = [
        f'{code} * sum by (instance) (haidang_device_state{{state="{state}",{selector}}})'
        for state, code in CODES.items()
        if code
    ]
    return " + ".join(parts)


def named(expr: str, *labels: str) -> str:
    """Return a per-device expression with labels of the inventory joined to it."""
    wanted = ", ".join(labels or ("name",))
    about = f"max by (instance, {wanted}) (haidang_device_info)"
    return f"({expr}) * on (instance) group_left ({wanted}) {about}"


def units(selector: str = "") -> str:
    """Return a series for each unit: a commune, or what serves agencies; services are none."""
    more = f",{selector}" if selector else ""
    of_agencies = f'max by (instance) (haidang_device_serves{{role!="service"{more}}}) > 0'
    communes = f'max by (instance) (haidang_device_serves{{role="commune"{more}}})'
    return f"({of_agencies} or {communes})"


def cut_off(selector: str = "") -> str:
    """Return a series for each device that is cut off, by itself or by what it hangs on."""
    more = f",{selector}" if selector else ""
    return f"(max by (instance) (haidang_device_state{{{CUT_OFF}{more}}}) == 1)"


def count(expr: str) -> str:
    """Return how many series there are."""
    return or_none(f"count({expr})")


def or_none(expr: str) -> str:
    """Return a sum, 0 for none; and nothing while nobody looks, for that is not none."""
    return f"{expr} or 0 * sum(haidang_devices)"


def running_outages(selector: str = "") -> str:
    """Return the outages that are not over."""
    inner = f"{{{selector}}}" if selector else ""
    started = f"haidang_outage_start_timestamp_seconds{inner}"
    return f"({started} unless on (instance) haidang_outage_length_seconds)"


def in_state(state: State, selector: str) -> str:
    """Return how many devices are in a state."""
    return or_none(f'sum(haidang_device_state{{state="{state}",{selector}}})')


def fullness(window: str, selector: str = "") -> str:
    """Return P95 of each line's fuller direction as a share of what is subscribed."""
    more = f",{selector}" if selector else ""
    p95 = f'haidang_line_p95_bits_per_second{{window="{window}"{more}}}'
    return f"max by (instance) ({p95} / on (instance, direction) haidang_line_capacity_bits_per_second)"


def group_names(kind: str) -> str:
    """Return a factor of 1 that brings the names of areas to figures of groups."""
    if kind != "area":
        return ""
    areas = 'max by (area, area_name) (haidang_device_info{area!=""})'
    return f' * on (id) group_left (area_name) label_replace({areas}, "id", "$1", "area", "(.*)")'


def group(metric: str, selector: str, *, kind: str = "area") -> str:
    """Return a figure of groups, with their names."""
    return f'{metric}{{group="{kind}",{selector}}}{group_names(kind)}'
