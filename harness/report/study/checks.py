"""Controls of a study: those that it recorded, and those that its numbers allow to check."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from harness.runs.perquery import POSTINGS
from harness.study.verdicts.evidence import Evidence
from harness.study.verdicts.results import BM25, StudyResults

_TOLERANCE = 1e-6


@dataclass(frozen=True)
class Control:
    """Something that must be the same, or agree, for cells to be comparable."""

    name: str
    holds: bool | None
    detail: str

    @property
    def mark(self) -> str:
        """In a word."""
        return {True: "holds", False: "DOES NOT HOLD", None: "not known"}[self.holds]


def controls(evidence: Evidence) -> list[Control]:
    """What the study recorded, then what is checked here."""
    results = evidence.results
    recorded = [
        Control(str(c.get("name", "")), _truth(c.get("holds")), str(c.get("detail", "")))
        for c in results.study.get("controls") or []
    ]
    checked = [_same_queries(results), _same_documents(results), _identity(results)]
    checked.append(_balanced(evidence))
    if not any("converge" in control.name.lower() for control in recorded):
        checked.append(_converged(results))
    return [*recorded, *checked]


def _same_queries(results: StudyResults) -> Control:
    panel = results.panels.get(results.measures[0])
    name = "Every cell answers the same queries"
    if panel is None:
        return Control(name, None, "there are no values per query")
    kept = panel.values.shape[1]
    detail = f"{kept:,} queries"
    if panel.incomplete:
        detail += f"; {panel.incomplete:,} without a value in some cell are left out everywhere"
    return Control(name, not panel.incomplete, detail)


def _same_documents(results: StudyResults) -> Control:
    name = "No pruning changes the number of documents"
    if "documents" not in results.points.columns:
        return Control(name, None, "not recorded")
    counts = sorted({int(n) for n in results.points["documents"].dropna()})
    if not counts:
        return Control(name, None, "not recorded")
    return Control(name, len(counts) == 1, " or ".join(f"{n:,}" for n in counts) + " documents")


def _identity(results: StudyResults) -> Control:
    """The largest relative difference between N FLOPS and the mean postings per query."""
    name = "N × FLOPS = mean postings per query"
    panel = results.panels.get(POSTINGS)
    if panel is None or panel.incomplete or "documents" not in results.points.columns:
        return Control(name, None, "no complete postings per query, or no number of documents")
    worst, checked = 0.0, 0
    for row in results.points.to_dict("records"):
        values = panel.of(row["cell"], row["seed"], row["pruning"])
        product = float(row["flops"]) * float(row["documents"])
        if values is None or not math.isfinite(product) or row["cell"] == BM25:
            continue
        mean = float(values.mean())
        worst = max(worst, abs(product - mean) / max(mean, 1e-12))
        checked += 1
    if not checked:
        return Control(name, None, "no point has both")
    return Control(name, worst <= _TOLERANCE, f"{checked} points, largest difference {worst:.1e}")


def _balanced(evidence: Evidence) -> Control:
    name = "Every cell is trained with every seed"
    results = evidence.results
    have = {(c, int(s)) for c, s in results.cells[["cell", "seed"]].itertuples(index=False)}
    missing = [
        f"{c} seed {s}" for c in evidence.levels for s in results.seeds if (c, s) not in have
    ]
    planned = results.study.get("cells_planned")
    done = results.study.get("cells_done")
    detail = f"{done} of {planned} trainings are done" if planned is not None else ""
    if missing:
        detail += f"; missing: {', '.join(missing)}"
    complete = bool(results.study.get("complete", not missing))
    return Control(name, complete and not missing, detail.lstrip("; ") or "all")


def _converged(results: StudyResults) -> Control:
    name = "Every fine-tuning converged"
    if "converged" not in results.cells.columns or results.cells["converged"].isna().all():
        return Control(name, None, "not recorded")
    truth = np.array([_truth(value) is True for value in results.cells["converged"]])
    return Control(name, bool(truth.all()), f"{int(truth.sum())} of {len(truth)} trainings")


def _truth(value: object) -> bool | None:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    return value.strip().lower() == "true" if isinstance(value, str) else bool(value)
