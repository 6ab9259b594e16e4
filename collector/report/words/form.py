"""The words of the form itself: letterhead, headings, annexes, signature. Vietnamese and English."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

FORM: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "country": ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "SOCIALIST REPUBLIC OF VIET NAM"),
        "motto": ("Độc lập - Tự do - Hạnh phúc", "Independence - Freedom - Happiness"),
        "number": ("Số: {number}/{symbol}", "No.: {number}/{symbol}"),
        "place_and_date": ("{place}, {date}", "{place}, {date}"),
        "date_alone": ("{date}", "{date}"),
        "kind": ("BÁO CÁO", "REPORT"),
        "subject": (
            "Tình hình hoạt động mạng diện rộng và Trung tâm Tích hợp dữ liệu",
            "On the operation of the wide-area network and the data-integration centre",
        ),
        "subject_of": ("{subject} {month}", "{subject}, {month}"),
        "subject_of_period": ("{subject} kỳ báo cáo {month}", "{subject}, reporting period {month}"),
        "to": ("Kính gửi:", "To:"),
        "recipients": ("Nơi nhận:", "Recipients:"),
        "as_above": ("Như trên", "As above"),
        "archive": ("Lưu: {archive}", "File: {archive}"),
        "office": ("THỦ TRƯỞNG ĐƠN VỊ", "HEAD OF THE OFFICE"),
        "dots": ("……………………………", "……………………………"),
        "annex": ("Phụ lục {numeral}", "Annex {numeral}"),
        "annex_of": (
            "(Kèm theo Báo cáo số {number}/{symbol} {date} của {organisation})",
            "(Attached to Report No. {number}/{symbol} of {date} by {organisation})",
        ),
        "draft": ("BẢN DỰ THẢO", "DRAFT"),
        "simulated": ("SỐ LIỆU MÔ PHỎNG", "SIMULATED DATA"),
        "draft_note": (
            "Bản dự thảo: kỳ báo cáo chưa chốt số liệu (tính đến {until}); số liệu có thể thay đổi.",
            "Draft: the period is not closed (figures up to {until}); they may still change.",
        ),
        "simulated_note": (
            "Số liệu mô phỏng của phòng thử nghiệm, không phải số liệu của mạng thật.",
            "Simulated figures of the laboratory, not those of a real network.",
        ),
        "table": ("Bảng {number}. {title}", "Table {number}. {title}"),
        "picture": ("Hình {number}. {title}", "Figure {number}. {title}"),
        "mark_note": (
            "(*) Tỷ lệ có số liệu giám sát dưới 99%; đọc cùng khoảng giá trị tại Phụ lục I.",
            "(*) Coverage below 99%; read it with the bounds in Annex I.",
        ),
        "mark_note_here": (
            "(*) Tỷ lệ có số liệu giám sát dưới 99%: độ khả dụng thực tế nằm trong khoảng đã nêu.",
            "(*) Coverage below 99%: the true availability lies within the bounds given.",
        ),
        "footnote": (
            "(*) Tỷ lệ có số liệu giám sát: {coverage}; độ khả dụng thực tế nằm trong khoảng {bounds}.",
            "(*) Coverage: {coverage}; the true availability lies within {bounds}.",
        ),
        "no_rows": ("Không có.", "None."),
        "total": ("Tổng cộng", "Total"),
        "ordinal": ("STT", "No."),
        "end": ("./.", ""),
        "units_called": ("xã, phường, thị trấn", "communes, wards and townships"),
        "districts_called": ("huyện, thành phố", "districts and the city"),
        "unit": ("Đơn vị", "Unit"),
        "district": ("Địa bàn", "District"),
        "device": ("Thiết bị", "Device"),
        "service": ("Dịch vụ", "Service"),
        "role": ("Loại thiết bị", "Kind"),
        "joined_and": (" và ", " and "),
        "and_more": (" và {count} trường hợp khác", " and {count} more"),
    }
)
