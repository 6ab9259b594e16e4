"""Cases of the alerts about the monitor itself."""

from __future__ import annotations

from tests.rules.cases import Case, Quiet, Words

_BUCKET = 'haidang_poll_start_lateness_seconds_bucket{{job="haidang",instance="c",le="{}"}}'
_OWN = 'job="haidang",instance="c"'
_SELF = {"job": "haidang", "instance": "c"}


def _late(within: str, all_of_them: str) -> dict[str, str]:
    return {
        _BUCKET.format("2.5"): within,
        _BUCKET.format("10.0"): all_of_them,
        _BUCKET.format("+Inf"): all_of_them,
    }


def _period(closed: str, ended: str) -> dict[str, str]:
    return {
        f'haidang_period_closed{{{_OWN},period="2026-10"}}': closed,
        f'haidang_period_end_timestamp_seconds{{{_OWN},period="2026-10"}}': ended,
    }


CASES = (
    Case(
        code="CollectorDown",
        rows={f"up{{{_OWN}}}": "1x10 0x10 1x20"},
        at="15m",
        over="25m",
        vi=Words(
            title="Hệ thống giám sát ngừng thu thập",
            summary="Prometheus không đọc được bộ thu thập. Từ lúc này không biết thiết bị nào mất kết nối.",
        ),
        en=Words(
            title="The collector does not answer",
            summary="Prometheus cannot read the collector. From now on nobody knows which device is down.",
        ),
        quiet=(
            Quiet(why="one scrape that failed is none", rows={f"up{{{_OWN}}}": "1x14 0 1x20"}),
            Quiet(
                why="of two collectors one answers",
                rows={f"up{{{_OWN}}}": "0x40", 'up{job="haidang",instance="d"}': "1x40"},
            ),
        ),
    ),
    Case(
        code="CollectorLate",
        rows=_late("0x60 0+60x60", "0+60x120"),
        at="40m",
        over="100m",
        vi=Words(
            title="Bộ thu thập chạy chậm",
            summary="Các lượt hỏi bắt đầu muộn hoặc bộ thu thập bị dừng; khoảng đó được ghi là không có dữ liệu.",
        ),
        en=Words(
            title="The collector is late",
            summary="Polls begin late, or the collector stood still; such time is booked as no data.",
        ),
        quiet=(Quiet(why="all begin in time", rows=_late("0+60x120", "0+60x120")),),
    ),
    Case(
        code="PollsFailHere",
        rows={
            'haidang_probe_fault{instance="ak",job="haidang",probe="icmp",reason="no_permission"}': "1x20 stale"
        },
        at="10m",
        over="30m",
        vi=Words(
            title="Không hỏi được thiết bị do lỗi phía máy giám sát: no_permission",
            summary="1 phép đo không thực hiện được; không phải lỗi của thiết bị.",
        ),
        en=Words(
            title="Polls fail on our side: no_permission",
            summary="1 probes cannot be made; the devices are not to blame.",
        ),
        labels={"reason": "no_permission"},
        quiet=(
            Quiet(
                why="a time-out is on the other side",
                rows={
                    'haidang_probe_fault{instance="ak",job="haidang",probe="icmp",reason="timeout"}': "1x20"
                },
            ),
        ),
    ),
    Case(
        code="PollFailures",
        rows={
            'haidang_probe_fault{instance="a",job="haidang",probe="snmp",reason="wrong_key"}': "1x30 stale",
            'haidang_probe_success{instance="a",job="haidang",probe="snmp"}': "0x30 1x30",
            'haidang_probe_success{instance="b",job="haidang",probe="snmp"}': "1x60",
        },
        at="20m",
        over="40m",
        vi=Words(
            title="Nhiều phép đo snmp thất bại vì cùng một lý do: wrong_key",
            summary="50% số phép đo loại này đang thất bại vì cùng lý do (ngưỡng 10%).",
        ),
        en=Words(
            title="Many snmp probes fail for one reason: wrong_key",
            summary="50% of these probes fail for this reason now (limit 10 %).",
        ),
        labels={"probe": "snmp", "reason": "wrong_key"},
        quiet=(
            Quiet(
                why="time-outs of many are an outage, which has its own message",
                rows={
                    'haidang_probe_fault{instance="a",job="haidang",probe="snmp",reason="timeout"}': "1x30",
                    'haidang_probe_success{instance="a",job="haidang",probe="snmp"}': "0x30",
                },
            ),
        ),
    ),
    Case(
        code="LedgerFails",
        rows={f"haidang_ledger_ok{{{_OWN}}}": "1x5 0x10 1x20"},
        at="10m",
        over="20m",
        vi=Words(
            title="Không ghi được sổ bằng chứng",
            summary="Bằng chứng đang chờ trong bộ nhớ; sẽ mất nếu khởi động lại bộ thu thập bây giờ.",
        ),
        en=Words(
            title="The ledger cannot be written",
            summary="Evidence waits in memory; it would be lost if the collector were restarted now.",
        ),
        labels=_SELF,
        quiet=(Quiet(why="it is written", rows={f"haidang_ledger_ok{{{_OWN}}}": "1x40"}),),
    ),
    Case(
        code="EvidenceLost",
        rows={f'haidang_ledger_not_booked_total{{{_OWN},why="lost"}}': "0x10 8x100"},
        at="30m",
        over="90m",
        vi=Words(
            title="Mất bằng chứng giám sát",
            summary="8 dòng không vào được sổ (lost); đoạn đó là không có dữ liệu.",
        ),
        en=Words(
            title="Evidence was lost",
            summary="8 rows did not reach the ledger (lost): no data for that time.",
        ),
        labels={"why": "lost"},
        quiet=(
            Quiet(
                why="what was handed over twice is not lost",
                rows={f'haidang_ledger_not_booked_total{{{_OWN},why="refused"}}': "0x10 8x100"},
            ),
        ),
    ),
    Case(
        code="RegisterFails",
        rows={f"haidang_register_ok{{{_OWN}}}": "1x5 0x20 1x20"},
        at="15m",
        over="30m",
        vi=Words(
            title="Không đọc được sổ đăng ký",
            summary="Bảo trì nhập tay và ghi chú mới chưa có hiệu lực; bộ thu thập dùng những gì đã biết.",
        ),
        en=Words(
            title="The register cannot be read",
            summary="Maintenance that was entered and new notes have no effect yet; the collector goes on with what "
            "it knew.",
        ),
        labels=_SELF,
        quiet=(Quiet(why="it is read", rows={f"haidang_register_ok{{{_OWN}}}": "1x40"}),),
    ),
    Case(
        code="MonthNotClosed",
        rows=_period("0x200 1x60", "-500000x300"),
        at="120m",
        over="230m",
        vi=Words(
            title="Kỳ 2026-10 chưa được chốt số liệu",
            summary="Kỳ đã kết thúc hơn 5 ngày mà chưa chốt: báo cáo chưa có số liệu cố định.",
        ),
        en=Words(
            title="Period 2026-10 is not closed",
            summary="It ended more than 5 days ago and is not closed: the report has no fixed figures yet.",
        ),
        labels={**_SELF, "period": "2026-10"},
        quiet=(
            Quiet(why="four days are left to look it over", rows=_period("0x200", "-86400x200")),
            Quiet(why="it is closed", rows=_period("1x200", "-500000x200")),
        ),
    ),
    Case(
        code="InventoryNotReloaded",
        rows={f"haidang_inventory_reload_success{{{_OWN}}}": "1x5 0x20 1x20"},
        at="15m",
        over="30m",
        vi=Words(
            title="Danh mục thiết bị có lỗi, chưa được nạp",
            summary="Bộ thu thập vẫn dùng danh mục cũ; thay đổi mới chưa có hiệu lực.",
        ),
        en=Words(
            title="The inventory has mistakes",
            summary="The collector goes on with the inventory it had; the change has no effect yet.",
        ),
        labels=_SELF,
        quiet=(
            Quiet(
                why="a mistake that is mended within five minutes bothers nobody",
                rows={f"haidang_inventory_reload_success{{{_OWN}}}": "1x10 0x3 1x20"},
            ),
        ),
    ),
    Case(
        code="CredentialUnusable",
        rows={f'haidang_credential_usable{{{_OWN},credential="routers"}}': "1x5 0x20 1x20"},
        at="15m",
        over="30m",
        vi=Words(
            title="Không dùng được thông tin xác thực routers",
            summary="Bí mật không đọc được; mọi thiết bị dùng nó không được hỏi.",
        ),
        en=Words(
            title="Credential routers cannot be used",
            summary="Its secret cannot be read; no device that uses it is polled with it.",
        ),
        labels={**_SELF, "credential": "routers"},
        quiet=(
            Quiet(
                why="it can be used",
                rows={f'haidang_credential_usable{{{_OWN},credential="routers"}}': "1x40"},
            ),
        ),
    ),
    Case(
        code="ClockJumped",
        rows={f'haidang_clock_jumps_total{{{_OWN},kind="step_back"}}': "0x10 1x80"},
        at="20m",
        over="60m",
        vi=Words(
            title="Đồng hồ máy giám sát bị chỉnh",
            summary="Loại: step_back. Khoảng không chắc chắn được ghi là không có dữ liệu.",
        ),
        en=Words(
            title="The collector's clock was set",
            summary="Kind: step_back. The time in doubt is booked as no data.",
        ),
        labels={"kind": "step_back"},
        quiet=(
            Quiet(
                why="an old step is not told again",
                rows={f'haidang_clock_jumps_total{{{_OWN},kind="step_back"}}': "1x80"},
            ),
        ),
    ),
    Case(
        code="SnmpUnencrypted",
        rows={
            'haidang_device_unencrypted{instance="a",job="haidang",role="commune",area="a"}': "1x100 0x100",
            'haidang_device_unencrypted{instance="b",job="haidang",role="commune",area="a"}': "1x100 0x100",
        },
        at="90m",
        over="150m",
        vi=Words(
            title="Còn thiết bị dùng SNMP không mã hóa",
            summary="2 thiết bị dùng SNMP v1, v2c hoặc v3 không mã hóa.",
        ),
        en=Words(
            title="Devices are polled without encryption",
            summary="2 devices use SNMP v1, v2c, or v3 without privacy.",
        ),
        quiet=(
            Quiet(
                why="all are encrypted",
                rows={
                    'haidang_device_unencrypted{instance="a",job="haidang",role="commune",area="a"}': "0x100"
                },
            ),
        ),
    ),
    Case(
        code="CollectorErrors",
        rows={f"haidang_internal_errors_total{{{_OWN}}}": "0x10 1x80"},
        at="20m",
        over="60m",
        vi=Words(
            title="Lỗi bên trong bộ thu thập",
            summary="1 lỗi trong 30 phút qua, mỗi lỗi có trong nhật ký.",
        ),
        en=Words(
            title="Errors of the collector's own",
            summary="1 errors in the last 30 minutes, each in the log.",
        ),
        labels=_SELF,
        quiet=(Quiet(why="there was none", rows={f"haidang_internal_errors_total{{{_OWN}}}": "0x80"}),),
    ),
)
