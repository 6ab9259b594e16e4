"""How long the rules of a letterhead are, from the typeface the text is set in."""

from __future__ import annotations

from collector.report import layout
from collector.report.fonts import Typeface
from collector.report.layout import Rules
from collector.report.paper.blocks import Letterhead
from collector.report.plots.library import width_mm


def rules_of(head: Letterhead, typeface: Typeface) -> Rules:
    """Return the rules below motto, organisation and subject."""
    bold = typeface.files[1] if len(typeface.files) > 1 else typeface.files[0]
    return layout.rules(
        motto_mm=width_mm(bold, head.motto, layout.MOTTO_PT),
        organisation_mm=width_mm(bold, head.organisation, layout.BODY_NAME_PT),
        subject_mm=width_mm(bold, head.subject, layout.TITLE_PT),
    )
