"""Reads devices from CSV files: one a row, its keys from the columns that the inventory maps."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from collector.inventory.document import Place, Table
from collector.inventory.fields.error import listing, show, suggest
from collector.inventory.files import UnreadableError, read_text
from collector.inventory.mistakes import Findings, Mistake
from collector.inventory.schema.devices import DeviceBlock, ImportBlock
from collector.inventory.schema.entry import Entry, Read, blocks_in, keys, read

_SEPARATORS = ",;\t"


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """The devices of all CSV files; not `complete` where a file or a row could not be read."""

    devices: tuple[Read[DeviceBlock], ...]
    complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sheet:
    """A CSV file: its header, and its rows with the line each begins on."""

    header: list[str]
    rows: list[tuple[int, list[str]]]
    complete: bool


def device_keys(model: type[Entry] = DeviceBlock, before: str = "") -> Iterator[str]:
    """Yield the keys that a column can give, those inside a block with a dot: `snmp.port`."""
    for name, key in keys(model).items():
        inside = next(iter(blocks_in(key.annotation)), None)
        if inside is None or name == "capacity":
            yield before + name
        else:
            yield from device_keys(inside, f"{name}.")


def import_devices(
    blocks: tuple[Read[ImportBlock], ...],
    *,
    folder: Path,
    groups: Container[str],
    findings: Findings,
) -> Imported:
    """Read the devices of all CSV files. `folder` is the inventory's, as the user names it."""
    devices: list[Read[DeviceBlock]] = []
    complete = True
    for block in blocks:
        file = str(folder / (block.entry.csv or ""))
        sheet = _open_sheet(block, file, findings)
        columns = _columns(block, sheet.header, findings) if sheet is not None else None
        if sheet is None or columns is None or "id_prefix" in block.wrong:
            complete = False
            continue
        complete &= sheet.complete
        for line, cells in sheet.rows:
            table = _row(Table(file=file, line=line, columns=block.entry.columns or {}), columns, cells)
            if "id" in table:
                table["id"] = f"{block.entry.id_prefix or ''}{table['id']}"
            devices.append(_grouped(read(DeviceBlock, table, Place(table, ""), findings), block, groups))
    return Imported(devices=tuple(devices), complete=complete)


def _grouped(
    device: Read[DeviceBlock], block: Read[ImportBlock], groups: Container[str]
) -> Read[DeviceBlock]:
    """Give a row without a group that of its import; if that is unknown, say so once, not at each row."""
    group = block.entry.group
    if device.entry.group is not None or group is None:
        return replace(device, wrong=device.wrong | (block.wrong & {"group"}))
    if group not in groups:
        return replace(device, wrong=device.wrong | {"group"})
    return replace(device, entry=device.entry.model_copy(update={"group": group}))


def _open_sheet(block: Read[ImportBlock], file: str, findings: Findings) -> _Sheet | None:
    if block.entry.csv is None or block.entry.columns is None:
        return None
    try:
        text = read_text(Path(file))
    except UnreadableError as error:
        if error.line is None:
            findings.mistake(block.place.at("csv"), f"{show(block.entry.csv)}: {error.message}", error.advice)
        else:
            _at_line(findings, file, error.line, error.message, error.advice)
        return None
    return _read_sheet(text, file, frozenset(block.entry.columns.values()), findings)


def _at_line(findings: Findings, file: str, line: int, message: str, advice: str) -> None:
    findings.add(Mistake(file=file, line=line, path="", message=message, advice=advice))


def _read_sheet(text: str, file: str, wanted: frozenset[str], findings: Findings) -> _Sheet | None:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text, wanted), strict=True)
    begins = 1
    header: list[str] = []
    rows: list[tuple[int, list[str]]] = []
    complete = True
    try:
        for record in reader:
            cells = [unicodedata.normalize("NFC", cell).strip() for cell in record]
            if not any(cells):
                pass
            elif not header:
                header = cells
            elif len(cells) == len(header):
                rows.append((begins, cells))
            else:
                complete = False
                message = f"has {len(cells)} cells where the header has {len(header)}"
                _at_line(
                    findings, file, begins, message, "add or remove separators; quote a cell that holds one"
                )
            begins = reader.line_num + 1
    except csv.Error:
        advice = 'close every quote, and write a quote inside a quoted cell twice: ""'
        _at_line(findings, file, begins, "is not a CSV row: its quotes do not match", advice)
        complete = False
    if not header:
        _at_line(findings, file, 1, "has no header", "write the names of the columns on the first line")
        return None
    return _Sheet(header=header, rows=rows, complete=complete)


def _separator(text: str, wanted: frozenset[str]) -> str:
    """Return the separator under which the header has the most columns that are asked for."""
    first = next((line for line in io.StringIO(text) if line.strip()), "")

    def fit(separator: str) -> tuple[int, int]:
        header = [cell.strip().strip('"') for cell in first.split(separator)]
        return len(wanted.intersection(header)), len(header)

    return max(_SEPARATORS, key=fit)


def _columns(block: Read[ImportBlock], header: list[str], findings: Findings) -> dict[str, int] | None:
    """Return the position of each key's column; None if the mapping is wrong anywhere."""
    place = block.place.at("columns")
    known = list(device_keys())
    positions: dict[str, int] = {}
    wrong = False
    for key, column in (block.entry.columns or {}).items():
        if key not in known:
            advice = suggest(key, known, otherwise=f"the keys here are {', '.join(known)}")
            findings.mistake(place.at(key), "is not a key of a device", advice)
        elif header.count(column) != 1:
            much = "no" if column not in header else "more than one"
            advice = suggest(column, set(header) - {column}, otherwise=_what_it_has(block, header))
            findings.mistake(
                place.at(key), f"{show(block.entry.csv)} has {much} column {show(column)}", advice
            )
        else:
            positions[key] = header.index(column)
            continue
        wrong = True
    for name, described in keys(DeviceBlock).items():
        if described.required and name not in (block.entry.columns or {}):
            findings.mistake(place.at(name), "is missing", f"write {name}: and the column that holds it")
            wrong = True
    return None if wrong else positions


def _what_it_has(block: Read[ImportBlock], header: list[str]) -> str:
    """Return the header in words; not of a file that nothing speaks for, which may hold secrets."""
    if set(header).isdisjoint((block.entry.columns or {}).values()):
        return "its first line names none of the columns that are asked for: is it the file that was meant?"
    return f"the file has {listing([show(name) for name in header], last='and')}"


def _row(table: Table, columns: Mapping[str, int], cells: list[str]) -> Table:
    """Fill a device's table from a row; an empty cell gives nothing."""
    for key, position in columns.items():
        if not cells[position]:
            continue
        block, dot, inner = key.partition(".")
        if dot:
            inside = table.setdefault(block, Table(file=table.file, line=table.line))
            if isinstance(inside, Table):
                inside[inner] = cells[position]
        else:
            table[key] = cells[position]
    return table
