"""The words of the results: lines, data centre, traffic, outages, planned work, ranking. Both languages."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

RESULTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "h2": ("II. KẾT QUẢ HOẠT ĐỘNG TRONG KỲ", "II. RESULTS OF THE PERIOD"),
        "h2_1": ("1. Kết nối đến các {units_called}", "1. Lines to {units_called}"),
        "lines": (
            "Độ khả dụng của mạng diện rộng (tính cả sự cố của tuyến trên) là {e} (khoảng giá trị "
            "{bounds}); tính riêng phần do đường truyền, thiết bị tự chịu trách nhiệm là {a}; trong giờ "
            "làm việc là {working}.",
            "The availability of the wide-area network as units lived through it was {e} (bounds "
            "{bounds}); what lines and devices themselves answer for, {a}; in working hours, {working}.",
        ),
        "lines_none": (
            "Trong kỳ không có số liệu về đường truyền đến các {units_called}.",
            "There are no data of lines to {units_called} in this period.",
        ),
        "lines_target": (
            "Có {below} trên {units} đường truyền chưa đạt mục tiêu {target}; {untouched} đường truyền "
            "không ghi nhận gián đoạn nào và có đủ số liệu.",
            "{below} of {units} lines missed the target of {target}; {untouched} had no interruption on "
            "record with full data.",
        ),
        "t_districts": ("Độ khả dụng theo địa bàn", "Availability by district"),
        "c_lines": ("Số thiết bị", "Devices"),
        "c_e": ("Độ khả dụng (%)", "Avail. (%)"),
        "c_a": ("Tự chịu trách nhiệm (%)", "Own part (%)"),
        "c_working": ("Giờ làm việc (%)", "Working hours (%)"),
        "c_below": ("Chưa đạt mục tiêu", "Below target"),
        "c_cov": ("Có số liệu (%)", "Seen (%)"),
        "c_lost": ("Gián đoạn (giờ : phút : giây)", "Downtime (h : min : s)"),
        "p_districts": (
            "Độ khả dụng theo địa bàn so với mục tiêu",
            "Availability by district against the target",
        ),
        "p_calendar": (
            "Thời gian gián đoạn theo ngày (giờ × đường truyền)",
            "Downtime by day (hours × lines)",
        ),
        "p_causes": ("Sự cố theo nguyên nhân", "Outages by cause"),
        "p_hours": (
            "Thời gian gián đoạn theo giờ trong ngày (giờ × đường truyền)",
            "Downtime by hour of day (hours × lines)",
        ),
        "p_traffic": (
            "P95 so với dung lượng kết nối của các đường truyền có mức chiếm dụng cao nhất",
            "P95 against capacity, the fullest lines",
        ),
        "p_trend": ("Độ khả dụng trong 12 tháng gần nhất", "Availability over twelve months"),
        "p_target": ("Mục tiêu {target}", "Target {target}"),
        "p_hour_axis": ("Giờ trong ngày", "Hour of day"),
        "p_hours_axis": ("Giờ × đường truyền", "Hours × lines"),
        "p_in": ("Hướng về", "In"),
        "p_out": ("Hướng đi", "Out"),
        "p_limit": ("Ngưỡng 90%", "Limit 90%"),
        "p_share_axis": ("P95 / dung lượng kết nối (%)", "P95 / capacity (%)"),
        "p_weekdays": (
            "Thứ Hai,Thứ Ba,Thứ Tư,Thứ Năm,Thứ Sáu,Thứ Bảy,Chủ nhật",
            "Monday,Tuesday,Wednesday,Thursday,Friday,Saturday,Sunday",
        ),
        "h2_2": ("2. Trung tâm Tích hợp dữ liệu", "2. Data-integration centre"),
        "centre": (
            "Độ khả dụng của {devices} thiết bị tại Trung tâm là {e} (khoảng giá trị {bounds}); trong giờ "
            "làm việc là {working}.",
            "The availability of the centre's {devices} devices was {e} (bounds {bounds}); in working "
            "hours, {working}.",
        ),
        "centre_none": ("Không giám sát thiết bị nào tại Trung tâm.", "No device of the centre is watched."),
        "services": (
            "Độ khả dụng của {services} dịch vụ dùng chung là {e}; dịch vụ được kiểm tra từ bên ngoài như "
            "người sử dụng, nên sai nội dung cũng tính là gián đoạn.",
            "The availability of the {services} shared services was {e}; a service is checked from outside "
            "as its users meet it, so a wrong answer counts as an interruption.",
        ),
        "services_none": ("Không giám sát dịch vụ nào.", "No service is watched."),
        "t_roles": ("Thiết bị tại Trung tâm theo loại", "The centre's devices by kind"),
        "t_services": ("Dịch vụ dùng chung", "Shared services"),
        "h2_3": ("3. Lưu lượng và mức chiếm dụng băng thông", "3. Traffic and use of bandwidth"),
        "traffic": (
            "Có số liệu lưu lượng của {measured} đường truyền; riêng các đường truyền đến đơn vị có tổng "
            "lưu lượng hướng về {into}, hướng đi {out}.",
            "Traffic was measured on {measured} lines; those to units carried {into} towards the sites and "
            "{out} from them.",
        ),
        "traffic_none": (
            "Trong kỳ không có số liệu lưu lượng.",
            "There are no traffic data in this period.",
        ),
        "traffic_sparse": (
            "{count} đường truyền có dưới 80% số mẫu, không xét theo quy tắc dung lượng.",
            "{count} lines have fewer than 80% of their samples and are not held against the rule.",
        ),
        "traffic_no_capacity": (
            "{count} đường truyền chưa khai báo dung lượng kết nối.",
            "{count} lines have no capacity on record.",
        ),
        "rule_each-day": (
            "Quy tắc dung lượng (khoản 6 Điều 5 Thông tư số 06/2026/TT-BKHCN): phân vị 95 (P95) mỗi hướng, "
            "mẫu 05 phút/lần, không vượt quá 90% dung lượng kết nối trong 07 ngày liên tiếp; ở đây xét P95 "
            "của từng ngày.",
            "Capacity rule (circular 06/2026/TT-BKHCN, article 5.6): the 95th percentile (P95) of each "
            "direction, of 5-minute samples, must not exceed 90% of capacity on 7 days running; P95 is "
            "taken of each day here.",
        ),
        "rule_seven-days": (
            "Quy tắc dung lượng (khoản 6 Điều 5 Thông tư số 06/2026/TT-BKHCN): phân vị 95 (P95) mỗi hướng, "
            "mẫu 05 phút/lần, không vượt quá 90% dung lượng kết nối trong 07 ngày liên tiếp; ở đây xét P95 "
            "của cả 07 ngày.",
            "Capacity rule (circular 06/2026/TT-BKHCN, article 5.6): the 95th percentile (P95) of each "
            "direction, of 5-minute samples, must not exceed 90% of capacity on 7 days running; P95 is "
            "taken over all 7 days here.",
        ),
        "breaking": (
            "Vượt ngưỡng 07 ngày liên tiếp: {count} đường truyền ({names}).",
            "Above the limit on 7 days running: {count} lines ({names}).",
        ),
        "breaking_none": (
            "Không có đường truyền nào vượt ngưỡng 07 ngày liên tiếp.",
            "No line was above the limit on 7 days running.",
        ),
        "saturated": (
            "P95 của cả kỳ trên 90% dung lượng: {count} đường truyền ({names}).",
            "P95 of the whole period above 90% of capacity: {count} lines ({names}).",
        ),
        "busy": (
            "Có lúc trên 80% dung lượng: {count} đường truyền.",
            "At times above 80% of capacity: {count} lines.",
        ),
        "idle": (
            "Dùng dưới 10% dung lượng đã thuê (theo P95, cả hai hướng): {count} đường truyền; ví dụ "
            "{example}.",
            "Less than 10% of what is paid for is used (P95, both directions): {count} lines; for example "
            "{example}.",
        ),
        "idle_example": (
            "{name} thuê {capacity}, dùng {used}",
            "{name} pays for {capacity} and uses {used}",
        ),
        "t_traffic": ("Các đường truyền có mức chiếm dụng cao nhất", "The fullest lines"),
        "c_capacity": ("Dung lượng", "Capacity"),
        "c_p95_in": ("P95 hướng về", "P95 in"),
        "c_p95_out": ("P95 hướng đi", "P95 out"),
        "c_full": ("Chiếm dụng (%)", "Used (%)"),
        "c_busy": ("Trên 80% (giờ : phút : giây)", "Above 80% (h : min : s)"),
        "c_streak": ("Số ngày liên tiếp trên 90%", "Days running above 90%"),
        "h2_4": ("4. Sự cố gián đoạn và kết quả khắc phục", "4. Outages and their repair"),
        "outages": (
            "Trong kỳ có {own} sự cố do đường truyền, thiết bị tự chịu trách nhiệm; ngoài ra có {upstream} "
            "lượt mất kết nối do tuyến trên. Đã khắc phục {repaired} sự cố; thời gian khắc phục trung bình "
            "(MTTR) là {mttr}.",
            "There were {own} outages that lines or devices themselves answer for, and {upstream} losses "
            "of connection caused upstream. {repaired} were repaired; the mean time to repair (MTTR) was "
            "{mttr}.",
        ),
        "outages_none": (
            "Trong kỳ không ghi nhận sự cố gián đoạn nào.",
            "No outage was recorded in this period.",
        ),
        "longest": (
            "Sự cố dài nhất: {name}, từ {start}, kéo dài {length}.",
            "The longest outage: {name}, from {start}, for {length}.",
        ),
        "longest_lasting": (
            "Sự cố dài nhất: {name}, từ {start}, đến cuối kỳ đã kéo dài {length} và chưa khắc phục.",
            "The longest outage: {name}, from {start}, {length} by the end of the period and not repaired.",
        ),
        "lasting": (
            "Đến cuối kỳ còn {count} sự cố chưa khắc phục.",
            "{count} outages had not ended by the end of the period.",
        ),
        "cut_off": (
            "Số đơn vị có lúc bị mất kết nối: {units} trên {of_units}, ảnh hưởng {agencies} trên "
            "{of_agencies} cơ quan, đơn vị sử dụng.",
            "Units cut off at some time: {units} of {of_units}, with {agencies} of {of_agencies} agencies.",
        ),
        "cut_off_most": (
            "Nhiều nhất cùng lúc: {most} đơn vị ({agencies} cơ quan, đơn vị sử dụng), lúc {at}.",
            "The most at one time: {most} units ({agencies} agencies), at {at}.",
        ),
        "t_causes": ("Sự cố theo nguyên nhân", "Outages by cause"),
        "c_cause": ("Nguyên nhân", "Cause"),
        "c_count": ("Số sự cố", "Outages"),
        "c_time": ("Thời gian gián đoạn (giờ : phút : giây)", "Downtime (h : min : s)"),
        "t_responsible": ("Sự cố theo bên chịu trách nhiệm", "Outages by who answers for them"),
        "c_responsible": ("Bên chịu trách nhiệm", "Who answers"),
        "responsible_none": ("Chưa ghi nhận", "Not recorded"),
        "cause_line": ("Do đường truyền", "Line"),
        "cause_power_or_restart": ("Mất nguồn hoặc khởi động lại", "Power loss or restart"),
        "cause_upstream": ("Do tuyến trên", "Upstream"),
        "cause_undecided": ("Chưa rõ nguyên nhân", "Undecided"),
        "cause_power": ("Mất điện", "Power"),
        "cause_fibre_cut": ("Đứt cáp quang", "Fibre cut"),
        "cause_device": ("Hỏng thiết bị", "Device fault"),
        "cause_provider": ("Do nhà cung cấp dịch vụ", "Service provider"),
        "cause_planned_work_unannounced": ("Bảo trì không báo trước", "Unannounced work"),
        "cause_other": ("Nguyên nhân khác", "Other"),
        "cause_unknown": ("Chưa rõ nguyên nhân (đã xác minh)", "Unknown (looked into)"),
        "cause_said": (
            "Nguyên nhân do người phụ trách ghi nhận được ưu tiên; kết luận tự động vẫn lưu tại Phụ lục II.",
            "A cause that a person recorded comes first; what was found automatically stays in Annex II.",
        ),
        "h2_5": ("5. Bảo trì có kế hoạch", "5. Planned maintenance"),
        "planned": (
            "Trong kỳ có {count} đợt bảo trì có kế hoạch, tổng thời gian không tính vào độ khả dụng của "
            "các thiết bị là {length}.",
            "There were {count} pieces of planned work; the time of devices that does not count towards "
            "availability is {length}.",
        ),
        "planned_none": (
            "Trong kỳ không có đợt bảo trì có kế hoạch nào được đăng ký.",
            "No planned maintenance was announced in this period.",
        ),
        "late": (
            "{count} đợt được nhập sau khi đã bắt đầu (ghi nhận muộn); phần nhập muộn vẫn tính là gián "
            "đoạn, trừ khi số liệu được điều chỉnh có lý do.",
            "{count} were entered after their begin (recorded late); the late part still counts as "
            "downtime unless the figures are restated with a reason.",
        ),
        "t_planned": ("Các đợt bảo trì có kế hoạch", "Planned maintenance"),
        "c_reason": ("Nội dung", "What was done"),
        "c_where": ("Phạm vi", "Where"),
        "c_from": ("Bắt đầu", "From"),
        "c_until": ("Kết thúc", "Until"),
        "c_author": ("Người đăng ký", "Announced by"),
        "c_late": ("Ghi nhận muộn (giờ : phút : giây)", "Recorded late (h : min : s)"),
        "h2_6": (
            "6. Xếp hạng theo {districts_called}; các đơn vị có độ khả dụng cao nhất, thấp nhất",
            "6. Ranking of {districts_called}; best and worst units",
        ),
        "t_ranking": ("Xếp hạng theo địa bàn", "Ranking of districts"),
        "c_rank": ("Hạng", "Rank"),
        "c_cut": ("Đơn vị bị gián đoạn", "Units cut off"),
        "t_best": (
            "{count} đơn vị có độ khả dụng cao nhất",
            "The {count} units with the highest availability",
        ),
        "t_worst": (
            "{count} đơn vị có độ khả dụng thấp nhất",
            "The {count} units with the lowest availability",
        ),
        "worst_none": ("Không có đơn vị nào bị gián đoạn.", "No unit was interrupted."),
        "best_note": (
            "Có {untouched} đơn vị không ghi nhận gián đoạn nào và có đủ số liệu; danh sách dưới đây xếp "
            "theo độ khả dụng, rồi theo tỷ lệ có số liệu.",
            "{untouched} units had no interruption on record with full data; the list goes by "
            "availability, then by coverage.",
        ),
        "c_times": ("Số lần", "Times"),
    }
)
