"""The values of measures, one by one: none can change another's, and none is made up."""

from __future__ import annotations

import math
import subprocess
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from ground.errors import IntegrityError
from harness.evaluation.grades import is_of_gdeval
from harness.evaluation.numbered import Numbered, Ranking
from harness.evaluation.special import SPECIAL
from harness.evaluation.tools import tools

Values = dict[str, float]
"""Query number to value."""

_ALIKE = ("P", "R", "AP", "Rprec", "Success", "nDCG")
"""Measures that trec_eval computes in one pass from equal parameters, told apart by its labels."""

_FAULTS = (
    *(subprocess.SubprocessError, ArithmeticError, LookupError, TypeError, ValueError),
    *(AssertionError, AttributeError, RuntimeError),
)
"""How tools fail; a full disk, say, is another matter."""


def compute(measures: Sequence[Any], data: Numbered) -> list[Values]:
    """Compute measures for every judged query.

    ir_measures gives a set of measures to a tool at once and, as one joins another's invocation,
    a value may depend on the order in which Python walks that set. So each measure has its own
    evaluator, or shares it with measures of equal parameters.

    Args:
        measures: as `harness.evaluation.parse_measures` makes them.
        data: judgments and ranking.

    Returns:
        The values of each measure, in the order of ``measures``. A judged query without results
        gets zero, and so does, as in trec_eval, one without relevant documents.

    Raises:
        IntegrityError: a tool failed, or did not return each judged query once.
        InputError: a measure has no value for a query.
    """
    found: dict[Any, Values] = {}
    for group in _groups(measures):
        special = SPECIAL.get(group[0].NAME)
        if special:
            found[group[0]] = special(group[0], data)
        else:
            found.update(_by_library(group, data))
    return [found[measure] for measure in measures]


def _groups(measures: Sequence[Any]) -> Iterable[list[Any]]:
    groups: dict[Any, list[Any]] = {}
    for measure in measures:
        groups.setdefault(_group(measure), []).append(measure)
    return groups.values()


def _group(measure: Any) -> Any:
    plain = measure.params.keys() <= {"cutoff", "rel", "judged_only"}
    if measure.NAME not in _ALIKE or not plain:
        return str(measure)
    # nDCG has no level; it joins those of the usual one.
    level = 1 if measure.NAME == "nDCG" else measure["rel"]
    return level, measure["judged_only"]


def _by_library(measures: Sequence[Any], data: Numbered) -> dict[Any, Values]:
    own = [measure() for measure in measures]  # copies: the caller's keep their default
    for measure in own:
        measure.DEFAULT = math.nan  # what the tool leaves out has to be told from a true zero
    try:
        evaluator = tools().evaluator(own, data.judgments)
        metrics = list(evaluator.iter_calc(_ranking(own, data)))
    except _FAULTS as error:
        raise IntegrityError(_failed(own, error)) from None
    found: dict[Any, Values] = {measure: {} for measure in own}
    for metric in metrics:
        values = found[metric.measure]
        if metric.query_id in values:
            raise IntegrityError(f"{metric.measure}: its tool returned a query twice.")
        values[metric.query_id] = float(metric.value)
    return {measure: _complete(measure, values, data) for measure, values in found.items()}


def _ranking(measures: Sequence[Any], data: Numbered) -> Ranking:
    """The ranking, no deeper than gdeval looks: it holds each line that it is given, and sorts."""
    if not all(is_of_gdeval(measure) for measure in measures):
        return data.ranking
    depth = max(measure["cutoff"] for measure in measures)
    return {query: dict(islice(docs.items(), depth)) for query, docs in data.ranking.items()}


def _complete(measure: Any, values: Values, data: Numbered) -> Values:
    """Check that there is one value for each judged query, and fill in those that are zero."""
    if values.keys() != data.judgments.keys():
        extra = len(values.keys() - data.judgments.keys())
        lost = len(data.judgments.keys() - values.keys())
        raise IntegrityError(
            f"{measure}: its tool returned {extra} queries that are not judged, and not {lost} "
            f"that are."
        )
    for query, value in values.items():
        if math.isfinite(value):
            continue
        if query in data.ranking and _has_relevant(measure, query, data):
            raise IntegrityError(
                f"{measure}: its tool returned no value for query {data.queries[query]!r}, which "
                f"has results and relevant documents."
            )
        values[query] = 0.0
    return values


def _has_relevant(measure: Any, query: str, data: Numbered) -> bool:
    level = measure.params.get("rel", 1)
    return any(grade >= level for grade in data.judgments[query].values())


def _failed(measures: Sequence[Any], error: Exception) -> str:
    """Without the error's own words where they are a command and paths that are gone."""
    names = ", ".join(map(str, measures))
    if isinstance(error, subprocess.CalledProcessError):
        return f"{names}: the tool that computes it failed with exit code {error.returncode}."
    return f"{names}: the tool that computes it failed ({type(error).__name__}: {error})."
