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
            "{count} units missed the availability target of {target}: {names}.",
        ),
        "short_districts_below_target": (
            "{count} địa bàn chưa đạt mục tiêu: {names}.",
            "{count} districts missed the target: {names}.",
        ),
        "short_often": (
            "{count} thiết bị, đường truyền bị gián đoạn từ 03 lần trở lên (số lần trong ngoặc): {names}.",
            "{count} devices or lines failed 3 times or more (times in brackets): {names}.",
        ),
        "short_main_cause": (
            "Nguyên nhân nhiều nhất đã xác định được: {cause} ({count} sự cố, tổng cộng {length}).",
            "The most frequent cause that is known: {cause} ({count} outages, {length} in all).",
        ),
        "short_unclear": ("{count} sự cố chưa rõ nguyên nhân.", "{count} outages have no known cause."),
        "short_lasting": (
            "{count} sự cố chưa khắc phục xong tại thời điểm cuối kỳ.",
            "{count} outages had not been repaired when the period ended.",
        ),
        "short_breaking": (
            "{count} đường truyền vượt 90% dung lượng trong 07 ngày liên tiếp: {names}.",
            "{count} lines were above 90% of capacity on 7 days running: {names}.",
        ),
        "short_saturated": (
            "{count} đường truyền có P95 của cả kỳ trên 90% dung lượng: {names}.",
            "{count} lines had a P95 of the whole period above 90% of capacity: {names}.",
        ),
        "short_late": (
            "{count} đợt bảo trì được nhập sau khi đã bắt đầu.",
            "{count} pieces of planned work were entered after their begin.",
        ),
        "short_dim": (
            "{count} đơn vị có tỷ lệ có số liệu giám sát dưới 99%.",
            "{count} units have a coverage below 99%.",
        ),
        "short_absences": (
            "Hệ thống giám sát không quan sát được {count} lần, tổng cộng {length}.",
            "The monitoring was absent {count} times, {length} in all.",
        ),
        "short_unencrypted": (
            "{count} thiết bị còn được giám sát bằng giao thức không mã hóa.",
            "{count} devices are still watched by an unencrypted protocol.",
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
            "Repair the {count} outages that still last.",
        ),
        "task_inspect": (
            "Kiểm tra {count} thiết bị, đường truyền bị gián đoạn nhiều lần: {names}.",
            "Inspect the {count} devices or lines that failed repeatedly: {names}.",
        ),
        "task_clarify": (
            "Xác minh, ghi nhận nguyên nhân của {count} sự cố chưa rõ nguyên nhân.",
            "Find and record the cause of {count} outages.",
        ),
        "task_assign": (
            "Ghi nhận bên chịu trách nhiệm của {count} sự cố.",
            "Record who answers for {count} outages.",
        ),
        "task_carry_out": (
            "Thực hiện {count} đợt bảo trì đã đăng ký cho kỳ tới: {names}.",
            "Carry out {count} pieces of work announced for the coming period: {names}.",
        ),
        "task_announce_earlier": (
            "Đăng ký bảo trì trước khi thực hiện; kỳ này có {count} đợt nhập muộn.",
            "Announce maintenance before it begins; {count} were entered late in this period.",
        ),
        "task_encrypt": (
            "Chuyển {count} thiết bị sang giao thức giám sát có xác thực và mã hóa (SNMPv3).",
            "Move {count} devices to a monitoring protocol with authentication and encryption (SNMPv3).",
        ),
        "task_watch_the_watcher": (
            "Bảo đảm hệ thống giám sát hoạt động liên tục, nâng tỷ lệ có số liệu lên từ 99% trở lên.",
            "Keep the monitoring itself running, so that coverage reaches 99% or more.",
        ),
        "prop_widen": (
            "Xem xét nâng dung lượng {count} đường truyền vượt 90% dung lượng trong 07 ngày liên tiếp: "
            "{names}.",
            "Consider more capacity for {count} lines above 90% of it on 7 days running: {names}.",
        ),
        "prop_narrow": (
            "Rà soát dung lượng thuê của {count} đường truyền dùng dưới 10% dung lượng: {names}.",
            "Review what is paid for on {count} lines that use less than 10% of it: {names}.",
        ),
        "prop_back_up_power": (
            "Bố trí nguồn điện dự phòng cho {count} điểm mất nguồn từ 02 lần trở lên: {names}.",
            "Provide back-up power for {count} places that lost it twice or more: {names}.",
        ),
        "prop_press_provider": (
            "Đề nghị nhà cung cấp dịch vụ có biện pháp bảo đảm chất lượng {count} đường truyền bị gián "
            "đoạn do đường truyền và chưa đạt mục tiêu {target}: {names}.",
            "Ask the service provider for measures on {count} lines that failed and missed the target of "
            "{target}: {names}.",
        ),
        "prop_second_path": (
            "Xem xét đường truyền dự phòng cho {count} điểm tập trung đã bị gián đoạn trong kỳ: {names}.",
            "Consider a second path for {count} hubs that failed in this period: {names}.",
        ),
        "prop_none": (
            "Không có kiến nghị, đề xuất từ số liệu của kỳ này.",
            "The figures of this period call for no proposal.",
        ),
    }
)
