"""Everything that a page shows, as plain values: what its scripts draw, sort, filter and open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.evaluation.significance.all_pairs import Pairs, all_pairs
from harness.report.page.axes import costs_of, measures_of
from harness.report.page.chosen import BUDGET, as_many_as_fit, in_order
from harness.report.page.curves import curves_of
from harness.report.page.evidence import Evidence
from harness.report.page.origins import commands_of, facts_of
from harness.report.page.summary import Seen, sentences
from harness.report.page.values import (
    matrix_of,
    queries_of,
    scale_of,
    told_pairs,
    whole_numbers,
)
from harness.report.points import Point
from harness.report.tables import Table, is_number
from harness.runs.perquery import POSTINGS

_DIGITS = 6


@dataclass(frozen=True)
class Told:
    """What a page is made of.

    Attributes:
        points: what is shown.
        table: the same as a table, with the tests against the baseline.
        measures: of effectiveness, those of the table first.
        evidence: folder of what stands behind the numbers; None for none.
        budget: bytes, compressed, for the queries that the page can open.
        origins: what the data are, in pairs of a name and a value.
    """

    points: Sequence[Point]
    table: Table
    measures: Sequence[str]
    evidence: Path | None = None
    budget: int = BUDGET
    origins: Sequence[tuple[str, str]] = ()

    @cached_property
    def queries(self) -> list[str]:
        """Ids of all queries."""
        return queries_of(self.points)

    @cached_property
    def matrices(self) -> dict[str, NDArray[np.float64]]:
        """Per-query values by measure: a row a point."""
        names = measures_of(self.points, self.measures)
        return {name: matrix_of(self.points, name, self.queries) for name in names}

    @cached_property
    def pairs(self) -> dict[str, Pairs]:
        """Tests of all pairs by measure."""
        return {name: all_pairs(values) for name, values in self.matrices.items()}

    @property
    def baseline(self) -> int | None:
        """Place of the point that the table tests against."""
        rows = [place for place, row in enumerate(self.table.rows) if row.baseline]
        return rows[0] if rows else None

    def summary(self) -> list[str]:
        """The summary in words, under the first measure."""
        if not self.measures:
            return []
        name = self.measures[0]
        means = [point.mean(name) for point in self.points]
        queries = len(self.queries)
        return sentences(Seen(self.points, name, means, self.pairs[name], queries, self.baseline))

    def plain(self) -> dict[str, Any]:
        """All but the queries that can be opened, for JSON."""
        postings = matrix_of(self.points, POSTINGS, self.queries)
        values = {**self.matrices, **({} if np.isnan(postings).all() else {POSTINGS: postings})}
        scales = {name: scale_of(found) for name, found in values.items()}
        texts = self._evidence.texts() if self._evidence else {}
        return {
            "measures": list(self.matrices),
            "columns": [
                {"key": c.key, "label": c.label, "digits": c.digits, "better": c.higher_is_better}
                for c in self.table.columns
            ],
            "costs": [{"key": c.key, "label": c.label} for c in costs_of(self.points)],
            "baseline": self.baseline,
            "points": [self._point(i) for i in range(len(self.points))],
            "pairs": {name: told_pairs(pairs) for name, pairs in self.pairs.items()},
            "queries": {"ids": self.queries, "texts": [texts.get(q, "") for q in self.queries]},
            "scales": scales,
            "values": {name: whole_numbers(found, scales[name]) for name, found in values.items()},
            "lists": self._evidence.lists() if self._evidence else None,
            "curves": curves_of(self.points),
        }

    def details(self) -> dict[str, Any]:
        """What the page can show of queries by itself: as many as fit."""
        if self._evidence is None or not self.measures:
            return {}
        order = in_order(self.points, self.matrices[self.measures[0]])
        wanted = [self.queries[i] for i in order]
        return as_many_as_fit(wanted, self._evidence.details, self.budget)

    @cached_property
    def _evidence(self) -> Evidence | None:
        if self.evidence is None:
            return None
        return Evidence(self.evidence, [point.name for point in self.points])

    def _point(self, place: int) -> dict[str, Any]:
        point, row = self.points[place], self.table.rows[place]
        means = {name: point.mean(name) for name in self.matrices}
        numbers = {**row.values, **{c.key: c.of(point) for c in costs_of(self.points)}, **means}
        return {
            "name": point.name,
            "system": point.system,
            "pruning": point.pruning,
            "bm25": point.is_bm25,
            "values": {key: _rounded(value) for key, value in numbers.items()},
            "ends": {
                name: [_rounded(float(e[place])) for e in (pairs.means_low, pairs.means_high)]
                for name, pairs in self.pairs.items()
            },
            "notes": list(dict.fromkeys([*point.notes, *point.made, *row.notes])),
            "facts": facts_of(point),
            "commands": commands_of(point, self.measures),
        }


def _rounded(value: Any) -> Any:
    if isinstance(value, str) or value is None:
        return value
    return round(float(value), _DIGITS) if is_number(value) else None
