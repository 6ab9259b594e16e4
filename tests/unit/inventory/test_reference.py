"""docs/inventory.md says what the schema says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from collector.inventory.document import Place
from collector.inventory.loaded import Accepted
from collector.inventory.mistakes import Findings
from collector.inventory.reference import TABLES, fill
from collector.inventory.schema import alerting, credentials, devices, report, services, settings
from collector.inventory.schema.entry import Entry, keys, read
from collector.inventory.schema.sections import NAMES
from collector.inventory.yaml_tree import parse
from tests.unit.inventory.running import LoadText

PAGE = (Path(__file__).parents[3] / "docs" / "inventory.md").read_text()
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


def test_the_tables_of_keys_are_the_schema() -> None:
    """The page is what the generator writes (`python -m collector.inventory.reference docs/inventory.md`)."""
    assert fill(PAGE) == PAGE
    assert fill(PAGE.replace("UDP port", "TCP port")) == PAGE


def test_every_key_of_every_block_is_in_the_page() -> None:
    """Each block of the schema has its table in the page, with a row for each key."""
    blocks = {
        block
        for module in (alerting, credentials, devices, report, services, settings)
        for block in vars(module).values()
        if isinstance(block, type) and issubclass(block, Entry) and keys(block)
    }
    shared = {devices.DefaultsBlock, devices.GroupBlock, credentials.CredentialBlock}
    assert blocks - shared == set(TABLES.values())
    for name, block in TABLES.items():
        table = PAGE.partition(f"<!-- keys: {name} -->\n")[2].partition("<!-- /keys -->")[0]
        own = keys(block).keys() - (
            keys(devices.SettingsBlock).keys() if block is devices.DeviceBlock else set()
        )
        assert own == set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE))


def test_every_section_has_a_heading() -> None:
    """Each section of the file can be found in the page."""
    headings = " ".join(re.findall(r"^## (.*)$", PAGE, re.MULTILINE))
    for name in NAMES:
        assert name in headings


@pytest.mark.parametrize("example", EXAMPLES, ids=["smallest", "whole"])
def test_the_examples_of_the_page_are_good(example: str, load_text: LoadText) -> None:
    """What the page shows can be copied: no mistake, and every section is shown at least once."""
    loaded = load_text(example, head="")
    assert isinstance(loaded, Accepted), loaded.mistakes
    assert loaded.inventory.devices


def test_the_whole_example_shows_every_section() -> None:
    """The long example leaves out no section but the import of a file that is not there."""
    assert set(re.findall(r"^(\w+):", EXAMPLES[1], re.MULTILINE)) == set(NAMES) - {"import"}


@pytest.mark.parametrize("name", sorted(TABLES))
def test_the_examples_of_a_table_are_right(name: str) -> None:
    """The examples of a block's keys, written one below the other, are a block without a mistake."""
    whole_key = "AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    text = "".join(f"{key.name}: {key.example}\n" for key in keys(TABLES[name]).values())
    findings = Findings()
    table = parse(text.replace("AAAAC3NzaC1lZDI1NTE5AAAA…", whole_key), file="f", findings=findings)
    assert table is not None
    read(TABLES[name], table, Place(table, ""), findings)
    assert findings.mistakes == ()
