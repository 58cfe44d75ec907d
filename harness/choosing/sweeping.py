"""Candidates tried for real: points of a sweep, searched on some of a split's queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ground.errors import InputError
from harness.choosing.question import BM25, Question
from harness.choosing.reference import Reference
from harness.choosing.space import Candidate
from harness.choosing.trials import Trial
from harness.quantisation.quantiser import Quantiser
from harness.runs import perquery
from harness.runs.perquery import column, read_values
from harness.sweep.impacts import Opened, sweep_row
from harness.sweep.job import Job

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Candidates:
    """An encoder's vectors at one quantisation.

    Attributes:
        opened: the vectors, the queries of one half among them.
        quantiser: how weights become impacts.
    """

    opened: Opened
    quantiser: Quantiser


class SweepTrials:
    """One half of the queries: every trial is a point of a sweep, kept when it is asked again.

    Args:
        job: the sweep; its data set has the queries of this half only.
        systems: what there is to choose from, by name.
        question: which measure, which cost, against what.
        asked: what must not be lost against; None where a budget is asked for.

    Attributes:
        queries: ids, in the order of a trial's values.
        names: of the sweep's points, by candidate.
    """

    def __init__(
        self,
        job: Job,
        systems: dict[str, Candidates],
        question: Question,
        asked: Reference | None,
    ) -> None:
        self.job, self.systems, self.question = job, systems, question
        self.asked = asked
        self._floor: Trial | None = None
        self.names: dict[Candidate, str] = {}
        self._known: dict[Candidate, Trial] = {}
        self.queries = sorted(job.qrels["query_id"].unique())

    def run(self, candidates: Sequence[Candidate]) -> dict[Candidate, Trial]:
        """Index what is not indexed yet, search, score."""
        left = [one for one in candidates if one not in self._known]
        rows = dict.fromkeys((one.system, one.pruning.document) for one in left)
        for system, document in rows:
            row = [c for c in left if (c.system, c.pruning.document) == (system, document)]
            source = self.systems[system]
            before = len(self.job.folder.points)
            points = [one.pruning for one in row]
            sweep_row(self.job, source.opened, document, source.quantiser, points)
            made = self.job.folder.points[before:]
            for one, point in zip(row, made, strict=True):
                self.names[one] = point["name"]
                self._known[one] = self.trial(self.values(point))
        return {one: self._known[one] for one in candidates}

    def reference(self) -> Trial:
        """The reference on these queries; it is not looked at before it is asked for.

        Raises:
            InputError: it is a run that answers none of them.
        """
        if self._floor is None:
            self._floor = self._measured()
        return self._floor

    def _measured(self) -> Trial:
        asked = self.asked
        if asked is None:
            raise InputError("There is no reference where a budget is asked for.")
        if asked.candidate is not None:
            return self.run([asked.candidate])[asked.candidate]
        return self.trial(self.bm25() if asked.run is None else self._of_run(asked.run))

    def trial(self, values: pd.DataFrame) -> Trial:
        """Per-query values as arrays in the order of this half's queries.

        A judged query without a result, or without a vector, has found nothing and cost nothing.
        """
        cost = column(values, self.question.cost)
        mean = float(cost.sum()) / len(self.queries) if len(cost) else float("nan")
        return Trial(self._in_order(column(values, self.question.measure)), mean)

    def values(self, point: dict[str, Any]) -> pd.DataFrame:
        """Per-query values of a point of the sweep."""
        return read_values(self.job.folder.path / point["path"] / "perquery.parquet")

    def bm25(self) -> pd.DataFrame:
        """Per-query values of BM25, which is searched unless it was."""
        from harness.sweep.budget_line import sweep_bm25

        known = [point for point in self.job.folder.points if point["name"] == BM25]
        if not known:
            sweep_bm25(self.job)
            known = self.job.folder.points[-1:]
        return self.values(known[0])

    def _of_run(self, path: Path) -> pd.DataFrame:
        from harness.evaluation import evaluate
        from harness.runs.runfile import read_run

        try:
            return evaluate(read_run(path), self.job.qrels, (self.question.measure,))
        except InputError as error:
            raise InputError(f"{path}: {error}") from None

    def _in_order(self, values: pd.Series[float]) -> NDArray[np.float64]:
        ordered = values.reindex(self.queries).fillna(0.0)
        return np.asarray(ordered.to_numpy(), dtype=np.float64)


COSTS = (perquery.POSTINGS, perquery.QUERY_TERMS, perquery.LATENCY)
"""What a query can cost; all but the last are exact counts."""
