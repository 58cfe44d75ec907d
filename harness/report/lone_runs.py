"""A run file as a point: what it is called, and what lies beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.report.entries import facts, text, whole
from harness.report.points import Point, with_effectiveness
from harness.retrieval.selfless import DROPPED
from harness.runs.made import analyzer_note, rescored_note
from harness.runs.perquery import POSTINGS, find_sidecar, read_values
from harness.runs.runfile import Run

if TYPE_CHECKING:
    import pandas as pd


def point_of_run(path: Path, values: pd.DataFrame | None = None) -> Point:
    """A point for a lone run file; facts and pruning from its metadata, if it has any.

    Args:
        path: of the run. ``run.trec`` is named after its folder, others after themselves.
        values: per-query values of effectiveness; the costs beside the run are added.

    Raises:
        InputError: the sidecar or the metadata cannot be read.
    """
    from harness.runs.metadata import metadata_path, read_metadata

    where = str(metadata_path(path))
    point = described(_name(path), read_metadata(path), _stored_values(path), where)
    point = replace(point, run=path)
    return point if values is None else with_effectiveness(point, values)


def described(name: str, block: Mapping[str, Any], values: pd.DataFrame, where: str) -> Point:
    """A point with what a run's metadata say of it.

    Args:
        name: of the point, and of its system if the metadata name none.
        block: the metadata; see `harness.runs.metadata`.
        values: per query.
        where: what the metadata are called in messages.

    Raises:
        InputError: they are of other types than they should be.
    """
    method = block.get("method") or {}
    retrieval = text(method, "retrieval", where)
    return Point(
        name=name,
        system=text(method, "system", where)
        or (retrieval if retrieval.startswith("BM25") else name),
        values=values,
        qk=whole(method, "qk", where),
        dk=whole(method, "dk", where),
        facts=facts(block.get("resources"), f"{where}, resources") | _made(method),
        rules=text(method, "pruning", where),
    )


def _made(method: Mapping[str, Any]) -> dict[str, Any]:
    """Which analyzer BM25 had, where the metadata say so."""
    note = analyzer_note(method) if method.get("retrieval") == "BM25" else None
    made = [note] if note else []
    if two_steps := rescored_note(method):
        made.append(two_steps)
    if method.get("drop_self") is True:
        made.append(DROPPED)
    return {"made": made} if made else {}


def undescribed_if_replaced(point: Point, run: Run) -> Point:
    """The point without what lies beside its run file, where that is of an earlier run.

    Args:
        point: of a lone run file.
        run: what the file holds now. Its tag is in our metadata, and its queries have costs.
    """
    from harness.runs.metadata import read_metadata

    path = point.run
    if path is None:
        return point
    tag = read_metadata(path).get("tag")
    costs = set(point.by_query(POSTINGS).index)
    if tag in (None, run.tag) and (not costs or costs.issuperset(run.query_ids)):
        return point
    note = (
        "The metadata and costs beside it are of another run, by their tag or queries, and are "
        "left out."
    )
    name = _name(path)
    return Point(name, name, point.values[:0], run=path, notes=(note,))


def _name(path: Path) -> str:
    name = path.parent.name if path.name == "run.trec" else path.name.split(".trec")[0]
    return name.removesuffix(".gz").removesuffix(".txt").removesuffix(".run")


def _stored_values(run: Path) -> pd.DataFrame:
    import pandas as pd

    sidecar = find_sidecar(run)
    return read_values(sidecar) if sidecar else pd.DataFrame(columns=["query", "measure", "value"])
