"""Months made by hand: figures that hold together, from a few words about each device."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from types import MappingProxyType

from collector.figures.outage_values import Annotation, Cause, Outage, Undecided
from collector.figures.period import Period, month_period
from collector.figures.tally import Sums, Tally
from collector.figures.values import (
    Absence,
    CutOff,
    DeviceFigures,
    GroupFigures,
    PeriodFigures,
    PlannedWork,
)
from collector.inventory.planning_values import Calendar
from collector.inventory.report_values import PeriodKind, ReportSettings, Signer
from collector.inventory.values import (
    Area,
    CollectorSettings,
    HttpSettings,
    Inventory,
    Organisation,
)
from collector.report.model import Sources, monthly_report
from collector.report.numbers import Numbers
from collector.report.places import places_of
from collector.report.traffic_values import TrafficRow
from collector.report.values import Closing, MonthlyReport, MonthPoint
from collector.report.words.say import Words

ZONE = "Asia/Ho_Chi_Minh"
HOUR = 3_600_000
MINUTE = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """An outage: hours from the period's begin, hours long; None: it lasts."""

    at: float
    hours: float | None
    upstream: bool = False
    cause: Cause = Cause.LINE
    undecided: Undecided | None = None
    annotations: tuple[Annotation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A device to be: what it is, its silences, and how long nobody looked at it (hours)."""

    id: str
    name: str
    area: str | None = None
    role: str = "commune"
    serves: int = 1
    service: bool = False
    silences: tuple[Silence, ...] = ()
    unknown: float = 0.0
    maintenance: float = 0.0
    unencrypted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class District:
    """An area to be, with its hub."""

    id: str
    name: str
    hub: str | None = None


def period(name: str = "2026-10", kind: PeriodKind = PeriodKind.MONTH) -> Period:
    """Return a reporting period."""
    return month_period(name, kind, ZONE)


def inventory(
    areas: Iterable[District] = (), *, report: ReportSettings | None = None, name: str = "Sở Khoa học"
) -> Inventory:
    """Return an inventory with these areas and nothing polled: a report takes its devices from figures."""
    return Inventory(
        source="/tmp/inventory.yaml",
        organisation=Organisation(
            name=name, superior="UBND tỉnh Thái Bình", place="Thái Bình", language="vi", timezone=ZONE
        ),
        collector=CollectorSettings(http=HttpSettings(host="127.0.0.1", port=1), ledger="/tmp/ledger.db"),
        calendar=Calendar(holidays="VN", weekdays=(0, 1, 2, 3, 4), seasons=()),
        areas=tuple(Area(id=area.id, name=area.name, hub=area.hub) for area in areas),
        report=ReportSettings() if report is None else report,
    )


def figures(
    devices: Sequence[Made],
    areas: Sequence[District] = (),
    *,
    whole: Period | None = None,
    planned: tuple[PlannedWork, ...] = (),
    absences: tuple[Absence, ...] = (),
    simulated: bool = False,
) -> PeriodFigures:
    """Return the figures of devices whose silences are as they say."""
    when = period() if whole is None else whole
    made = [_device(device, when) for device in devices]
    outages = [outage for device in devices for outage in _outages(device, when)]
    network = [one for one, device in zip(made, devices, strict=True) if not device.service]
    services = [one for one, device in zip(made, devices, strict=True) if device.service]
    groups = {
        "area": tuple(
            _group(area.id, area.name, [d for d in network if d.area == area.id]) for area in areas
        ),
        "role": tuple(
            _group(role, role, [d for d in network if d.role == role])
            for role in sorted({device.role for device in network})
        ),
    }
    return PeriodFigures(
        name=when.name,
        kind=str(when.kind),
        timezone=ZONE,
        start_ms=when.start_ms,
        end_ms=when.end_ms,
        whole=True,
        ledger_id="11111111-2222-3333-4444-555555555555",
        simulated=simulated,
        revisions=(),
        devices=tuple(made),
        groups=MappingProxyType(groups),
        province=_group("province", "province", network),
        services=_group("services", "services", services),
        outages=tuple(sorted(outages, key=lambda one: (one.start_ms, one.device))),
        planned=planned,
        absences=absences,
        working_ms=176 * HOUR,
    )


def report(
    found: PeriodFigures,
    given: Inventory,
    *,
    draft: bool = False,
    number: int | None = None,
    dated: date | None = None,
    traffic: tuple[TrafficRow, ...] = (),
    months: Mapping[str, MonthPoint] | None = None,
    closing: Closing | None = None,
) -> MonthlyReport:
    """Return the report of figures."""
    kind = given.report.period
    return monthly_report(
        Sources(
            figures=found,
            period=month_period(found.name, kind, ZONE),
            inventory=given,
            places=places_of(found, given),
            software="1.0",
            draft=draft,
            number=number,
            dated=dated,
            traffic=traffic,
            months=MappingProxyType({}) if months is None else months,
            closing=closing,
        )
    )


def words(language: str = "vi") -> Words:
    """Return the phrases of a language."""
    return Words(numbers=Numbers(language=language, timezone=ZONE))


def _device(device: Made, when: Period) -> DeviceFigures:
    whole = when.end_ms - when.start_ms
    down = sum(_length(one, when) for one in device.silences if not one.upstream)
    upstream = sum(_length(one, when) for one in device.silences if one.upstream)
    unknown, maintenance = round(device.unknown * HOUR), round(device.maintenance * HOUR)
    up = whole - down - upstream - unknown - maintenance
    assert up >= 0, device
    # Each end of an outage is somewhere within a minute.
    loose = min(up, MINUTE * len(device.silences))
    tally = Tally(
        up_ms=up,
        down_ms=down,
        upstream_ms=upstream,
        unknown_ms=unknown,
        maintenance_ms=maintenance,
        up_min_ms=up - loose,
        down_min_ms=max(0, down - loose),
        upstream_min_ms=max(0, upstream - loose),
        maybe_up_ms=up + unknown + min(loose, down),
        maybe_down_ms=down + unknown + loose,
    )
    own = [one for one in device.silences if not one.upstream]
    ended = [one for one in own if one.hours is not None]
    sums = Sums(
        tally=tally,
        outages=len(device.silences),
        own_outages=len(own),
        repaired=len(ended),
        repair_ms=sum(_length(one, when) for one in ended),
    )
    return DeviceFigures(
        device=device.id,
        name=device.name,
        role=device.role,
        area=device.area,
        serves=device.serves,
        is_service=device.service,
        unencrypted=device.unencrypted,
        resolution_ms=MINUTE,
        all_hours=sums,
        working=replace(sums, tally=Tally(up_ms=up // 4, down_ms=down // 4, upstream_ms=upstream // 4)),
    )


def _length(silence: Silence, when: Period) -> int:
    start = when.start_ms + round(silence.at * HOUR)
    end = when.end_ms if silence.hours is None else start + round(silence.hours * HOUR)
    return min(end, when.end_ms) - max(start, when.start_ms)


def _outages(device: Made, when: Period) -> Iterable[Outage]:
    for silence in device.silences:
        start = when.start_ms + round(silence.at * HOUR)
        end = None if silence.hours is None else start + round(silence.hours * HOUR)
        lost = _length(silence, when)
        moment = datetime.fromtimestamp(start / 1000, UTC)
        yield Outage(
            id=f"{device.id}@{moment:%Y-%m-%dT%H:%M:%SZ}",
            device=device.id,
            start_ms=start,
            end_ms=end,
            start_gap_ms=(start - MINUTE // 2, start + MINUTE // 2),
            end_gap_ms=None if end is None else (end - MINUTE // 2, end + MINUTE // 2),
            begun_before=silence.at < 0,
            down_ms=0 if silence.upstream else lost,
            upstream_ms=lost if silence.upstream else 0,
            unseen_ms=0,
            maintenance_ms=0,
            cause=Cause.UPSTREAM if silence.upstream else silence.cause,
            undecided=silence.undecided,
            evidence=(),
            fault=None,
            annotations=silence.annotations,
        )


def _group(key: str, name: str, members: Sequence[DeviceFigures]) -> GroupFigures:
    none = Sums(tally=Tally())
    e = [ppm for d in members if (ppm := d.all_hours.tally.end_to_end.ppm) is not None]
    a = [ppm for d in members if (ppm := d.all_hours.tally.attributable.ppm) is not None]
    cut = [d for d in members if d.all_hours.outages and d.serves]
    units = [d for d in members if d.serves]
    return GroupFigures(
        id=key,
        name=name,
        devices=len(members),
        all_hours=sum((d.all_hours for d in members), none),
        working=sum((d.working for d in members), none),
        mean_end_to_end_ppm=sum(e) // len(e) if e else None,
        mean_attributable_ppm=sum(a) // len(a) if a else None,
        resolution_ms=MINUTE if members else None,
        cut_off=CutOff(
            units=len(cut),
            of_units=len(units),
            agencies=sum(d.serves for d in cut),
            of_agencies=sum(d.serves for d in units),
            most=min(1, len(cut)),
            most_at_ms=None,
            most_agencies=max((d.serves for d in cut), default=0),
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A whole month: figures and the inventory that names its areas."""

    figures: PeriodFigures
    inventory: Inventory
    traffic: tuple[TrafficRow, ...] = ()
    months: Mapping[str, MonthPoint] = field(default_factory=dict)


DISTRICTS = (
    District(id="tp-thai-binh", name="Thành phố Thái Bình", hub="hub-tp"),
    District(id="hung-ha", name="Huyện Hưng Hà", hub="hub-hh"),
    District(id="vu-thu", name="Huyện Vũ Thư", hub="hub-vt"),
    District(id="dc", name="Trung tâm Tích hợp dữ liệu"),
)
SIGNER = Signer(authority="KT. Giám đốc", office="Phó Giám đốc")
SETTINGS = ReportSettings(
    symbol="BC-STTTT",
    addressees=("Ủy ban nhân dân tỉnh Thái Bình",),
    recipients=("Ban Chỉ đạo chuyển đổi số tỉnh",),
    archive="VT, TTTHDL",
    signer=SIGNER,
    roles={"server": "Máy chủ", "core": "Thiết bị mạng lõi"},
)


def ordinary(
    *, settings: ReportSettings = SETTINGS, whole: Period | None = None, simulated: bool = False
) -> Month:
    """Return an ordinary month: some outages of each kind, planned work, an absence, lines full and empty."""
    when = period() if whole is None else whole
    power = Cause.POWER_OR_RESTART
    said = Annotation(
        at_ms=when.end_ms, author="Trực ban", cause="fibre_cut", note="Thi công đường", responsible="VNPT"
    )
    devices = (
        Made(id="hub-tp", name="Điểm tập trung thành phố", area="tp-thai-binh", role="hub", serves=22),
        Made(id="hub-hh", name="Điểm tập trung huyện Hưng Hà", area="hung-ha", role="hub", serves=22,
             silences=(Silence(at=100, hours=2),)),
        Made(id="hub-vt", name="Điểm tập trung huyện Vũ Thư", area="vu-thu", role="hub", serves=22),
        Made(id="a", name="Phường Đề Thám", area="tp-thai-binh", serves=3),
        Made(id="b", name="Phường Bồ Xuyên", area="tp-thai-binh", serves=3,
             silences=(Silence(at=30.5, hours=0.75, cause=power),)),
        Made(id="c", name="Xã Minh Tân", area="hung-ha", serves=2,
             silences=(Silence(at=100, hours=2, upstream=True),
                       Silence(at=300, hours=9.25, annotations=(said,)))),
        Made(id="d", name="Xã An Khê", area="hung-ha", unencrypted=True,
             silences=(Silence(at=100, hours=2, upstream=True),)),
        Made(id="e", name="Xã Minh Tân", area="vu-thu", unknown=40, serves=2),
        Made(id="f", name="Xã Đông Hòa", area="vu-thu", maintenance=5,
             silences=(Silence(at=50, hours=1, cause=power), Silence(at=80, hours=1, cause=power),
                       Silence(at=120, hours=1.5, cause=Cause.UNDECIDED, undecided=Undecided.NO_UPTIME))),
        Made(id="g", name="Thị trấn Vũ Thư", area="vu-thu", silences=(Silence(at=700, hours=None,
             cause=Cause.UNDECIDED, undecided=Undecided.NOT_OVER),)),
        Made(id="core", name="Bộ định tuyến lõi", area="dc", role="core", serves=21),
        Made(id="srv", name="Máy chủ thư điện tử", area="dc", role="server", serves=0,
             silences=(Silence(at=200, hours=0.5, cause=power),)),
        Made(id="portal", name="Cổng thông tin điện tử tỉnh", area="dc", role="service", serves=788,
             service=True, silences=(Silence(at=200, hours=0.6, cause=Cause.UNDECIDED,
             undecided=Undecided.SERVICE),)),
    )  # fmt: skip
    work = PlannedWork(
        id="w", source="register", devices=("f",), areas=(), covered=("f",),
        start_ms=when.start_ms + 400 * HOUR, end_ms=when.start_ms + 406 * HOUR,
        entered_ms=when.start_ms + 401 * HOUR, counts_from_ms=when.start_ms + 401 * HOUR,
        counts_to_ms=when.start_ms + 406 * HOUR, late_ms=HOUR, accepted=False,
        reason="Thay bộ lưu điện dự phòng sẵn có", author="Phòng Hạ tầng",
    )  # fmt: skip
    away = Absence(start_ms=when.start_ms + 500 * HOUR, end_ms=when.start_ms + 503 * HOUR, why="stopped")
    found = figures(devices, DISTRICTS, whole=when, planned=(work,), absences=(away,), simulated=simulated)
    return Month(
        figures=found,
        inventory=inventory(DISTRICTS, report=settings, name="Sở Thông tin và Truyền thông"),
        traffic=TRAFFIC,
        months={
            "2026-09": MonthPoint(
                name="2026-09",
                source="closed",
                end_to_end_ppm=997_201,
                attributable_ppm=998_000,
                centre_ppm=999_900,
                services_ppm=999_000,
                coverage_ppm=999_000,
                outages=11,
                mttr_ms=HOUR,
                lost_ms=20 * HOUR,
            ),
            "2026-08": MonthPoint(
                name="2026-08",
                source="computed",
                end_to_end_ppm=991_000,
                attributable_ppm=993_000,
                centre_ppm=999_999,
                services_ppm=None,
                coverage_ppm=995_000,
                outages=17,
                mttr_ms=None,
                lost_ms=40 * HOUR,
            ),
        },
    )


def line(device: str, name: str, *, capacity: int, into: int, out: int, streak: int = 0) -> TrafficRow:
    """Return a line's traffic: rates in Mbit/s."""
    fullness = max(into, out) * 1_000_000 // capacity
    mega = 1_000_000
    return TrafficRow(
        device=device, name=name, area="", leased=True, to_unit=True, capacity_in_bps=capacity * mega,
        capacity_out_bps=capacity * mega, p95_in_bps=into * mega, p95_out_bps=out * mega,
        max_in_bps=capacity * mega, max_out_bps=out * mega * 2,
        in_bytes=into * 10**11, out_bytes=out * 10**11, busy_in_ms=HOUR * 30 if fullness > 800_000 else 0,
        busy_out_ms=0, expected=8_928, missing=28, counts=True, fullness_ppm=fullness, streak_days=streak,
        breaks_rule=streak >= 7,
    )  # fmt: skip


TRAFFIC = (
    line("b", "Phường Bồ Xuyên", capacity=50, into=47, out=12, streak=8),
    line("a", "Phường Đề Thám", capacity=50, into=30, out=9),
    line("c", "Xã Minh Tân (huyện Hưng Hà)", capacity=50, into=3, out=1),
    line("f", "Xã Đông Hòa", capacity=30, into=25, out=4, streak=2),
)
