"""The block about the monthly report: period, target, letterhead, signer and recipients."""

from __future__ import annotations

from collector.inventory.report_values import CapacityRule, Numbering, PeriodKind
from collector.inventory.schema.entry import Entry, key
from collector.inventory.schema.types import (
    CapacityRuleName,
    DocumentSymbol,
    Identifiers,
    Mapped,
    NumberingName,
    Percent,
    PeriodName,
    Switched,
    Text,
    Texts,
)

DEFAULT_TARGET_PPM = 995_000


class SignerBlock(Entry):
    """Who signs the report; what is left out is left blank for the pen."""

    authority: Text = key(
        "by whose authority: the line with `KT.`, `TL.`, `TUQ.`, `TM.`",
        example="KT. GIÁM ĐỐC",
        default="none",
    )
    office: Text = key("office of who signs", example="PHÓ GIÁM ĐỐC", default="`THỦ TRƯỞNG ĐƠN VỊ`")
    name: Text = key("name, without titles before it", example="Nguyễn Văn A", default="a dotted line")


class ReportBlock(Entry):
    """The monthly report: which days, against which target, to whom and from whom."""

    period: PeriodName = key(
        "which days a month has: `month` (from the 1st to the last), or `15-14` (from the 15th of the month "
        "before to the 14th)",
        example='"15-14"',
        default="`month`",
        value=PeriodKind.MONTH,
    )
    target: Percent = key(
        "availability that is aimed at, in percent",
        example="99.5%",
        default="`99.5%`, as QCVN 34:2019/BTTTT has it for fixed broadband",
        value=DEFAULT_TARGET_PPM,
    )
    target_source: Text = key(
        "where the target is laid down; printed beside it",
        example="Quyết định số 123/QĐ-UBND",
        default="QCVN 34:2019/BTTTT by analogy, where the target is that of the default",
    )
    capacity_rule: CapacityRuleName = key(
        "how seven days above 90 % of capacity are counted: P95 of `each-day`, or of `seven-days` as one",
        example="seven-days",
        default="`each-day`",
        value=CapacityRule.EACH_DAY,
    )
    subject: Text = key(
        "what the report is about; the month follows it",
        example="Tình hình hoạt động mạng diện rộng của tỉnh",
        default="the network and the data centre",
    )
    symbol: DocumentSymbol = key(
        "the document's symbol after its number", example="BC-STTTT", default="`BC`, for báo cáo"
    )
    number: NumberingName = key(
        "the document's number: `by-hand` leaves it blank, `month` counts the year's reports",
        example="month",
        default="`by-hand`",
        value=Numbering.BY_HAND,
    )
    addressees: Texts = key(
        "whom it is addressed to (kính gửi)", example="[Ủy ban nhân dân tỉnh Thái Bình]", default="none"
    )
    recipients: Texts = key(
        "who else receives it (nơi nhận)", example="[Ban Chỉ đạo chuyển đổi số tỉnh]", default="none"
    )
    archive: Text = key("where it is filed (lưu)", example='"VT, TTTHDL"', default="`VT`")
    signer: Switched[SignerBlock] = key(
        "who signs", example="{office: GIÁM ĐỐC, name: Nguyễn Văn A}", default="dotted lines"
    )
    data_centre: Identifiers = key(
        "areas that are the data centre and not districts",
        example="[dc]",
        default="the areas without a hub",
    )
    roles: Mapped = key(
        "what roles are called in print", example="{server: Máy chủ}", default="the role itself"
    )
