"""All that touches matplotlib: a canvas for a picture that prints well in black and white, and its PNG."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH_MM = 160
_MM_PER_INCH = 25.4
_DPI = 200
_SIZE = 9
_POINTS_PER_INCH, _SUBPIXELS = 72, 64

INK, GREY, PALE, FAINT = "black", "0.45", "0.78", "0.92"


class Canvas:
    """A figure to draw on."""

    def __init__(self, figure: Figure, axes: Axes) -> None:
        """Take what matplotlib made."""
        self.figure = figure
        self.axes = axes
        self.png = b""


def letters_of(font: Path) -> frozenset[str]:
    """Return the characters that a font file has a sign for."""
    from matplotlib.ft2font import FT2Font  # noqa: PLC0415 - a second's start-up

    return frozenset(chr(code) for code in FT2Font(str(font)).get_charmap())


def width_mm(font: Path, text: str, size_pt: float) -> float:
    """Return how wide a line of text is in this typeface and size."""
    from matplotlib.ft2font import FT2Font  # noqa: PLC0415 - a second's start-up

    face = FT2Font(str(font))
    face.set_size(size_pt, _POINTS_PER_INCH)
    face.set_text(text, 0.0)
    return float(face.get_width_height()[0]) / _SUBPIXELS / _POINTS_PER_INCH * _MM_PER_INCH


def whole_ticks(drawn: Canvas) -> None:
    """Let the axis from left to right have whole numbers only."""
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415 - a second's start-up

    drawn.axes.xaxis.set_major_locator(MaxNLocator(integer=True))


@contextmanager
def canvas(fonts: tuple[Path, ...], *, height_mm: int) -> Iterator[Canvas]:
    """Yield axes in the given typeface; when they have been drawn on, `png` holds the picture."""
    import matplotlib as mpl  # noqa: PLC0415 - a second's start-up
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415
    from matplotlib.font_manager import FontProperties, fontManager  # noqa: PLC0415

    for font in fonts:
        fontManager.addfont(str(font))
    settings: dict[Any, Any] = {
        "font.family": FontProperties(fname=str(fonts[0])).get_name(),
        "font.size": _SIZE,
        "axes.linewidth": 0.6,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "xtick.major.width": 0.6,
        "ytick.major.width": 0.6,
        "hatch.linewidth": 0.5,
        "axes.unicode_minus": False,
    }
    with mpl.rc_context(settings):
        figure = Figure(figsize=(WIDTH_MM / _MM_PER_INCH, height_mm / _MM_PER_INCH), dpi=_DPI)
        drawn = Canvas(figure, figure.add_subplot())
        FigureCanvasAgg(figure)
        yield drawn
        figure.tight_layout(pad=0.4)
        file = io.BytesIO()
        # Without the name and version of the library the same picture is the same bytes.
        figure.savefig(file, format="png", metadata={"Software": None})
        drawn.png = file.getvalue()
