"""The `report` section."""

from __future__ import annotations

import json

import pytest

from collector.inventory.canonical import canonical_json, from_canonical
from collector.inventory.fields.error import FieldError
from collector.inventory.fields.report import percent_ppm, symbol
from collector.inventory.loaded import Accepted
from collector.inventory.report_values import (
    CapacityRule,
    Numbering,
    PeriodKind,
    ReportSettings,
    Signer,
)
from tests.unit.inventory.running import Accept, LoadText

DEVICE = "devices: [{id: a, address: 127.34.0.1, icmp: true}]\n"
WHOLE = (
    DEVICE
    + """
areas: [{id: dc, name: Trung tâm}]
report:
  period: "15-14"
  target: 99.95%
  target_source: Quyết định số 1/QĐ-UBND
  capacity_rule: seven-days
  subject: Tình hình hoạt động mạng
  symbol: BC-STTTT
  number: month
  addressees: Ủy ban nhân dân tỉnh
  recipients: [Ban Chỉ đạo, "Các sở, ban, ngành"]
  archive: "VT, TTTHDL"
  signer: {authority: KT. GIÁM ĐỐC, office: PHÓ GIÁM ĐỐC, name: Nguyễn Văn A}
  data_centre: [dc]
  roles: {server: Máy chủ}
"""
)


def test_without_the_section_nobody_is_invented(accept: Accept) -> None:
    """Calendar months against 99.5 %, and nothing else: no signer, no addressee, no number."""
    assert accept(DEVICE).report == ReportSettings()
    assert ReportSettings().availability_target_ppm == 995_000
    assert ReportSettings().signer == Signer(authority=None, office=None, name=None)


def test_the_section_is_taken_as_written(accept: Accept) -> None:
    """Every key arrives; a single text stands for a list of one."""
    assert accept(WHOLE).report == ReportSettings(
        period=PeriodKind.MID_MONTH,
        availability_target_ppm=999_500,
        target_source="Quyết định số 1/QĐ-UBND",
        capacity_rule=CapacityRule.SEVEN_DAYS,
        subject="Tình hình hoạt động mạng",
        symbol="BC-STTTT",
        numbering=Numbering.MONTH,
        addressees=("Ủy ban nhân dân tỉnh",),
        recipients=("Ban Chỉ đạo", "Các sở, ban, ngành"),
        archive="VT, TTTHDL",
        signer=Signer(authority="KT. GIÁM ĐỐC", office="PHÓ GIÁM ĐỐC", name="Nguyễn Văn A"),
        data_centre=("dc",),
        roles={"server": "Máy chủ"},
    )


def test_the_section_survives_the_canonical_text_and_older_texts_have_its_defaults(accept: Accept) -> None:
    """A revision of before there were reports is read as one with the default settings."""
    inventory = accept(WHOLE)
    text = canonical_json(inventory)
    assert from_canonical(text) == inventory
    document = json.loads(text)
    del document["inventory"]["report"]
    assert from_canonical(json.dumps(document)).report == ReportSettings()


def test_a_title_before_the_signers_name_is_a_warning(load_text: LoadText) -> None:
    """The decree wants the name alone; the file can be used all the same."""
    loaded = load_text(DEVICE + "report: {signer: {office: GIÁM ĐỐC, name: TS. Nguyễn Văn A}}\n")
    assert isinstance(loaded, Accepted)
    found = [warning for warning in loaded.warnings if warning.path.startswith("report")]
    assert [(warning.path, warning.message) for warning in found] == [
        ("report.signer.name", '"TS. Nguyễn Văn A" begins with an academic title')
    ]


@pytest.mark.parametrize(("written", "ppm"), [("99.5%", 995_000), ("99.5", 995_000), ("100 %", 1_000_000)])
def test_percentages(written: str, ppm: int) -> None:
    """With or without its sign."""
    assert percent_ppm(written) == ppm


@pytest.mark.parametrize("written", ["0%", "100.1%", "99,5", "-1", "99.99999%", "a"])
def test_what_is_no_percentage(written: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(FieldError):
        percent_ppm(written)


@pytest.mark.parametrize("written", ["bc-stttt", "BC STTTT", "BC-", "05/BC"])
def test_what_is_no_symbol(written: str) -> None:
    """A symbol has capitals and hyphens without spaces, as the decree has it, and no number."""
    with pytest.raises(FieldError):
        symbol(written)
