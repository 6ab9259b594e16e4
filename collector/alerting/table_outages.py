"""Alerts about outages: one for each device that is down by itself, and for those that flap."""

from __future__ import annotations

from collector.alerting.alert import Alert, Group, Recording, Severity, Text
from collector.alerting.words import FAULT, OUTAGE

_LOOK_BACK = "1m"

RECORDINGS = (
    Recording(
        name="haidang:outage",
        group=Group.OUTAGES,
        expr=(
            "haidang_outage_start_timestamp_seconds\n"
            f"or (last_over_time(haidang:outage[{_LOOK_BACK}])\n"
            '    and on (instance) (haidang_device_state{state="unknown"} == 1))\n'
            f'or (last_over_time(haidang:outage[{_LOOK_BACK}]) unless on () (up{{job="haidang"}} == 1))'
        ),
        why="Outages that last. Not being able to look is no recovery: while the collector is away, or has "
        "just begun and knows nothing of a device yet, what was down stays down.",
    ),
)


def _down(code: str, selector: str, severity: Severity, *, title: Text, advice: Text, more: Text) -> Alert:
    return Alert(
        code=code,
        group=Group.OUTAGES,
        severity=severity,
        expr=f"haidang:outage{{{selector}}}",
        hold="",
        title=title,
        summary=Text(vi=OUTAGE.vi + more.vi, en=OUTAGE.en + more.en),
        advice=advice,
    )


_NOTHING = Text(vi="", en="")

ALERTS = (
    Alert(
        code="DeviceFlapping",
        group=Group.OUTAGES,
        severity=Severity.NOTICE,
        expr="haidang_outage_flapping",
        hold="",
        title=Text(vi="{{ $labels.name }}: kết nối chập chờn", en="{{ $labels.name }}: flapping"),
        summary=Text(
            vi='{{ $value | printf "%.0f" }} lần mất kết nối trong 15 phút. Các lần tiếp theo không được báo '
            "riêng; tin này kết thúc khi trạng thái ổn định được 5 phút.",
            en='{{ $value | printf "%.0f" }} outages began within 15 minutes. Further ones are not told one by '
            "one; this ends after 5 steady minutes.",
        ),
        advice=Text(
            vi="Kiểm tra suy hao quang, đầu nối và nguồn điện tại điểm này; yêu cầu nhà cung cấp đường truyền "
            "đo tuyến.",
            en="Check optical levels, connectors and power at the site; ask the line's provider to measure it.",
        ),
    ),
    Alert(
        code="AreaFlapping",
        group=Group.OUTAGES,
        severity=Severity.NONE,
        expr="count by (area, role) (haidang_outage_flapping) >= 5",
        hold="",
        title=Text(vi="Nhiều đường cùng khu vực chập chờn", en="Many lines of an area are flapping"),
        summary=Text(
            vi='{{ $value | printf "%.0f" }} thiết bị cùng loại trong khu vực đang chập chờn: mất kết nối riêng lẻ ở đó '
            "tạm thời không được báo.",
            en='{{ $value | printf "%.0f" }} devices of a kind in the area are flapping: single outages there are held '
            "back meanwhile.",
        ),
        advice=Text(
            vi="Xem tin chập chờn của khu vực: một nguyên nhân chung (tuyến, nguồn điện).",
            en="See the area's message about flapping: one cause they share (route, power).",
        ),
    ),
    _down(
        "HubDown",
        'kind="hub"',
        Severity.PAGE,
        title=Text(
            vi="{{ $labels.name }} mất kết nối, kéo theo các điểm phía sau",
            en="{{ $labels.name }} is down, with all that hangs on it",
        ),
        more=_NOTHING,
        advice=Text(
            vi="Gọi điểm tập trung kiểm tra nguồn điện và thiết bị; nếu vẫn có điện, báo ngay nhà cung cấp "
            "đường truyền. Các điểm phía sau không báo riêng.",
            en="Call the hub about power and equipment; if it has power, report to the line's provider at once. "
            "Those behind it are not told one by one.",
        ),
    ),
    _down(
        "ServiceDown",
        'kind="service"',
        Severity.PAGE,
        title=Text(
            vi="Dịch vụ {{ $labels.name }} ngừng hoạt động", en="Service {{ $labels.name }} does not work"
        ),
        more=FAULT,
        advice=Text(
            vi="Mở dịch vụ bằng trình duyệt, xem nhật ký ứng dụng trên máy chủ; đường truyền và máy chủ vẫn hoạt "
            "động.",
            en="Open it in a browser and read the application's log; its server and the way to it are alive.",
        ),
    ),
    _down(
        "ServerDown",
        'kind="device",role=~"server|core"',
        Severity.PAGE,
        title=Text(vi="{{ $labels.name }} không phản hồi", en="{{ $labels.name }} does not answer"),
        more=_NOTHING,
        advice=Text(
            vi="Vào bảng điều khiển từ xa (iLO, iDRAC) hoặc phòng máy xem nguồn, màn hình và cổng mạng.",
            en="Look at its remote console (iLO, iDRAC) or go to the room: power, screen, network port.",
        ),
    ),
    _down(
        "CommuneDown",
        'kind="device",role="commune"',
        Severity.NOTICE,
        title=Text(vi="{{ $labels.name }} mất kết nối", en="{{ $labels.name }} is down"),
        more=_NOTHING,
        advice=Text(
            vi="Gọi đơn vị hỏi nguồn điện và đèn của bộ định tuyến; nếu vẫn có điện, báo nhà cung cấp đường truyền.",
            en="Call the place about power and the router's lights; if it has power, report to the provider.",
        ),
    ),
    _down(
        "DeviceDown",
        'kind="device",role!~"server|core|commune"',
        Severity.NOTICE,
        title=Text(vi="{{ $labels.name }} mất kết nối", en="{{ $labels.name }} is down"),
        more=_NOTHING,
        advice=Text(
            vi="Kiểm tra nguồn điện, dây mạng và cổng của thiết bị phía trên.",
            en="Check power, cable, and the port of the device above it.",
        ),
    ),
)
