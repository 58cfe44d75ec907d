"""Systems side by side, as a table, a frame, a figure, and with tests against one of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from esplade.tested import How
    from harness.evaluation.significance import Comparison as Test
    from harness.evaluation.significance import Settings
    from harness.report.points import Point
    from harness.report.tables import Table


class Comparison:
    """Systems by rows, with tests against one of them, or of every pair.

    Attributes:
        points: what is compared, each with its per-query values and costs.
        measures: of effectiveness; the first one is drawn.
        baseline: name of the point that the others are tested against.
        settings: which test is marked, its correction, alpha, and the margin of equivalence.
        pairs: ``baseline`` or ``all``; None is the baseline, but all pairs in LaTeX.
        tests: one a comparison and measure (`harness.evaluation.significance.Comparison`).

    Example:
        >>> import esplade
        >>> runs = {"one": {"q1": {"d1": 2.0}}, "other": {"q1": {"d2": 2.0}}}
        >>> compared = esplade.compare(runs, qrels={"q1": {"d1": 1}}, measures="RR@10")
        >>> compared.baseline, compared.tests[0].difference
        ('one', -1.0)
    """

    def __init__(
        self,
        points: Sequence[Point],
        measures: Sequence[str],
        baseline: str | None,
        caption: str,
        settings: Settings | None = None,
        pairs: str | None = None,
    ) -> None:
        from esplade.tested import check_pairs
        from harness.evaluation.significance import Settings as Default
        from harness.report.comparison import compare_points

        check_pairs(pairs)
        self.points = list(points)
        self.measures = tuple(measures)
        self.baseline = baseline
        self.caption = caption
        self.settings: Settings = settings or Default()
        self.pairs = pairs
        self.tests: list[Test] = []
        if pairs == "all":
            self.tests = self._of_all_pairs
        elif baseline is not None:
            self.tests = compare_points(self.points, self.measures, baseline, self.settings)

    @cached_property
    def _of_all_pairs(self) -> list[Test]:
        from harness.report.comparison import compare_pairs

        return compare_pairs(self.points, self.measures, self.settings, self.baseline)

    @property
    def rendered(self) -> Table:
        """The table as `harness.report` has it."""
        return self._table(self.pairs == "all")

    @property
    def _of_the_baseline(self) -> list[Test]:
        return [test for test in self.tests if test.baseline == self.baseline]

    def _table(self, lettered: bool) -> Table:
        from harness.report.comparison import build_table

        return build_table(
            self.points,
            self.measures,
            self.baseline,
            self._of_all_pairs if lettered else self._of_the_baseline,
            self.caption,
            self.settings,
            lettered,
        )

    def table(self) -> pd.DataFrame:
        """The values as numbers, a row a system; what is to be noted is in ``.attrs["notes"]``."""
        return table_frame(self.rendered)

    @property
    def differences(self) -> Table:
        """The tests as a table of `harness.report`: intervals, effect sizes, p-values, power."""
        from harness.report.differences import differences_table

        return differences_table(self.tests, self.settings)

    def to_pandas(self) -> pd.DataFrame:
        """The tests with all that was computed, a row a comparison and measure."""
        import pandas as pd

        return pd.DataFrame([test.to_dict() for test in self.tests])

    def per_query(self) -> pd.DataFrame:
        """Columns ``system``, ``query``, ``measure``, ``value``: effectiveness and costs."""
        return per_query_frame(self.points)

    def figure(self, measure: str | None = None, width: str | float | None = None) -> Figure:
        """Effectiveness against postings a query.

        Args:
            measure: on the y axis; the first one otherwise.
            width: such as ``8cm``, for a column of a paper; 7.2 inches otherwise.
        """
        from esplade.notebooks import shown
        from harness.report.drawing import WIDTH, inches
        from harness.report.figures import make_figure

        size = WIDTH if width is None else inches(width)
        return shown(make_figure(self.points, measure or self.measures[0], self.caption, size))

    def text(self, format: str = "md", columns: str | Sequence[str] | None = None) -> str:
        """The table in a format: md, csv, latex, html (a whole page) or json.

        Args:
            format: see above. LaTeX has few columns, unless more are asked for, and the letters of
                all pairs, unless ``pairs`` says otherwise or there are more than 26 systems.
            columns: keys or labels of those to show, in order; html shows them all.

        Raises:
            InputError: there is no such format or column; Parquet is no text.
        """
        from harness.report.columns import select_columns
        from harness.report.marks import MOST_LETTERS
        from harness.report.page import Told, render_page
        from harness.report.renderings import render

        few = 1 < len(self.points) <= MOST_LETTERS
        lettered = self.pairs == "all" or (self.pairs is None and format == "latex" and few)
        table = self._table(lettered)
        table = table if columns is None else select_columns(table, columns)
        if format == "html":
            # The page tests against any baseline itself: letters would say another thing.
            told = Told(self.points, self._table(False), self.measures)
            return render_page(told, title="Effectiveness and cost")
        if format == "json":
            return json.dumps(self._facts(table), ensure_ascii=False) + "\n"
        return render(table, format)

    def write(
        self,
        path: str | Path,
        format: str | None = None,
        *,
        columns: str | Sequence[str] | None = None,
        overwrite: bool = False,
    ) -> Path:
        """Write the table in any format of `text`, or as Parquet.

        Args:
            path: the file.
            format: by its ending otherwise.
            columns: as in `text`.
            overwrite: replace the file.

        Raises:
            InputError: there is no such format or column, or the file exists.
        """
        from ground.artifacts import atomic_binary, check_file
        from harness.report.renderings import format_of

        place = Path(path)
        content = self.content(format or format_of(place), columns)
        check_file(place, overwrite, ())
        with atomic_binary(place) as stream:
            stream.write(content)
        return place

    def content(self, format: str, columns: str | Sequence[str] | None = None) -> bytes:
        """What `write` puts into a file: the text in UTF-8, or the bytes of Parquet."""
        from harness.report.columns import select_columns
        from harness.report.parquet import to_parquet

        if format != "parquet":
            return self.text(format, columns).encode()
        table = self.rendered if columns is None else select_columns(self.rendered, columns)
        return to_parquet(table, self._facts(table))

    def _facts(self, table: Table) -> dict[str, Any]:
        from harness.report.renderings import as_dict

        tests = [test.to_dict() for test in self.tests]
        pairs = self.pairs or "baseline"
        statistics = {**self.settings.to_dict(), "pairs": pairs, "baseline": self.baseline}
        return {**as_dict(table), "comparisons": tests, "statistics": statistics}

    def _repr_html_(self) -> str:
        from harness.report.renderings import render

        return render(self.rendered, "html")

    def __repr__(self) -> str:
        return f"Comparison({', '.join(point.name for point in self.points)})"


def compared_points(points: Sequence[Point], measures: Sequence[str], how: How) -> Comparison:
    """Points of one source with tests against BM25, or the first one.

    Raises:
        InputError: how they are to be tested means nothing.
    """
    from esplade.tested import check_pairs
    from harness.calibration.kept import own_calibration
    from harness.evaluation.significance import Settings
    from harness.report.comparison import default_baseline
    from harness.report.predictions import with_predictions

    given: dict[str, Any] = {name: value for name, value in how.items() if name != "pairs"}
    settings = Settings(**given)
    check_pairs(how.get("pairs"))
    shown = with_predictions(points, own_calibration())
    return Comparison(shown, measures, default_baseline(shown), "", settings, how.get("pairs"))


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
