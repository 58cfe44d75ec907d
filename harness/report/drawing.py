"""How all figures look, and how they become files that are the same for the same values."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ground.artifacts import atomic_binary
from ground.errors import InputError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

KINDS = ("png", "svg", "pdf")
"""Of files; the first two are what reports have."""
WIDTH = 7.2
"""Inches of a figure that stands alone."""
NARROW = 5.0
"""Below this width, as in a column of a paper, letters are smaller and the legend is below."""
_WIDTHS = (4.0, 60.0)
_CENTIMETRES = {"cm": 1.0, "mm": 0.1, "in": 2.54, "pt": 2.54 / 72}
_STYLE: dict[Any, Any] = {
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#888888",
    "axes.grid": True,
    "grid.color": "#e6e6e6",
    "grid.linewidth": 0.6,
    "svg.hashsalt": "esplade",
    "svg.fonttype": "none",
    # Fonts are embedded as they are (TrueType), as publishers want it: not as Type 3.
    "pdf.fonttype": 42,
}
_SMALL: dict[Any, Any] = {"font.size": 7.5, "axes.linewidth": 0.6}
_METADATA: dict[str, Any] = {
    **{"svg": {"Date": None}, "png": {"Software": None}, "pdf": {"CreationDate": None}},
}


def style(width: float = WIDTH) -> Any:
    """A context within which figures of a width (in inches) are drawn and saved."""
    import matplotlib

    return matplotlib.rc_context({**_STYLE, **(_SMALL if width < NARROW else {})})


def inches(width: str | float) -> float:
    """A width in inches: ``8cm``, ``80mm``, ``3.3in`` or ``240pt``; a number is centimetres.

    Raises:
        InputError: it is no width, or below 4 or above 60 cm.
    """
    found = re.fullmatch(r"\s*([0-9]*\.?[0-9]+)\s*(cm|mm|in|pt)?\s*", str(width))
    size = float(found[1]) * _CENTIMETRES[found[2] or "cm"] if found else 0.0
    low, high = _WIDTHS
    if not low <= size <= high:
        raise InputError(
            f"{width!r} is no width of a figure: give one from {low:g}cm to {high:g}cm, such as "
            f"8cm for a column, in cm, mm, in or pt."
        )
    return size / 2.54


def write_pictures(figure: Figure, stem: Path, kinds: Sequence[str] = ("png", "svg")) -> list[Path]:
    """Write a file a kind beside each other, such as ``.png`` and ``.svg``; returns their paths."""
    paths = []
    for kind in kinds:
        path = stem.with_name(f"{stem.name}.{kind}")
        content = _save(figure, kind)
        with atomic_binary(path) as stream:
            stream.write(content)
        paths.append(path)
    return paths


def svg_element(figure: Figure) -> str:
    """The figure as an SVG element, to be put into a page."""
    return _element(_save(figure, "svg").decode())


def read_svg(path: Path) -> str:
    """The SVG element of a figure that is written already."""
    return _element(path.read_text(encoding="utf-8"))


def _element(svg: str) -> str:
    return svg[svg.index("<svg") :]


def _save(figure: Figure, kind: str) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format=kind, metadata=_METADATA[kind], facecolor="white")
    return buffer.getvalue()
