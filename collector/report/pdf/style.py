"""The style sheet of the PDF: the measures of decree 30/2020/NĐ-CP that the DOCX has too. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from collector.report import layout
from collector.report.layout import Rules

_WEIGHTS = (("normal", "normal"), ("bold", "normal"), ("normal", "italic"), ("bold", "italic"))


def style(family: str, files: Iterable[Path], rules: Rules) -> str:
    """Return the style sheet for a typeface whose files are plain, bold, italic and bold italic."""
    faces = "".join(
        f"@font-face {{ font-family: '{family}'; src: url('{path.as_uri()}'); font-weight: {weight}; "
        f"font-style: {slant}; }}\n"
        for path, (weight, slant) in zip(files, _WEIGHTS, strict=False)
    )
    page_w, page_h = layout.PAGE_MM
    left, right = layout.HEAD_COLUMNS_MM
    return f"""{faces}
@page {{
  size: {page_w}mm {page_h}mm;
  margin: {layout.TOP_MM}mm {layout.RIGHT_MM}mm {layout.BOTTOM_MM}mm {layout.LEFT_MM}mm;
  @top-center {{
    content: counter(page); font-family: '{family}'; font-size: {layout.PAGE_NUMBER_PT}pt;
    vertical-align: middle;
  }}
}}
@page :first {{ @top-center {{ content: none; }} }}
html {{ font-family: '{family}'; font-size: {layout.TEXT_PT}pt; color: black; line-height: 1.15; }}
body {{ margin: 0; }}
p, h1, h2, figure, table {{ margin: 0; }}
h1, h2 {{
  font-size: {layout.TEXT_PT}pt; font-weight: bold; text-align: justify;
  text-indent: {layout.FIRST_LINE_MM}mm;
  margin: {layout.PARAGRAPH_GAP_PT}pt 0; break-after: avoid;
}}
p.text {{
  text-align: justify; text-indent: {layout.FIRST_LINE_MM}mm; margin-bottom: {layout.PARAGRAPH_GAP_PT}pt;
  orphans: 2; widows: 2;
}}
p.note {{ font-size: {layout.NOTE_PT}pt; font-style: italic; margin: 2pt 0 4pt; }}
.head {{ display: flex; }}
.head > div {{ text-align: center; }}
.head > .left {{ width: {left}mm; }}
.head > .right {{ width: {right}mm; }}
.superior, .organisation {{ font-size: {layout.BODY_NAME_PT}pt; }}
.organisation, .country, .motto {{ font-weight: bold; }}
.country {{ font-size: {layout.COUNTRY_PT}pt; }}
.motto {{ font-size: {layout.MOTTO_PT}pt; }}
.number {{ font-size: {layout.DOCUMENT_NUMBER_PT}pt; white-space: pre; }}
.date {{ font-size: {layout.DATE_PT}pt; font-style: italic; white-space: pre; }}
hr {{ border: 0; border-top: 0.75pt solid black; height: 0; margin: 1.5pt auto 6pt; }}
hr.motto-rule {{ width: {rules.motto:.2f}mm; }}
hr.organisation-rule {{ width: {rules.organisation:.2f}mm; }}
hr.subject-rule {{ width: {rules.subject:.2f}mm; margin-bottom: 12pt; }}
.kind, .subject {{ font-size: {layout.TITLE_PT}pt; font-weight: bold; text-align: center; }}
.kind {{ margin-top: 18pt; }}
.to {{ margin-bottom: {layout.PARAGRAPH_GAP_PT}pt; }}
.to.alone {{ text-align: center; }}
.to.several {{ margin-left: 40mm; }}
.to.several p.one {{ margin-left: 20mm; text-indent: -4mm; padding-left: 4mm; }}
table.ruled {{
  width: {layout.TEXT_MM}mm; border-collapse: collapse; table-layout: fixed; font-size: {layout.TABLE_PT}pt;
  margin-bottom: 4pt;
}}
table.ruled.whole {{ break-inside: avoid; }}
table.ruled.small {{ font-size: {layout.SMALL_TABLE_PT}pt; }}
table.ruled th, table.ruled td {{
  border: 0.5pt solid black; padding: 0.4mm 1.2mm; vertical-align: middle; overflow-wrap: anywhere;
}}
table.ruled.small th, table.ruled.small td {{ padding: 0.25mm 0.8mm; }}
table.ruled th {{ background: #e7e7e7; font-weight: bold; text-align: center; }}
table.ruled tr {{ break-inside: avoid; }}
table.ruled tr.group {{ break-after: avoid; }}
table.ruled tr.strong td, table.ruled tr.group td {{ font-weight: bold; }}
td.left {{ text-align: left; }}
td.center {{ text-align: center; }}
td.right {{ text-align: right; }}
.caption {{ font-size: {layout.CAPTION_PT}pt; font-weight: bold; text-align: center; margin: 6pt 0 3pt; }}
p.caption {{ break-after: avoid; }}
figure {{ break-inside: avoid; text-align: center; margin: 6pt 0 8pt; }}
figcaption.caption {{ margin: 2pt 0 0; }}
.foot {{ display: flex; break-inside: avoid; margin-top: 10pt; }}
.foot > .left {{ width: 45%; }}
.foot > .right {{ width: 55%; text-align: center; font-weight: bold; }}
.recipients-title {{
  font-size: {layout.RECIPIENTS_TITLE_PT}pt; font-weight: bold; font-style: italic;
}}
.recipient {{ font-size: {layout.RECIPIENTS_PT}pt; }}
.name {{ margin-top: {layout.SIGNATURE_ROOM_PT}pt; }}
.annex-number, .annex-title, .annex-reference {{ text-align: center; text-indent: 0; margin: 0; }}
.annex-number, .annex-title {{ font-weight: bold; }}
.annex-reference {{ font-style: italic; margin-bottom: 12pt; white-space: pre-wrap; }}
.watermark {{
  position: fixed; top: 100mm; left: -15mm; width: 195mm; text-align: center; transform: rotate(-45deg);
  font-size: 60pt; font-weight: bold; color: #d8d8d8; z-index: -1;
}}
"""
