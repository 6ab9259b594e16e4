"""Why a device does or does not alert now, in sentences, from what the collector shows of it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, tzinfo
from typing import Any

from collector.alerting.table_devices import LOCAL
from collector.alerting.table_outages import ALERTS
from collector.inventory.values import Device, Inventory

Json = Mapping[str, Any]
_OUTAGES = frozenset(found.code for found in ALERTS if "haidang:outage{" in found.expr)


def explained(inventory: Inventory, device: Device, shown: Mapping[str, Json], zone: tzinfo) -> list[str]:
    """Return the sentences; `shown` is the collector's view of every device by id."""
    view = shown.get(device.id)
    if view is None:
        why = "the running collector does not know it. Reload its inventory; until then"
        return [f"{device.id}: {why} there is no alert about it."]
    said = [f"{device.id} ({device.name}) is {view['state']}{_since(view, zone)}."]
    said += _by_state(str(view["state"]), inventory, device, shown, zone)
    return said


def _since(view: Json, zone: tzinfo) -> str:
    if view["since_ms"] is None:
        return ""
    return f" since {datetime.fromtimestamp(view['since_ms'] / 1000, zone):%Y-%m-%d %H:%M:%S}"


def _by_state(
    state: str, inventory: Inventory, device: Device, shown: Mapping[str, Json], zone: tzinfo
) -> Iterator[str]:
    if state == "down":
        yield "It is down by itself, so it has an alert of its own: the way to it is alive."
        yield ("If it flaps (three outages within 15 minutes), DeviceFlapping is told once instead of each.")
    elif state == "upstream":
        for above, now in _silent_above(device, inventory, shown):
            yield f"No alert of its own: {above} above it is {now}, and the alert is there."
    elif state == "unknown":
        yield "No new alert: nobody can say how it is. An outage that was told before lasts until it answers."
    elif state == "maintenance":
        yield from _windows(inventory, device, zone)
    elif state == "out_of_service":
        yield "No alert: it is not commissioned yet, or withdrawn."
    else:
        yield from _faults(shown[device.id])


def _silent_above(
    device: Device, inventory: Inventory, shown: Mapping[str, Json]
) -> Iterator[tuple[str, str]]:
    """Yield the devices that cut this one off: the nearest on each way that are not upstream themselves."""
    queue, seen = list(device.parents), set[str]()
    while queue:
        name = queue.pop(0)
        if name in seen:
            continue
        seen.add(name)
        now = str(shown[name]["state"]) if name in shown else "not known"
        parent = inventory.device(name)
        if now in ("upstream", "up") and parent is not None:
            queue += parent.parents
        elif now != "up":
            yield name, now


def _windows(inventory: Inventory, device: Device, zone: tzinfo) -> Iterator[str]:
    named = [window for window in inventory.maintenance if device.id in window.devices]
    named += [window for window in inventory.maintenance if device.area in window.areas]
    yield "No alert: planned maintenance, its own or of what every way to it leads through."
    for window in named:
        until = window.end.astimezone(zone)
        yield f"{window.id} names it: {window.reason} ({window.author}), until {until:%Y-%m-%d %H:%M}."
    yield "All that is planned: haidang maintenance list."


def _faults(view: Json) -> Iterator[str]:
    faults = {probe: one for probe, one in view["probes"].items() if not one["ok"]}
    if not faults:
        yield "Nothing is wrong with reaching and reading it. Lines, disks, certificates: see below."
        return
    for probe, one in faults.items():
        reason = str(one["reason"])
        if reason in {str(found) for found in LOCAL}:
            yield f"{probe} fails on our side ({reason}): that is PollsFailHere, not this device's."
        else:
            words = f" ({one['detail']})" if one["detail"] else ""
            yield (
                f"{probe} brings nothing: {reason}{words}. After 3 minutes that is ManagementFault, "
                "AgentSilent (ssh) or WrongCredentials."
            )


def alerts_said(alerts: list[Json], device: str) -> list[str]:
    """Return what Prometheus says of a device's alerts."""
    mine = [alert for alert in alerts if alert["labels"].get("instance") == device]
    if not mine:
        return ["Prometheus: no alert about it, neither pending nor firing."]
    said = [
        f"Prometheus: {alert['labels']['alertname']} {alert['state']} since {alert['activeAt'][:19]} UTC: "
        f"{alert['annotations'].get('title_en', '')}. Runbook: {alert['annotations'].get('runbook', 'none')}"
        for alert in mine
    ]
    if any(alert["labels"]["alertname"] in _OUTAGES for alert in mine):
        said.append("An outage's alert goes on for a little after its end, so that its end can be told.")
    return said


def kept_back(alerts: list[Json]) -> list[str]:
    """Return what Alertmanager says of a device's alerts: told, silenced by somebody, or inhibited."""
    said = []
    for alert in alerts:
        status, name = alert["status"], alert["labels"]["alertname"]
        if status["silencedBy"]:
            said.append(
                f"Alertmanager: {name} is silenced ({', '.join(status['silencedBy'])}): nobody is told."
            )
        elif status["inhibitedBy"]:
            said.append(f"Alertmanager: {name} is held back by another alert about it: nobody is told twice.")
        else:
            told = ", ".join(receiver["name"] for receiver in alert["receivers"]) or "nobody"
            said.append(f"Alertmanager: {name} goes to {told}.")
    return said
