"""For each alert: series under which it fires with these very words, under which it must not, and its end."""

from __future__ import annotations

from dataclasses import dataclass, field

Rows = dict[str, str]
"""Series and their values at each step, in promtool's notation."""

UP = "1x160"


@dataclass(frozen=True, kw_only=True)
class Words:
    """What an alert says in one language."""

    title: str
    summary: str


@dataclass(frozen=True, kw_only=True)
class Quiet:
    """Series under which the alert must not fire at that time, and why not."""

    why: str
    rows: Rows


@dataclass(frozen=True, kw_only=True)
class Case:
    """One alert. It fires `at` with these labels, and is over at `over`, with the same series."""

    code: str
    rows: Rows
    at: str
    over: str
    vi: Words
    en: Words
    labels: dict[str, str] = field(default_factory=dict)
    quiet: tuple[Quiet, ...]
    step: str = "1m"


def state(name: str, now: str, values: str = UP, *, role: str = "commune", area: str = "a") -> str:
    return (
        f'haidang_device_state{{instance="{name}",job="haidang",role="{role}",area="{area}",state="{now}"}}'
    )


def known(name: str, title: str, *, role: str = "commune", values: str = UP, now: str = "up") -> Rows:
    """Return a device that is in this state."""
    info = (
        f'haidang_device_info{{instance="{name}",job="haidang",name="{title}",role="{role}",area="a",'
        'area_name="Huyện A",address="127.0.0.1",parents=""}'
    )
    return {info: UP, state(name, now, role=role): values}


def outage(name: str, title: str, kind: str, values: str, *, role: str = "commune") -> Rows:
    """Return an outage that began on 28 November 2026 at 07:15:21 local time."""
    where = f'instance="{name}",job="haidang",role="{role}",area="a"'
    started = (
        f'haidang_outage_start_timestamp_seconds{{{where},name="{title}",area_name="Huyện A",kind="{kind}"}}'
    )
    info = f'haidang_outage_info{{{where},since="2026-11-28 07:15:21",fault="timeout"}}'
    return {started: values, info: values, 'up{job="haidang",instance="c"}': UP}


def cut_off(name: str, role: str, units: tuple[int, int], agencies: tuple[int, int], times: int) -> Rows:
    where = f'instance="{name}",job="haidang",role="{role}",area="a"'
    rows = {
        f"haidang_outage_cut_off_agencies{{{where}}}": f"{agencies[0]}x{times} stale",
        f"haidang_outage_of_agencies{{{where}}}": f"{agencies[1]}x{times} stale",
    }
    if units[0]:
        rows[f'haidang_outage_cut_off_units{{{where},unit="commune"}}'] = f"{units[0]}x{times} stale"
        rows[f'haidang_outage_of_units{{{where},unit="commune"}}'] = f"{units[1]}x{times} stale"
    return rows


def where(name: str, title: str, *, role: str = "commune") -> dict[str, str]:
    return {"instance": name, "role": role, "area": "a", "name": title, "area_name": "Huyện A"}


AK = "Xã An Khê"
HERE = known("ak", AK)
NOT_UP = {
    "ak1": "upstream",  # its parent is down, and has a message of its own
    "ak2": "unknown",  # nobody could look
    "ak3": "maintenance",
    "ak4": "out_of_service",
}


def away(rows: Rows) -> Quiet:
    """Return the same series at four devices that are not up, each in another way."""
    found: Rows = {}
    for name, now in NOT_UP.items():
        found |= known(name, AK, now=now)
        found |= {
            series.replace('instance="ak"', f'instance="{name}"'): values for series, values in rows.items()
        }
    return Quiet(why="upstream, unknown, in maintenance, out of service: the guard", rows=found)


def of_device(
    code: str, rows: Rows, *, at: str, over: str, vi: Words, en: Words, labels: dict[str, str] | None = None,
    fine: Quiet, step: str = "1m",
) -> Case:  # fmt: skip
    """Return a case about An Khê that is guarded: quiet where all is fine, and wherever it is not up."""
    return Case(
        code=code,
        rows={**HERE, **rows},
        at=at,
        over=over,
        vi=Words(title=f"{AK}: {vi.title}", summary=vi.summary),
        en=Words(title=f"{AK}: {en.title}", summary=en.summary),
        labels={**where("ak", AK), **(labels or {})},
        quiet=(Quiet(why=fine.why, rows={**HERE, **fine.rows}), away(rows)),
        step=step,
    )
