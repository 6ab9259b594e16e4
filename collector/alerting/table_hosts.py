"""Alerts about servers that are up: disks, memory, processors."""

from __future__ import annotations

from collector.alerting.alert import Text
from collector.alerting.table_devices import device_alert

_FREE = (
    'node_filesystem_avail_bytes{fstype!~"tmpfs|ramfs|squashfs|overlay|iso9660"} / node_filesystem_size_bytes'
)

ALERTS = (
    device_alert(
        "DiskFull",
        f"{_FREE} < 0.1",
        hold="10m",
        title=Text(vi="ổ đĩa {{ $labels.mountpoint }} sắp đầy", en="{{ $labels.mountpoint }} is nearly full"),
        summary=Text(
            vi='Còn trống {{ $value | humanizePercentage | reReplaceAll "[.]" "," }} (ngưỡng 10%).',
            en="{{ $value | humanizePercentage }} left (limit 10 %).",
        ),
        advice=Text(
            vi="Tìm thư mục lớn (du -xh --max-depth=2), xóa nhật ký và bản sao lưu cũ; không xóa dữ liệu ứng dụng.",
            en="Find what is large (du -xh --max-depth=2); old logs and backups first, never application data.",
        ),
    ),
    device_alert(
        "DiskFillsUp",
        f"{_FREE} < 0.4\n"
        'and predict_linear(node_filesystem_avail_bytes{fstype!~"tmpfs|ramfs|squashfs|overlay|iso9660"}[6h], '
        "86400) < 0",
        hold="1h",
        title=Text(
            vi="ổ đĩa {{ $labels.mountpoint }} sẽ đầy trong 24 giờ",
            en="{{ $labels.mountpoint }} will be full within 24 hours",
        ),
        summary=Text(
            vi='Còn trống {{ $value | humanizePercentage | reReplaceAll "[.]" "," }}; theo tốc độ 6 giờ qua sẽ hết trong vòng một ngày.',
            en="{{ $value | humanizePercentage }} left; at the pace of the last 6 hours it is full within a day.",
        ),
        advice=Text(
            vi="Tìm tệp đang lớn nhanh (nhật ký, bản sao lưu, thư mục tạm) trước khi ổ đĩa đầy.",
            en="Find the file that grows (log, backup, temporary folder) before it is full.",
        ),
    ),
    device_alert(
        "MemoryShort",
        "node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes < 0.08",
        hold="10m",
        title=Text(vi="thiếu bộ nhớ", en="short of memory"),
        summary=Text(
            vi='Bộ nhớ còn dùng được {{ $value | humanizePercentage | reReplaceAll "[.]" "," }} (ngưỡng 8%).',
            en="{{ $value | humanizePercentage }} of memory available (limit 8 %).",
        ),
        advice=Text(
            vi="Xem tiến trình chiếm nhiều bộ nhớ nhất (ps aux --sort=-rss) và có đang dùng vùng tráo đổi không.",
            en="Look who takes it (ps aux --sort=-rss), and whether it swaps.",
        ),
    ),
    device_alert(
        "CpuBusy",
        '1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[15m])) > 0.9',
        hold="30m",
        title=Text(vi="bộ xử lý quá tải", en="its processors are busy"),
        summary=Text(
            vi='Mức sử dụng {{ $value | humanizePercentage | reReplaceAll "[.]" "," }} kéo dài trên 30 phút (ngưỡng 90%).',
            en="{{ $value | humanizePercentage }} busy for over 30 minutes (limit 90 %).",
        ),
        advice=Text(
            vi="Xem tiến trình dùng nhiều nhất (top); có phải việc định kỳ hay bị lạm dụng không.",
            en="Look who uses it (top): a scheduled job, or somebody else's?",
        ),
    ),
)
