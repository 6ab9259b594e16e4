"""Cases of the alerts about devices and servers that are up."""

from __future__ import annotations

from tests.rules.cases import AK, HERE, Case, Quiet, Rows, Words, of_device, outage


def _fault(probe: str, reason: str, values: str) -> Rows:
    return {f'haidang_probe_fault{{instance="ak",job="haidang",probe="{probe}",reason="{reason}"}}': values}


_ICMP = 'instance="ak",job="haidang",probe="icmp"'
_FS = 'instance="ak",job="node",device="/dev/sda1",fstype="ext4",mountpoint="/"'
_IF = 'instance="ak",job="snmp",ifAlias="",ifDescr="",ifIndex="1",ifName="ge0"'
_LINE = 'instance="ak",job="haidang",direction="in"'
_DISK = {"device": "/dev/sda1", "fstype": "ext4", "job": "node", "mountpoint": "/"}
_PORT = {"ifIndex": "1", "ifName": "ge0", "job": "snmp"}


def _sized(available: str, size: str = "100x2000") -> Rows:
    return {f"node_filesystem_avail_bytes{{{_FS}}}": available, f"node_filesystem_size_bytes{{{_FS}}}": size}


def _port(errors: str, packets: str) -> Rows:
    return {
        f"ifInErrors{{{_IF}}}": errors,
        f"ifOutErrors{{{_IF}}}": "0x400",
        f"ifHCInUcastPkts{{{_IF}}}": packets,
        f"ifHCOutUcastPkts{{{_IF}}}": "0x400",
    }


CASES: tuple[Case, ...] = (
    of_device(
        "ManagementFault",
        _fault("snmp", "timeout", "1x20 stale"),
        at="10m",
        over="30m",
        vi=Words(
            title="hoạt động nhưng không đọc được số liệu",
            summary="Thiết bị vẫn chuyển tiếp dữ liệu; phép đo snmp không có kết quả. snmp: timeout.",
        ),
        en=Words(
            title="up, but cannot be read",
            summary="It forwards, but probe snmp brings nothing. snmp: timeout.",
        ),
        labels={"probe": "snmp"},
        fine=Quiet(why="a lost answer is no fault yet", rows=_fault("snmp", "timeout", "_x9 1x1 stale")),
    ),
    of_device(
        "WrongCredentials",
        _fault("snmp", "wrong_key", "1x20 stale"),
        at="10m",
        over="30m",
        vi=Words(
            title="sai thông tin xác thực",
            summary="Thiết bị có trả lời nhưng từ chối hoặc không khớp khóa. snmp: wrong_key.",
        ),
        en=Words(
            title="wrong credentials",
            summary="It answers, but refuses us or does not prove who it is. snmp: wrong_key.",
        ),
        labels={"probe": "snmp"},
        fine=Quiet(why="silence is no refusal", rows=_fault("snmp", "timeout", "1x20")),
    ),
    of_device(
        "AgentSilent",
        _fault("ssh", "refused", "1x20 stale"),
        at="10m",
        over="30m",
        vi=Words(
            title="phần mềm giám sát trên máy im lặng",
            summary="Máy vẫn hoạt động nhưng không có báo cáo mới của phần mềm giám sát. ssh: refused.",
        ),
        en=Words(
            title="its agent is silent",
            summary="The host is up, but its agent sends no new report. ssh: refused.",
        ),
        fine=Quiet(
            why="a snapshot of a minute ago is fresh enough",
            rows={'haidang_agent_snapshot_age_seconds{instance="ak",job="haidang"}': "60x40"},
        ),
    ),
    of_device(
        "AgentSilent",
        {'haidang_agent_snapshot_age_seconds{instance="ak",job="haidang"}': "300x20 3x40"},
        at="10m",
        over="30m",
        vi=Words(
            title="phần mềm giám sát trên máy im lặng",
            summary="Máy vẫn hoạt động nhưng không có báo cáo mới của phần mềm giám sát.",
        ),
        en=Words(title="its agent is silent", summary="The host is up, but its agent sends no new report."),
        fine=Quiet(
            why="its key was refused: that is another alert", rows=_fault("ssh", "login_refused", "1x20")
        ),
    ),
    of_device(
        "AgentGap",
        {'haidang_agent_snapshot_gaps_total{instance="ak",job="haidang"}': "0x10 6x60"},
        at="20m",
        over="60m",
        vi=Words(
            title="mất một đoạn số liệu của phần mềm giám sát",
            summary="6 bản ghi không bao giờ nhận được trong 30 phút qua.",
        ),
        en=Words(
            title="a gap in its agent's numbers",
            summary="6 snapshots of the last 30 minutes were never received.",
        ),
        labels={"job": "haidang"},
        fine=Quiet(
            why="an old gap is not told again",
            rows={'haidang_agent_snapshot_gaps_total{instance="ak",job="haidang"}': "6x80"},
        ),
    ),
    of_device(
        "LineLossy",
        {f"haidang_probe_loss_ratio{{{_ICMP}}}": "0.25x30 0x60"},
        at="28m",
        over="60m",
        vi=Words(title="đường truyền mất gói", summary="Tỷ lệ mất gói 25% trong 15 phút (ngưỡng 5%)."),
        en=Words(title="its line loses packets", summary="25% of packets lost in 15 minutes (limit 5 %)."),
        labels={"job": "haidang", "probe": "icmp"},
        fine=Quiet(
            why="one lost packet in a quarter of an hour is nothing",
            rows={f"haidang_probe_loss_ratio{{{_ICMP}}}": "0x20 0.33 0x60"},
        ),
    ),
    of_device(
        "LineSlow",
        {f"haidang_probe_rtt_seconds{{{_ICMP}}}": "0.02x36 0.2x8 0.02x12"},
        at="215m",
        over="260m",
        vi=Words(
            title="đường truyền trễ bất thường",
            summary="Thời gian trễ trung bình 200ms, gấp hơn 3 lần ngày trước.",
        ),
        en=Words(
            title="its line is unusually slow",
            summary="Mean round trip 200ms, more than 3 times that of the day before.",
        ),
        labels={"job": "haidang", "probe": "icmp"},
        fine=Quiet(
            why="a satellite's 600 ms are slow every day",
            rows={f"haidang_probe_rtt_seconds{{{_ICMP}}}": "0.6x60"},
        ),
        step="5m",
    ),
    of_device(
        "LineBusy",
        {f"haidang_line_utilisation_ratio{{{_LINE}}}": "0.95x60 0.1x60"},
        at="45m",
        over="110m",
        vi=Words(title="băng thông gần hết", summary="Hướng về chiếm dụng 95% dung lượng thuê (ngưỡng 80%)."),
        en=Words(
            title="its line is nearly full",
            summary="Direction in uses 95% of what is subscribed (limit 80 %).",
        ),
        labels={"job": "haidang", "direction": "in"},
        fine=Quiet(
            why="a download of ten minutes is what a line is for",
            rows={f"haidang_line_utilisation_ratio{{{_LINE}}}": "0.1x30 0.99x10 0.1x60"},
        ),
    ),
    of_device(
        "LineOverCapacity",
        {f"haidang_line_over_capacity_days{{{_LINE}}}": "7x20 0x20"},
        at="10m",
        over="30m",
        vi=Words(
            title="vượt ngưỡng dung lượng 7 ngày liên tiếp",
            summary="P95 hướng về vượt 90% dung lượng thuê 7 ngày liên tiếp (TT 06/2026/TT-BKHCN, Điều 5 khoản 6).",
        ),
        en=Words(
            title="over capacity for 7 days running",
            summary="P95 of direction in was above 90 % of what is subscribed on 7 days running "
            "(TT 06/2026/TT-BKHCN, article 5.6).",
        ),
        labels={"job": "haidang", "direction": "in"},
        fine=Quiet(
            why="six days are not seven", rows={f"haidang_line_over_capacity_days{{{_LINE}}}": "6x40"}
        ),
    ),
    of_device(
        "InterfaceErrors",
        _port("0+60x60 3600x60", "0+6000x120"),
        at="45m",
        over="100m",
        vi=Words(title="cổng ge0 lỗi gói", summary="1,0 gói lỗi mỗi giây, trên 0,1% lưu lượng."),
        en=Words(title="errors at ge0", summary="1.0 packets with errors a second, above 0.1 % of all."),
        labels=_PORT,
        fine=Quiet(why="one in ten thousand is usual", rows=_port("0+60x120", "0+600000x120")),
    ),
    of_device(
        "CertificateExpiring",
        {'probe_ssl_earliest_cert_expiry{instance="ak",job="blackbox"}': "864000x100 9000000x100"},
        at="90m",
        over="150m",
        vi=Words(title="chứng thư số sắp hết hạn", summary="Chứng thư số còn hiệu lực 9 ngày."),
        en=Words(
            title="its certificate will end soon",
            summary="The certificate is good for another 9d 22h 30m 0s.",
        ),
        labels={"job": "blackbox"},
        fine=Quiet(
            why="a month is enough",
            rows={'probe_ssl_earliest_cert_expiry{instance="ak",job="blackbox"}': "2592000x200"},
        ),
    ),
    of_device(
        "DeviceRestarted",
        {'sysUpTime{instance="ak",job="snmp"}': "8000000+6000x20 0+6000x60"},
        at="25m",
        over="45m",
        vi=Words(
            title="vừa khởi động lại",
            summary="Thiết bị, hoặc riêng phần mềm SNMP của nó, vừa khởi động lại mà không mất kết nối đủ lâu để "
            "báo.",
        ),
        en=Words(
            title="has restarted",
            summary="The device, or only its SNMP agent, has begun anew without an outage long enough to be told.",
        ),
        labels={"job": "snmp"},
        fine=Quiet(
            why="after 497 days the counter goes round",
            rows={'sysUpTime{instance="ak",job="snmp"}': "4294840000+6000x20 0+6000x60"},
        ),
    ),
    of_device(
        "ClockOff",
        {'haidang_agent_clock_offset_seconds{instance="ak",job="haidang"}': "-42.5x30 0.01x30"},
        at="20m",
        over="40m",
        vi=Words(title="đồng hồ sai", summary="Lệch 42,5 giây so với máy giám sát."),
        en=Words(title="its clock is wrong", summary="42.5 seconds off the collector's clock."),
        labels={"job": "haidang"},
        fine=Quiet(
            why="half a second is no matter here",
            rows={'haidang_agent_clock_offset_seconds{instance="ak",job="haidang"}': "0.5x60"},
        ),
    ),
    of_device(
        "DiskFull",
        _sized("5x30 50x30"),
        at="20m",
        over="40m",
        vi=Words(title="ổ đĩa / sắp đầy", summary="Còn trống 5% (ngưỡng 10%)."),
        en=Words(title="/ is nearly full", summary="5% left (limit 10 %)."),
        labels=_DISK,
        fine=Quiet(
            why="a temporary file system is full without harm",
            rows={key.replace("ext4", "tmpfs"): values for key, values in _sized("5x60").items()},
        ),
    ),
    of_device(
        "DiskFillsUp",
        _sized("50000-300x120 50000x24", "100000x2000"),
        at="500m",
        over="660m",
        vi=Words(
            title="ổ đĩa / sẽ đầy trong 24 giờ",
            summary="Còn trống 20%; theo tốc độ 6 giờ qua sẽ hết trong vòng một ngày.",
        ),
        en=Words(
            title="/ will be full within 24 hours",
            summary="20% left; at the pace of the last 6 hours it is full within a day.",
        ),
        labels=_DISK,
        fine=Quiet(why="it stands still", rows=_sized("20000x600", "100000x2000")),
        step="5m",
    ),
    of_device(
        "MemoryShort",
        {
            'node_memory_MemAvailable_bytes{instance="ak",job="node"}': "5x30 50x30",
            'node_memory_MemTotal_bytes{instance="ak",job="node"}': "100x60",
        },
        at="20m",
        over="40m",
        vi=Words(title="thiếu bộ nhớ", summary="Bộ nhớ còn dùng được 5% (ngưỡng 8%)."),
        en=Words(title="short of memory", summary="5% of memory available (limit 8 %)."),
        labels={"job": "node"},
        fine=Quiet(
            why="memory in use that can be had is not short",
            rows={
                'node_memory_MemAvailable_bytes{instance="ak",job="node"}': "30x60",
                'node_memory_MemTotal_bytes{instance="ak",job="node"}': "100x60",
            },
        ),
    ),
    of_device(
        "CpuBusy",
        {'node_cpu_seconds_total{instance="ak",job="node",cpu="0",mode="idle"}': "0x80 0+60x60"},
        at="60m",
        over="110m",
        vi=Words(title="bộ xử lý quá tải", summary="Mức sử dụng 100% kéo dài trên 30 phút (ngưỡng 90%)."),
        en=Words(title="its processors are busy", summary="100% busy for over 30 minutes (limit 90 %)."),
        fine=Quiet(
            why="busy for twenty minutes is a job that ends",
            rows={
                'node_cpu_seconds_total{instance="ak",job="node",cpu="0",mode="idle"}': "0+60x30 1800x20 1800+60x60"
            },
        ),
    ),
)

AFTER_AN_OUTAGE = Quiet(
    why="its outage has already told that it lost its power",
    rows={
        **HERE,
        'sysUpTime{instance="ak",job="snmp"}': "8000000+6000x20 0+6000x60",
        **outage("ak", AK, "device", "_x15 1x7 stale"),
    },
)
