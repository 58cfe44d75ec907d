"""The points of a study: a cell at a pruning, in each run of its seeds, next to BM25."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ground.errors import InputError
from ground.reading import json_document
from harness.report.points import Point, load_points
from harness.runs.perquery import read_columns
from harness.study.verdicts.panel import VALUES
from harness.study.verdicts.results import BM25, StudyResults, find_results, read_results

if TYPE_CHECKING:
    import pandas as pd

STUDY_FILE = "study.json"
_FACTS = {
    **{"flops": "flops", "covariance_share": "covariance_share"},
    **{"terms_per_doc": "document_terms", "index_bytes": "index_bytes", "documents": "documents"},
}
"""Column of ``points.csv`` to the fact of a point."""
_WHOLE = ("documents", "index_bytes")


def load_study_points(path: Path) -> list[Point]:
    """Load the points of a study from its results: BM25, then the cells in their order.

    A point's run file is given where the study kept its runs (``keep = ["runs"]``).

    Args:
        path: what ``esplade study --out`` wrote, or its ``results`` folder.

    Raises:
        InputError: there are no results, none is finished, or a file of them is damaged.
    """
    results = read_results(path)
    tables = _tables(results)
    several = len(results.seeds) > 1
    points = []
    for cell, seed, pruning in _keys(results):
        if (cell, seed, pruning) not in tables:
            continue
        values = tables[cell, seed, pruning]
        system = "BM25" if cell == BM25 else f"{cell} seed {seed}" if several else cell
        qk, dk = _kept(pruning)
        point = Point(
            name="-".join(part for part in (system, pruning.replace(":", "-")) if part),
            system=system,
            values=values,
            qk=qk,
            dk=dk,
            facts=_facts(results, cell, seed, pruning),
            run=_run(results.folder, cell, seed, pruning, values),
            rules=pruning if qk is None else "",
        )
        points.append(point)
    if not points:
        raise InputError(f"{path} has no finished cell yet. Run `esplade study` on it first.")
    return points


def study_file(path: Path) -> dict[str, Any]:
    """What ``study.json`` of a study or of its results holds."""
    return json_document(find_results(path) / STUDY_FILE)


def _tables(results: StudyResults) -> dict[tuple[str, int, str], pd.DataFrame]:
    """Per-query values by cell, seed (-1 of BM25) and pruning."""
    path = results.folder / "perquery.parquet"
    if not path.exists():
        return {}
    table = read_columns(path, VALUES).to_pandas()
    table["pruning"] = table["pruning"].astype(object).fillna("").astype(str)
    table["seed"] = table["seed"].fillna(-1).astype(int)
    text = {name: str for name in ("cell", "query", "measure")}
    groups = table.astype(text).groupby(["cell", "seed", "pruning"], sort=False)
    columns = ["query", "measure", "value"]
    return {
        (str(c), int(s), str(p)): group[columns].reset_index(drop=True)
        for (c, s, p), group in groups
    }


def _keys(results: StudyResults) -> Iterator[tuple[str, int, str]]:
    frame = results.points.fillna({"pruning": ""})
    keys = [
        (str(c), int(s), str(p))
        for c, s, p in zip(frame["cell"], frame["seed"], frame["pruning"], strict=True)
    ]
    yield from (key for key in keys if key[0] == BM25)
    yield from (key for key in keys if key[0] != BM25)


def _facts(results: StudyResults, cell: str, seed: int, pruning: str) -> dict[str, Any]:
    found = {
        fact: results.value("points", column, cell, seed, pruning)
        for column, fact in _FACTS.items()
    }
    if cell == BM25:
        found.pop("flops")  # tables have it of learned vectors only
        found.pop("covariance_share")
    known = {fact: value for fact, value in found.items() if not math.isnan(value)}
    return {fact: int(v) if fact in _WHOLE else v for fact, v in known.items()}


def _kept(pruning: str) -> tuple[int | None, int | None]:
    """Terms kept of queries and documents, where that is all there is to say."""
    qk, _, dk = pruning.partition(":")
    return (int(qk), int(dk)) if qk.isdecimal() and dk.isdecimal() else (None, None)


def _run(folder: Path, cell: str, seed: int, pruning: str, values: pd.DataFrame) -> Path | None:
    """The run file of a point, among those that the study's stages kept, by its values."""
    kind, label = ("bm25", BM25) if cell == BM25 else ("sweep", f"sweep of {cell}, seed {seed}")
    for stage in sorted((folder.parent / "stages" / kind).glob("*/MANIFEST")):
        if cell != BM25 and json_document(stage).get("label") != label:
            continue
        for point in load_points(stage.parent / "sweep"):
            if point.run and point.pruning == pruning and _agree(point.values, values):
                return point.run
    return None


def _agree(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    """Whether the values that both have are the same, times left out."""
    keys = ["query", "measure"]
    both = one.merge(other, on=keys, suffixes=("", "_other"))
    both = both[~both["measure"].str.startswith("latency")]
    return bool(len(both)) and bool((both["value"] == both["value_other"]).all())
