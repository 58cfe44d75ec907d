"""How all figures look, and how they become files that are the same for the same values."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ground.artifacts import atomic_binary

if TYPE_CHECKING:
    from matplotlib.figure import Figure

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
}
_METADATA: dict[str, Any] = {"svg": {"Date": None}, "png": {"Software": None}}


def style() -> Any:
    """A context within which figures are drawn and saved."""
    import matplotlib

    return matplotlib.rc_context(_STYLE)


def write_pictures(figure: Figure, stem: Path) -> list[Path]:
    """Write ``.png`` and ``.svg`` beside each other; returns their paths."""
    paths = []
    for kind in ("png", "svg"):
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
