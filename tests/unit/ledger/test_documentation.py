"""docs/ledger.md against the program: every table, column, word and example row."""

from __future__ import annotations

import re
from pathlib import Path

from collector.clock import JumpKind
from collector.ledger.book import HEARTBEAT_LIMIT_MS, MAX_PENDING
from collector.ledger.open_rows import FINAL_AFTER_MS
from collector.ledger.rows import Boot, Ended, LossCause, Run
from collector.ledger.tables import BOOT, RUN, TABLES
from collector.ledger.uptimes import DRIFT_PPM, GRAIN_MS, continues, first_reading, last_reading
from collector.ledger.writer import WriterSettings
from collector.model import Doubt, UptimeSource, Verdict

PAGE = Path(__file__).parents[3] / "docs" / "ledger.md"
TEXT = PAGE.read_text()


def section(title: str) -> str:
    """Return the part of the page under a heading."""
    return re.split(r"^#+ ", TEXT.partition(f"# {title}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]


def first_column(text: str) -> list[str]:
    """Return the names in the first column of a part's table."""
    return re.findall(r"^\| `(\w+)` \|", text, flags=re.MULTILINE)


def examples(header: tuple[str, ...]) -> list[list[str | int | None]]:
    """Return the example rows printed under a header line, as the SQL values they show."""
    block = TEXT.partition("|".join((*header, "crc")) + "\n")[2].partition("```")[0]
    rows = [line.split("|") for line in block.splitlines()]
    return [[int(value) if value.isdigit() else value or None for value in row] for row in rows]


def test_every_table_is_documented_with_its_columns_in_their_order() -> None:
    """The page lists exactly what is in the file."""
    documented = re.findall(r"^### `(\w+)`$", TEXT, flags=re.MULTILINE)
    assert sorted(documented) == sorted(table.name for table in TABLES)
    for table in TABLES:
        assert first_column(section(f"`{table.name}`")) == [*table.columns, "crc"]


def test_every_word_of_a_closed_list_is_explained() -> None:
    """Whoever meets a word in a row finds it on the page."""
    assert sorted(first_column(section("Why a row ended"))[1:]) == sorted(Ended)
    for table, words in (
        ("run", Verdict),
        ("boot", UptimeSource),
        ("discontinuity", JumpKind),
        ("left_out", Doubt),
        ("loss", LossCause),
    ):
        assert all(f"`{word}`" in section(f"`{table}`") for word in words)


def test_the_key_of_each_table_is_named() -> None:
    """Where a table's key is not plain from its columns, the page names it."""
    for table in TABLES:
        if len(table.key) > 1:
            assert f"The key is {', '.join(f'`{column}`' for column in table.key)}." in section(
                f"`{table.name}`"
            )


def test_the_numbers_on_the_page_are_the_program_s() -> None:
    """Limits, tolerances and periods are written as they are set."""
    assert f"memory for {MAX_PENDING:,} waiting rows" in TEXT
    assert f"more than {HEARTBEAT_LIMIT_MS // 1000} s ends the row" in TEXT
    assert f"within {GRAIN_MS // 1000} s and {DRIFT_PPM:,} ppm" in TEXT
    assert f"({WriterSettings().flush_s:g} s by default)" in TEXT
    assert FINAL_AFTER_MS == 10 * 60_000
    assert "ten minutes into the next" in TEXT


def test_the_example_rows_are_real() -> None:
    """They pass their checksums, and the uptime tells the story that the text tells."""
    runs: list[Run] = [RUN.parse(values) for values in examples(RUN.columns)]
    boots: list[Boot] = [
        BOOT.parse([*values[:5], values[5] or "", *values[6:]]) for values in examples(BOOT.columns)
    ]
    assert [(run.verdict, run.polls) for run in runs] == [("answered", 7), ("silent", 4), ("answered", 9)]
    before, after = boots
    assert not continues(last_reading(before), first_reading(after), wraps=True)
    booted_ms = after.first_at_ms - 10 * after.first_ticks
    assert runs[1].first_sent_ms < booted_ms < runs[1].last_end_ms
    assert f"{after.first_at_ms} − 10 × {after.first_ticks} = {booted_ms}" in TEXT
    assert before.readings + after.readings == 16
