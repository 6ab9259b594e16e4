"""The measures of decree 30/2020/NĐ-CP, annex I, that DOCX and PDF share. Millimetres and points. Pure."""

from __future__ import annotations

from dataclasses import dataclass

PAGE_MM = (210, 297)
TOP_MM, BOTTOM_MM, LEFT_MM, RIGHT_MM = 20, 20, 30, 15
TEXT_MM = PAGE_MM[0] - LEFT_MM - RIGHT_MM
NUMBER_FROM_TOP_MM = 10
"""Page numbers stand centred in the top margin."""

HEAD_COLUMNS_MM = (75, TEXT_MM - 75)

COUNTRY_PT, MOTTO_PT, DATE_PT = 12, 13, 13
BODY_NAME_PT, DOCUMENT_NUMBER_PT = 12, 13
TITLE_PT, TEXT_PT, PAGE_NUMBER_PT = 14, 14, 14
TABLE_PT, SMALL_TABLE_PT, CAPTION_PT, NOTE_PT = 11, 9, 12, 11
RECIPIENTS_TITLE_PT, RECIPIENTS_PT = 12, 11

FIRST_LINE_MM = 12.7
PARAGRAPH_GAP_PT = 6
SIGNATURE_ROOM_PT = 70

SHORT_TABLE = 14
"""Up to so many rows a table is kept on one page."""

_RULE_SHARE = 0.4
"""Of the line of text above it: the decree wants from a third to a half."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How long the rules below the lines of the letterhead are, in mm."""

    motto: float
    organisation: float
    subject: float


def rules(*, motto_mm: float, organisation_mm: float, subject_mm: float) -> Rules:
    """Return the lengths of the rules below texts of these widths, each within its column."""
    left, right = HEAD_COLUMNS_MM
    return Rules(
        motto=min(motto_mm, right),
        organisation=_RULE_SHARE * min(organisation_mm, left),
        subject=_RULE_SHARE * min(subject_mm, TEXT_MM),
    )
