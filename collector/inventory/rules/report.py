"""Finds what a report cannot be signed or sent with."""

from __future__ import annotations

import re

from collector.inventory.fields.error import show
from collector.inventory.mistakes import Findings
from collector.inventory.schema.sections import Sections

_TITLE = re.compile(r"(GS|PGS|TS|ThS|CN|KS|BS|Dr|Prof)\.?[\s.]", re.IGNORECASE)


def check_report(sections: Sections, findings: Findings) -> None:
    """Record the mistakes of the report's block."""
    block = sections.report
    for name in ("addressees", "recipients"):
        listed: tuple[str, ...] = getattr(block.entry, name) or ()
        for index, one in enumerate(listed):
            if one in listed[:index]:
                message = f"{show(one)} is listed twice"
                findings.mistake(block.place.at(name, index), message, "remove one")
    signer = block.entry.signer
    if signer is None:
        return
    place = block.place.at("signer")
    if signer.name is not None and signer.office is None and "signer" not in block.wrong:
        findings.mistake(place, f"{signer.name} signs in no office", "write office, such as GIÁM ĐỐC")
    if signer.name is not None and _TITLE.match(signer.name):
        message = f"{show(signer.name)} begins with an academic title"
        findings.warning(place.at("name"), message, "decree 30/2020/NĐ-CP wants the name alone")
