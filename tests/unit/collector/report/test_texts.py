"""What an operator adds to the sections."""

from __future__ import annotations

import pytest

from collector.report.paper.blocks import Paragraph
from collector.report.texts import LONGEST, TextError, additions

TEXT = """\
## II.4 Sự cố gián đoạn

Ngày 10/10 bão số 5
đổ bộ vào tỉnh.

- Mất điện diện rộng.
- Đứt cáp tại huyện Tiền Hải.

# V. Kiến nghị (thay)
Đề nghị cấp kinh phí.
"""

THERE_ARE = "I, I.1, I.2, I.3, II, II.1, II.2, II.3, II.4, II.5, II.6, II.7, III, IV, V"


def test_headings_name_sections_by_their_numbers() -> None:
    """Lines join to paragraphs, dashes make lists, and (thay) replaces what the figures say."""
    first, second = additions(TEXT, "2026-10.md")
    assert (first.section, first.instead) == ("II.4", False)
    assert first.blocks == (
        Paragraph(text="Ngày 10/10 bão số 5 đổ bộ vào tỉnh."),
        Paragraph(text="Mất điện diện rộng.", item=True),
        Paragraph(text="Đứt cáp tại huyện Tiền Hải.", item=True),
    )
    assert (second.section, second.instead) == ("V", True)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Xin chào", "m.md:1: this stands before the first heading; begin with a section's number: ## I"),
        (
            "## I\na\n\n## VII Khác",
            f"m.md:4: '## VII Khác' names no section of the report; there are {THERE_ARE}",
        ),
        (
            "## Kết quả",
            f"m.md:1: '## Kết quả' names no section of the report; there are {THERE_ARE}",
        ),
        ("#" * (LONGEST + 1), "m.md is longer than 200,000 characters; shorten it"),
    ],
)
def test_what_belongs_nowhere_is_said_with_its_line(text: str, message: str) -> None:
    """And nothing is lost silently."""
    with pytest.raises(TextError) as error:
        additions(text, "m.md")
    assert str(error.value) == message


def test_signs_that_cannot_be_printed_are_left_out() -> None:
    """No control character reaches a document."""
    (found,) = additions("## I\na\x00b\x1bc", "m.md")
    assert found.blocks == (Paragraph(text="a b c"),)


def test_an_empty_file_adds_nothing() -> None:
    """Nor does a heading without a text."""
    assert additions("", "m.md") == additions("## I\n\n", "m.md") == ()
