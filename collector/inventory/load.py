"""Loads an inventory file: read, lay the layers over one another, check, build; all mistakes in one run."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

from collector.inventory.build import build
from collector.inventory.csv_import import import_devices
from collector.inventory.document import Table
from collector.inventory.expand import expand
from collector.inventory.files import UnreadableError, read_text
from collector.inventory.loaded import Accepted, Loaded, Refused
from collector.inventory.mistakes import Findings, Mistake
from collector.inventory.rules.access import check_access
from collector.inventory.rules.alerting import check_alerting
from collector.inventory.rules.kept import check_kept, check_unused
from collector.inventory.rules.planning import check_planning
from collector.inventory.rules.polling import check_polling
from collector.inventory.rules.references import check_references
from collector.inventory.rules.report import check_report
from collector.inventory.rules.services import check_services
from collector.inventory.rules.topology import check_topology
from collector.inventory.rules.uniqueness import check_uniqueness
from collector.inventory.schema.sections import read_sections
from collector.inventory.secrets import SecretStore
from collector.inventory.yaml_tree import parse


def load(path: str | Path, *, environ: Mapping[str, str] | None = None) -> Loaded:
    """Load an inventory file; never raises for anything in it.

    Mistakes name the file as `path` does. `environ` is the environment that `env:` references are looked up
    in, the process's own by default; a secret that cannot be had is a warning.
    """
    file = Path(path)
    try:
        text = read_text(file)
    except UnreadableError as error:
        mistake = Mistake(
            file=str(file), line=error.line, path="", message=error.message, advice=error.advice
        )
        return Refused(mistakes=(mistake,), unreadable=True)
    findings = Findings()
    root = parse(text, file=str(file), findings=findings)
    if root is None:
        return Refused(mistakes=findings.mistakes)
    return _checked(root, file, findings, os.environ if environ is None else environ)


def _checked(root: Table, file: Path, findings: Findings, environ: Mapping[str, str]) -> Loaded:
    sections = read_sections(root, findings)
    imported = import_devices(sections.imports, folder=file.parent, groups=sections.groups, findings=findings)
    zone = ZoneInfo(sections.organisation.entry.timezone)
    drafts = expand(sections, (*sections.devices, *imported.devices), zone=zone, findings=findings)
    check_references(sections, drafts, all_devices=imported.complete, findings=findings)
    check_uniqueness(sections, drafts, findings)
    check_topology(drafts, findings)
    check_polling(sections, drafts, findings)
    check_services(sections, zone=zone, findings=findings)
    check_access(sections, findings)
    check_planning(sections, zone=zone, findings=findings)
    check_report(sections, findings)
    check_alerting(sections, zone=zone, findings=findings)
    if findings.mistakes:
        return Refused(mistakes=findings.mistakes, warnings=findings.warnings)
    inventory = build(sections, drafts, source=file.absolute(), zone=zone)
    check_unused(sections, drafts, findings)
    check_kept(sections, SecretStore(inventory.folder, environ), folder=inventory.folder, findings=findings)
    return Accepted(inventory=inventory, warnings=findings.warnings)
