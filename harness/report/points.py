"""A point: one system at one pruning, with its per-query values. What tables and figures show.

A sweep leaves a folder with ``sweep.json``, the list of its points, and per point a folder
``points/<name>`` that holds the run, its metadata and its per-query values.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ground.artifacts import write_json
from ground.errors import InputError
from ground.reading import json_document
from harness.report.entries import AGAIN, facts, places, text, whole
from harness.runs.perquery import column, read_values

if TYPE_CHECKING:
    import pandas as pd

SWEEP_FILE = "sweep.json"
_LONGEST_NAME = 255


@dataclass(frozen=True)
class Point:
    """One system at one pruning.

    Attributes:
        name: unique among the points shown together, e.g. ``pydoc-tiny-7-20``.
        system: label of the encoder (or BM25); points of a system share a line in the figure.
        values: per-query values: columns query, measure, value; costs among them.
        qk: most terms kept in a query, 0 for all, None if there is no pruning to speak of.
        dk: the same of documents.
        rules: the pruning where it is more than most terms kept, as ``query/document``.
        facts: numbers that are not per query: ``index_bytes``, ``document_terms``,
            ``latency_mean_ms``, ``latency_p95_ms``, ``flops``, ``covariance_share``, and any other.
        run: the run file, if there is one.
        notes: sentences on what the values do not cover.
        sources: the folders of the ``index`` that was searched and of the vectors of ``documents``
            and ``queries``, where they are known.
    """

    name: str
    system: str
    values: pd.DataFrame
    qk: int | None = None
    dk: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    run: Path | None = None
    rules: str = ""
    notes: tuple[str, ...] = ()
    sources: Mapping[str, Path] = field(default_factory=dict)

    @property
    def pruning(self) -> str:
        """``qk:dk``, other rules, or nothing."""
        return self.rules if self.qk is None or self.dk is None else f"{self.qk}:{self.dk}"

    @property
    def is_bm25(self) -> bool:
        """Whether this is the budget line that learned systems are held against."""
        return self.system.casefold().startswith("bm25")

    @property
    def made(self) -> tuple[str, ...]:
        """What is to be said of what it was made of: BM25's analyzer, texts that were cut."""
        return tuple(self.facts.get("made") or ())

    def by_query(self, measure: str) -> pd.Series[float]:
        """The values of one measure or cost, indexed by query id; empty if there are none."""
        return column(self.values, measure)

    def mean(self, measure: str) -> float | None:
        """Mean over the queries; None if there are no values."""
        values = self.by_query(measure)
        return float(values.mean()) if len(values) else None


def load_points(path: Path) -> list[Point]:
    """Load the points of a finished sweep folder.

    Each entry of ``sweep.json`` has ``name``, ``system``, ``qk``, ``dk`` and ``facts``; ``run``
    and ``perquery`` are paths relative to the folder, by default
    ``points/<name>/run.trec`` and ``points/<name>/perquery.parquet``.

    Raises:
        InputError: there is no ``sweep.json``, it cannot be used, or a table is missing.
    """
    entries = _read_entries(path / SWEEP_FILE)
    points = [_load_point(path, i, entry) for i, entry in enumerate(entries)]
    names = [point.name for point in points]
    repeated = next((name for name in names if names.count(name) > 1), None)
    if repeated:
        raise InputError(f"{path / SWEEP_FILE} lists the point {repeated} twice. Sweep again.")
    return points


def read_sweep_file(folder: Path) -> dict[str, Any]:
    """What ``sweep.json`` of a sweep's folder holds.

    Raises:
        InputError: there is none, or it is no JSON.
    """
    path = folder / SWEEP_FILE
    if not os.path.lexists(path):
        raise InputError(
            f"{path.parent} has no {SWEEP_FILE}, so it is not the folder of a finished sweep. "
            f"Give a folder that `esplade sweep --out` wrote, or run files."
        )
    return json_document(path)


def write_sweep_file(folder: Path, points: Sequence[Point], **facts: Any) -> None:
    """Write ``sweep.json`` for points whose files are in place under ``folder/points``.

    Args:
        folder: of the sweep.
        points: in the order in which they are to be shown.
        facts: of the whole sweep: data set, split, measures.
    """
    entries = [
        {
            "name": p.name,
            "system": p.system,
            "qk": p.qk,
            "dk": p.dk,
            "pruning": p.pruning,
            "facts": dict(p.facts),
            "sources": {what: str(path) for what, path in p.sources.items()},
        }
        for p in points
    ]
    write_json(folder / SWEEP_FILE, {**facts, "points": entries})


def with_effectiveness(point: Point, values: pd.DataFrame, notes: Sequence[str] = ()) -> Point:
    """Replace the effectiveness of a point and what is noted of it, keeping its costs."""
    import pandas as pd

    from harness.evaluation import is_effectiveness

    names = point.values["measure"].unique()
    costs = point.values[
        point.values["measure"].isin([name for name in names if not is_effectiveness(name)])
    ]
    facts = {key: value for key, value in point.facts.items() if key != "notes"}
    table = pd.concat([values, costs], ignore_index=True)
    return replace(point, values=table, facts=facts, notes=tuple(notes))


def _read_entries(path: Path) -> list[Any]:
    entries = read_sweep_file(path.parent).get("points")
    if not isinstance(entries, list) or not entries:
        raise InputError(f"{path} lists no points. {AGAIN}")
    return entries


def _load_point(folder: Path, position: int, entry: Any) -> Point:
    where = f"{folder / SWEEP_FILE}, point {position}"
    if not isinstance(entry, dict):
        raise InputError(f"{where} is no JSON object. {AGAIN}")
    name, system = (text(entry, key, where) for key in ("name", "system"))
    if len(name.encode()) > _LONGEST_NAME:
        raise InputError(f"{where}: the name {name[:40]!r}... is too long for a folder's. {AGAIN}")
    if not name or not system:
        raise InputError(
            f"{where} has no name or no system; it needs name, system, qk and dk. {AGAIN}"
        )
    run = folder / (text(entry, "run", where) or f"points/{name}/run.trec")
    values = folder / (text(entry, "perquery", where) or f"points/{name}/perquery.parquet")
    known = facts(entry.get("facts"), f"{where}, facts")
    return Point(
        name=name,
        system=system,
        values=read_values(values),
        qk=whole(entry, "qk", where),
        dk=whole(entry, "dk", where),
        facts=known,
        run=run if os.path.exists(run) else None,
        rules=text(entry, "pruning", where),
        notes=tuple(known.get("notes") or ()),
        sources=places(entry.get("sources"), folder, where),
    )
