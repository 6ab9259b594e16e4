"""What a decoder makes of a device: the instances to ask at every poll, and how their values read. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from collector.model import Batch, Layout, Oid, Series, SnmpValue

Rows = Mapping[Oid, SnmpValue]
"""What a discovery walk brought."""

Values = Sequence[SnmpValue | None]
"""What one poll brought for a section's names, in their order."""

Labels = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Section:
    """One MIB's part of a device's plan.

    `names` are the exact instances to get; `takes[i]` is the position among their values of
    `layout.series[i]`, `highs[i]` that of its upper 32 bits (None: it has none) and `scales[i]` what to
    multiply it by. `fixed` is what only discovery asks, and `rare` the instances of it and of label texts:
    they are looked at now and then, whether they are still what they were. `identity` are positions whose
    change means that the device is built otherwise than it was discovered.
    """

    names: tuple[Oid, ...]
    layout: Layout
    takes: tuple[int, ...]
    highs: tuple[int | None, ...] | None = None
    scales: tuple[float | None, ...] | None = None
    fixed: tuple[Batch, ...] = ()
    identity: tuple[int, ...] = ()
    rare: tuple[Oid, ...] = ()

    def batches(self, values: Values, at_ms: int) -> tuple[Batch, ...]:
        """Return the fixed batches and the one read at `at_ms`; what is no number is missing."""
        taken: tuple[float | None, ...] = tuple(
            [v if type(v := values[i]) is int else None for i in self.takes]
        )
        if self.highs is not None:
            taken = tuple(
                v if v is None or high is None else _joined(v, values[high])
                for v, high in zip(taken, self.highs, strict=True)
            )
        if self.scales is not None:
            taken = tuple(
                v if v is None or scale is None else v * scale
                for v, scale in zip(taken, self.scales, strict=True)
            )
        return (*self.fixed, Batch(layout=self.layout, values=taken, at_ms=at_ms))

    def identity_of(self, values: Values) -> tuple[SnmpValue | None, ...]:
        """Return the values whose change calls for a new discovery."""
        return tuple(values[position] for position in self.identity)


def _joined(low: float, high: SnmpValue | None) -> float | None:
    return low + high * 2**32 if type(high) is int else None


class SectionBuilder:
    """Gathers names, series and fixed values, and drops repeated series.

    `text` is how many characters the labels of all series have, the device's own left out.
    """

    def __init__(self, base: Labels) -> None:
        self.text = 0
        self._base = base
        self._names: list[Oid] = []
        self._polled: dict[Series, tuple[int, int | None, float | None]] = {}
        self._fixed: dict[Series, float | None] = {}
        self._identity: list[int] = []
        self._rare: list[Oid] = []

    def series(self, family: str, labels: Labels = ()) -> Series:
        """Return the series of a family with these labels beside the device's own."""
        self.text += sum(len(value) for _, value in labels)
        return Series(family, self._base + labels)

    def poll(
        self,
        name: Oid,
        family: str,
        labels: Labels = (),
        *,
        high: Oid | None = None,
        scale: float | None = None,
    ) -> None:
        """Ask for an instance (and one with its upper 32 bits) at every poll and show it as this series."""
        position = len(self._names)
        upper = None if high is None else position + 1
        self._polled.setdefault(self.series(family, labels), (position, upper, scale))
        self._names += [name] if high is None else [name, high]

    def ask(self, name: Oid) -> None:
        """Ask for an instance at every poll without showing it."""
        self._names.append(name)

    def watch(self, name: Oid, family: str | None = None) -> None:
        """Ask for an instance whose change calls for a new discovery."""
        self._identity.append(len(self._names))
        if family is None:
            self.ask(name)
        else:
            self.poll(name, family)

    def fix(self, family: str, value: float | None, labels: Labels = ()) -> None:
        """Show a value of discovery until the next one."""
        self._fixed.setdefault(self.series(family, labels), value)

    def look_at(self, *names: Oid) -> None:
        """Have these instances compared now and then with what they were at discovery."""
        self._rare += names

    def build(self) -> Section:
        """Return the section; series are sorted by family, as a layout must be."""
        polled = sorted(self._polled.items(), key=_family)
        highs = tuple(high for _, (_, high, _) in polled)
        scales = tuple(scale for _, (_, _, scale) in polled)
        return Section(
            names=tuple(self._names),
            layout=Layout(tuple(series for series, _ in polled)),
            takes=tuple(position for _, (position, _, _) in polled),
            highs=highs if any(high is not None for high in highs) else None,
            scales=scales if any(scale is not None for scale in scales) else None,
            fixed=(batch_of(self._fixed, 0),) if self._fixed else (),
            identity=tuple(self._identity),
            rare=tuple(self._rare),
        )


def batch_of(cells: Mapping[Series, float | None], at_ms: int, like: Layout | None = None) -> Batch:
    """Return a batch of these cells; the layout `like` is kept if the series are its own: it is rendered."""
    ordered = sorted(cells.items(), key=_family)
    series = tuple(series for series, _ in ordered)
    layout = like if like is not None and like.series == series else Layout(series)
    return Batch(layout=layout, values=tuple(value for _, value in ordered), at_ms=at_ms)


def _family(entry: tuple[Series, object]) -> str:
    return entry[0].family


def number(value: SnmpValue | None) -> int | None:
    """Return an integer value, None for what is missing or not a number."""
    return value if type(value) is int else None


def octets(value: SnmpValue | None) -> bytes:
    """Return an octet string, empty for what is missing or not a string."""
    return value if isinstance(value, bytes) else b""


def columns(rows: Rows, entry: Oid) -> dict[int, dict[Oid, SnmpValue]]:
    """Return {column number: {index: value}} of a table, given the OID of its entry."""
    size = len(entry)
    table: dict[int, dict[Oid, SnmpValue]] = {}
    for name, value in rows.items():
        if len(name) > size + 1 and name[:size] == entry:
            table.setdefault(name[size], {})[name[size + 1 :]] = value
    return table
