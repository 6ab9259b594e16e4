"""Label sets as exposition text: escaped, bounded, so that a hostile name stays a name. Pure."""

from __future__ import annotations

from collector.model import Series

MAX_VALUE = 256
"""Longest label value written, in characters; what is longer is cut and ends in "…"."""

_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n"})


def escape(value: str) -> str:
    r"""Return a label value as the text format wants it: `\\`, `\"` and `\n` escaped, nothing unprintable.

    Lone surrogates and control characters become U+FFFD: the first cannot be encoded, the second would let a
    device forge lines for whoever reads the text by eye.
    """
    if len(value) > MAX_VALUE:
        value = value[: MAX_VALUE - 1] + "…"
    if not value.isprintable():
        value = "".join(c if c.isprintable() or c == "\n" else "\ufffd" for c in value)
    return value.translate(_ESCAPES)


def altered(value: str) -> bool:
    """Return True if the value is not written as the device gave it: cut, or cleaned here or before."""
    return len(value) > MAX_VALUE or "\ufffd" in value or not value.replace("\n", "").isprintable()


def prefix(series: Series) -> str:
    """Return `name{labels} `, ready for a value to be written behind it."""
    pairs = ",".join(f'{name}="{escape(value)}"' for name, value in series.labels)
    return f"{series.family}{{{pairs}}} " if pairs else f"{series.family} "
