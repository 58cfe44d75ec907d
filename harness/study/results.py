"""``OUT/results``: everything that tables, figures and verdicts are made from, in small files.

What is there is written again whenever something has been added; until all planned cells are done
``study.json`` says ``"complete": false``.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ground.artifacts import atomic_text, provenance, write_json
from harness.evaluation import measure_names
from harness.runs import perquery
from harness.study.accounting import accounting, impossible
from harness.study.building import sweep_settings
from harness.study.controls import controls
from harness.study.plan import Plan, Unit
from harness.study.records import EVALUATION, Finished, read_json

if TYPE_CHECKING:
    from harness.datasets import Dataset

SCHEMA = 1
BM25 = "bm25"
_COSTS = (perquery.POSTINGS, perquery.QUERY_TERMS, perquery.LATENCY)
_LATENCY_DIGITS = 4
PER_QUERY = {
    **{"cell": "names", "seed": "int32", "pruning": "names"},
    **{"query": "string", "measure": "names", "value": "float64"},
}
"""Columns of ``perquery.parquet``, as `harness.runs.perquery.write_columns` takes them."""


def write_results(plan: Plan, dataset: Dataset, out: Path) -> dict[str, Any]:
    """Write all results that there are.

    Returns:
        The content of ``study.json``.
    """
    out.mkdir(parents=True, exist_ok=True)
    possible = [unit for unit in plan.units if not unit.impossible()]
    done = [Finished(unit) for unit in possible if unit.done]
    points = list(_points(plan, done))
    write_csv(out / "cells.csv", map(_cell_row, done), least=("cell", "seed", "longer_of"))
    curves = (row for one in done for row in _curve(one))
    write_csv(out / "curves.csv", curves, least=_CURVE)
    dev_curves = (row for one in done for row in _dev_curve(one))
    write_csv(out / "devcurves.csv", dev_curves, least=_DEV)
    write_csv(out / "points.csv", map(_point_row, points), least=("cell", "seed", "pruning"))
    write_per_query(out / "perquery.parquet", points, plan.study.sweep.measures)
    found = _study(plan, dataset, possible, done)
    write_json(out / "study.json", found)
    return found


def _study(
    plan: Plan, dataset: Dataset, possible: Sequence[Unit], done: Sequence[Finished]
) -> dict[str, Any]:
    study, section = plan.study, plan.study.dataset
    settings = sweep_settings(study, dataset, bm25=True)
    documents = plan.titles.facts()["documents"] if plan.titles.done else None
    return {
        "schema": SCHEMA,
        "name": study.name,
        "config": study.to_dict(),
        "dataset": {
            "name": dataset.name,
            "digest": dataset.digest(),
            "split": section.split,
            "fields": section.fields,
            "language": dataset.language,
            "documents": documents,
            "queries": len(dataset.queries(section.split)),
        },
        "grid": [str(point) for point in settings.grid],
        "measures": list(settings.measures),
        "factors": {factor: list(levels) for factor, levels in study.factors.items()},
        "seeds": list(range(1, len(study.seeds.pairs()) + 1)),
        "seed_pairs": [{"init": i, "order": o} for i, o in study.seeds.pairs()],
        "impossible": impossible(plan),
        "accounting": accounting(plan),
        "controls": controls(plan, done),
        "complete": plan.bm25.done and len(done) == len(possible),
        "cells_done": len(done),
        "cells_planned": len(possible),
        "provenance": provenance(),
    }


def _cell_row(one: Finished) -> dict[str, Any]:
    cell = one.unit.cell
    statistics = one.unit.stages["statistics"].facts()["statistics"]
    tuning, pretraining = one.tuning, one.pretraining
    return {
        "cell": cell.name,
        "seed": one.unit.run,
        **cell.levels,
        "longer_of": cell.longer_of,
        "emlm_steps": cell.steps,
        "emlm_lr": pretraining["settings"]["lr"],
        "emlm_loss": pretraining["held_out"]["loss"],
        "emlm_accuracy": pretraining["held_out"]["accuracy"],
        **statistics,
        "dev_best": (tuning["dev"] or {}).get(EVALUATION),
        "finetune_steps": tuning["steps_done"],
        "converged": str(bool((tuning["convergence"] or {}).get("converged"))).lower(),
        "pretrain_seconds": pretraining["seconds"],
        "finetune_seconds": tuning["seconds"],
    }


_CURVE = ("cell", "seed", "step", "loss", "accuracy")
_DEV = ("cell", "seed", "step", "RR@10", "nonzeros_query", "nonzeros_doc")


def _curve(one: Finished) -> Iterable[dict[str, Any]]:
    cell = one.unit.cell
    for line in one.log("emlm"):
        step = cell.steps_before + line["step"]
        values = (cell.name, one.unit.run, step, line["eval_loss"], line["eval_accuracy"])
        yield dict(zip(_CURVE, values, strict=True))


def _dev_curve(one: Finished) -> Iterable[dict[str, Any]]:
    names = (EVALUATION, "eval_query_terms", "eval_doc_terms")
    for line in one.log("finetune"):
        values = (one.unit.cell.name, one.unit.run, line["step"], *(line[n] for n in names))
        yield dict(zip(_DEV, values, strict=True))


@dataclass(frozen=True)
class Point:
    """One operating point of a cell in one run, or BM25 (run and pruning empty)."""

    cell: str
    run: int | None
    pruning: str
    folder: Path


def _points(plan: Plan, done: Sequence[Finished]) -> Iterable[Point]:
    if plan.bm25.done:
        for _, folder in _swept(plan.bm25.folder):
            yield Point(BM25, None, "", folder)
    for one in done:
        for pruning, folder in _swept(one.folder("sweep")):
            yield Point(one.unit.cell.name, one.unit.run, pruning, folder)


def _swept(folder: Path) -> Iterable[tuple[str, Path]]:
    """Pruning and folder of each point of a sweep."""
    for entry in read_json(folder / "sweep" / "sweep.json")["points"]:
        yield entry["pruning"] or "", folder / "sweep" / entry["path"]


def _point_row(point: Point) -> dict[str, Any]:
    facts = read_json(point.folder / "facts.json")
    lists = facts["lists"]
    # N * FLOPS is the mean number of postings a query: for BM25 too.
    shared = facts["postings"]["mean"] / facts["documents"]
    return {
        "cell": point.cell,
        "seed": "" if point.run is None else point.run,
        "pruning": point.pruning,
        "flops": facts.get("flops", shared),
        "covariance_share": facts.get("covariance_share"),
        **{
            f"list_{name}": lists["all"][name]
            for name in ("mean", "variance", "std", "cv", "gini", "max")
        },
        "nonempty_lists": lists["non_empty"]["lists"],
        "terms_per_doc": facts["document_terms"],
        "index_bytes": facts["index_bytes"],
        "documents": facts["documents"],
        "lists": lists["all"]["lists"],
    }


def write_per_query(path: Path, points: Sequence[Point], measures: str) -> None:
    """Write the values of every query at every point, and what it cost, in one table.

    Latencies are rounded to 0.1 microseconds: beyond that they are noise, which does not compress.
    """
    import pandas as pd

    wanted = {*measure_names(measures), *_COSTS}
    tables = []
    for point in points:
        table = perquery.read_values(point.folder / "perquery.parquet")
        table = table[table["measure"].isin(wanted)]
        rounded = table["value"].round(_LATENCY_DIGITS)
        table["value"] = table["value"].mask(table["measure"] == perquery.LATENCY, rounded)
        run = -1 if point.run is None else point.run
        tables.append(table.assign(cell=point.cell, seed=run, pruning=point.pruning))
    if tables:
        perquery.write_columns(path, pd.concat(tables, ignore_index=True), PER_QUERY)


def write_csv(path: Path, rows: Iterable[Mapping[str, Any]], least: Sequence[str]) -> None:
    """Write rows with the columns that they have; those of ``least`` where there is no row."""
    found = list(rows)
    names = list(dict.fromkeys(name for row in found for name in row)) or list(least)
    with atomic_text(path) as stream:
        writer = csv.DictWriter(stream, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(found)
