"""The answer to a choice: which configuration, what was tried, what was confirmed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from esplade.sweeps import Sweep
    from harness.choosing import Choice
    from harness.report.tables import Table


@dataclass(frozen=True)
class Chosen:
    """The answer to a choice.

    Attributes:
        path: the folder; ``choice.md`` in it is for people.
        choice: what was tried and what was confirmed (`harness.choosing.Choice`).
        answer: it in words.
        commands: that build what was chosen.
        rendered: the front as `harness.report` has it.
    """

    path: Path
    choice: Choice
    answer: str
    commands: tuple[str, ...]
    rendered: Table
    _points: dict[str, str]

    @property
    def configuration(self) -> str | None:
        """What was chosen, as ``SYSTEM@qk:dk``; None where these queries cannot decide."""
        return str(self.choice.chosen.candidate) if self.choice.chosen else None

    def front(self) -> pd.DataFrame:
        """What no other configuration beats, and BM25, on the queries that were searched on."""
        from esplade.comparison import table_frame

        return table_frame(self.rendered)

    def figure(self) -> Figure:
        """The front: effectiveness against postings a query; BM25 is the star."""
        from esplade.notebooks import shown
        from harness.report.choosing import front_points
        from harness.report.figures import make_figure

        points = front_points(self.path, self.choice, self._points)
        return shown(make_figure(points, self.choice.question.measure))

    def found(self) -> Sweep:
        """Everything that was tried on the queries that were searched on."""
        from esplade.sweeps import Sweep

        return Sweep.open(self.path / "finding")

    def confirmed(self) -> Sweep:
        """What was tried on the other queries."""
        from esplade.sweeps import Sweep

        return Sweep.open(self.path / "confirming")

    def to_dict(self) -> dict[str, Any]:
        """The answer, what was tried and what was confirmed, as plain values."""
        return {
            "answer": self.answer,
            "commands": list(self.commands),
            **self.choice.to_dict(),
        }

    def _repr_html_(self) -> str:
        from html import escape

        from harness.report.renderings import render

        return f"<p>{escape(self.answer)}</p>{render(self.rendered, 'html')}"

    def __repr__(self) -> str:
        return f"Chosen({self.configuration!r}: {self.answer})"
