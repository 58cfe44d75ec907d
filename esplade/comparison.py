"""Systems side by side, as a table, a frame, a figure, and with tests against one of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from harness.evaluation.significance import Comparison as Test
    from harness.report.points import Point
    from harness.report.tables import Table


class Comparison:
    """Systems by rows, with tests against one of them.

    Attributes:
        points: what is compared, each with its per-query values and costs.
        measures: of effectiveness; the first one is drawn.
        baseline: name of the point that the others are tested against.
        tests: paired permutation tests, corrected by Holm's method.

    Example:
        >>> import esplade
        >>> runs = {"one": {"q1": {"d1": 2.0}}, "other": {"q1": {"d2": 2.0}}}
        >>> compared = esplade.compare(runs, qrels={"q1": {"d1": 1}}, measures="RR@10")
        >>> compared.baseline, compared.tests[0].difference
        ('one', -1.0)
    """

    def __init__(
        self, points: Sequence[Point], measures: Sequence[str], baseline: str | None, caption: str
    ) -> None:
        from harness.report.comparison import compare_points

        self.points = list(points)
        self.measures = tuple(measures)
        self.baseline = baseline
        self.caption = caption
        self.tests: list[Test] = (
            [] if baseline is None else compare_points(self.points, self.measures, baseline)
        )

    @property
    def rendered(self) -> Table:
        """The table as `harness.report` has it."""
        from harness.report.comparison import build_table

        return build_table(self.points, self.measures, self.baseline, self.tests, self.caption)

    def table(self) -> pd.DataFrame:
        """The values as numbers, a row a system; what is to be noted is in ``.attrs["notes"]``."""
        return table_frame(self.rendered)

    def per_query(self) -> pd.DataFrame:
        """Columns ``system``, ``query``, ``measure``, ``value``: effectiveness and costs."""
        return per_query_frame(self.points)

    def figure(self, measure: str | None = None) -> Figure:
        """Effectiveness against postings a query."""
        from esplade.notebooks import shown
        from harness.report.figures import make_figure

        return shown(make_figure(self.points, measure or self.measures[0], self.caption))

    def text(self, format: str = "md") -> str:
        """The table in a format: md, csv, latex, html (a whole page) or json.

        Raises:
            InputError: there is no such format.
        """
        from harness.report.html import render_page
        from harness.report.renderings import as_dict, render

        if format == "json":
            value = {**as_dict(self.rendered), "comparisons": [t.to_dict() for t in self.tests]}
            return json.dumps(value, ensure_ascii=False) + "\n"
        if format == "html":
            return render_page(
                self.rendered,
                self.points,
                title="Effectiveness and cost",
                figure_measures=self.measures[:1],
                comparisons=self.tests,
            )
        return render(self.rendered, format)

    def _repr_html_(self) -> str:
        from harness.report.renderings import render

        return render(self.rendered, "html")

    def __repr__(self) -> str:
        return f"Comparison({', '.join(point.name for point in self.points)})"


def table_frame(table: Table) -> pd.DataFrame:
    """A table of `harness.report` as a frame of its values."""
    import pandas as pd

    keys = [column.key for column in table.columns]
    rows = [[row.values.get(key) for key in keys] for row in table.rows]
    frame = pd.DataFrame(rows, columns=keys)
    frame.attrs["notes"] = list(table.notes)
    return frame


def per_query_frame(points: Sequence[Point]) -> pd.DataFrame:
    """Per-query values of points, one below the other."""
    import pandas as pd

    parts = [point.values.assign(system=point.name) for point in points]
    columns = ["system", "query", "measure", "value"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)
