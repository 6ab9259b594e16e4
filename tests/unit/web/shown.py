"""Snapshots for tests of the pages: a small province with a hub, communes, a service and strange names."""

from __future__ import annotations

from datetime import UTC, datetime
from types import MappingProxyType

from collector.current import ProbeView, View
from collector.figures.outage_values import Cause, Outage, Undecided
from collector.figures.tally import Sums, Tally
from collector.figures.values import CutOff, DeviceFigures, GroupFigures, PeriodFigures
from collector.inventory.planning_values import Calendar, MaintenanceWindow
from collector.inventory.service_values import HttpCheck
from collector.inventory.values import (
    Area,
    CollectorSettings,
    Device,
    HttpSettings,
    IcmpCheck,
    Inventory,
    Organisation,
    Probe,
    Uplink,
)
from collector.ledger.traffic import Direction
from collector.model import Reason, State
from collector.traffic.now import LineNow, WayNow
from collector.web.snapshot import Snapshot

NOW_MS = 1_795_000_000_000
HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>\u202e\x07'


def device(of: str, /, *, role: str = "commune", parents: tuple[str, ...] = (), **more: object) -> Device:
    values: dict[str, object] = {
        "id": of,
        "name": f"Xã {of}",
        "role": role,
        "address": "127.0.0.9",
        "area": "dong-hung",
        "parents": parents,
        "icmp": IcmpCheck(),
        "snmp": None,
        "ssh": None,
        "reachability": (Probe.ICMP,),
        "interval_ms": 30_000,
        "deadline_ms": 5_000,
        "serves": 3,
        "uplink": Uplink(interface="wan0"),
    }
    return Device(**(values | more))  # type: ignore[arg-type]


def view(of: Device, state: State = State.UP) -> View:
    fault = state in (State.DOWN, State.UPSTREAM)
    probe = ProbeView(
        probe=Probe.ICMP,
        rtt_s=None if fault else 0.0123,
        reason=Reason.TIMEOUT if fault else None,
        detail="no answer" if fault else "",
    )
    return View(
        device=of, state=state, since_ms=NOW_MS - 7_500_000, evidence_ms=NOW_MS - 1_000, probes=(probe,)
    )


def line(p95: int, capacity: int = 100_000_000) -> LineNow:
    way = WayNow(rate=p95, capacity=capacity, p95=p95, over_days=2)
    return LineNow(interface="wan0", found=True, ways=dict.fromkeys(Direction, way))


def inventory(devices: tuple[Device, ...], **more: object) -> Inventory:
    values: dict[str, object] = {
        "source": "/etc/haidang/inventory.yaml",
        "organisation": Organisation(
            name="Trung tâm Tích hợp dữ liệu",
            superior=None,
            place=None,
            language="vi",
            timezone="Asia/Ho_Chi_Minh",
        ),
        "collector": CollectorSettings(http=HttpSettings(host="127.0.0.1", port=1), ledger="/x"),
        "calendar": Calendar(holidays=None, weekdays=(0, 1, 2, 3, 4), seasons=()),
        "areas": (Area(id="dong-hung", name="Huyện Đông Hưng", hub="hub"),),
        "devices": devices,
    }
    return Inventory(**(values | more))  # type: ignore[arg-type]


def province(states: dict[str, State] | None = None, **more: object) -> Snapshot:
    """Return a hub with three communes behind it, one of which has a hostile name, and a service."""
    states = states or {}
    devices = (
        device("hub", role="hub", name="Điểm tập trung huyện Đông Hưng", serves=22),
        device("an-khe", parents=("hub",)),
        device("me-linh", parents=("hub",)),
        device("hostile", parents=("hub",), name=HOSTILE, address=HOSTILE),
        device("portal", role="service", icmp=None, http=HttpCheck(url="https://p.example/"), serves=788),
    )
    values: dict[str, object] = {
        "now_ms": NOW_MS,
        "version": "1.2.3",
        "inventory": inventory(devices),
        "views": tuple(view(one, states.get(one.id, State.UP)) for one in devices),
    }
    return Snapshot(**(values | more))  # type: ignore[arg-type]


def window(**more: object) -> MaintenanceWindow:
    values: dict[str, object] = {
        "id": "w1",
        "devices": ("an-khe",),
        "areas": ("dong-hung",),
        "start": datetime.fromtimestamp(NOW_MS / 1000 - 600, UTC),
        "end": datetime.fromtimestamp(NOW_MS / 1000 + 600, UTC),
        "reason": HOSTILE,
        "author": "Nguyễn Văn A",
    }
    return MaintenanceWindow(**(values | more))  # type: ignore[arg-type]


TALLY = Tally(
    up_ms=999_000,
    down_ms=1_000,
    unknown_ms=10_000,
    up_min_ms=998_000,
    maybe_up_ms=1_009_500,
    maybe_down_ms=11_500,
)


def figures() -> PeriodFigures:
    sums = Sums(tally=TALLY, outages=1, own_outages=1, repaired=1, repair_ms=1_000)
    cut_off = CutOff(
        units=1, of_units=4, agencies=3, of_agencies=31, most=1, most_at_ms=NOW_MS, most_agencies=3
    )

    def group(name: str) -> GroupFigures:
        return GroupFigures(
            id=name,
            name=name,
            devices=4,
            all_hours=sums,
            working=sums,
            mean_end_to_end_ppm=999_000,
            mean_attributable_ppm=999_000,
            resolution_ms=35_000,
            cut_off=cut_off,
        )

    outage = Outage(
        id="an-khe@2026-11-01T00:00:00Z",
        device="an-khe",
        start_ms=NOW_MS - 90_000_000,
        end_ms=NOW_MS - 89_000_000,
        start_gap_ms=(0, 1),
        end_gap_ms=(0, 1),
        begun_before=False,
        down_ms=1_000_000,
        upstream_ms=0,
        unseen_ms=0,
        maintenance_ms=0,
        cause=Cause.UNDECIDED,
        undecided=Undecided.NO_UPTIME,
        evidence=(),
        fault=Reason.TIMEOUT,
    )
    return PeriodFigures(
        name="2026-11",
        kind="month",
        timezone="Asia/Ho_Chi_Minh",
        start_ms=NOW_MS - 1_010_000,
        end_ms=NOW_MS,
        whole=False,
        ledger_id="x",
        simulated=False,
        revisions=(),
        devices=(
            DeviceFigures(
                device="an-khe",
                name="Xã An Khê",
                role="commune",
                area="dong-hung",
                serves=3,
                is_service=False,
                unencrypted=False,
                resolution_ms=35_000,
                all_hours=sums,
                working=sums,
            ),
        ),
        groups=MappingProxyType({"area": (group("Huyện Đông Hưng"),)}),
        province=group("province"),
        services=group("services"),
        outages=(outage,),
        planned=(),
        absences=(),
        working_ms=0,
    )
