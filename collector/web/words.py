"""All words of the status page, Vietnamese beside English: one table."""

from __future__ import annotations

from collector.model import State
from collector.web.language import Language

_TABLE: dict[str, tuple[str, str]] = {
    # frame
    "product": ("Hải Đăng", "Hải Đăng"),
    "skip": ("Đến nội dung chính", "Skip to the main content"),
    "province": ("Toàn tỉnh", "Province"),
    "devices": ("Thiết bị", "Devices"),
    "outages": ("Sự cố", "Outages"),
    "maintenance": ("Bảo trì", "Maintenance"),
    "pages": ("Các trang", "Pages"),
    "settings": ("Ngôn ngữ và giao diện", "Language and theme"),
    "as_of": ("Số liệu lúc", "As of"),
    "light": ("Sáng", "Light"),
    "dark": ("Tối", "Dark"),
    "auto": ("Tự động", "Automatic"),
    "theme": ("Giao diện", "Theme"),
    "lost": (
        "Mất liên lạc với máy giám sát. Trang này đang hiển thị số liệu cũ.",
        "No contact with the monitor. What this page shows is old.",
    ),
    "simulated": (
        "Số liệu mô phỏng, không phải mạng thật.",
        "Simulated figures, not a real network.",
    ),
    "starting": (
        "Bộ thu thập vừa khởi động, chưa có thiết bị nào được hỏi. Trạng thái sẽ hiện dần trong ít phút.",
        "The collector has just started and no device has been asked yet. States will appear within minutes.",
    ),
    "no_ledger": (
        "Không ghi được sổ bằng chứng. Số liệu đang chờ trong bộ nhớ; hãy xem nhật ký của bộ thu thập.",
        "The ledger cannot be written. Evidence waits in memory; see the collector's log.",
    ),
    "empty": (
        "Danh mục chưa có thiết bị nào. Hãy thêm thiết bị vào tệp inventory.yaml rồi nạp lại.",
        "The inventory has no devices yet. Add some to inventory.yaml, then reload.",
    ),
    "footer": (
        "Trang chỉ đọc, tự cập nhật. Độ khả dụng làm tròn xuống; “–” nghĩa là không có dữ liệu.",
        "Read only, updates itself. Availability is cut down, never rounded up; “–” means no data.",
    ),
    # states
    "state_up": ("Hoạt động", "Up"),
    "state_down": ("Mất kết nối", "Down"),
    "state_upstream": ("Gián đoạn do tuyến trên", "Cut off upstream"),
    "state_unknown": ("Không xác định", "Unknown"),
    "state_maintenance": ("Bảo trì", "Maintenance"),
    "state_out_of_service": ("Ngừng khai thác", "Out of service"),
    "legend": ("Chú giải", "Legend"),
    # province
    "cut_off": ("Đơn vị mất kết nối", "Units cut off"),
    "of": ("trên", "of"),
    "agencies_cut_off": ("Cơ quan bị ảnh hưởng", "Agencies affected"),
    "running_outages": ("Sự cố đang diễn ra", "Outages under way"),
    "none_now": ("Không có sự cố nào đang diễn ra.", "No outage is under way."),
    "month_availability": ("Độ khả dụng trong kỳ", "Availability this period"),
    "coverage": ("Tỷ lệ có số liệu", "Coverage"),
    "bounds": ("trong khoảng", "between"),
    "not_yet": ("chưa tính", "not computed yet"),
    "areas": ("Địa bàn", "Areas"),
    "services": ("Dịch vụ", "Services"),
    "no_area": ("Chưa gán địa bàn", "No area"),
    "up_of": ("hoạt động", "up"),
    "figures": ("Số liệu trong kỳ", "Figures of the period"),
    "period": ("Kỳ báo cáo", "Period"),
    "area": ("Địa bàn", "Area"),
    "end_to_end": ("Đầu cuối", "End to end"),
    "attributable": ("Thuộc trách nhiệm", "Attributable"),
    "working_hours": ("Giờ hành chính", "Working hours"),
    "all_hours": ("24×7", "24×7"),
    "lines": ("Đường truyền gần đầy", "Lines near capacity"),
    "nothing_known": ("Chưa biết tình trạng của đơn vị nào.", "Not known of any unit yet."),
    "no_lines_yet": ("Chưa có số liệu lưu lượng.", "No traffic is known yet."),
    "no_full_lines": (
        "Không đường truyền nào vượt 80% dung lượng.",
        "No line is above 80% of its capacity.",
    ),
    "p95_today": ("P95 hôm nay", "P95 today"),
    "p95_of_capacity": ("P95 hôm nay so với dung lượng", "P95 today against capacity"),
    "of_capacity": ("dung lượng", "of capacity"),
    "days_over": ("ngày liên tiếp vượt 90%", "days running above 90%"),
    # outages
    "device": ("Thiết bị", "Device"),
    "since": ("Từ lúc", "Since"),
    "lasted": ("Kéo dài", "For"),
    "until": ("Đến lúc", "Until"),
    "lasts": ("đang diễn ra", "under way"),
    "cause": ("Nguyên nhân", "Cause"),
    "behind": ("Ảnh hưởng", "Cut off"),
    "units": ("{n} đơn vị, {of} cơ quan", "{n} units, {of} agencies"),
    "one_unit": ("1 đơn vị, {of} cơ quan", "1 unit, {of} agencies"),
    "agencies": ("cơ quan", "agencies"),
    "period_outages": ("Sự cố trong kỳ", "Outages of the period"),
    "no_period_outages": ("Không có sự cố nào trong kỳ.", "No outage in this period."),
    "figures_pending": (
        "Số liệu của kỳ đang được tính, sẽ có trong ít phút.",
        "The period's figures are being computed and will be here within minutes.",
    ),
    "shown_newest": ("Hiển thị {n} sự cố mới nhất trong tổng số {of}.", "The newest {n} of {of} are shown."),
    "cause_line": ("Đường truyền", "Line"),
    "cause_power_or_restart": ("Mất điện hoặc khởi động lại", "Power or restart"),
    "cause_upstream": ("Do tuyến trên", "Upstream"),
    "cause_undecided": ("Chưa xác định", "Undecided"),
    "undecided_not_over": ("chưa kết thúc", "not over yet"),
    "undecided_return_unseen": (
        "kết thúc khi không ai theo dõi",
        "it ended while nobody looked",
    ),
    "undecided_no_uptime": ("thiết bị không cho biết thời gian hoạt động", "the device shows no uptime"),
    "undecided_begin_unseen": ("khởi động lại khi không được quan sát", "restarted while nobody looked"),
    "undecided_no_uptime_before": (
        "không có thời gian hoạt động trước đó để so sánh",
        "no earlier uptime to compare with",
    ),
    "undecided_restarted_during_it": (
        "thiết bị khởi động lại giữa sự cố",
        "it restarted during the outage",
    ),
    "undecided_polls_too_rare": (
        "thiết bị khởi động lại, nhưng không rõ trả lời lại lúc nào",
        "it restarted; when it answered again is not known well enough",
    ),
    "undecided_too_young": (
        "thiết bị vừa khởi động ngay trước đó",
        "it had only just started before",
    ),
    "undecided_way_unseen": (
        "quá ngắn để biết đường truyền phía trên có bị gián đoạn hay không",
        "too short to tell whether the way to it was cut",
    ),
    "undecided_agent_only": (
        "chỉ phần mềm quản lý khởi động lại",
        "only its management began anew",
    ),
    "undecided_sources_disagree": ("các nguồn không khớp nhau", "the sources disagree"),
    "undecided_service": ("dịch vụ trả lời sai hoặc không trả lời", "the service's check failed"),
    "fault": ("Dấu hiệu", "Sign"),
    "by": ("ghi bởi", "entered by"),
    # maintenance
    "running_now": ("Đang thực hiện", "Under way"),
    "planned": ("Sắp tới", "Planned"),
    "past": ("Đã qua", "Past"),
    "no_maintenance": ("Không có công việc bảo trì nào.", "There is no maintenance."),
    "covers": ("Phạm vi", "Covers"),
    "reason": ("Lý do", "Reason"),
    "author": ("Người ghi", "Author"),
    "from": ("Từ", "From"),
    "to": ("Đến", "To"),
    # devices
    "search": ("Tìm thiết bị", "Find a device"),
    "search_hint": ("Tên, mã, địa chỉ; không cần dấu", "Name, id or address; accents do not matter"),
    "search_go": ("Tìm", "Search"),
    "all_areas": ("Tất cả địa bàn", "All areas"),
    "all_states": ("Tất cả trạng thái", "All states"),
    "state": ("Trạng thái", "State"),
    "found": ("{n} thiết bị", "{n} devices"),
    "found_of": ("{n} trên {of} thiết bị", "{n} of {of} devices"),
    "none_found": ("Không có thiết bị nào phù hợp.", "No device fits."),
    "role": ("Loại", "Kind"),
    "address": ("Địa chỉ", "Address"),
    "round_trip": ("Thời gian trễ", "Round trip"),
    "traffic": ("Lưu lượng", "Traffic"),
    "name": ("Tên", "Name"),
    # site
    "details": ("Thông tin", "Details"),
    "parents": ("Nối qua", "Hangs on"),
    "children": ("Thiết bị phía sau", "Behind it"),
    "serves": ("Phục vụ", "Serves"),
    "checks": ("Kiểm tra gần nhất", "Last checks"),
    "interval": ("Chu kỳ hỏi", "Polled every"),
    "protocol": ("Giao thức", "Protocol"),
    "unencrypted": ("không mã hóa", "unencrypted"),
    "capacity": ("Dung lượng đăng ký", "Subscribed rate"),
    "last_24h": ("24 giờ qua", "Last 24 hours"),
    "last_30d": ("30 ngày qua", "Last 30 days"),
    "state_history": ("Lịch sử trạng thái", "State history"),
    "in": ("Hướng về", "In"),
    "out": ("Hướng đi", "Out"),
    "loss": ("Mất gói", "Loss"),
    "no_data": ("Không có dữ liệu", "No data"),
    "no_rtt": (
        "Chưa có số đo thời gian trễ kể từ khi bộ thu thập khởi động.",
        "No round trip has been measured since the collector's start.",
    ),
    "no_traffic": ("Chưa có số liệu lưu lượng.", "No traffic has been recorded."),
    "no_uplink": (
        "Thiết bị này không khai báo đường truyền (uplink).",
        "No uplink is configured for this device.",
    ),
    "history_busy": (
        "Lịch sử đang được đọc từ sổ, xin đợi lần cập nhật sau.",
        "The history is being read from the ledger; wait for the next update.",
    ),
    "history_failed": ("Không đọc được sổ", "The ledger could not be read"),
    "device_outages": ("Sự cố của thiết bị trong kỳ", "The device's outages of the period"),
    "interfaces": ("Giao diện mạng", "Interfaces"),
    "interface": ("Giao diện", "Interface"),
    "alias": ("Mô tả", "Alias"),
    "speed": ("Tốc độ", "Speed"),
    "mean": ("trung bình", "mean"),
    "max": ("cao nhất", "highest"),
    "ok": ("tốt", "ok"),
    "not_found": ("Không có trang này", "No such page"),
    "not_found_text": (
        "Địa chỉ không đúng, hoặc thiết bị không còn trong danh mục.",
        "The address is wrong, or the device has left the inventory.",
    ),
    # kinds of devices that the shipped inventory has; others are shown as they are
    "role_commune": ("xã, phường, thị trấn", "commune"),
    "role_hub": ("điểm tập trung", "hub"),
    "role_core": ("thiết bị lõi", "core"),
    "role_server": ("máy chủ", "server"),
    "role_service": ("dịch vụ", "service"),
}

_SIGNS = {
    State.UP: "●",
    State.DOWN: "✕",
    State.UPSTREAM: "▲",
    State.UNKNOWN: "?",
    State.MAINTENANCE: "◆",
    State.OUT_OF_SERVICE: "–",
}


class Words:
    """The words of one language."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._column = list(Language).index(language)

    def __call__(self, key: str, **values: object) -> str:
        """Return a text, its {places} filled in; KeyError for a key that the table does not have."""
        found = _TABLE[key][self._column]
        return found.format(**values) if values else found

    def state(self, state: State) -> str:
        """Return a state's name."""
        return self(f"state_{state}")

    def role(self, role: str) -> str:
        """Return a kind of device, as the inventory has it where it is no known one."""
        found = _TABLE.get(f"role_{role}")
        return role if found is None else found[self._column]


def sign(state: State) -> str:
    """Return the sign that stands beside a state's colour: nobody has to tell red from green."""
    return _SIGNS[state]


def keys() -> tuple[str, ...]:
    """Return the keys of the table."""
    return tuple(_TABLE)
