"""Tables of a study: numbers over seeds as mean and standard deviation."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from harness.report.tables import NOTHING, Column, Row, Table, Value
from harness.runs.perquery import POSTINGS
from harness.study.verdicts.evidence import Evidence
from harness.study.verdicts.results import BM25, StudyResults

MEAN_STD = "Mean ± sample standard deviation over seeds; without ± where there is one seed."


@dataclass(frozen=True)
class Spec:
    """A number of a training: its key, heading, decimals, and whether more is better."""

    key: str
    label: str
    digits: int
    higher_is_better: bool | None = None


@dataclass(frozen=True)
class Line:
    """A row: what it is, and a number's values over seeds by key."""

    names: Mapping[str, str]
    values: Mapping[str, Sequence[float]]


LISTS = (
    Spec("flops", "FLOPS", 4, False),
    Spec("covariance_share", "cov. share", 3),
    Spec("list_mean", "list mean", 1),
    Spec("list_variance", "list variance", 0),
    Spec("list_std", "list std", 0),
    Spec("list_cv", "list CV", 2),
    Spec("list_gini", "list Gini", 3),
    Spec("list_max", "longest list", 0),
    Spec("nonempty_lists", "non-empty lists", 0),
    Spec("terms_per_doc", "terms/doc", 2),
    Spec("index_bytes", "index bytes", 0),
)
_SHORT = ("flops", "covariance_share", "list_std", "list_cv", "list_gini")


def numeric_table(
    heads: Sequence[str], specs: Sequence[Spec], lines: Sequence[Line], caption: str
) -> Table:
    """Mean and standard deviation in columns of their own, in full precision."""
    kept = _present(specs, lines)
    columns = [Column(head, head) for head in heads] + [Column("seeds", "seeds", 0)]
    for spec in kept:
        columns.append(Column(spec.key, spec.label, spec.digits, spec.higher_is_better))
        columns.append(Column(f"{spec.key}_std", f"± {spec.label}", spec.digits))
    rows = []
    for line in lines:
        values: dict[str, Value] = {**line.names, "seeds": _count(line)}
        for spec in kept:
            mean, std = mean_and_std(line.values.get(spec.key, ()))
            values |= {spec.key: mean, f"{spec.key}_std": std}
        rows.append(Row(values))
    return Table(tuple(columns), tuple(rows), caption, (MEAN_STD,))


def text_table(
    heads: Sequence[str], specs: Sequence[Spec], lines: Sequence[Line], caption: str
) -> Table:
    """Mean ± standard deviation as people read it."""
    kept = _present(specs, lines)
    columns = [Column(head, head) for head in heads]
    columns += [Column(spec.key, spec.label) for spec in kept]
    rows = [
        Row(
            {
                **line.names,
                **{s.key: plus_minus(line.values.get(s.key, ()), s.digits) for s in kept},
            }
        )
        for line in lines
    ]
    return Table(tuple(columns), tuple(rows), caption, (MEAN_STD,))


def mean_and_std(values: Sequence[float]) -> tuple[float | None, float | None]:
    """Mean and sample standard deviation; None where there are too few values."""
    kept = [value for value in values if math.isfinite(value)]
    mean = float(np.mean(kept)) if kept else None
    return mean, float(np.std(kept, ddof=1)) if len(kept) > 1 else None


def plus_minus(values: Sequence[float], digits: int) -> str:
    """``0.312 ± 0.004``; a dash for nothing."""
    mean, std = mean_and_std(values)
    if mean is None:
        return NOTHING
    return f"{mean:,.{digits}f}" + ("" if std is None else f" ± {std:,.{digits}f}")


def cell_specs(results: StudyResults, *, short: bool = False) -> list[Spec]:
    """The numbers of a cell at a pruning: effectiveness, postings, what lists look like."""
    found = [Spec(measure, measure, 3, True) for measure in results.measures]
    found.append(Spec(POSTINGS, "postings/query", 0, False))
    return [*found, *(spec for spec in LISTS if not short or spec.key in _SHORT)]


def cell_lines(evidence: Evidence) -> list[Line]:
    """BM25 first, then every cell at every pruning, longer cells after those of the grid."""
    results = evidence.results
    lines = [Line({"cell": "BM25", "qk:dk": ""}, _values(evidence, BM25, ""))]
    for cell in [*evidence.levels, *results.longer()]:
        for pruning in results.grid:
            lines.append(Line({"cell": cell, "qk:dk": pruning}, _values(evidence, cell, pruning)))
    return [line for line in lines if any(len(values) for values in line.values.values())]


def training_lines(results: StudyResults, keys: Sequence[str]) -> list[Line]:
    """A row a cell with columns of ``cells``, longer cells after those of the grid."""
    lines = []
    for cell in [*results.levels(), *results.longer()]:
        own = results.cells[results.cells["cell"] == cell]
        values = {key: [float(v) for v in own[key].dropna()] for key in keys if key in own.columns}
        lines.append(Line({"cell": cell}, values))
    return lines


def _values(evidence: Evidence, cell: str, pruning: str) -> dict[str, list[float]]:
    results = evidence.results
    values = {
        measure: list(_panel_means(results, measure, cell, pruning))
        for measure in [*results.measures, POSTINGS]
    }
    rows = results.points
    rows = rows[(rows["cell"] == cell) & (rows["pruning"] == pruning)]
    for spec in LISTS:
        if spec.key in rows.columns:
            values[spec.key] = [float(value) for value in rows[spec.key].dropna()]
    return values


def _panel_means(results: StudyResults, measure: str, cell: str, pruning: str) -> Iterator[float]:
    panel = results.panels.get(measure)
    for seed in panel.seeds(cell, pruning) if panel is not None else ():
        values = panel.of(cell, seed, pruning) if panel is not None else None
        if values is not None and len(values):
            yield float(values.mean())


def _present(specs: Sequence[Spec], lines: Sequence[Line]) -> list[Spec]:
    return [spec for spec in specs if any(len(line.values.get(spec.key, ())) for line in lines)]


def _count(line: Line) -> int | None:
    """Seeds of a row; BM25 has none."""
    counts = [len(values) for values in line.values.values()]
    return max(counts, default=0) if line.names.get("cell") != "BM25" else None
