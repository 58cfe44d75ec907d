"""The budget line of a sweep: BM25 over the same text."""

from __future__ import annotations

from ground.artifacts import digest, read_manifest
from harness.datasets.contents import Contents, content_notes
from harness.lucene import text_index
from harness.retrieval.outcome import search_text
from harness.runs.made import analyzer_note, method_of
from harness.sweep.job import Job

BM25 = "bm25"


def sweep_bm25(job: Job) -> None:
    """Index the text that the encoders saw, and search it with BM25."""
    settings = job.settings
    path = job.indexes / BM25
    key = digest([job.dataset.digest(), settings.fields, settings.language, "v1"])

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

    manifest = read_manifest(path, text_index.KIND)
    made = [analyzer_note({"fields": settings.fields, **manifest})]
    made += content_notes(manifest.get("contents") or {}, settings.fields)
    job.point(BM25, point_key, build, "BM25", None, made)
