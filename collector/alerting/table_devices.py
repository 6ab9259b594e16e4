"""Alerts about devices that are up: management, lines, interfaces, certificates, restarts, clocks."""

from __future__ import annotations

from collector.alerting.alert import Alert, Group, Recording, Severity, Text
from collector.alerting.words import reason
from collector.model import Reason

WATCHED = Recording(
    name="haidang:watched",
    group=Group.DEVICES,
    expr=(
        "sum by (instance, role, area, name, area_name) (\n"
        '    (haidang_device_state{state="up"} == 1)\n'
        "    * on (instance) group_left (name, area_name) haidang_device_info\n"
        "  unless on (instance) haidang:outage\n"
        ")"
    ),
    why="The guard of all rules about devices: those that are up. Whoever is down has an alert of its own; "
    "upstream, unknown, in maintenance and out of service are nobody's fault here.",
)

_CREDENTIAL = (
    Reason.BAD_DIGEST,
    Reason.UNKNOWN_USER,
    Reason.WRONG_KEY,
    Reason.SECURITY_LEVEL,
    Reason.DECRYPTION,
    Reason.NOT_IN_WINDOW,
    Reason.UNKNOWN_ENGINE,
    Reason.HOST_KEY_UNKNOWN,
    Reason.HOST_KEY_CHANGED,
    Reason.LOGIN_REFUSED,
)
LOCAL = tuple(found for found in Reason if found.local)


def _any(reasons: tuple[Reason, ...]) -> str:
    return "|".join(str(found) for found in reasons)


def watched(expr: str) -> str:
    """Return an expression about devices with the guard, and with the words for who they are."""
    return f"({expr})\n* on (instance) group_left (role, area, name, area_name) haidang:watched"


def device_alert(
    code: str, expr: str, *, hold: str, title: Text, summary: Text, advice: Text,
    severity: Severity = Severity.NOTICE,
) -> Alert:  # fmt: skip
    """Return an alert about devices that are up; its title begins with the device's name."""
    return Alert(
        code=code,
        group=Group.DEVICES,
        severity=severity,
        expr=watched(expr),
        hold=hold,
        title=Text(vi=f"{{{{ $labels.name }}}}: {title.vi}", en=f"{{{{ $labels.name }}}}: {title.en}"),
        summary=summary,
        advice=advice,
    )


_REASON, _SSH = reason(), reason('\\"ssh\\"')

ALERTS = (
    device_alert(
        "ManagementFault",
        "max by (instance, probe) (haidang_probe_fault"
        f'{{probe!="ssh",reason!~"{_any((*_CREDENTIAL, *LOCAL))}"}})',
        hold="3m",
        title=Text(vi="hoạt động nhưng không đọc được số liệu", en="up, but cannot be read"),
        summary=Text(
            vi=f"Thiết bị vẫn chuyển tiếp dữ liệu; phép đo {{{{ $labels.probe }}}} không có kết quả.{_REASON.vi}",
            en=f"It forwards, but probe {{{{ $labels.probe }}}} brings nothing.{_REASON.en}",
        ),
        advice=Text(
            vi="Chạy haidang poll {{ $labels.instance }} --explain; kiểm tra dịch vụ SNMP, danh sách truy cập và "
            "tường lửa của thiết bị.",
            en="Run haidang poll {{ $labels.instance }} --explain; check the device's SNMP service, access list "
            "and firewall.",
        ),
    ),
    device_alert(
        "WrongCredentials",
        f'max by (instance, probe) (haidang_probe_fault{{reason=~"{_any(_CREDENTIAL)}"}})',
        hold="3m",
        title=Text(vi="sai thông tin xác thực", en="wrong credentials"),
        summary=Text(
            vi=f"Thiết bị có trả lời nhưng từ chối hoặc không khớp khóa.{_REASON.vi}",
            en=f"It answers, but refuses us or does not prove who it is.{_REASON.en}",
        ),
        advice=Text(
            vi="Đối chiếu người dùng, mật khẩu và giao thức với danh mục. Nếu khóa máy chủ thay đổi mà không ai báo "
            "trước, coi là sự cố an toàn thông tin.",
            en="Compare user, passwords and protocols with the inventory. A host key that changed unannounced is "
            "a security incident.",
        ),
    ),
    device_alert(
        "AgentSilent",
        'max by (instance) (haidang_probe_fault{probe="ssh",'
        f'reason!~"{_any((*_CREDENTIAL, *LOCAL))}"}})\n'
        "or max by (instance) (haidang_agent_snapshot_age_seconds > 120)",
        hold="3m",
        title=Text(vi="phần mềm giám sát trên máy im lặng", en="its agent is silent"),
        summary=Text(
            vi=f"Máy vẫn hoạt động nhưng không có báo cáo mới của phần mềm giám sát.{_SSH.vi}",
            en=f"The host is up, but its agent sends no new report.{_SSH.en}",
        ),
        advice=Text(
            vi="Trên máy: systemctl status haidang-agent, journalctl -u haidang-agent; xem ổ đĩa còn chỗ không.",
            en="On the host: systemctl status haidang-agent, journalctl -u haidang-agent; is its disk full?",
        ),
    ),
    device_alert(
        "AgentGap",
        "increase(haidang_agent_snapshot_gaps_total[30m]) > 0",
        hold="",
        title=Text(vi="mất một đoạn số liệu của phần mềm giám sát", en="a gap in its agent's numbers"),
        summary=Text(
            vi='{{ $value | printf "%.0f" }} bản ghi không bao giờ nhận được trong 30 phút qua.',
            en='{{ $value | printf "%.0f" }} snapshots of the last 30 minutes were never received.',
        ),
        advice=Text(
            vi="Xem haidang_agent_spool_failed_total và dung lượng ổ đĩa của máy; đoạn thiếu được ghi là không có "
            "dữ liệu.",
            en="Look at haidang_agent_spool_failed_total and the host's disk; the gap is booked as no data.",
        ),
    ),
    device_alert(
        "LineLossy",
        'avg_over_time(haidang_probe_loss_ratio{probe="icmp"}[15m]) > 0.05',
        hold="5m",
        title=Text(vi="đường truyền mất gói", en="its line loses packets"),
        summary=Text(
            vi='Tỷ lệ mất gói {{ $value | humanizePercentage | reReplaceAll "[.]" "," }} trong 15 phút (ngưỡng 5%).',
            en="{{ $value | humanizePercentage }} of packets lost in 15 minutes (limit 5 %).",
        ),
        advice=Text(
            vi="Xem băng thông có bị chiếm hết không; nếu không, báo nhà cung cấp kèm số liệu này.",
            en="Is the line full? If not, report these figures to its provider.",
        ),
    ),
    device_alert(
        "LineSlow",
        'avg_over_time(haidang_probe_rtt_seconds{probe="icmp"}[15m]) > 0.1\n'
        'and avg_over_time(haidang_probe_rtt_seconds{probe="icmp"}[15m])\n'
        '    > 3 * avg_over_time(haidang_probe_rtt_seconds{probe="icmp"}[1d] offset 1h)',
        hold="10m",
        title=Text(vi="đường truyền trễ bất thường", en="its line is unusually slow"),
        summary=Text(
            vi="Thời gian trễ trung bình {{ $value | humanizeDuration }}, gấp hơn 3 lần ngày trước.",
            en="Mean round trip {{ $value | humanizeDuration }}, more than 3 times that of the day before.",
        ),
        advice=Text(
            vi="Xem mức chiếm dụng băng thông và đường đi (tuyến dự phòng?); báo nhà cung cấp nếu kéo dài.",
            en="Look at its utilisation and its route (a backup path?); tell the provider if it lasts.",
        ),
    ),
    device_alert(
        "LineBusy",
        "avg_over_time(haidang_line_utilisation_ratio[15m]) > 0.8",
        hold="15m",
        title=Text(vi="băng thông gần hết", en="its line is nearly full"),
        summary=Text(
            vi='Hướng {{ if eq $labels.direction "in" }}về{{ else }}đi{{ end }} chiếm dụng '
            '{{ $value | humanizePercentage | reReplaceAll "[.]" "," }} dung lượng thuê (ngưỡng 80%).',
            en="Direction {{ $labels.direction }} uses {{ $value | humanizePercentage }} of what is subscribed "
            "(limit 80 %).",
        ),
        advice=Text(
            vi="Chạy haidang traffic {{ $labels.instance }}; tìm máy dùng nhiều nhất, sao lưu hoặc cập nhật ngoài giờ.",
            en="Run haidang traffic {{ $labels.instance }}; find who uses it, move backups and updates to the night.",
        ),
    ),
    device_alert(
        "LineOverCapacity",
        "haidang_line_over_capacity_days >= 7",
        hold="",
        title=Text(vi="vượt ngưỡng dung lượng 7 ngày liên tiếp", en="over capacity for 7 days running"),
        summary=Text(
            vi='P95 hướng {{ if eq $labels.direction "in" }}về{{ else }}đi{{ end }} vượt 90% dung lượng thuê '
            '{{ $value | printf "%.0f" }} ngày liên tiếp (TT 06/2026/TT-BKHCN, Điều 5 khoản 6).',
            en="P95 of direction {{ $labels.direction }} was above 90 % of what is subscribed on "
            '{{ $value | printf "%.0f" }} days running (TT 06/2026/TT-BKHCN, article 5.6).',
        ),
        advice=Text(
            vi="Lập đề nghị nâng dung lượng; số liệu từng ngày: haidang traffic {{ $labels.instance }}.",
            en="Propose a larger line; day by day: haidang traffic {{ $labels.instance }}.",
        ),
    ),
    device_alert(
        "InterfaceErrors",
        "rate(ifInErrors[15m]) + rate(ifOutErrors[15m]) > 0.1\n"
        "and rate(ifInErrors[15m]) + rate(ifOutErrors[15m])\n"
        "    > 0.001 * (rate(ifHCInUcastPkts[15m]) + rate(ifHCOutUcastPkts[15m]))",
        hold="15m",
        title=Text(vi="cổng {{ $labels.ifName }} lỗi gói", en="errors at {{ $labels.ifName }}"),
        summary=Text(
            vi='{{ $value | printf "%.1f" | reReplaceAll "[.]" "," }} gói lỗi mỗi giây, trên 0,1% lưu lượng.',
            en='{{ $value | printf "%.1f" }} packets with errors a second, above 0.1 % of all.',
        ),
        advice=Text(
            vi="Kiểm tra dây, module quang và chế độ song công của cổng này.",
            en="Check cable, optics and duplex of this port.",
        ),
    ),
    device_alert(
        "CertificateExpiring",
        "probe_ssl_earliest_cert_expiry - time() < 14 * 86400",
        hold="1h",
        title=Text(vi="chứng thư số sắp hết hạn", en="its certificate will end soon"),
        summary=Text(
            vi="Chứng thư số còn hiệu lực {{ $value | humanizeDuration | "
            'reReplaceAll "([0-9])d.*" "$1 ngày" }}.',
            en="The certificate is good for another {{ $value | humanizeDuration }}.",
        ),
        advice=Text(
            vi="Gia hạn và cài chứng thư mới, kể cả chứng thư trung gian; kiểm tra vì sao việc gia hạn tự động không "
            "chạy.",
            en="Renew it, with its whole chain; find out why it was not renewed by itself.",
        ),
    ),
    device_alert(
        "DeviceRestarted",
        "sysUpTime < 60000\n"
        "and max_over_time(sysUpTime[30m]) > 60000\n"
        "unless max_over_time(sysUpTime[30m]) > 4294900000\n"
        "unless on (instance) last_over_time(haidang:outage[1h])",
        hold="",
        title=Text(vi="vừa khởi động lại", en="has restarted"),
        summary=Text(
            vi="Thiết bị, hoặc riêng phần mềm SNMP của nó, vừa khởi động lại mà không mất kết nối đủ lâu để báo.",
            en="The device, or only its SNMP agent, has begun anew without an outage long enough to be told.",
        ),
        advice=Text(
            vi="Hỏi có ai vừa khởi động lại không; nếu không, xem nguồn điện, nhiệt độ và nhật ký của thiết bị.",
            en="Did anybody restart it? If not: power, temperature and the device's own log.",
        ),
    ),
    device_alert(
        "ClockOff",
        "abs(haidang_agent_clock_offset_seconds) > 5",
        hold="10m",
        title=Text(vi="đồng hồ sai", en="its clock is wrong"),
        summary=Text(
            vi='Lệch {{ $value | printf "%.1f" | reReplaceAll "[.]" "," }} giây so với máy giám sát.',
            en='{{ $value | printf "%.1f" }} seconds off the collector\'s clock.',
        ),
        advice=Text(
            vi="Kiểm tra chronyd hoặc systemd-timesyncd trên máy; nếu nhiều máy cùng lệch, xem đồng hồ máy giám sát.",
            en="Check chronyd or systemd-timesyncd there; if many are off alike, look at the collector's clock.",
        ),
    ),
)
