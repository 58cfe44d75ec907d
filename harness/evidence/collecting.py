"""Evidence of points, collected from their runs, indexes and vectors, and kept as files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ground.artifacts import atomic_binary, building, digest, is_complete, write_json
from ground.artifacts.leaving import clear
from harness.evidence import lists
from harness.evidence.asked import query_rows
from harness.evidence.best import Best
from harness.evidence.found import result_rows
from harness.evidence.model import Material
from harness.evidence.opened import Opened, opened
from harness.report.evidence_files import KIND, LISTS, QUERIES, RESULTS

if TYPE_CHECKING:
    import pyarrow as pa

    from harness.report.points import Point

_ROWS = 20_000
"""Rows of a group in a file: what is read for one query."""


def write_evidence(
    out: Path,
    points: Sequence[Point],
    material: Callable[[set[str]], Material],
    key: str,
    advance: Callable[[int], None] = lambda points: None,
) -> Path:
    """Collect evidence into a folder, unless it is there already.

    Args:
        out: the folder; it appears whole or not at all.
        points: see `collect`.
        material: see `collect`.
        key: digest of what the points and the material are.
        advance: called with 1 after each point.

    Returns:
        ``out``.

    Raises:
        InputError: ``out`` holds something else, or an index, a run or vectors are damaged.
        IntegrityError: terms do not add up to the score of a result.
    """
    key = digest([key, "1", [p.name for p in points]])
    if is_complete(out, KIND, key):
        clear(out)  # of what a process left that was killed just after it had finished
        return out
    with building(out, KIND, key=key, overwrite=is_complete(out, KIND)) as build:
        queries, results, facts = collect(points, material, advance)
        fields = facts.pop("fields")
        _write(build.path / QUERIES, queries)
        _write(build.path / RESULTS, results)
        write_json(build.path / LISTS, facts)
        build.facts = {
            "names": [p.name for p in points],
            "fields": fields,
            "queries": queries.num_rows,
            "rows": results.num_rows,
        }
    return out


def collect(
    points: Sequence[Point],
    material: Callable[[set[str]], Material],
    advance: Callable[[int], None] = lambda points: None,
) -> tuple[pa.Table, pa.Table, dict[str, Any]]:
    """What stands behind the numbers of some points.

    Args:
        points: with their runs, and with the folders that they come from where these are known.
        material: gives the texts and judgments, told the ids of all documents that are shown.
        advance: called with 1 after each point.

    Returns:
        Rows of queries and of results, by query and then by point, and the distributions.
    """
    import pyarrow as pa

    wanted = {q for point in points for q in point.values["query"].astype(str).unique()}
    best = {point.name: Best.of(point, wanted) for point in points}
    texts = material({document for one in best.values() for document in one.documents})
    asked, found = [], []
    facts: dict[str, Any] = {"fields": texts.fields, "indexes": {}, "systems": {}, "points": {}}
    for point in points:
        with opened(point, texts.queries) as behind:
            asked.append(query_rows(point, behind, texts.queries))
            found.append(result_rows(point, behind, best[point.name], texts))
            if behind is not None:
                _count(facts, behind)
        advance(1)
    # Where an index lies is nothing to who reads of its lists.
    facts["indexes"] = list(facts["indexes"].values())
    order = [("query", "ascending")]
    queries, results = (pa.concat_tables(tables) for tables in (asked, found))
    return queries.sort_by(order), results.sort_by([*order, ("point", "ascending")]), facts


def _count(facts: dict[str, Any], behind: Opened) -> None:
    point, index = behind.point, behind.index.path.resolve()
    counted = facts["indexes"].get(index)
    if counted is None:
        counted = {"system": point.system, "points": [], **lists.of_index(behind.index)}
        facts["indexes"][index] = counted
    counted["points"].append(point.name)
    facts["points"][point.name] = lists.of_point(behind)
    if point.system not in facts["systems"] and (weights := lists.of_weights(behind)) is not None:
        facts["systems"][point.system] = weights


def _write(path: Path, table: pa.Table) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    buffer = pa.BufferOutputStream()
    pq.write_table(
        table, buffer, compression="zstd", row_group_size=_ROWS, write_page_checksum=True
    )
    with atomic_binary(path) as stream:
        stream.write(buffer.getvalue().to_pybytes())
