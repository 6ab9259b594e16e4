"""Expressions that several dashboards share; a test holds their names against the catalogue."""

from __future__ import annotations

from collector.model import State
from dashboards.colours import CODES

CUT_OFF = 'state=~"down|upstream"'


def state_code(selector: str, only: str = "") -> str:
    """Return each device's state as its number, or of those in the set `only` alone."""
    among = f" and on (instance) {only}" if only else ""
    parts = [
        f'{code} * (haidang_device_state{{state="{state}",{selector}}}{among})'
        for state, code in CODES.items()
        if code
    ]
    return f"sum by (instance) ({' or '.join(parts)})"


def named(expr: str, *labels: str, of: str = "", only: str = "") -> str:
    """Return a per-device expression with labels of the inventory joined to it.

    `of` selects whose, and `only` is a set of devices: names are looked up at each point of the time shown.
    """
    wanted = ", ".join(labels or ("name",))
    about = f"haidang_device_info{f'{{{of}}}' if of else ''}{f' and on (instance) {only}' if only else ''}"
    return f"({expr}) * on (instance) group_left ({wanted}) max by (instance, {wanted}) ({about})"


def latest(selector: str) -> str:
    """Return the last values within six hours of the end of the time shown, worked out once for all of it."""
    return f"last_over_time({selector}[6h] @ end())"


def greatest(count: int, expr: str, among: str) -> str:
    """Return the set of devices whose `expr`, of `latest` values, is greatest; `among` is ` and …` or ``."""
    return f"topk({count}, max by (instance) ({expr}){among})"


def those(selector: str, only: str) -> str:
    """Return a value a device, of those in a set."""
    return f"max by (instance) ({selector} and on (instance) {only})"


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


_CAPACITY = "haidang_line_capacity_bits_per_second"


def fullness(window: str) -> str:
    """Return P95 of each line's fuller direction as a share of what is subscribed."""
    return f"max by (instance) ({_share(_p95(window), _CAPACITY)})"


def fullest(count: int, window: str, among: str) -> str:
    """Return the set of lines that are fullest at the end of the time shown."""
    return greatest(count, _share(latest(_p95(window)), latest(_CAPACITY)), among)


def fullness_of(window: str, only: str) -> str:
    """Return the fullness over time of the lines of a set; little is left to divide at each point."""
    p95, capacity = (f"({one} and on (instance) {only})" for one in (_p95(window), latest(_CAPACITY)))
    return f"max by (instance) ({_share(p95, capacity)})"


def _p95(window: str) -> str:
    return f'haidang_line_p95_bits_per_second{{window="{window}"}}'


def _share(p95: str, capacity: str) -> str:
    return f"{p95} / on (instance, direction) {capacity}"


def group_names(kind: str) -> str:
    """Return a factor of 1 that brings the names of areas to figures of groups."""
    if kind != "area":
        return ""
    areas = 'max by (area, area_name) (haidang_device_info{area!=""})'
    return f' * on (id) group_left (area_name) label_replace({areas}, "id", "$1", "area", "(.*)")'


def group(metric: str, selector: str, *, kind: str = "area") -> str:
    """Return a figure of groups, with their names."""
    return f'{metric}{{group="{kind}",{selector}}}{group_names(kind)}'
