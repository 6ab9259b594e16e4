"""Writes the workbook: real numbers and dates, filters, frozen heads, totals as formulas with their values.

All that touches XlsxWriter.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from collector.report.numbers import local
from collector.report.xlsx.sheets import Column, Format, Sheet, Total
from collector.report.xlsx.totals import UNITS, below

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook

_HEAD, _FIRST = 3, 4
_SHOWN = {
    Format.TEXT: "@",
    Format.COUNT: "#,##0",
    Format.PERCENT: "0.00%",
    Format.CLOCK: "[h]:mm:ss",
    Format.INSTANT: "dd/mm/yyyy hh:mm:ss",
    Format.MEGABITS: "#,##0.00",
    Format.GIGABYTES: "#,##0.00",
}
_SENTENCE_WIDTH, _LINE_PT = 100, 16


def write(
    sheets: Iterable[Sheet],
    *,
    timezone: str,
    title: str,
    subtitle: str,
    author: str,
    made: datetime,
    total: str,
    draft: str,
) -> bytes:
    """Return the file. `made` is the date it says it was made on: the same report is the same bytes."""
    from xlsxwriter import Workbook as new_workbook  # noqa: N813, PLC0415 - start-up of other commands

    file = io.BytesIO()
    book = new_workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": title, "author": author, "created": made.replace(tzinfo=None)})
    book.set_calc_mode("auto")
    styles = _Styles(book)
    for sheet in sheets:
        _sheet(book, sheet, styles, timezone=timezone, subtitle=subtitle, total=total, draft=draft)
    book.close()
    return file.getvalue()


class _Styles:
    """The workbook's formats, each made once."""

    def __init__(self, book: Workbook) -> None:
        base = {"font_name": "Times New Roman", "font_size": 11}
        framed = {**base, "border": 1, "valign": "vcenter"}
        self.title = book.add_format({**base, "bold": True, "font_size": 14})
        self.plain = book.add_format({**base, "italic": True})
        self.sentence = book.add_format({**base, "text_wrap": True, "valign": "top"})
        self.head = book.add_format(
            {**framed, "bold": True, "text_wrap": True, "align": "center", "bg_color": "#E7E7E7"}
        )
        self.cell = {kind: book.add_format({**framed, "num_format": shown}) for kind, shown in _SHOWN.items()}
        self.total = {
            kind: book.add_format({**framed, "bold": True, "num_format": shown})
            for kind, shown in _SHOWN.items()
        }


def _sheet(
    book: Workbook, sheet: Sheet, styles: _Styles, *, timezone: str, subtitle: str, total: str, draft: str
) -> None:
    page = book.add_worksheet(sheet.name)
    page.set_paper(9)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.set_margins(left=0.6, right=0.6, top=0.8, bottom=0.8)
    page.set_footer("&C&P/&N")
    page.write_string(0, 0, sheet.title, styles.title)
    page.write_string(1, 0, subtitle, styles.plain)
    if draft:
        page.set_header(f'&C&"Times New Roman,Bold"&16{draft}')
        page.write_string(2, 0, draft, styles.title)
    row = _HEAD
    if sheet.columns:
        row = _table(page, sheet, styles, timezone, total) + 2
    else:
        page.set_column(0, 0, _SENTENCE_WIDTH)
    width = sheet.columns[0].width if sheet.columns else _SENTENCE_WIDTH
    for number, sentence in enumerate(sheet.sentences):
        page.set_row(row + number, _LINE_PT * -(-len(sentence) // width))
        page.write_string(row + number, 0, sentence, styles.sentence)


def _table(page: Any, sheet: Sheet, styles: _Styles, timezone: str, total: str) -> int:
    """Write the table; return the row of its totals, or its last row."""
    last = _FIRST + len(sheet.rows) - 1
    for number, column in enumerate(sheet.columns):
        page.set_column(number, number, column.width)
        page.write_string(_HEAD, number, column.title, styles.head)
    page.freeze_panes(_FIRST, 2)
    page.repeat_rows(_HEAD)
    page.autofilter(_HEAD, 0, max(last, _FIRST), len(sheet.columns) - 1)
    for row, values in enumerate(sheet.rows, start=_FIRST):
        for number, (value, column) in enumerate(zip(values, sheet.columns, strict=True)):
            _write(page, row, number, _native(value, column, timezone), styles.cell[column.format])
    if not sheet.rows or not any(column.total is not Total.NONE for column in sheet.columns):
        return max(last, _HEAD)
    for number, found in enumerate(below(sheet, first=_FIRST + 1, last=last + 1)):
        look = styles.total[sheet.columns[number].format]
        if found is None:
            page.write_string(last + 1, number, "" if number else total, look)
        else:
            page.write_formula(last + 1, number, found.formula, look, found.value)
    return last + 1


def _native(value: str | int | None, column: Column, timezone: str) -> Any:
    """Return a value in the unit a spreadsheet counts in."""
    if value is None or isinstance(value, str):
        return value
    if column.format is Format.INSTANT:
        return local(value, timezone).replace(tzinfo=None)
    unit = UNITS.get(column.format)
    return value if unit is None else value / unit


def _write(page: Any, row: int, number: int, value: Any, look: Any) -> None:
    if value is None:
        page.write_blank(row, number, None, look)
    elif isinstance(value, str):
        page.write_string(row, number, value, look)
    elif isinstance(value, datetime):
        page.write_datetime(row, number, value, look)
    else:
        page.write_number(row, number, value, look)
