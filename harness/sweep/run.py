"""Running a sweep: every stage leaves a result that is kept when the sweep is started again."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.artifacts import check_folder, digest, read_manifest
from harness.datasets.contents import Contents, content_notes
from harness.encoding import encoding_notes
from harness.errors import InputError
from harness.evaluation import DEFAULT_MEASURES, check_depth, check_grades
from harness.indexing import IndexSettings, index_vectors
from harness.lucene import impact_index, text_index
from harness.made import analyzer_note, method_of
from harness.outcome import Outcome, search_impacts, search_text
from harness.pruning import Rule
from harness.quantise import Quantiser
from harness.searching import prepare_queries
from harness.selfless import DROPPED, without_self
from harness.sweep.grid import DEFAULT_GRID, Pruning, parse_grid
from harness.sweep.point import read_facts, write_point
from harness.sweep.state import POINT, SweepFolder
from harness.vectors import Vectors, read_vectors, vectors_digest, vectors_facts

if TYPE_CHECKING:
    import pandas as pd

    from harness.datasets import Dataset

BM25 = "bm25"


@dataclass(frozen=True)
class System:
    """An encoder whose vectors are swept.

    Attributes:
        name: how tables and figures call it; also a folder name.
        documents: folder or file of document vectors.
        queries: folder or file of query vectors.
    """

    name: str
    documents: Path
    queries: Path

    def notes(self) -> list[str]:
        """What was counted when its texts were encoded, where that is known."""
        parts = (self.documents, self.queries)
        return [note for part in parts for note in encoding_notes(vectors_facts(part))]


@dataclass(frozen=True)
class SweepSettings:
    """What is varied and how it is measured.

    Attributes:
        split: whose queries and judgments are used.
        fields: what of a document BM25 indexes ("title", "text", "title+text").
        grid: operating points.
        quantiser: see `harness.quantise`.
        k: results per query.
        algorithm: that searches impacts; see `harness.lucene.algorithms`.
        measures: of effectiveness, as ir_measures names them.
        bm25: whether BM25 over the same text is the budget line.
        language: Lucene's analyzer for BM25; None for Unicode words in lower case.
        threads: for searching; latency is always measured with one.
        drop_self: leave the document with the query's own id out (see `harness.selfless`).
        repeats: passes over the queries for latency, after one that is discarded.
    """

    split: str = "test"
    fields: str = "title"
    grid: tuple[Pruning, ...] = parse_grid(DEFAULT_GRID)
    quantiser: Quantiser = Quantiser("scale", factor=100.0)
    k: int = 1000
    algorithm: str = "auto"
    measures: tuple[str, ...] = DEFAULT_MEASURES
    bm25: bool = True
    language: str | None = None
    threads: int = 1
    repeats: int = 3
    drop_self: bool = False


Say = Callable[[str], None]
Progress = Callable[[str, int | None], AbstractContextManager[Callable[[int], None]]]
"""Given a few words and a number of steps, a context that yields what to call after steps."""


def _silent(what: str, total: int | None) -> AbstractContextManager[Callable[[int], None]]:
    return nullcontext(lambda steps: None)


def prepare_folder(
    out: Path, dataset: Dataset, settings: SweepSettings, overwrite: bool = False
) -> SweepFolder:
    """Open a sweep's folder before anything is written to it.

    Raises:
        InputError: it holds something else, or a sweep of another data set, split or field and
            ``overwrite`` is off; a measure is not known, looks deeper than is searched for, or
            cannot take the grades.
    """
    check_folder(out)
    # What cannot be scored is refused before the hours of encoding, not after them.
    check_depth(settings.measures, settings.k)
    check_grades(settings.measures, dataset.qrels(settings.split))
    subject = {
        "dataset": dataset.name,
        "digest": dataset.digest(),
        "split": settings.split,
        "fields": settings.fields,
    }
    return SweepFolder(out, subject, overwrite)


def run_sweep(
    dataset: Dataset,
    systems: Sequence[System],
    settings: SweepSettings,
    out: Path,
    *,
    say: Say = lambda message: None,
    progress: Progress = _silent,
) -> Path:
    """Sweep systems over a grid, next to BM25; finished stages of an earlier try are kept.

    Args:
        dataset: collection, queries and judgments.
        systems: the encoders' vectors.
        settings: see `SweepSettings`.
        out: the sweep's folder.
        say: told about every stage.
        progress: opens a progress bar for the stages that take long.

    Returns:
        ``out``; `harness.report.points.load_points` reads it.

    Raises:
        InputError: unusable vectors or judgments; ``out`` holds something else.
    """
    folder = prepare_folder(out, dataset, settings)
    with folder.claimed():
        job = _Job(dataset, settings, folder, dataset.qrels(settings.split), say, progress)
        if settings.bm25:
            job.sweep_bm25()
        for system in systems:
            job.sweep_system(system)
    return out


class _Job:
    def __init__(
        self,
        dataset: Dataset,
        settings: SweepSettings,
        folder: SweepFolder,
        qrels: pd.DataFrame,
        say: Say,
        progress: Progress,
    ) -> None:
        self.dataset = dataset
        self.settings = settings
        self.folder = folder
        self.qrels = qrels
        self.say = say
        self.progress = progress
        self.data = {"test collection": {"name": dataset.name, "split": settings.split}}

    def sweep_system(self, system: System) -> None:
        documents, queries = read_vectors(system.documents), read_vectors(system.queries)
        self._check_coverage(system, documents, queries)
        source, asked = vectors_digest(documents), vectors_digest(queries)
        facts = {"encoder": vectors_facts(system.documents).get("encoder"), "system": system.name}
        for prune in dict.fromkeys(point.document for point in self.settings.grid):
            settings = IndexSettings(prune, self.settings.quantiser)
            path = self.folder.path / "indexes" / system.name / _file_name("dk", prune)

            def build(replace: bool, path: Path = path, chosen: IndexSettings = settings) -> None:
                words = f"{system.name}: indexing, documents {chosen.prune.short}"
                with self.progress(words, len(documents.ids)) as advance:
                    index_vectors(
                        documents,
                        path,
                        chosen,
                        facts=facts,
                        source_digest=source,
                        overwrite=replace,
                        progress=advance,
                    ).close()

            key = settings.key(source)
            self.folder.stage(path, impact_index.KIND, key, build, self.say)
            with impact_index.open_impact_index(path) as index:
                for point in self.settings.grid:
                    if point.document == prune:
                        self._impact_point(system, index, queries, point, digest([key, asked]))

    def _impact_point(
        self,
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
            "k": self.settings.k,
        }
        key = digest([inputs, _key(point), self._common()])

        def build(replace: bool) -> None:
            prepared = prepare_queries(queries, index, point.query)
            algorithm = self.settings.algorithm
            outcome = search_impacts(
                index, prepared, tag=name, algorithm=algorithm, **self._search_options()
            )
            self._write(name, key, outcome, method, replace)

        self._point(name, key, build, system.name, point, system.notes())

    def sweep_bm25(self) -> None:
        settings = self.settings
        path = self.folder.path / "indexes" / BM25
        key = digest([self.dataset.digest(), settings.fields, settings.language, "v1"])

        def build_index(replace: bool) -> None:
            documents = Contents(self.dataset, settings.fields)
            with self.progress("BM25: indexing", None) as advance:
                text_index.build_text_index(
                    documents,
                    path,
                    language=settings.language,
                    key=key,
                    facts=lambda: {"fields": settings.fields, "contents": documents.facts()},
                    overwrite=replace,
                    progress=advance,
                ).close()

        self.folder.stage(path, text_index.KIND, key, build_index, self.say)
        point_key = digest([key, self._common()])

        def build(replace: bool) -> None:
            queries = self.dataset.queries(settings.split)
            with text_index.open_text_index(path) as index:
                outcome = search_text(index, queries, tag=BM25, **self._search_options())
                method = {"retrieval": "BM25", "k1": 0.9, "b": 0.4, **method_of(index.manifest)}
            self._write(BM25, point_key, outcome, method, replace)

        manifest = read_manifest(path, text_index.KIND)
        made = [analyzer_note({"fields": settings.fields, **manifest})]
        made += content_notes(manifest.get("contents") or {}, settings.fields)
        self._point(BM25, point_key, build, "BM25", None, made)

    def _search_options(self) -> dict[str, int]:
        settings = self.settings
        return {
            "k": settings.k + settings.drop_self,
            "threads": settings.threads,
            "repeats": settings.repeats,
        }

    def _common(self) -> dict[str, Any]:
        """What every point's outcome depends on beside its own inputs."""
        return {
            # Only where it is on, so that the keys of what is there stay.
            **({"drop_self": True} if self.settings.drop_self else {}),
            "k": self.settings.k,
            "measures": self.settings.measures,
            "algorithm": self.settings.algorithm,
            "repeats": self.settings.repeats,
            "subject": self.folder.subject,
        }

    def _write(
        self, name: str, key: str, outcome: Outcome, method: dict[str, Any], replace: bool
    ) -> None:
        folder = self.folder.path / "points" / name
        measures = self.settings.measures
        if self.settings.drop_self:
            run, dropped = without_self(outcome.run, self.settings.k)
            outcome = dataclasses.replace(outcome, run=run)
            method = {**method, "drop_self": True, "dropped": dropped}
        write_point(folder, key, outcome, self.qrels, measures, method, self.data, replace)

    def _point(
        self,
        name: str,
        key: str,
        build: Callable[[bool], None],
        system: str,
        at: Pruning | None,
        made: Sequence[str | None],
    ) -> None:
        folder = self.folder.path / "points" / name
        self.folder.stage(folder, POINT, key, build, self.say)
        facts = {**read_facts(folder), "made": [note for note in made if note]}
        if self.settings.drop_self:
            facts["made"].append(DROPPED)
        for note in facts["notes"]:
            self.say(f"{name}: {note}")
        self.folder.add(
            {
                "name": name,
                "system": system,
                "qk": at.query.k if at else None,
                "dk": at.document.k if at else None,
                "pruning": str(at) if at else None,
                "path": str(folder.relative_to(self.folder.path)),
                "facts": facts,
                "created": read_manifest(folder, POINT)["created"],
            }
        )

    def _check_coverage(self, system: System, documents: Vectors, queries: Vectors) -> None:
        judged = set(self.qrels["query_id"])
        if not judged & set(queries.ids):
            raise InputError(
                f"{system.queries} holds no vector of a judged query of {self.dataset.name} "
                f"({self.settings.split}): its first id is {queries.ids[0]!r}, where "
                f"{min(judged)!r} is expected. Encode the queries of this split."
            )
        known = set(self.dataset.queries(self.settings.split))
        extra = sum(name not in known for name in queries.ids)
        if extra:
            self.say(f"{system.name}: {extra} query vectors are not of this split")


def _file_name(prefix: str, rule: Rule) -> str:
    """``dk20`` for a plain top-k, otherwise the rule in letters that every file system takes."""
    if rule.k is not None:
        return f"{prefix}{rule.k}"
    return f"{prefix}-" + str(rule).replace(":", "")


def _key(point: Pruning) -> list[int] | str:
    if point.query.k is None or point.document.k is None:
        return str(point)
    return [point.query.k, point.document.k]
