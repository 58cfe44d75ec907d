"""The same look for a cell in every figure: corpus by colour, lr by line, sampling by marker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.report.figures import COLOURS
from harness.study.verdicts.results import StudyResults

if TYPE_CHECKING:
    from matplotlib.lines import Line2D

INK, BUDGET = "#333333", "#444444"
_DASHES: tuple[Any, ...] = ((0, (4, 2)), "-", (0, (1, 1.2)), (0, (6, 2, 1, 2)))
_MARKERS = "osD^vP"
_PREFERRED = (("corpus", "colour"), ("lr", "line"), ("sampling", "marker"))


@dataclass(frozen=True)
class Look:
    """Colour, line style, marker and whether it is filled."""

    colour: str
    line: Any
    marker: str
    filled: bool = True


class Looks:
    """Which factor is shown by what; factors beyond four are told apart by name only.

    Args:
        results: of the study.
    """

    def __init__(self, results: StudyResults) -> None:
        self.factors = results.factors
        self.levels = results.levels()
        self._longer = results.longer()
        free = [factor for factor in self.factors if factor not in dict(_PREFERRED)]
        self.role: dict[str, str] = {}
        for factor, role in _PREFERRED:
            if factor in self.factors:
                self.role[role] = factor
            elif free:
                self.role[role] = free.pop(0)
        if free:
            self.role["fill"] = free[0]

    def of(self, cell: str) -> Look:
        """The look of a cell; a longer one looks like the cell that it continues, unfilled."""
        own = self.levels.get(self._longer.get(cell, cell), {})
        filled = cell not in self._longer and self._rank(own, "fill") == 0
        return Look(
            COLOURS[(1 - self._rank(own, "colour")) % len(COLOURS)],
            _DASHES[self._rank(own, "line") % len(_DASHES)],
            _MARKERS[self._rank(own, "marker") % len(_MARKERS)],
            filled,
        )

    def legend(self, lines: bool = True, *, hollow: str = "") -> list[Line2D]:
        """A handle a level: of colours, of lines (or of filling, in a scatter), of markers."""
        found = []
        for role, factor in self.role.items():
            for rank, level in enumerate(self.factors[factor]):
                found.append(_handle(role if lines else _scatter_role(role), rank, level))
        if self._longer and hollow:
            found.append(_handle("fill", 1, hollow))
        return found

    def _rank(self, own: Mapping[str, str], role: str) -> int:
        factor = self.role.get(role, "")
        level = own.get(factor)
        names = self.factors.get(factor, [])
        return names.index(level) if level in names else 0


def face(look: Look) -> str:
    """The colour inside a marker."""
    return look.colour if look.filled else "white"


def _scatter_role(role: str) -> str:
    """Where there are no lines, what they show is shown by filling."""
    return "scatter-fill" if role == "line" else role


def _handle(role: str, rank: int, label: str) -> Line2D:
    from matplotlib.lines import Line2D

    if role == "colour":
        colour = COLOURS[(1 - rank) % len(COLOURS)]
        return Line2D([], [], color=colour, linewidth=5, label=label)
    if role == "line":
        return Line2D([], [], color=INK, linestyle=_DASHES[rank % len(_DASHES)], label=label)
    filled = rank == 0 if role == "fill" else rank == 1 if role == "scatter-fill" else True
    return Line2D(
        [],
        [],
        color=INK,
        linestyle="none",
        marker="o" if role != "marker" else _MARKERS[rank % len(_MARKERS)],
        markerfacecolor=INK if filled else "white",
        label=label,
    )
