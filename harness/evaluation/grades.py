"""Grades that a measure's tool cannot take, found before anything is computed."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ground.errors import InputError
from harness.evaluation.parameters import GREATEST_GRADE

if TYPE_CHECKING:
    import pandas as pd

_GDEVAL = 4
"""ERR and exponential nDCG are those of TREC's Web tracks, whose grades end here."""


def check_grades(
    measures: Iterable[Any], qrels: pd.DataFrame, path: str | Path | None = None
) -> None:
    """Refuse judgments with grades that a measure is not defined for.

    Args:
        measures: names, or what `parse_measures` makes of them.
        qrels: columns query_id, doc_id, relevance.
        path: the file they are from, to say the line.

    Raises:
        InputError: with the measure, the judgment and its line.
    """
    from harness.evaluation.names import parse_measures

    grades = qrels["relevance"]
    for measure in parse_measures(map(str, measures)):
        most = greatest_grade(measure)
        wrong = qrels[(grades > most) | (grades < -GREATEST_GRADE)]
        if len(wrong):
            query, document, grade = wrong.iloc[0][["query_id", "doc_id", "relevance"]]
            raise InputError(
                f"{_where(path, query, document)}query {query!r} and document {document!r} are "
                f"judged {grade}, and {measure} cannot be computed from grades above {most:,}"
                f"{'' if grade > 0 else f' or below {-GREATEST_GRADE:,}'}. "
                f"{_remedy(measure)}"
            )


def _remedy(measure: Any) -> str:
    if "max_rel" in measure.params:
        return "Give a greater max_rel."
    if greatest_grade(measure) == _GDEVAL:
        return "Use nDCG with its linear gains, or judgments of 0 to 4."
    return "Use smaller grades."


def greatest_grade(measure: Any) -> int:
    """The greatest grade that the tool behind a measure takes, or that the measure itself names."""
    if "max_rel" in measure.params:
        return int(measure.params["max_rel"])
    return _GDEVAL if is_of_gdeval(measure) else GREATEST_GRADE


def is_of_gdeval(measure: Any) -> bool:
    """Whether a measure is computed by the script of TREC's Web tracks."""
    return bool(measure.NAME == "ERR" or (measure.NAME == "nDCG" and measure["dcg"] == "exp-log2"))


def _where(path: str | Path | None, query: str, document: str) -> str:
    from harness.datasets.qrels import judgments

    if path is None:
        return "In the judgments, "
    for line, q, d, _ in judgments(Path(path)):
        if (q, d) == (query, document):
            return f"{path}, line {line}: "
    return f"{path}: "
