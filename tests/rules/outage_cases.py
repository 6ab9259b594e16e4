"""Cases of the alerts about outages, stepped by 15 seconds."""

from __future__ import annotations

from tests.rules.cases import AK, Case, Quiet, Words, cut_off, known, outage, state, where

_BEGAN = "1795824921x{} stale"
SINCE_VI, SINCE_EN = "Mất kết nối từ 07:15:21 ngày 28/11/2026.", "No connection since 2026-11-28 07:15:21."


def _labels(name: str, title: str, kind: str, role: str = "commune") -> dict[str, str]:
    return {"job": "haidang", **where(name, title, role=role), "kind": kind}


def _length(name: str, role: str, cause: str, seconds: int, after: int) -> dict[str, str]:
    series = f'haidang_outage_length_seconds{{instance="{name}",job="haidang",role="{role}",area="a",cause="{cause}"}}'
    return {series: f"_x{after} {seconds}x4 stale"}


def _flapping(number: int, values: str) -> dict[str, str]:
    where = 'job="haidang",role="commune",area="a",area_name="Huyện A"'
    return {
        f'haidang_outage_flapping{{instance="c{one}",name="Xã {one}",{where}}}': values
        for one in range(number)
    }


NOBODY = Quiet(why="nobody is down", rows={'up{job="haidang",instance="c"}': "1x40"})

CASES = (
    Case(
        code="HubDown",
        rows={
            **outage("hub", "Điểm tập trung huyện A", "hub", _BEGAN.format(10), role="hub"),
            **cut_off("hub", "hub", (44, 286), (150, 788), 10),
        },
        at="1m",
        over="3m",
        vi=Words(
            title="Điểm tập trung huyện A mất kết nối, kéo theo các điểm phía sau",
            summary=f"{SINCE_VI} Bị cắt theo: 44/286 xã, phường, thị trấn. Số cơ quan bị ảnh hưởng: 150/788.",
        ),
        en=Words(
            title="Điểm tập trung huyện A is down, with all that hangs on it",
            summary=f"{SINCE_EN} Cut off with it: 44 of 286 communes. Agencies affected: 150 of 788.",
        ),
        labels=_labels("hub", "Điểm tập trung huyện A", "hub", "hub"),
        quiet=(
            NOBODY,
            Quiet(
                why="one that nothing hangs on is no hub", rows=outage("ak", AK, "device", "1795824921x40")
            ),
        ),
        step="15s",
    ),
    Case(
        code="HubDown",
        rows={
            **outage("hub", "Điểm tập trung huyện A", "hub", _BEGAN.format(9), role="hub"),
            **cut_off("hub", "hub", (44, 286), (150, 788), 5),
            **_length("hub", "hub", "line", 3792, 5),
        },
        at="2m",
        over="4m",
        vi=Words(
            title="Điểm tập trung huyện A mất kết nối, kéo theo các điểm phía sau",
            summary=f"{SINCE_VI} Bị cắt theo: 44/286 xã, phường, thị trấn. Số cơ quan bị ảnh hưởng: 150/788. "
            "Đã khắc phục sau 1 giờ 3 phút 12 giây; nguyên nhân: đường truyền gián đoạn, thiết bị không khởi "
            "động lại.",
        ),
        en=Words(
            title="Điểm tập trung huyện A is down, with all that hangs on it",
            summary=f"{SINCE_EN} Cut off with it: 44 of 286 communes. Agencies affected: 150 of 788. "
            "Resolved after 1h 3m 12s; cause: the line; the device did not restart.",
        ),
        labels=_labels("hub", "Điểm tập trung huyện A", "hub", "hub"),
        quiet=(NOBODY,),
        step="15s",
    ),
    Case(
        code="ServiceDown",
        rows=outage("portal", "Cổng", "service", _BEGAN.format(10), role="service"),
        at="1m",
        over="3m",
        vi=Words(title="Dịch vụ Cổng ngừng hoạt động", summary=f"{SINCE_VI} Kết quả kiểm tra: timeout."),
        en=Words(title="Service Cổng does not work", summary=f"{SINCE_EN} The check found: timeout."),
        labels=_labels("portal", "Cổng", "service", "service"),
        quiet=(NOBODY,),
        step="15s",
    ),
    Case(
        code="ServerDown",
        rows=outage("srv", "Máy chủ 1", "device", _BEGAN.format(10), role="server"),
        at="1m",
        over="3m",
        vi=Words(title="Máy chủ 1 không phản hồi", summary=SINCE_VI),
        en=Words(title="Máy chủ 1 does not answer", summary=SINCE_EN),
        labels=_labels("srv", "Máy chủ 1", "device", "server"),
        quiet=(
            NOBODY,
            Quiet(
                why="a server that others hang on is a hub",
                rows=outage("srv", "Máy chủ 1", "hub", "1795824921x40", role="server"),
            ),
        ),
        step="15s",
    ),
    Case(
        code="CommuneDown",
        rows={
            **outage("ak", AK, "device", _BEGAN.format(9)),
            **cut_off("ak", "commune", (0, 0), (2, 788), 5),
            **_length("ak", "commune", "power_or_restart", 192, 5),
        },
        at="2m",
        over="4m",
        vi=Words(
            title="Xã An Khê mất kết nối",
            summary=f"{SINCE_VI} Số cơ quan bị ảnh hưởng: 2/788. Đã khắc phục sau 3 phút 12 giây; nguyên nhân: "
            "mất điện hoặc thiết bị khởi động lại.",
        ),
        en=Words(
            title="Xã An Khê is down",
            summary=f"{SINCE_EN} Agencies affected: 2 of 788. Resolved after 3m 12s; cause: loss of power, or the "
            "device restarted.",
        ),
        labels=_labels("ak", AK, "device"),
        quiet=(
            NOBODY,
            Quiet(
                why="upstream: it is cut off by its parent, which has the message",
                rows={**known("ak", AK, now="upstream"), **outage("hub", "Hub", "hub", "1x40", role="hub")},
            ),
        ),
        step="15s",
    ),
    Case(
        code="DeviceDown",
        rows=outage("sw", "Bộ chuyển mạch", "device", _BEGAN.format(10), role="switch"),
        at="1m",
        over="3m",
        vi=Words(title="Bộ chuyển mạch mất kết nối", summary=SINCE_VI),
        en=Words(title="Bộ chuyển mạch is down", summary=SINCE_EN),
        labels=_labels("sw", "Bộ chuyển mạch", "device", "switch"),
        quiet=(
            NOBODY,
            Quiet(why="a commune has its own", rows=outage("ak", AK, "device", "1795824921x40")),
        ),
        step="15s",
    ),
    Case(
        code="CommuneDown",
        rows={
            **outage("ak", AK, "device", "1795824921x4 stale"),
            state("ak", "unknown"): "_x3 1x20 0x20",
        },
        at="5m",
        over="8m",
        vi=Words(title="Xã An Khê mất kết nối", summary=""),
        en=Words(title="Xã An Khê is down", summary=""),
        labels=_labels("ak", AK, "device"),
        quiet=(
            Quiet(
                why="it was seen up again before nobody could look",
                rows={
                    **outage("ak", AK, "device", "1795824921x4 stale"),
                    state("ak", "unknown"): "_x12 1x20",
                },
            ),
        ),
        step="15s",
    ),
    Case(
        code="CommuneDown",
        rows={
            **outage("ak", AK, "device", "1795824921x4 stale"),
            'up{job="haidang",instance="c"}': "1x4 0x20 1x20",
        },
        at="5m",
        over="8m",
        vi=Words(title="Xã An Khê mất kết nối", summary=""),
        en=Words(title="Xã An Khê is down", summary=""),
        labels=_labels("ak", AK, "device"),
        quiet=(
            Quiet(
                why="the collector answers, and says it is over", rows=outage("ak", AK, "device", "1x4 stale")
            ),
        ),
        step="15s",
    ),
    Case(
        code="AreaFlapping",
        rows=_flapping(5, "4x10 stale"),
        at="1m",
        over="4m",
        vi=Words(
            title="Nhiều đường cùng khu vực chập chờn",
            summary="5 thiết bị cùng loại trong khu vực đang chập chờn: mất kết nối riêng lẻ ở đó tạm thời không được báo.",
        ),
        en=Words(
            title="Many lines of an area are flapping",
            summary="5 devices of a kind in the area are flapping: single outages there are held back meanwhile.",
        ),
        labels={"area": "a", "role": "commune"},
        quiet=(Quiet(why="four may have causes of their own", rows=_flapping(4, "4x40")),),
        step="15s",
    ),
    Case(
        code="DeviceFlapping",
        rows={
            f'haidang_outage_flapping{{instance="ak",job="haidang",role="commune",area="a",name="{AK}",area_name="Huyện A"}}': "4x10 stale"
        },
        at="1m",
        over="4m",
        vi=Words(
            title="Xã An Khê: kết nối chập chờn",
            summary="4 lần mất kết nối trong 15 phút. Các lần tiếp theo không được báo riêng; tin này kết thúc khi "
            "trạng thái ổn định được 5 phút.",
        ),
        en=Words(
            title="Xã An Khê: flapping",
            summary="4 outages began within 15 minutes. Further ones are not told one by one; this ends after 5 "
            "steady minutes.",
        ),
        labels={"job": "haidang", **where("ak", AK)},
        quiet=(
            Quiet(
                why="one outage that lasts is not flapping",
                rows=outage("ak", AK, "device", "1795824921x40"),
            ),
        ),
        step="15s",
    ),
)
