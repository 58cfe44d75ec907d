"""The budget line of a sweep: BM25 over the same text, by Lucene and by the impacts' own engine."""

from __future__ import annotations

from ground.artifacts import digest, read_manifest
from ground.dry import is_dry
from harness.datasets.contents import Contents, content_notes
from harness.lucene import impact_index, text_index
from harness.pruning import NONE
from harness.quantisation.quantiser import Quantiser
from harness.retrieval.indexing import IndexSettings, index_vectors
from harness.retrieval.lexical import document_vectors, query_vectors
from harness.retrieval.outcome import search_impacts, search_text
from harness.retrieval.searching import prepare_queries
from harness.runs.made import analyzer_note, method_of
from harness.sweep.job import Job
from harness.sweep.naming import BM25, IMPACTS


def sweep_bm25(job: Job) -> None:
    """Index the text that the encoders saw, and search it with BM25."""
    settings = job.settings
    path, key = job.indexes / BM25, _text_key(job)

    def build_index(replace: bool) -> None:
        documents = Contents(job.dataset, settings.fields)
        with job.progress("BM25: indexing", None) as advance:
            text_index.build_text_index(
                documents,
                path,
                language=settings.language,
                key=key,
                facts=lambda: {"fields": settings.fields, "contents": documents.facts()},
                overwrite=replace,
                progress=advance,
            ).close()

    job.folder.stage(path, text_index.KIND, key, build_index, job.say)
    point_key = digest([key, job.common()])

    def build(replace: bool) -> None:
        queries = job.dataset.queries(settings.split)
        with text_index.open_text_index(path) as index:
            outcome = search_text(index, queries, tag=BM25, **job.search_options())
            method = {"retrieval": "BM25", "k1": 0.9, "b": 0.4, **method_of(index.manifest)}
        job.write(BM25, point_key, outcome, method, replace)

    manifest = {} if is_dry() else read_manifest(path, text_index.KIND)
    made = [analyzer_note({"fields": settings.fields, **manifest})]
    made += content_notes(manifest.get("contents") or {}, settings.fields)
    job.point(BM25, point_key, build, "BM25", None, made, {"index": path})


def _text_key(job: Job) -> str:
    """Of the text index of BM25."""
    return digest([job.dataset.digest(), job.settings.fields, job.settings.language, "v1"])


def sweep_bm25_impacts(job: Job) -> None:
    """Index BM25's weights as impacts, and search them by the algorithm of the encoders' points.

    `sweep_bm25` comes before it.
    """
    settings = job.settings
    text_path, path = job.indexes / BM25, job.indexes / IMPACTS
    source = _text_key(job)
    chosen = IndexSettings(NONE, Quantiser("scale", factor=100.0))
    key = chosen.key(source)

    def build_index(replace: bool) -> None:
        with text_index.open_text_index(text_path) as index:
            made = document_vectors(index, dict(Contents(job.dataset, settings.fields)))
        with job.progress("BM25's impacts: indexing", len(made.ids)) as advance:
            index_vectors(
                made, path, chosen, source_digest=source, overwrite=replace, progress=advance
            ).close()

    job.folder.stage(path, impact_index.KIND, key, build_index, job.say)
    point_key = digest([key, job.common()])

    def build(replace: bool) -> None:
        with text_index.open_text_index(text_path) as index:
            asked = query_vectors(index, job.dataset.queries(settings.split))
        with impact_index.open_impact_index(path) as index:
            prepared = prepare_queries(asked, index)
            options = job.search_options()
            found = search_impacts(
                index, prepared, tag=IMPACTS, algorithm=settings.algorithm, **options
            )
            method = {"retrieval": "BM25 as impacts", "k1": 0.9, "b": 0.4}
            method |= {"quantise": index.manifest["quantise"], "k": settings.k}
        job.write(IMPACTS, point_key, found, method, replace)

    sources = {"index": path, "words": text_path}
    job.point(IMPACTS, point_key, build, "impacts of BM25", None, [], sources)
