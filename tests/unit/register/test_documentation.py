"""docs/register.md against the program: every table, column, kind and field."""

from __future__ import annotations

import re
from contextlib import closing
from dataclasses import fields
from pathlib import Path

from collector.ledger.connection import connect
from collector.register.entries import PAYLOADS
from collector.register.store import Register
from tests.unit.register.samples import LEDGER_ID, NOW_MS

TEXT = (Path(__file__).parents[3] / "docs" / "register.md").read_text(encoding="utf-8")


def test_every_table_is_documented_with_its_columns_in_their_order(path: Path) -> None:
    """The page lists exactly what is in the file."""
    Register.open(path, LEDGER_ID, create=NOW_MS).close()
    with closing(connect(path, mode="ro")) as connection:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        assert sorted(re.findall(r"^### `(\w+)`$", TEXT, flags=re.MULTILINE)) == sorted(tables)
        for table in tables:
            section = TEXT.partition(f"### `{table}`\n")[2].partition("\n#")[0]
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            named = re.findall(r"^\| `(\w+)` \|", section, flags=re.MULTILINE) or re.findall(
                r"`(\w+)`", section
            )
            assert named == columns


def test_every_kind_is_documented_with_its_fields() -> None:
    """Whoever meets a word in an entry finds it on the page."""
    section = TEXT.partition("## Kinds\n")[2].partition("\n## ")[0]
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", section, flags=re.MULTILINE)[1:])
    assert sorted(rows) == sorted(PAYLOADS)
    for kind, payload in PAYLOADS.items():
        named = set(re.findall(r"`(\w+)`", rows[kind]))
        missing = {field.name for field in fields(payload)} - named
        assert missing <= {"closing"}, kind
