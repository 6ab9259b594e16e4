"""A section of the report: what it is called, and where an operator's own text goes. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from collector.report.paper.blocks import Block, Heading

SECTIONS = (
    "I", "I.1", "I.2", "I.3", "II", "II.1", "II.2", "II.3", "II.4", "II.5", "II.6", "II.7", "III", "IV", "V",
)  # fmt: skip
"""All there are, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A section's heading and what the figures say in it."""

    id: str
    heading: Heading
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """What an operator wrote for a section; `instead` of what the figures say in it, or after it."""

    section: str
    blocks: tuple[Block, ...]
    instead: bool
