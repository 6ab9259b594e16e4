"""The words of the annexes: figures, outages, traffic, method, seal. Vietnamese and English."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

ANNEXES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "annex_units": ("SỐ LIỆU CHI TIẾT THEO ĐƠN VỊ", "FIGURES PER UNIT"),
        "annex_outages": ("DANH SÁCH SỰ CỐ TRONG KỲ", "OUTAGES OF THE PERIOD"),
        "annex_traffic": ("LƯU LƯỢNG VÀ MỨC CHIẾM DỤNG CỦA CÁC ĐƯỜNG TRUYỀN", "TRAFFIC OF THE LINES"),
        "annex_method": ("PHƯƠNG PHÁP VÀ ĐỊNH NGHĨA", "METHOD AND DEFINITIONS"),
        "annex_seal": ("NIÊM PHONG SỐ LIỆU", "SEAL OF THE FIGURES"),
        "sheet_summary": ("Tổng hợp", "Summary"),
        "sheet_units": ("PL I Đơn vị", "I Units"),
        "sheet_outages": ("PL II Sự cố", "II Outages"),
        "sheet_traffic": ("PL III Lưu lượng", "III Traffic"),
        "sheet_method": ("PL IV Phương pháp", "IV Method"),
        "sheet_additions": ("Bổ sung", "Additions"),
        "sheet_seal": ("PL V Niêm phong", "V Seal"),
        "c_e_short": ("Độ khả dụng (%)", "Avail. (%)"),
        "c_bounds": ("Khoảng giá trị (%)", "Bounds (%)"),
        "c_a_short": ("Tự chịu trách nhiệm (%)", "Own part (%)"),
        "c_w_short": ("Giờ làm việc (%)", "Work. hours (%)"),
        "c_n_short": ("Số sự cố", "Out."),
        "c_lost_short": ("Gián đoạn", "Down"),
        "c_mttr_short": ("Khắc phục TB", "MTTR"),
        "c_cov_short": ("Có số liệu (%)", "Seen (%)"),
        "clock_note": (
            "Thời gian ghi theo giờ : phút : giây. Sự cố: số lần mất kết nối, kể cả do tuyến trên; khắc "
            "phục TB chỉ tính sự cố tự chịu trách nhiệm đã kết thúc.",
            "Times are hours:minutes:seconds. Outages: losses of connection, those caused upstream "
            "included; MTTR counts own outages that ended.",
        ),
        "centre_group": ("Trung tâm Tích hợp dữ liệu", "Data-integration centre"),
        "services_group": ("Dịch vụ dùng chung", "Shared services"),
        "c_begin": ("Bắt đầu", "Begin"),
        "c_end": ("Kết thúc", "End"),
        "c_length": ("Trong kỳ (giờ : phút : giây)", "In period (h : min : s)"),
        "c_own": ("Loại", "Kind"),
        "own": ("Tự chịu", "Own"),
        "not_own": ("Tuyến trên", "Upstream"),
        "c_found": ("Nguyên nhân (tự động)", "Cause (found)"),
        "c_said": ("Nguyên nhân (ghi nhận)", "Cause (recorded)"),
        "c_note": ("Bên chịu trách nhiệm; ghi chú", "Who answers; note"),
        "not_over": ("Chưa khắc phục", "Not repaired"),
        "begun_before": ("trước {at}", "before {at}"),
        "undecided_not_over": ("chưa kết thúc", "not over"),
        "undecided_return_unseen": ("không quan sát được lúc hoạt động lại", "return not seen"),
        "undecided_no_uptime": ("thiết bị không cho biết thời gian hoạt động", "no uptime shown"),
        "undecided_begin_unseen": ("khởi động lại khi không được quan sát", "restarted while not watched"),
        "undecided_no_uptime_before": ("không có thời gian hoạt động trước đó", "no uptime before"),
        "undecided_restarted_during_it": ("khởi động lại trong lúc gián đoạn", "restarted during it"),
        "undecided_polls_too_rare": ("chu kỳ hỏi quá thưa", "polls too rare"),
        "undecided_too_young": ("thiết bị vừa khởi động trước đó", "had just started before"),
        "undecided_way_unseen": ("quá ngắn để phân biệt với tuyến trên", "too short to tell from upstream"),
        "undecided_agent_only": ("chỉ phần mềm quản lý khởi động lại", "management restarted only"),
        "undecided_sources_disagree": ("các nguồn số liệu không thống nhất", "sources disagree"),
        "undecided_service": ("dịch vụ", "service"),
        "c_missing": ("Thiếu mẫu (%)", "Gaps (%)"),
        "capacity_both": ("{into} / {out}", "{into} / {out}"),
        "x_id": ("Mã", "Id"),
        "x_serves": ("Số cơ quan", "Agencies"),
        "x_low": ("Cận dưới (%)", "Low (%)"),
        "x_high": ("Cận trên (%)", "High (%)"),
        "x_up": ("Hoạt động", "Up"),
        "x_down": ("Gián đoạn (tự chịu)", "Down"),
        "x_upstream": ("Gián đoạn (tuyến trên)", "Upstream"),
        "x_unknown": ("Không có dữ liệu", "Unknown"),
        "x_maintenance": ("Bảo trì", "Maintenance"),
        "x_out_of_service": ("Ngoài phục vụ", "Out of service"),
        "x_own": ("Sự cố tự chịu", "Own outages"),
        "x_repaired": ("Đã khắc phục", "Repaired"),
        "x_repair": ("Tổng thời gian khắc phục", "Time to repair"),
        "x_outage": ("Mã sự cố", "Outage"),
        "x_note": ("Ghi chú", "Note"),
        "x_capacity_in": ("Dung lượng về (Mbit/s)", "Cap. in (Mbit/s)"),
        "x_capacity_out": ("Dung lượng đi (Mbit/s)", "Cap. out (Mbit/s)"),
        "x_p95_in": ("P95 về (Mbit/s)", "P95 in (Mbit/s)"),
        "x_p95_out": ("P95 đi (Mbit/s)", "P95 out (Mbit/s)"),
        "x_max_in": ("Cao nhất về (Mbit/s)", "Max in (Mbit/s)"),
        "x_max_out": ("Cao nhất đi (Mbit/s)", "Max out (Mbit/s)"),
        "x_bytes_in": ("Lưu lượng về (GB)", "Traffic in (GB)"),
        "x_bytes_out": ("Lưu lượng đi (GB)", "Traffic out (GB)"),
        "x_busy_in": ("Trên 80% hướng về", "Above 80% in"),
        "x_busy_out": ("Trên 80% hướng đi", "Above 80% out"),
        "x_expected": ("Số mẫu", "Samples"),
        "x_missing": ("Thiếu mẫu", "Missing"),
        "m_states": (
            "Mỗi mili giây của kỳ báo cáo thuộc đúng một trong sáu trạng thái: hoạt động; gián đoạn do "
            "chính đường truyền, thiết bị; gián đoạn do tuyến trên; không có dữ liệu; bảo trì có kế hoạch; "
            "ngoài thời gian phục vụ. Tổng sáu trạng thái bằng độ dài của kỳ.",
            "Every millisecond of the period is exactly one of six states: up; down by the line's or "
            "device's own fault; down because of what lies upstream; unknown; planned maintenance; out of "
            "service. The six add up to the period.",
        ),
        "m_e": (
            "Độ khả dụng E = hoạt động / (hoạt động + gián đoạn + gián đoạn do tuyến trên): phần thời gian "
            "đơn vị thực sự được phục vụ.",
            "Availability E = up / (up + down + upstream): what the unit lived through.",
        ),
        "m_a": (
            "Độ khả dụng tự chịu trách nhiệm A = hoạt động / (hoạt động + gián đoạn): phần do chính đường "
            "truyền, thiết bị chịu trách nhiệm, không tính sự cố của tuyến trên.",
            "Answerable availability A = up / (up + down): what the line or device itself answers for.",
        ),
        "m_coverage": (
            "Tỷ lệ có số liệu = 1 - không có dữ liệu / (kỳ báo cáo - bảo trì - ngoài thời gian phục vụ).",
            "Coverage = 1 - unknown / (period - maintenance - out of service).",
        ),
        "m_bounds": (
            "Thời điểm chuyển trạng thái chỉ biết được giữa hai lần hỏi nên mỗi con số có khoảng giá trị: "
            "cận dưới tính phần không chắc chắn là gián đoạn, cận trên tính là hoạt động.",
            "A change of state is only known to lie between two polls, so each figure has bounds: the "
            "lower takes what is not certain as down, the upper as up.",
        ),
        "m_resolution": (
            "Độ phân giải của kỳ này: {resolution}; gián đoạn ngắn hơn có thể không được ghi nhận.",
            "Resolution of this period: {resolution}; shorter interruptions may have gone unseen.",
        ),
        "m_groups": (
            "Số liệu của địa bàn và toàn mạng là thương của tổng thời gian của các thiết bị, không phải "
            "trung bình cộng của các tỷ lệ.",
            "Figures of districts and of the network are quotients of summed time, not means of ratios.",
        ),
        "m_rounding": (
            "Tỷ lệ được cắt bớt đến hai chữ số thập phân, không làm tròn lên; riêng cận trên làm tròn lên. "
            "Dấu – nghĩa là không có số liệu.",
            "Shares are cut down to two decimals, never rounded up; upper bounds alone are rounded up. A "
            "dash means no data.",
        ),
        "m_working": (
            "Giờ làm việc theo lịch của cơ quan, trừ ngày lễ; số liệu chính tính 24/7.",
            "Working hours follow the office calendar without public holidays; main figures are 24/7.",
        ),
        "m_mttr": (
            "MTTR = tổng thời gian của các sự cố tự chịu trách nhiệm đã kết thúc / số sự cố đó.",
            "MTTR = time of own outages that ended / their number.",
        ),
        "m_causes": (
            "Nguyên nhân được suy ra từ thời gian hoạt động của thiết bị trước và sau sự cố: nếu thiết bị "
            "không khởi động lại thì do đường truyền; nếu khởi động lại đúng lúc kết thúc thì do mất nguồn "
            "hoặc khởi động lại; còn lại ghi là chưa rõ.",
            "A cause is derived from the device's uptime before and after: if it ran on, the line; if it "
            "started again just as the outage ended, power loss or restart; else undecided.",
        ),
        "m_maintenance": (
            "Bảo trì chỉ được tính từ thời điểm nhập vào hệ thống; phần nhập muộn nêu riêng.",
            "Maintenance counts from the time of its entry on; what was entered late is shown apart.",
        ),
        "m_traffic": (
            "Lưu lượng lấy mẫu 05 phút/lần; mẫu có dưới 80% thời gian được coi là thiếu. P95 là phân vị 95 "
            "theo hạng gần nhất. Hướng về là về phía đơn vị, hướng đi là từ đơn vị.",
            "Traffic is sampled every 5 minutes; a sample with less than 80% of its time is missing. P95 "
            "is the 95th percentile by nearest rank. In is towards the site, out is from it.",
        ),
        "m_pictures": (
            "Hình theo ngày và theo giờ cộng độ dài các sự cố của đường truyền đến đơn vị, trừ phần bảo "
            "trì có kế hoạch; thời gian không quan sát được trong một sự cố được tính vào sự cố đó.",
            "The pictures by day and by hour add up how long outages of the units' lines lasted, planned "
            "work left out; time not observed within an outage is part of it.",
        ),
        "m_target": ("Mục tiêu: {target} ({source}).", "Target: {target} ({source})."),
        "s_seal": ("Mã niêm phong: {seal}", "Seal: {seal}"),
        "s_closed": (
            "Kỳ báo cáo {month} được chốt lúc {at}, người chốt: {author}, lần {revision}.",
            "The period {month} was closed at {at} by {author}, revision {revision}.",
        ),
        "s_first": ("Mã niêm phong của lần chốt đầu tiên: {seal}", "Seal of the first closing: {seal}"),
        "s_reason": ("Lý do điều chỉnh: {reason}", "Reason of the restatement: {reason}"),
        "s_verify": (
            "Kiểm tra: chạy lệnh haidang month verify {name} --seal cùng mã trên đây tại hệ thống giám "
            "sát; chỉ cần một bit số liệu gốc bị thay đổi thì lệnh sẽ báo sai ở đâu.",
            "To check, run haidang month verify {name} --seal with this seal on the monitoring system; if "
            "one bit of the evidence was changed, it says where.",
        ),
        "s_open": (
            "Kỳ báo cáo chưa chốt nên chưa có mã niêm phong.",
            "The period is not closed, so there is no seal.",
        ),
        "s_software": ("Phần mềm: Hải Đăng phiên bản {version}.", "Software: Hải Đăng, version {version}."),
        "s_ledger": ("Sổ cái số liệu: {ledger}.", "Ledger: {ledger}."),
        "t_changes": ("Thay đổi so với lần chốt đầu tiên", "Changes against the first closing"),
        "c_before": ("Trước (%)", "Before (%)"),
        "c_after": ("Sau (%)", "After (%)"),
        "no_changes": ("Không có độ khả dụng nào thay đổi.", "No availability changed."),
    }
)
