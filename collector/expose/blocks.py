"""Samples as exposition text, rendered once when they were read and joined at the scrape. Pure.

The text format wants all samples of a family together under one header, while a device brings a few of each.
So text is kept by family and by owner (whatever brought it), and a scrape only joins what lies there.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from itertools import groupby
from weakref import WeakKeyDictionary

from collector.expose.catalogue.family import Family
from collector.expose.labels import altered, prefix
from collector.model import Batch, Layout

Owner = tuple[str, str]
"""Whose samples these are: a device and a part of what is shown of it."""

_Run = tuple[str, bool, int, int]


class _Rendered:
    """A layout's series as text, where each family of them begins and ends, and what was last made of it."""

    __slots__ = ("altered", "prefixes", "runs", "texts", "values")

    def __init__(self, layout: Layout, stamped: frozenset[str]) -> None:
        self.prefixes = [prefix(series) for series in layout.series]
        self.altered = sum(altered(value) for series in layout.series for _, value in series.labels)
        self.runs: list[_Run] = []
        for family, members in groupby(enumerate(layout.series), key=lambda pair: pair[1].family):
            places = [place for place, _ in members]
            self.runs.append((family, family in stamped, places[0], places[-1] + 1))
        self.values: list[tuple[float | None, ...] | None] = [None] * len(self.runs)
        self.texts = [b""] * len(self.runs)

    def text(self, run: int, batch: Batch) -> bytes:
        """Return the samples of one family; made anew only where they are not what they were."""
        _, stamped, start, end = self.runs[run]
        values = batch.values[start:end]
        if not stamped and values == self.values[run]:
            return self.texts[run]
        tail = f" {batch.at_ms}\n" if stamped else "\n"
        text = "".join(
            [
                f"{name}{value}{tail}"
                for name, value in zip(self.prefixes[start:end], values, strict=True)
                if value is not None
            ]
        ).encode()
        if not stamped:
            self.values[run], self.texts[run] = values, text
        return text


class Blocks:
    """The text of everybody's latest samples."""

    def __init__(self, families: Sequence[Family]) -> None:
        self._headers = {family.name: _header(family) for family in families}
        self._stamped = frozenset(family.name for family in families if family.stamped)
        self._text: dict[str, dict[Owner, bytes]] = {family.name: {} for family in families}
        self._owned: dict[Owner, tuple[str, ...]] = {}
        self.altered = 0
        self._layouts: WeakKeyDictionary[Layout, _Rendered] = WeakKeyDictionary()

    def publish(self, owner: Owner, batches: Iterable[Batch]) -> None:
        """Replace all that `owner` shows. A family that is not in the catalogue is an error of the caller."""
        chunks: dict[str, bytes] = {}
        for batch in batches:
            self._render(batch, chunks)
        for family in self._owned.get(owner, ()):
            if family not in chunks:
                del self._text[family][owner]
        for family, text in chunks.items():
            self._text[family][owner] = text
        self._owned[owner] = tuple(chunks)

    def drop(self, owner: Owner) -> None:
        """Show nothing of `owner` any more."""
        for family in self._owned.pop(owner, ()):
            del self._text[family][owner]

    def owners(self) -> tuple[Owner, ...]:
        """Return everybody who shows something."""
        return tuple(self._owned)

    def render(self, devices: Container[str] | None = None) -> bytes:
        """Return the whole exposition, family after family, or the part of it about some devices."""
        parts: list[bytes] = []
        for family, text in self._text.items():
            chunks = (
                list(text.values())
                if devices is None
                else [chunk for owner, chunk in text.items() if owner[0] in devices]
            )
            if chunks:
                parts.append(self._headers[family])
                parts += chunks
        return b"".join(parts)

    def _render(self, batch: Batch, chunks: dict[str, bytes]) -> None:
        rendered = self._layouts.get(batch.layout)
        if rendered is None:
            self._layouts[batch.layout] = rendered = _Rendered(batch.layout, self._stamped)
            self.altered += rendered.altered
        for run, (family, *_) in enumerate(rendered.runs):
            text = rendered.text(run, batch)
            if text:
                chunks[family] = chunks[family] + text if family in chunks else text


def _header(family: Family) -> bytes:
    text = family.help.replace("\\", "\\\\").replace("\n", "\\n")
    return f"# HELP {family.name} {text}\n# TYPE {family.name} {family.kind}\n".encode()
