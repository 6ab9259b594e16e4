"""The words of shortcomings, coming work and proposals, one phrase a finding. Vietnamese and English."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

OUTLOOK: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "h3": ("III. TỒN TẠI, HẠN CHẾ VÀ NGUYÊN NHÂN", "III. SHORTCOMINGS AND THEIR CAUSES"),
        "h4": ("IV. NHIỆM VỤ TRỌNG TÂM KỲ TỚI", "IV. MAIN TASKS OF THE COMING PERIOD"),
        "h5": ("V. KIẾN NGHỊ, ĐỀ XUẤT", "V. PROPOSALS"),
        "short_units_below_target": (
            "{count} đơn vị chưa đạt mục tiêu độ khả dụng {target}: {names}.",
            "Units below the availability target of {target}: {count} ({names}).",
        ),
        "short_districts_below_target": (
            "{count} địa bàn chưa đạt mục tiêu: {names}.",
            "Districts below the target: {count} ({names}).",
        ),
        "short_often": (
            "{count} thiết bị, đường truyền bị gián đoạn từ 03 lần trở lên (số lần trong ngoặc): {names}.",
            "Devices or lines that failed 3 times or more: {count} (times in brackets): {names}.",
        ),
        "short_main_cause": (
            "Nguyên nhân nhiều nhất đã xác định được: {cause} ({count} sự cố, tổng cộng {length}).",
            "The most frequent cause that is known: {cause} ({count} outages, {length} in all).",
        ),
        "short_unclear": ("{count} sự cố chưa rõ nguyên nhân.", "Outages without a known cause: {count}."),
        "short_lasting": (
            "{count} sự cố chưa khắc phục xong tại thời điểm cuối kỳ.",
            "Outages not repaired when the period ended: {count}.",
        ),
        "short_breaking": (
            "{count} đường truyền vượt 90% dung lượng trong 07 ngày liên tiếp: {names}.",
            "Lines above 90% of capacity on 7 days running: {count} ({names}).",
        ),
        "short_saturated": (
            "{count} đường truyền có P95 của cả kỳ trên 90% dung lượng: {names}.",
            "Lines with a P95 of the whole period above 90% of capacity: {count} ({names}).",
        ),
        "short_late": (
            "{count} đợt bảo trì được nhập sau khi đã bắt đầu.",
            "Planned work entered after its begin: {count}.",
        ),
        "short_dim": (
            "{count} đơn vị có tỷ lệ có số liệu giám sát dưới 99%.",
            "Units with a coverage below 99%: {count}.",
        ),
        "short_absences": (
            "Hệ thống giám sát không quan sát được {count} lần, tổng cộng {length}.",
            "Absences of the monitoring itself: {count}, {length} in all.",
        ),
        "short_unencrypted": (
            "{count} thiết bị còn được giám sát bằng giao thức không mã hóa.",
            "Devices still watched by an unencrypted protocol: {count}.",
        ),
        "short_coverage": (
            "Tỷ lệ có số liệu giám sát toàn mạng chỉ đạt {coverage}.",
            "The coverage of the whole network was only {coverage}.",
        ),
        "short_none": (
            "Không có tồn tại, hạn chế nào được ghi nhận từ số liệu.",
            "The figures show no shortcoming.",
        ),
        "task_watch": (
            "Duy trì giám sát, vận hành mạng và Trung tâm Tích hợp dữ liệu liên tục 24/7.",
            "Go on watching and operating the network and the data-integration centre round the clock.",
        ),
        "task_repair_lasting": (
            "Khắc phục dứt điểm {count} sự cố còn tồn tại.",
            "Repair the outages that still last: {count}.",
        ),
        "task_inspect": (
            "Kiểm tra {count} thiết bị, đường truyền bị gián đoạn nhiều lần: {names}.",
            "Inspect the devices or lines that failed repeatedly: {count} ({names}).",
        ),
        "task_clarify": (
            "Xác minh, ghi nhận nguyên nhân của {count} sự cố chưa rõ nguyên nhân.",
            "Find and record the cause of outages: {count}.",
        ),
        "task_assign": (
            "Ghi nhận bên chịu trách nhiệm của {count} sự cố.",
            "Record who answers for outages: {count}.",
        ),
        "task_carry_out": (
            "Thực hiện {count} đợt bảo trì đã đăng ký cho kỳ tới: {names}.",
            "Carry out the work announced for the coming period: {count} ({names}).",
        ),
        "task_announce_earlier": (
            "Đăng ký bảo trì trước khi thực hiện; kỳ này có {count} đợt nhập muộn.",
            "Announce maintenance before it begins; entered late in this period: {count}.",
        ),
        "task_encrypt": (
            "Chuyển {count} thiết bị sang giao thức giám sát có xác thực và mã hóa (SNMPv3).",
            "Move devices to a monitoring protocol with authentication and encryption (SNMPv3): {count}.",
        ),
        "task_watch_the_watcher": (
            "Bảo đảm hệ thống giám sát hoạt động liên tục, nâng tỷ lệ có số liệu lên từ 99% trở lên.",
            "Keep the monitoring itself running, so that coverage reaches 99% or more.",
        ),
        "prop_widen": (
            "Xem xét nâng dung lượng {count} đường truyền vượt 90% dung lượng trong 07 ngày liên tiếp: "
            "{names}.",
            "Consider more capacity for lines above 90% of it on 7 days running: {count} ({names}).",
        ),
        "prop_narrow": (
            "Rà soát dung lượng thuê của {count} đường truyền dùng dưới 10% dung lượng: {names}.",
            "Review what is paid for on lines that use less than 10% of it: {count} ({names}).",
        ),
        "prop_back_up_power": (
            "Bố trí nguồn điện dự phòng cho {count} điểm mất nguồn từ 02 lần trở lên: {names}.",
            "Provide back-up power for places that lost it twice or more: {count} ({names}).",
        ),
        "prop_press_provider": (
            "Đề nghị nhà cung cấp dịch vụ có biện pháp bảo đảm chất lượng {count} đường truyền bị gián "
            "đoạn do đường truyền và chưa đạt mục tiêu {target}: {names}.",
            "Ask the service provider for measures on lines that failed and missed the target of {target}: "
            "{count} ({names}).",
        ),
        "prop_second_path": (
            "Xem xét đường truyền dự phòng cho {count} điểm tập trung đã bị gián đoạn trong kỳ: {names}.",
            "Consider a second path for hubs that failed in this period: {count} ({names}).",
        ),
        "prop_none": (
            "Không có kiến nghị, đề xuất từ số liệu của kỳ này.",
            "The figures of this period call for no proposal.",
        ),
    }
)
