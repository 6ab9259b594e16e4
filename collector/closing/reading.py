"""What commands ask of closed periods: to be shown, compared and verified."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from collector.closing import differ
from collector.closing.chain import differing_groups
from collector.closing.closed import Closed, closings, periods, revision, revisions
from collector.closing.computed import figures_of
from collector.closing.errors import ClosingError, NotClosedError
from collector.closing.figures_text import unpacked
from collector.closing.source import Source
from collector.closing.verify import Verified, Verifier
from collector.figures.values import GroupFigures, PeriodFigures
from collector.ledger.reader import LedgerReader
from collector.register.entries import Entry
from collector.register.errors import RegisterMissingError
from collector.register.store import Register, register_of
from collector.register.telling import instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A closed period as it was sealed, and all its revisions."""

    closed: Closed
    revisions: tuple[Closed, ...]
    text: str

    def lines(self) -> Iterator[str]:
        """Yield it for people."""
        closing, figures = self.closed.closing, figures_of(self.text)
        zone = ZoneInfo(closing.timezone)
        yield f"{closing.period}, {instant(closing.start_ms, zone)} to {instant(closing.end_ms, zone)}"
        if figures.simulated:
            yield "SIMULATED: a laboratory's evidence, not a real network's."
        for one in self.revisions:
            why = f": {one.reason}" if one.reason else ""
            mark = "*" if one.closing.revision == closing.revision else " "
            when = instant(one.entry.at_ms, zone)
            label = f"{mark} revision {one.closing.revision}"
            yield f"{label}  {one.closing.seal}  {when}  {one.entry.author}{why}"
        yield f"closed by version {closing.version}, entry {self.closed.entry.number} of the register"
        yield from _groups(figures)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of the closings that were verified, in sentences."""

    faults: tuple[str, ...]
    notes: tuple[str, ...]


def shown(ledger: Path, period: str, number: int | None) -> Shown:
    """Return a closed period; raise a ClosingError or LedgerError."""
    done = closings(_entries(ledger))
    chosen = revision(done, period, number)
    return Shown(closed=chosen, revisions=revisions(done, period), text=_text(chosen))


def difference(ledger: Path, period: str, before: int | None, after: int | None) -> differ.Difference:
    """Compare two revisions of a closed period, the last two unless they are named."""
    done = closings(_entries(ledger))
    late = revision(done, period, after)
    if before is None:
        before = late.closing.revision - 1
    if before < 1:
        raise NotClosedError(f"{period} was never restated: it has revision 1 only, and nothing to compare")
    early = revision(done, period, before)
    return differ.difference(early, late, (figures_of(_text(early)), figures_of(_text(late))))


def verified(ledger: Path, period: str, seal: str, *, source: Source, version: str) -> Outcome:
    """Verify a closed period, or all of them; `seal` is the one on paper, or ""."""
    with LedgerReader(ledger) as reader:
        entries = _entries(ledger, reader)
        done = closings(entries)
        chosen = (
            revisions(done, period)[-1:] if period else [revisions(done, name)[-1] for name in periods(done)]
        )
        verifier = Verifier(reader, entries, source=source, version=version)
        found = [verifier.verify(one) for one in chosen]
        # A closing that stands on another one is worth no more than that one.
        others = {one.entry.number: verifier.content(one) for one in done if one not in chosen}
    faults = [fault for one in found for fault in one.faults]
    faults += [f"{fault} (entry {number} of the register)" for number in others for fault in others[number]]
    notes = [note for one in found for note in (*one.notes, *_whole(one))]
    if seal:
        sound = [one for one in revisions(done, period) if not others.get(one.entry.number)]
        fault, note = _against_paper(found[0], sound, seal)
        faults += [fault] if fault else []
        notes += [note] if note else []
    if not found:
        notes.append("no period is closed yet")
    return Outcome(faults=tuple(faults), notes=tuple(notes))


def _whole(one: Verified) -> Iterator[str]:
    closing = one.closed.closing
    if one.sound:
        yield f"{closing.period}, revision {closing.revision}: as it was sealed, {closing.seal}"


def _against_paper(found: Verified, sound: Sequence[Closed], seal: str) -> tuple[str, str]:
    """Return a fault and a note about the seal on paper; `sound` are revisions with a seal of their own."""
    period = found.closed.closing.period
    if seal == found.seal:
        return "", f"{period}: the seal on paper is the one of what is here now"
    last = found.closed
    earlier = [one for one in sound if one.closing.seal == seal and one != last]
    if earlier:
        number = earlier[0].closing.revision
        return "", (
            f"{period}: the paper carries the seal of revision {number}; it was restated since: "
            f"haidang month diff {period} {number} {last.closing.revision}"
        )
    groups = differing_groups(seal, found.seal)
    said = f"{period}: the seal on paper is not the one of what is here now, {found.seal}"
    if len(groups) == 1:
        return f"{said}: only group {groups[0]} differs; was it read right?", ""
    return f"{said}: ledger and register are not those that were sealed, whatever they say themselves", ""


def _entries(ledger: Path, reader: LedgerReader | None = None) -> tuple[Entry, ...]:
    if reader is None:
        with LedgerReader(ledger) as opened:
            return _entries(ledger, opened)
    try:
        with Register.open(register_of(ledger), reader.meta().ledger_id) as register:
            register.verify()
            return tuple(register.entries())
    except RegisterMissingError as error:
        raise ClosingError(f"no period is closed: {error}") from None


def _text(closed: Closed) -> str:
    return unpacked(closed.closing.figures, closed.closing.figures_sha256)


def _groups(figures: PeriodFigures) -> Iterator[str]:
    yield _group("province", figures.province)
    for one in figures.groups.get("area", ()):
        yield _group(one.id, one)
    if figures.services.devices:
        yield _group("services", figures.services)
    own = sum(outage.own for outage in figures.outages)
    planned = len(figures.planned)
    yield f"{len(figures.outages)} outages, {own} of them the device's own; planned work {planned} times"


def _group(label: str, group: GroupFigures) -> str:
    tally = group.all_hours.tally
    ratios = (
        f"{name} {differ.shown(value, 'ppm')}"
        for name, value in (
            ("end to end", tally.end_to_end.ppm),
            ("attributable", tally.attributable.ppm),
            ("coverage", tally.coverage_ppm),
        )
    )
    return f"{label} ({group.name}, {group.devices} devices): {', '.join(ratios)}"
