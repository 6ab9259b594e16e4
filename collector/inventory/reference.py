"""Writes the tables of keys in docs/inventory.md from the schema, so that the two always agree.

Run as `python -m collector.inventory.reference docs/inventory.md` after a change of the schema.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from collector.inventory.schema.alerting import (
    AlertingBlock,
    DeadManBlock,
    EmailBlock,
    RotaBlock,
    SmsBlock,
    TelegramBlock,
    TurnBlock,
)
from collector.inventory.schema.credentials import CommunityBlock, LoginBlock, UsmBlock
from collector.inventory.schema.devices import (
    AreaBlock,
    CapacityBlock,
    DeviceBlock,
    IcmpBlock,
    ImportBlock,
    SettingsBlock,
    SnmpBlock,
    SshBlock,
    UplinkBlock,
)
from collector.inventory.schema.entry import Entry, Key, keys
from collector.inventory.schema.report import ReportBlock, SignerBlock
from collector.inventory.schema.services import DnsBlock, HttpBlock, ServiceBlock, TrustBlock
from collector.inventory.schema.settings import (
    BasicAuthBlock,
    CalendarBlock,
    CollectorBlock,
    ContactBlock,
    MaintenanceBlock,
    OrganisationBlock,
    RepeatBlock,
    SeasonBlock,
    TlsBlock,
)

TABLES: Mapping[str, type[Entry]] = MappingProxyType(
    {
        "organisation": OrganisationBlock,
        "collector": CollectorBlock,
        "collector.tls": TlsBlock,
        "collector.basic_auth": BasicAuthBlock,
        "credentials snmpv3": UsmBlock,
        "credentials snmpv2c": CommunityBlock,
        "credentials ssh": LoginBlock,
        "settings": SettingsBlock,
        "devices": DeviceBlock,
        "icmp": IcmpBlock,
        "snmp": SnmpBlock,
        "ssh": SshBlock,
        "uplink": UplinkBlock,
        "capacity": CapacityBlock,
        "areas": AreaBlock,
        "import": ImportBlock,
        "services": ServiceBlock,
        "services.http": HttpBlock,
        "services.tls": TrustBlock,
        "services.dns": DnsBlock,
        "maintenance": MaintenanceBlock,
        "maintenance.repeat": RepeatBlock,
        "calendar": CalendarBlock,
        "calendar.seasons": SeasonBlock,
        "contacts": ContactBlock,
        "alerting": AlertingBlock,
        "alerting.rota": RotaBlock,
        "alerting.turns": TurnBlock,
        "alerting.email": EmailBlock,
        "alerting.sms": SmsBlock,
        "alerting.telegram": TelegramBlock,
        "alerting.dead_man": DeadManBlock,
        "report": ReportBlock,
        "report.signer": SignerBlock,
    }
)
_TABLE = re.compile(r"(<!-- keys: (?P<name>[^>]+) -->\n).*?(<!-- /keys -->)", re.DOTALL)
_HEAD = "| key | meaning | default | example |\n| --- | --- | --- | --- |\n"


def table(name: str) -> str:
    """Return the table of one block's keys, without those that it shares with groups and defaults."""
    model = TABLES[name]
    shared = keys(SettingsBlock) if issubclass(model, DeviceBlock) else {}
    return _HEAD + "".join(_row(key) for key in keys(model).values() if key.name not in shared)


def _row(key: Key) -> str:
    default = "**required**" if key.required else key.default or "none"
    cells = (f"`{key.name}`", key.meaning, default, f"`{key.name}: {key.example}`")
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def fill(text: str) -> str:
    """Return a page with each of its tables of keys as the schema has it now."""
    return _TABLE.sub(lambda match: match[1] + table(match["name"]) + match[3], text)


if __name__ == "__main__":
    page = Path(sys.argv[1])
    page.write_text(fill(page.read_text()))
