"""Paragraphs and tables as WordprocessingML: text in, XML out. Faster and exacter than building objects."""

from __future__ import annotations

from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
)
_TWIPS_PER_MM = 1440 / 25.4
_TWIPS_PER_PT = 20


def twips(mm: float) -> int:
    """Return millimetres in twentieths of a point."""
    return round(mm * _TWIPS_PER_MM)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a paragraph looks: sizes in points, indents in millimetres."""

    size: float
    bold: bool = False
    italic: bool = False
    align: str = "both"
    first: float = 0.0
    left: float = 0.0
    right: float = 0.0
    hanging: float = 0.0
    before: float = 0.0
    after: float = 0.0
    keep_next: bool = False
    style: str = ""
    exact: float = 0.0
    rule: str = ""


def paragraph(text: str, look: Look, *, extra_runs: str = "") -> str:
    """Return a paragraph of one run; `rule` draws a line along its top or bottom."""
    style = f'<w:pStyle w:val="{look.style}"/>' if look.style else ""
    keep = "<w:keepNext/>" if look.keep_next else ""
    border = (
        f'<w:pBdr><w:{look.rule} w:val="single" w:sz="6" w:space="0" w:color="000000"/></w:pBdr>'
        if look.rule
        else ""
    )
    line = (
        f'w:line="{round(look.exact * _TWIPS_PER_PT)}" w:lineRule="exact"'
        if look.exact
        else 'w:line="240" w:lineRule="auto"'
    )
    spacing = (
        f'<w:spacing w:before="{round(look.before * _TWIPS_PER_PT)}" '
        f'w:after="{round(look.after * _TWIPS_PER_PT)}" {line}/>'
    )
    first = f'w:hanging="{twips(look.hanging)}"' if look.hanging else f'w:firstLine="{twips(look.first)}"'
    indent = f'<w:ind w:left="{twips(look.left)}" w:right="{twips(look.right)}" {first}/>'
    properties = f'{style}{keep}{border}{spacing}{indent}<w:jc w:val="{look.align}"/>'
    runs = run(text, look) if text else ""
    marked = f"<w:rPr>{_run_properties(look)}</w:rPr>"
    return f"<w:p><w:pPr>{properties}{marked}</w:pPr>{runs}{extra_runs}</w:p>"


def run(text: str, look: Look) -> str:
    """Return a run of text."""
    return f'<w:r><w:rPr>{_run_properties(look)}</w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def page_number(look: Look) -> str:
    """Return the runs of a field that shows the page's number."""
    properties = f"<w:rPr>{_run_properties(look)}</w:rPr>"
    return (
        f'<w:r>{properties}<w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r>{properties}<w:instrText xml:space="preserve">PAGE</w:instrText></w:r>'
        f'<w:r>{properties}<w:fldChar w:fldCharType="separate"/></w:r>'
        f"<w:r>{properties}<w:t>2</w:t></w:r>"
        f'<w:r>{properties}<w:fldChar w:fldCharType="end"/></w:r>'
    )


def watermark(text: str, number: int) -> str:
    """Return a paragraph with a word that lies slantwise across the page, behind the text."""
    style = (
        "position:absolute;margin-left:0;margin-top:0;width:440pt;height:90pt;rotation:315;z-index:-251658752;"
        "mso-position-horizontal:center;mso-position-horizontal-relative:margin;"
        "mso-position-vertical:center;mso-position-vertical-relative:margin"
    )
    return (
        "<w:r><w:pict>"
        '<v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800" '
        'path="m@7,l@8,m@5,21600l@6,21600e"><v:formulas><v:f eqn="sum #0 0 10800"/><v:f eqn="prod #0 2 1"/>'
        '<v:f eqn="sum 21600 0 @1"/><v:f eqn="sum 0 0 @2"/><v:f eqn="sum 21600 0 @3"/>'
        '<v:f eqn="if @0 @3 0"/><v:f eqn="if @0 21600 @1"/><v:f eqn="if @0 0 @2"/><v:f eqn="if @0 @4 21600"/>'
        '<v:f eqn="mid @5 @6"/><v:f eqn="mid @8 @5"/><v:f eqn="mid @7 @8"/><v:f eqn="mid @6 @7"/>'
        '<v:f eqn="sum @6 0 @5"/></v:formulas><v:path textpathok="t" o:connecttype="custom" '
        'o:connectlocs="@9,0;@10,10800;@11,21600;@12,10800" o:connectangles="270,180,90,0"/>'
        '<v:textpath on="t" fitshape="t"/></v:shapetype>'
        f'<v:shape id="watermark{number}" type="#_x0000_t136" style="{style}" fillcolor="#d0d0d0" '
        'stroked="f"><v:fill opacity=".5"/>'
        f"<v:textpath style=\"font-family:'Times New Roman';font-size:1pt\" string={quoteattr(text)}/>"
        "</v:shape></w:pict></w:r>"
    )


def cell(content: str, *, width_mm: float, span: int = 1, shade: str = "") -> str:
    """Return a cell of a table."""
    spanned = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    shaded = f'<w:shd w:val="clear" w:color="auto" w:fill="{shade}"/>' if shade else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{twips(width_mm)}" w:type="dxa"/>{spanned}{shaded}'
        f'<w:vAlign w:val="center"/></w:tcPr>{content}</w:tc>'
    )


def row(cells: str, *, head: bool = False) -> str:
    """Return a row that stays in one piece; a head is repeated on every page."""
    repeated = "<w:tblHeader/>" if head else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{repeated}</w:trPr>{cells}</w:tr>"


def table(rows: str, widths_mm: tuple[float, ...], *, ruled: bool, padding_mm: float) -> str:
    """Return a table of fixed column widths."""
    sides = ("top", "left", "bottom", "right", "insideH", "insideV")
    line = 'w:val="single" w:sz="4" w:space="0" w:color="000000"' if ruled else 'w:val="nil"'
    borders = "".join(f"<w:{side} {line}/>" for side in sides)
    grid = "".join(f'<w:gridCol w:w="{twips(width)}"/>' for width in widths_mm)
    padding = "".join(f'<w:{side} w:w="{twips(padding_mm)}" w:type="dxa"/>' for side in ("left", "right"))
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{twips(sum(widths_mm))}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblBorders>{borders}</w:tblBorders><w:tblLayout w:type="fixed"/>'
        f"<w:tblCellMar>{padding}</w:tblCellMar></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"
    )


def _run_properties(look: Look) -> str:
    half_points = round(look.size * 2)
    return (
        '<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="Times New Roman" '
        'w:cs="Times New Roman"/>'
        + ("<w:b/><w:bCs/>" if look.bold else '<w:b w:val="0"/>')
        + ("<w:i/><w:iCs/>" if look.italic else "")
        + f'<w:color w:val="000000"/><w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>'
    )
