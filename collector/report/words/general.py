"""The words of the general part and of the comparison over time. Vietnamese and English."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

GENERAL: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "opening": (
            "{organisation} báo cáo tình hình hoạt động của mạng và Trung tâm Tích hợp dữ liệu {month} như "
            "sau:",
            "{organisation} reports on the operation of the network and of the data-integration centre in "
            "{month} as follows:",
        ),
        "h1": ("I. TÌNH HÌNH CHUNG", "I. GENERAL SITUATION"),
        "h1_1": ("1. Kỳ báo cáo và phạm vi giám sát", "1. Period and scope"),
        "period": (
            "Kỳ báo cáo: từ 00 giờ 00 ngày {first} đến 24 giờ 00 ngày {last} ({days} ngày, {hours} giờ; "
            "trong đó có {working} giờ làm việc).",
            "Period: from 00:00 on {first} to 24:00 on {last} ({days} days, {hours} hours, of which "
            "{working} are working hours).",
        ),
        "scope": (
            "Phạm vi giám sát: {devices} thiết bị, gồm {units} đường truyền đến các {units_called}, {hubs} "
            "điểm tập trung và {centre} thiết bị tại Trung tâm Tích hợp dữ liệu{services}. Số cơ quan, đơn "
            "vị sử dụng mạng: {agencies}.",
            "Scope: {devices} devices, namely {units} lines to {units_called}, {hubs} hubs and {centre} "
            "devices of the data-integration centre{services}. Agencies that use the network: {agencies}.",
        ),
        "scope_services": (
            "; ngoài ra có {services} dịch vụ dùng chung",
            "; and {services} shared services",
        ),
        "coverage": ("Tỷ lệ có số liệu giám sát: {coverage}.", "Coverage of the monitoring: {coverage}."),
        "coverage_none": (
            "Trong kỳ không có số liệu giám sát.",
            "There are no monitoring data in this period.",
        ),
        "absences": (
            "Hệ thống giám sát không quan sát được {count} lần, tổng cộng {length}; thời gian này được "
            "tính là không có dữ liệu, không tính là hoạt động, cũng không tính là gián đoạn.",
            "The monitoring itself was absent {count} times, {length} in all; that time counts as unknown, "
            "neither as up nor as down.",
        ),
        "h1_2": ("2. Phương pháp", "2. Method"),
        "method_1": (
            "Hệ thống giám sát định kỳ gửi yêu cầu đến từng thiết bị và ghi lại thiết bị có trả lời hay "
            "không.",
            "The monitoring system asks every device at regular intervals and records whether it answers.",
        ),
        "method_2": (
            "Độ khả dụng là tỷ lệ giữa thời gian hoạt động và tổng thời gian quan sát được, không tính "
            "thời gian bảo trì có kế hoạch.",
            "Availability is the time up as a share of the time observed, planned maintenance left out.",
        ),
        "method_3": (
            "Khoảng thời gian không quan sát được thì tính riêng là không có dữ liệu và được công khai "
            "bằng tỷ lệ có số liệu giám sát bên cạnh mỗi con số.",
            "Time that was not observed is counted apart as unknown, and shown beside each figure as its "
            "coverage.",
        ),
        "h1_3": ("3. Kết quả chung", "3. Results in brief"),
        "brief": ("Các chỉ tiêu chính", "Main figures"),
        "indicator": ("Chỉ tiêu", "Indicator"),
        "this_month": ("Kỳ này", "This period"),
        "last_month": ("Kỳ trước", "Period before"),
        "change": ("Tăng, giảm", "Change"),
        "i_network": ("Độ khả dụng của mạng diện rộng (%)", "Availability of the wide-area network (%)"),
        "i_attributable": (
            "Độ khả dụng do đường truyền và thiết bị tự chịu trách nhiệm (%)",
            "Availability that lines and devices answer for (%)",
        ),
        "i_centre": (
            "Độ khả dụng của thiết bị tại Trung tâm Tích hợp dữ liệu (%)",
            "Availability of the data-integration centre's devices (%)",
        ),
        "i_services": ("Độ khả dụng của các dịch vụ (%)", "Availability of the services (%)"),
        "i_coverage": ("Tỷ lệ có số liệu giám sát (%)", "Coverage (%)"),
        "i_outages": ("Số sự cố gián đoạn", "Outages"),
        "i_mttr": (
            "Thời gian khắc phục trung bình (giờ : phút : giây)",
            "Mean time to repair (h : min : s)",
        ),
        "i_lost": (
            "Tổng thời gian gián đoạn của các đường truyền (giờ : phút : giây)",
            "Downtime of all lines together (h : min : s)",
        ),
        "target": (
            "Mục tiêu độ khả dụng: {target} ({source}).",
            "Availability target: {target} ({source}).",
        ),
        "target_by_analogy": ("vận dụng QCVN 34:2019/BTTTT", "by analogy with QCVN 34:2019/BTTTT"),
        "target_of_settings": ("theo cấu hình của đơn vị", "as set by this office"),
        "restated": (
            "Số liệu của kỳ này đã được điều chỉnh (lần {revision}, {at}, người điều chỉnh: {author}). Lý "
            "do: {reason}. Mã niêm phong ban đầu: {seal}; các thay đổi nêu tại Phụ lục V.",
            "The figures of this period were restated (revision {revision}, {at}, by {author}). Reason: "
            "{reason}. The first seal was {seal}; the changes are in Annex V.",
        ),
        "h2_7": (
            "7. So sánh với kỳ trước và 12 tháng gần nhất",
            "7. Against the month before and 12 months",
        ),
        "against_before": (
            "So với kỳ trước, độ khả dụng của mạng diện rộng {direction} {points} điểm phần trăm; số sự cố "
            "{outages}.",
            "Against the period before, the availability of the wide-area network {direction} {points} "
            "percentage points; outages {outages}.",
        ),
        "rose": ("tăng", "rose by"),
        "fell": ("giảm", "fell by"),
        "stayed": ("không thay đổi so với kỳ trước", "did not change"),
        "against_before_same": (
            "So với kỳ trước, độ khả dụng của mạng diện rộng không thay đổi; số sự cố {outages}.",
            "Against the period before, the availability of the wide-area network did not change; outages "
            "{outages}.",
        ),
        "more_by": ("tăng {count} vụ", "rose by {count}"),
        "fewer_by": ("giảm {count} vụ", "fell by {count}"),
        "as_many": ("không thay đổi", "stayed the same"),
        "nothing_before": (
            "Chưa có số liệu của kỳ trước để so sánh.",
            "There are no figures of the period before to compare with.",
        ),
        "trend": ("Mười hai tháng gần nhất", "The last twelve months"),
        "trend_note": (
            "Nguồn: C – kỳ đã chốt; T – tính từ số liệu gốc còn lưu; dấu – là không có số liệu.",
            "Source: C closed period; T computed from the evidence that is kept; – no data.",
        ),
        "month": ("Tháng", "Month"),
        "source": ("Nguồn", "Source"),
        "source_closed": ("C", "C"),
        "source_computed": ("T", "T"),
        "source_none": ("–", "–"),
        "c_network": ("Mạng diện rộng (%)", "WAN (%)"),
        "c_centre": ("Trung tâm THDL (%)", "Centre (%)"),
        "c_services": ("Dịch vụ (%)", "Services (%)"),
        "c_coverage": ("Có số liệu (%)", "Seen (%)"),
        "c_outages": ("Số sự cố", "Outages"),
        "c_mttr": ("Khắc phục TB", "MTTR"),
    }
)
