"""A run file as a point: what it is called, and what lies beside it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.made import analyzer_note
from harness.perquery import find_sidecar, read_values
from harness.report.entries import facts, text, whole
from harness.report.points import Point, with_effectiveness
from harness.selfless import DROPPED

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
    from harness.runmetadata import metadata_path, read_metadata

    where = str(metadata_path(path))
    block = read_metadata(path)
    method = block.get("method") or {}
    name = path.parent.name if path.name == "run.trec" else path.name.split(".trec")[0]
    name = name.removesuffix(".gz").removesuffix(".txt").removesuffix(".run")
    retrieval = text(method, "retrieval", where)
    point = Point(
        name=name,
        system=text(method, "system", where)
        or (retrieval if retrieval.startswith("BM25") else name),
        values=_stored_values(path),
        qk=whole(method, "qk", where),
        dk=whole(method, "dk", where),
        facts=facts(block.get("resources"), f"{where}, resources") | _made(method),
        run=path,
        rules=text(method, "pruning", where),
    )
    return point if values is None else with_effectiveness(point, values)


def _made(method: Mapping[str, Any]) -> dict[str, Any]:
    """Which analyzer BM25 had, where the metadata say so."""
    note = analyzer_note(method) if method.get("retrieval") == "BM25" else None
    made = [note] if note else []
    if method.get("drop_self") is True:
        made.append(DROPPED)
    return {"made": made} if made else {}


def _stored_values(run: Path) -> pd.DataFrame:
    import pandas as pd

    sidecar = find_sidecar(run)
    return read_values(sidecar) if sidecar else pd.DataFrame(columns=["query", "measure", "value"])
