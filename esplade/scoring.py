"""Effectiveness of runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ground.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from harness.evaluation import Coverage

MEASURES = "RR@10 R@10 nDCG@10"


class Scores(Mapping[str, float]):
    """Values by measure, over all judged queries.

    Attributes:
        per_query: columns ``query``, ``measure``, ``value``.
        coverage: which queries and documents run and judgments share.
        notes: what a reader should know of the values, a sentence each.

    Example:
        >>> import esplade
        >>> scores = esplade.score({"q1": {"d1": 2.0}}, {"q1": {"d1": 1}, "q2": {"d1": 1}}, "RR@10")
        >>> scores["RR@10"], scores.notes
        (0.5, ['1 of 2 judged queries have no results and count as zero (q2).'])
    """

    def __init__(self, per_query: pd.DataFrame, coverage: Coverage) -> None:
        from harness.evaluation import aggregate

        self.per_query = per_query
        self.coverage = coverage
        self.notes: list[str] = list(coverage.notes())
        self._values = aggregate(per_query)

    def __getitem__(self, measure: str) -> float:
        return self._values[measure]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        values = ", ".join(f"{name} {value:.4f}" for name, value in self._values.items())
        return f"Scores({values}; {self.coverage.judged} queries)"


def score(
    run: Any,
    qrels: Any,
    measures: str | Sequence[str] = MEASURES,
    *,
    split: str = "test",
) -> Scores:
    """Score a run, with ties broken by document id.

    Judged queries without results count as zero, and are reported; queries without judgments are
    ignored.

    Args:
        run: `esplade.Run`, a TREC run file, a frame as PyTerrier has it, or score by document by
            query.
        qrels: a file of judgments, a frame of them, a data set, or grade by document by query.
        measures: names as ir_measures writes them.
        split: of a data set.

    Raises:
        InputError: run or judgments cannot be read, share nothing, or a measure is not known.

    Example:
        >>> import esplade
        >>> esplade.score({"q1": {"d1": 2.0, "d2": 1.0}}, {"q1": {"d2": 1}}, "RR@10")
        Scores(RR@10 0.5000; 1 queries)
    """
    from esplade.dataset import Dataset
    from harness.evaluation import check_grades, read_and_evaluate
    from harness.evaluation.coverage import coverage
    from harness.evaluation.scoring import evaluate

    names = named_measures(measures)
    judgments = judgments_of(qrels, split)
    where = Path(qrels) if isinstance(qrels, str | Path) else None
    check_grades(names, judgments, where)
    ids = document_ids(qrels) if isinstance(qrels, Dataset) or hasattr(qrels, "docs") else None
    if isinstance(run, str | Path):
        return Scores(*read_and_evaluate(Path(run), judgments, names, ids))
    ranking = ranking_of(run)
    return Scores(evaluate(ranking, judgments, names), coverage(ranking, judgments, ids, names))


def named_measures(measures: str | Sequence[str]) -> tuple[str, ...]:
    """Names of measures, checked and as ir_measures writes them.

    Raises:
        InputError: one is not known.
    """
    from harness.evaluation import measure_names

    text = measures if isinstance(measures, str) else " ".join(map(str, measures))
    return measure_names(text)


def judgments_of(given: Any, split: str = "test") -> pd.DataFrame:
    """Judgments as a checked table: ``query_id``, ``doc_id``, ``relevance``.

    Raises:
        InputError: they cannot be read, or contradict each other.
    """
    import pandas as pd

    from esplade.frames import judgment_frame
    from harness.datasets.frames import judgments_from_frame
    from harness.datasets.qrels import read_qrels

    if isinstance(given, str | Path):
        return read_qrels(given)
    if callable(getattr(given, "qrels", None)) and hasattr(given, "docs"):
        found: pd.DataFrame = given.qrels(split)
        return found
    if isinstance(given, Mapping):
        return judgments_from_frame(judgment_frame(given), "judgments")
    if hasattr(given, "to_pandas"):
        given = given.to_pandas()
    if isinstance(given, pd.DataFrame):
        return judgments_from_frame(given, "judgments")
    raise InputError(
        f"A {type(given).__name__} is no judgments: give a file, a frame, a data set, or grades by "
        f"document by query."
    )


def ranking_of(run: Any) -> Any:
    """The ranking of whatever is taken for a run (but a file).

    Raises:
        InputError: it is no run.
    """
    from esplade.runs import Run

    if isinstance(run, Run):
        return run.ranking
    if isinstance(run, Mapping):
        return Run.from_dicts(run).ranking
    return Run.from_frame(run).ranking


def document_ids(dataset: Any) -> Callable[[], frozenset[str]] | None:
    """What gives the ids of a data set's documents, for runs that seem to be of another."""
    if dataset is None:
        return None

    @cache
    def ids() -> frozenset[str]:
        from esplade.datasets import load_dataset

        return frozenset(document.id for document in load_dataset(dataset).docs())

    return ids


def expand_runs(patterns: Sequence[str]) -> list[Path]:
    """Run files by name or by pattern (``runs/*.trec``), each once, patterns sorted.

    Raises:
        InputError: a name or pattern matches no file.
    """
    from glob import glob

    from ground.artifacts import settle

    paths: list[Path] = []
    for pattern in patterns:
        settle(Path(pattern))
        matches = [pattern] if Path(pattern).is_file() else sorted(glob(pattern, recursive=True))
        files = [Path(match) for match in matches if Path(match).is_file()]
        if not files:
            raise InputError(f"There is no run file {pattern}. Check the path or the pattern.")
        paths += [path for path in files if path not in paths]
    return paths
