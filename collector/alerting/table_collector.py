"""Alerts about the monitor itself: is what the others say to be trusted."""

from __future__ import annotations

from collector.alerting.alert import Alert, Group, Severity, Text
from collector.alerting.table_devices import LOCAL

_LOCAL = "|".join(str(reason) for reason in LOCAL)


def _own(
    code: str, expr: str, *, hold: str, title: Text, summary: Text, advice: Text,
    severity: Severity = Severity.NOTICE,
) -> Alert:  # fmt: skip
    return Alert(
        code=code,
        group=Group.COLLECTOR,
        severity=severity,
        expr=expr,
        hold=hold,
        title=title,
        summary=summary,
        advice=advice,
        about_device=False,
    )


ALERTS = (
    _own(
        "CollectorDown",
        'absent(up{job="haidang"} == 1)',
        hold="2m",
        severity=Severity.PAGE,
        title=Text(vi="Hệ thống giám sát ngừng thu thập", en="The collector does not answer"),
        summary=Text(
            vi="Prometheus không đọc được bộ thu thập. Từ lúc này không biết thiết bị nào mất kết nối.",
            en="Prometheus cannot read the collector. From now on nobody knows which device is down.",
        ),
        advice=Text(
            vi="Trên máy giám sát: systemctl status haidang-collector, journalctl -u haidang-collector -n 50.",
            en="On the collector's machine: systemctl status haidang-collector, "
            "journalctl -u haidang-collector -n 50.",
        ),
    ),
    _own(
        "CollectorLate",
        "histogram_quantile(0.95, sum by (le) (rate(haidang_poll_start_lateness_seconds_bucket[10m]))) > 2.5\n"
        "or sum(increase(haidang_loop_stall_seconds_total[10m])) > 30",
        hold="10m",
        title=Text(vi="Bộ thu thập chạy chậm", en="The collector is late"),
        summary=Text(
            vi="Các lượt hỏi bắt đầu muộn hoặc bộ thu thập bị dừng; khoảng đó được ghi là không có dữ liệu.",
            en="Polls begin late, or the collector stood still; such time is booked as no data.",
        ),
        advice=Text(
            vi="Xem tải CPU, ổ đĩa, bộ nhớ của máy giám sát; giảm việc khác trên máy này.",
            en="Look at CPU, disk and memory of its machine; move other work away.",
        ),
    ),
    _own(
        "PollsFailHere",
        f'count by (reason) (haidang_probe_fault{{reason=~"{_LOCAL}"}}) > 0',
        hold="5m",
        title=Text(
            vi="Không hỏi được thiết bị do lỗi phía máy giám sát: {{ $labels.reason }}",
            en="Polls fail on our side: {{ $labels.reason }}",
        ),
        summary=Text(
            vi='{{ $value | printf "%.0f" }} phép đo không thực hiện được; không phải lỗi của thiết bị.',
            en='{{ $value | printf "%.0f" }} probes cannot be made; the devices are not to blame.',
        ),
        advice=Text(
            vi="Tra lý do này trong sổ tay vận hành, mục 6; thường là mạng, quyền hoặc bí mật của máy giám sát.",
            en="Look the reason up in the operator's guide, section 6: network, permission or a secret here.",
        ),
    ),
    _own(
        "PollFailures",
        f'count by (probe, reason) (haidang_probe_fault{{reason!~"timeout|{_LOCAL}"}})\n'
        "/ on (probe) group_left () count by (probe) (haidang_probe_success) > 0.1",
        hold="15m",
        title=Text(
            vi="Nhiều phép đo {{ $labels.probe }} thất bại vì cùng một lý do: {{ $labels.reason }}",
            en="Many {{ $labels.probe }} probes fail for one reason: {{ $labels.reason }}",
        ),
        summary=Text(
            vi='{{ $value | humanizePercentage | reReplaceAll "[.]" "," }} số phép đo loại này đang thất bại vì cùng lý do (ngưỡng 10%).',
            en="{{ $value | humanizePercentage }} of these probes fail for this reason now (limit 10 %).",
        ),
        advice=Text(
            vi="Một lý do ở nhiều nơi thường do một thay đổi chung: mật khẩu, tường lửa, phiên bản.",
            en="One reason in many places is mostly one change: a password, a firewall, a version.",
        ),
    ),
    _own(
        "LedgerFails",
        "haidang_ledger_ok == 0",
        hold="1m",
        severity=Severity.PAGE,
        title=Text(vi="Không ghi được sổ bằng chứng", en="The ledger cannot be written"),
        summary=Text(
            vi="Bằng chứng đang chờ trong bộ nhớ; sẽ mất nếu khởi động lại bộ thu thập bây giờ.",
            en="Evidence waits in memory; it would be lost if the collector were restarted now.",
        ),
        advice=Text(
            vi="Xem nhật ký: ổ đĩa đầy, chỉ đọc hay mất. Sửa ổ đĩa; không khởi động lại bộ thu thập.",
            en="The log says why: disk full, read-only or gone. Mend the disk; do not restart the collector.",
        ),
    ),
    _own(
        "EvidenceLost",
        'sum by (why) (increase(haidang_ledger_not_booked_total{why=~"lost|rejected"}[1h])) > 0',
        hold="",
        severity=Severity.PAGE,
        title=Text(vi="Mất bằng chứng giám sát", en="Evidence was lost"),
        summary=Text(
            vi='{{ $value | printf "%.0f" }} dòng không vào được sổ ({{ $labels.why }}); đoạn đó là không có dữ liệu.',
            en='{{ $value | printf "%.0f" }} rows did not reach the ledger ({{ $labels.why }}): no data for that time.',
        ),
        advice=Text(
            vi="Giữ nguyên sổ và nhật ký, ghi lại thời điểm; xem LedgerFails.",
            en="Keep the ledger and the log as they are, note the time; see LedgerFails.",
        ),
    ),
    _own(
        "RegisterFails",
        "haidang_register_ok == 0",
        hold="5m",
        title=Text(vi="Không đọc được sổ đăng ký", en="The register cannot be read"),
        summary=Text(
            vi="Bảo trì nhập tay và ghi chú mới chưa có hiệu lực; bộ thu thập dùng những gì đã biết.",
            en="Maintenance that was entered and new notes have no effect yet; the collector goes on with what it knew.",
        ),
        advice=Text(
            vi="Xem nhật ký bộ thu thập; kiểm tra tệp sổ đăng ký cạnh sổ bằng chứng: quyền, ổ đĩa.",
            en="The collector's log says why; look at the register's file beside the ledger: mode, disk.",
        ),
    ),
    _own(
        "MonthNotClosed",
        "haidang_period_closed == 0\n"
        "and on (period) time() - haidang_period_end_timestamp_seconds > 5 * 86400",
        hold="1h",
        title=Text(
            vi="Kỳ {{ $labels.period }} chưa được chốt số liệu",
            en="Period {{ $labels.period }} is not closed",
        ),
        summary=Text(
            vi="Kỳ đã kết thúc hơn 5 ngày mà chưa chốt: báo cáo chưa có số liệu cố định.",
            en="It ended more than 5 days ago and is not closed: the report has no fixed figures yet.",
        ),
        advice=Text(
            vi="Bổ sung nguyên nhân (haidang outage annotate), rồi chạy haidang month close {{ $labels.period }}.",
            en="Add causes (haidang outage annotate), then run haidang month close {{ $labels.period }}.",
        ),
    ),
    _own(
        "InventoryNotReloaded",
        "haidang_inventory_reload_success == 0",
        hold="5m",
        title=Text(vi="Danh mục thiết bị có lỗi, chưa được nạp", en="The inventory has mistakes"),
        summary=Text(
            vi="Bộ thu thập vẫn dùng danh mục cũ; thay đổi mới chưa có hiệu lực.",
            en="The collector goes on with the inventory it had; the change has no effect yet.",
        ),
        advice=Text(
            vi="Chạy haidang check, sửa từng dòng được nêu, rồi nạp lại.",
            en="Run haidang check, mend each line it names, reload.",
        ),
    ),
    _own(
        "CredentialUnusable",
        "haidang_credential_usable == 0",
        hold="5m",
        title=Text(
            vi="Không dùng được thông tin xác thực {{ $labels.credential }}",
            en="Credential {{ $labels.credential }} cannot be used",
        ),
        summary=Text(
            vi="Bí mật không đọc được; mọi thiết bị dùng nó không được hỏi.",
            en="Its secret cannot be read; no device that uses it is polled with it.",
        ),
        advice=Text(
            vi="Xem nhật ký bộ thu thập: tệp thiếu, sai quyền hay rỗng; sửa rồi nạp lại danh mục.",
            en="The collector's log says whether the file is missing, unreadable or empty; mend it and reload.",
        ),
    ),
    _own(
        "ClockJumped",
        "sum by (kind) (increase(haidang_clock_jumps_total[30m])) > 0",
        hold="",
        title=Text(vi="Đồng hồ máy giám sát bị chỉnh", en="The collector's clock was set"),
        summary=Text(
            vi="Loại: {{ $labels.kind }}. Khoảng không chắc chắn được ghi là không có dữ liệu.",
            en="Kind: {{ $labels.kind }}. The time in doubt is booked as no data.",
        ),
        advice=Text(
            vi="Kiểm tra chronyc tracking và máy chủ thời gian; không chỉnh đồng hồ bằng tay.",
            en="Check chronyc tracking and the time server; never set the clock by hand.",
        ),
    ),
    _own(
        "SnmpUnencrypted",
        "count(haidang_device_unencrypted == 1) > 0",
        hold="1h",
        title=Text(vi="Còn thiết bị dùng SNMP không mã hóa", en="Devices are polled without encryption"),
        summary=Text(
            vi='{{ $value | printf "%.0f" }} thiết bị dùng SNMP v1, v2c hoặc v3 không mã hóa.',
            en='{{ $value | printf "%.0f" }} devices use SNMP v1, v2c, or v3 without privacy.',
        ),
        advice=Text(
            vi="Danh sách: haidang_device_unencrypted == 1. Chuyển dần sang SNMPv3 authPriv.",
            en="The list: haidang_device_unencrypted == 1. Move them to SNMPv3 authPriv.",
        ),
    ),
    _own(
        "CollectorErrors",
        "increase(haidang_internal_errors_total[30m]) > 0",
        hold="",
        title=Text(vi="Lỗi bên trong bộ thu thập", en="Errors of the collector's own"),
        summary=Text(
            vi='{{ $value | printf "%.0f" }} lỗi trong 30 phút qua, mỗi lỗi có trong nhật ký.',
            en='{{ $value | printf "%.0f" }} errors in the last 30 minutes, each in the log.',
        ),
        advice=Text(
            vi="Gửi đoạn nhật ký cho người phát triển; việc thu thập vẫn tiếp tục.",
            en="Send that part of the log to the developers; polling goes on.",
        ),
    ),
    _own(
        "Watchdog",
        "vector(1)",
        hold="",
        severity=Severity.NONE,
        title=Text(vi="Kiểm tra đường cảnh báo", en="The way of alerts is alive"),
        summary=Text(
            vi="Luôn có; công tắc an toàn báo động khi không còn thấy.",
            en="Always there; the dead man's switch calls when it is not.",
        ),
        advice=Text(vi="Không phải làm gì.", en="Nothing to do."),
    ),
)
