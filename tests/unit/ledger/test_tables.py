"""Rows to SQL and back: nothing changes on the way, and nothing garbled comes back as a row."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest

from collector.clock import JumpKind
from collector.ledger.errors import LedgerDamagedError
from collector.ledger.evidence import Evidence
from collector.ledger.rows import Discontinuity, Meta, Row, Run, Session
from collector.ledger.runs import RunBook
from collector.ledger.tables import META, RUN, TABLES, checksum, table_of

Poll = Callable[..., Evidence]


@pytest.fixture
def run(poll: Poll) -> Run:
    """Return a silent run of one poll."""
    (run,) = RunBook("s1", ZoneInfo("UTC")).feed(poll(0, silent=True))
    return run


def test_a_row_survives_the_way_there_and_back(run: Run) -> None:
    """Enums, booleans and absent values come back as they were."""
    rows: list[Row] = [
        run,
        Meta(ledger_id="x", created_ms=5, simulated=True),
        Discontinuity(
            session="s1", number=1, kind=JumpKind.STEP_BACK, from_ms=5, to_ms=5, size_ms=-3_600_000
        ),
    ]
    for row in rows:
        table = table_of(row)
        assert table.parse(table.values(row)) == row


def test_the_checksum_is_what_the_documentation_says(run: Run) -> None:
    """An auditor can compute it with any CRC-32: name and values joined by U+001F, nothing for NULL."""
    *values, crc = RUN.values(run)
    text = "\x1f".join(["run", *("" if value is None else str(value) for value in values)])
    assert crc == zlib.crc32(text.encode())
    assert values[-1] is None


def test_any_changed_value_is_noticed(run: Run) -> None:
    """Whichever column is changed, the row is refused and its table named."""
    values = list(RUN.values(run))
    for index, value in enumerate(values):
        changed = [*values]
        changed[index] = f"{value}!" if isinstance(value, str) else (value or 0) + 1
        with pytest.raises(LedgerDamagedError, match="table run: a row does not match its checksum"):
            RUN.parse(changed)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ((), "table meta: a row of 0 values"),
        (("x", 5), "table meta: a row of 2 values"),
        ((b"x", 5, 1, 0), "table meta: a row does not match its checksum"),
        ((5, 5, 1, checksum("meta", (5, 5, 1))), "table meta: a row holds 5 where str belongs"),
        (("x", None, 1, checksum("meta", ("x", None, 1))), "table meta: a row holds None where int belongs"),
    ],
)
def test_rows_that_cannot_be_are_refused(values: tuple[object, ...], message: str) -> None:
    """Wrong number, kind or absence of values is damage, in words."""
    with pytest.raises(LedgerDamagedError) as caught:
        META.parse(values)
    assert str(caught.value) == message


def test_a_word_outside_a_closed_list_is_refused(run: Run) -> None:
    """A verdict nobody gives is damage even if its checksum fits."""
    *values, _ = RUN.values(run)
    values[RUN.columns.index("verdict")] = "perhaps"
    with pytest.raises(LedgerDamagedError, match="table run: a row holds 'perhaps' is not a valid Verdict"):
        RUN.parse((*values, checksum("run", values)))


def test_tables_come_after_those_they_refer_to() -> None:
    """A batch is written in this order, so that no row precedes the session or revision it names."""
    names = [table.name for table in TABLES]
    assert names.index("session") < names.index("revision") < names.index("run")
    assert names.index("document") < names.index("revision")
    assert len({table_of(Session(id="s", started_ms=1, version="v")).name, *names}) == len(names)
