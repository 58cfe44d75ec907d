"""The points of an encoder: one index for each document pruning, one search for each point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ground.artifacts import digest
from ground.errors import InputError
from harness.lucene import impact_index
from harness.pruning import Rule
from harness.quantisation.quantiser import Quantiser
from harness.retrieval.indexing import IndexSettings, index_vectors
from harness.retrieval.outcome import search_impacts
from harness.retrieval.searching import prepare_queries
from harness.runs.runfile import tag_of
from harness.sweep.grid import Pruning
from harness.sweep.job import Job
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
    path = job.indexes / system.name / _file_name("dk", prune)
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
    with impact_index.open_impact_index(path) as index:
        for point in row:
            inputs = digest([key, opened.asked])
            _impact_point(job, system, index, opened.queries, point, inputs)


def _impact_point(
    job: Job,
    system: System,
    index: impact_index.ImpactIndex,
    queries: Vectors,
    point: Pruning,
    inputs: str,
) -> None:
    query, document = _file_name("q", point.query), _file_name("d", point.document)
    name = f"{system.name}-{query}-{document}"
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
    key = digest([inputs, _key(point), job.common()])

    def build(replace: bool) -> None:
        prepared = prepare_queries(queries, index, point.query)
        algorithm = job.settings.algorithm
        outcome = search_impacts(
            index, prepared, tag=tag_of(name), algorithm=algorithm, **job.search_options()
        )
        job.write(name, key, outcome, method, replace)

    sources = {"index": index.path, "documents": system.documents, "queries": system.queries}
    if system.encoder is not None:
        sources["encoder"] = system.encoder
    job.point(name, key, build, system.name, point, system.notes(), sources)


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


def _file_name(prefix: str, rule: Rule) -> str:
    """``dk20`` for a plain top-k, otherwise the rule in letters that every file system takes."""
    return f"{prefix}{rule.k}" if rule.k is not None else f"{prefix}-{rule.file_name}"


def _key(point: Pruning) -> list[int] | str:
    if point.query.k is None or point.document.k is None:
        return point.identity
    return [point.query.k, point.document.k]
