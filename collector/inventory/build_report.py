"""Turns the checked report block into the values that leave this package."""

from __future__ import annotations

from types import MappingProxyType

from collector.inventory.report_values import ReportSettings, Signer
from collector.inventory.schema.report import ReportBlock, SignerBlock


def build_report(entry: ReportBlock) -> ReportSettings:
    """Return what the report is made for."""
    return ReportSettings(
        period=entry.period,
        availability_target_ppm=entry.target,
        target_source=entry.target_source,
        capacity_rule=entry.capacity_rule,
        subject=entry.subject,
        symbol=entry.symbol,
        numbering=entry.number,
        addressees=entry.addressees or (),
        recipients=entry.recipients or (),
        archive=entry.archive,
        signer=_signer(entry.signer),
        data_centre=entry.data_centre or (),
        roles=MappingProxyType(dict(entry.roles or {})),
    )


def _signer(block: SignerBlock | None) -> Signer:
    if block is None:
        return Signer()
    return Signer(authority=block.authority, office=block.office, name=block.name)
