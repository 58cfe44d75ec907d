"""The points of an encoder: one index for each document pruning, one search for each point."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ground.artifacts import digest
from ground.dry import TO_DO, is_dry, note
from ground.errors import InputError
from harness.lucene import impact_index
from harness.pruning import Rule
from harness.quantisation.quantiser import Quantiser
from harness.retrieval.indexing import IndexSettings, index_vectors
from harness.retrieval.outcome import search_impacts
from harness.retrieval.searching import prepare_queries
from harness.sweep.grid import Pruning
from harness.sweep.job import Job
from harness.sweep.naming import point_name, rule_name, run_tag
from harness.sweep.settings import System
from harness.vectors import Vectors, read_vectors, vectors_digest, vectors_facts


@dataclass(frozen=True)
class Opened:
    """An encoder's vectors, read.

    Attributes:
        system: whose they are.
        documents: their vectors.
        queries: the vectors that are searched with.
        source: digest of the documents.
        asked: digest of the queries.
    """

    system: System
    documents: Vectors
    queries: Vectors
    source: str
    asked: str


def sweep_system(job: Job, system: System) -> None:
    """Index an encoder's vectors at every document pruning, and search at every query pruning.

    Raises:
        InputError: unusable vectors, or none of a judged query.
    """
    if is_dry() and not _are_there(system):
        _note_points(job, system)
        return
    documents, queries = read_vectors(system.documents), read_vectors(system.queries)
    _check_coverage(job, system, queries)
    opened = Opened(system, documents, queries, vectors_digest(documents), vectors_digest(queries))
    for prune in dict.fromkeys(point.document for point in job.settings.grid):
        row = [point for point in job.settings.grid if point.document == prune]
        sweep_row(job, opened, prune, job.settings.quantiser, row)


def sweep_row(
    job: Job, opened: Opened, prune: Rule, quantiser: Quantiser, row: Sequence[Pruning]
) -> None:
    """Index an encoder's vectors at one document pruning, and search it at the points of a row."""
    system, documents = opened.system, opened.documents
    settings = IndexSettings(prune, quantiser)
    path = job.indexes / job.folder_of(system.name) / rule_name("dk", prune)
    facts = {"encoder": vectors_facts(system.documents).get("encoder"), "system": system.name}

    def build(replace: bool) -> None:
        words = f"{system.name}: indexing, documents {prune.short}"
        with job.progress(words, len(documents.ids)) as advance:
            index_vectors(
                documents,
                path,
                settings,
                facts=facts,
                source_digest=opened.source,
                overwrite=replace,
                progress=advance,
            ).close()

    key = settings.key(opened.source)
    job.folder.stage(path, impact_index.KIND, key, build, job.say)
    inputs = digest([key, opened.asked])
    # In a dry run there may be no index: it is wanted only where a point is made.
    opening = nullcontext() if is_dry() else impact_index.open_impact_index(path)
    with opening as index:
        for point in row:
            _impact_point(job, system, index, path, opened.queries, point, inputs)


def _impact_point(
    job: Job,
    system: System,
    index: Any,
    path: Path,
    queries: Vectors,
    point: Pruning,
    inputs: str,
) -> None:
    name = point_name(job.folder_of(system.name), point)
    key = digest([inputs, _key(point), job.common()])

    def build(replace: bool) -> None:
        method = {
            "retrieval": "learned sparse impacts",
            "system": system.name,
            "qk": point.query.k,
            "dk": point.document.k,
            "pruning": str(point),
            "quantise": index.manifest["quantise"],
            "index": index.manifest["key"],
            "k": job.settings.k,
        }
        prepared = prepare_queries(queries, index, point.query)
        algorithm = job.settings.algorithm
        outcome = search_impacts(
            index, prepared, tag=run_tag(name), algorithm=algorithm, **job.search_options()
        )
        job.write(name, key, outcome, method, replace)

    sources = {"index": path, "documents": system.documents, "queries": system.queries}
    if system.encoder is not None:
        sources["encoder"] = system.encoder
    job.point(name, key, build, system.name, point, system.notes(), sources)


def _are_there(system: System) -> bool:
    """Whether vectors are given, or encoded: what depends on them is known then."""
    return system.documents.exists() and system.queries.exists()


def _note_points(job: Job, system: System) -> None:
    """Say in a dry run what comes of vectors that have to be encoded first."""
    for prune in dict.fromkeys(point.document for point in job.settings.grid):
        path = job.indexes / job.folder_of(system.name) / rule_name("dk", prune)
        note(step=(os.path.relpath(path, job.folder.path), TO_DO))
    for point in job.settings.grid:
        note(step=(f"points/{point_name(job.folder_of(system.name), point)}", TO_DO))


def _check_coverage(job: Job, system: System, queries: Vectors) -> None:
    judged = set(job.qrels["query_id"])
    if not judged & set(queries.ids):
        raise InputError(
            f"{system.queries} holds no vector of a judged query of {job.dataset.name} "
            f"({job.settings.split}): its first id is {queries.ids[0]!r}, where "
            f"{min(judged)!r} is expected. Encode the queries of this split."
        )
    known = set(job.dataset.queries(job.settings.split))
    extra = sum(name not in known for name in queries.ids)
    if extra:
        job.say(f"{system.name}: {extra} query vectors are not of this split")


def _key(point: Pruning) -> list[int] | str:
    if point.query.k is None or point.document.k is None:
        return point.identity
    return [point.query.k, point.document.k]
