"""Where a command's queries come from: vectors, a data set, a file of text, the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harness.lucene.impact_index import ImpactIndex
    from harness.pruning import Rule
    from harness.retrieval.outcome import Outcome
    from harness.retrieval.searching import PreparedQueries
    from harness.vectors import Vectors


@dataclass(frozen=True)
class QuerySource:
    """What the user said about where queries come from.

    Attributes:
        queries: file or folder.
        dataset: data set whose split is meant.
        split: train, dev or test.
        text: queries typed on the command line.
    """

    queries: Path | None = None
    dataset: str | None = None
    split: str = "test"
    text: Sequence[str] = ()


def query_texts(source: QuerySource) -> dict[str, str]:
    """Queries as text, by id.

    Raises:
        InputError: not exactly one source is given, or it cannot be read.
    """
    from ground.errors import InputError
    from ground.halves import mended
    from harness.datasets import load_dataset, read_topics

    given = [source.queries is not None, source.dataset is not None, bool(source.text)]
    if sum(given) != 1:
        raise InputError(
            "Give the queries once: --queries FILE, --dataset D with --split, or --text."
        )
    if source.queries is not None:
        return read_topics(source.queries)
    if source.dataset is not None:
        return load_dataset(source.dataset).queries(source.split)
    return {f"q{number}": mended(one) for number, one in enumerate(source.text, 1)}


def query_vectors(encoder: str | None, index: Path, source: QuerySource) -> Vectors:
    """Queries as vectors: read, or encoded from text.

    Raises:
        InputError: no encoder for text; an encoder other than the one of the documents.
    """
    from esplade.cli.console import say
    from esplade.cli.loading import LoadedEncoder, encoder_folder
    from ground.artifacts import read_manifest
    from ground.errors import InputError
    from harness.encoding.parts import encode_texts
    from harness.lucene.impact_index import KIND
    from harness.vectors import read_vectors, vectors_facts

    of_documents = read_manifest(index, KIND).get("encoder") or {}
    if encoder is None:
        if source.queries is None:
            raise InputError("Give query vectors with --queries PATH, or --encoder DIR for text.")
        if source.dataset is not None or source.text:
            raise InputError(
                "The queries are given twice: --queries names their vectors, so leave --dataset "
                "and --text out; with --encoder they would be encoded."
            )
        of_queries = vectors_facts(source.queries).get("encoder") or {}
        result = read_vectors(source.queries)
    else:
        texts = query_texts(source)
        loaded = LoadedEncoder(encoder_folder(encoder))
        of_queries = {"name": loaded.name, "fingerprint": loaded.fingerprint}
        result = encode_texts(loaded, texts, "query", say)
    ours, theirs = of_queries.get("fingerprint"), of_documents.get("fingerprint")
    if ours and theirs and ours != theirs:
        say(
            f"Note: the queries were encoded by {of_queries.get('name')}, the documents by "
            f"{of_documents.get('name')}."
        )
    return result


def search_index(
    path: Path,
    source: QuerySource,
    *,
    encoder: str | None = None,
    prune: Rule | None = None,
    quantise: str | None = None,
    k: int = 1000,
    threads: int = 1,
    repeats: int = 0,
    tag: str = "esplade",
    algorithm: str = "auto",
    memory_mb: int | None = None,
    drop_self: bool = False,
) -> tuple[Outcome, dict[str, Any]]:
    """Search an index of either kind; see `harness.retrieval.selfless` for ``drop_self``.

    Returns:
        What was found and what it cost, and the method, for a run's metadata.

    Raises:
        InputError: the folder is no index of ours, or the queries do not fit it.
    """
    from ground.errors import InputError
    from harness.lucene.impact_index import open_impact_index
    from harness.lucene.text_index import KIND, open_text_index
    from harness.pruning import NONE
    from harness.quantisation.quantiser import Quantiser
    from harness.retrieval.outcome import search_impacts, search_text
    from harness.retrieval.searching import prepare_queries
    from harness.runs.made import method_of

    if _kind(path) != KIND:
        queries = query_vectors(encoder, path, source)
        rule = Quantiser.parse(quantise) if quantise else None
        with open_impact_index(path, memory_mb) as index:
            prepared = prepare_queries(queries, index, prune or NONE, rule)
            outcome = search_impacts(
                index,
                prepared,
                k=k + drop_self,
                threads=threads,
                repeats=repeats,
                tag=tag,
                algorithm=algorithm,
            )
        return _without_self(outcome, _method(index, prepared, k), drop_self)
    if (prune and prune.steps) or algorithm not in ("auto", "lucene"):
        raise InputError(
            f"{path} is a BM25 index; pruning and --algorithm {algorithm} are for impact indexes."
        )
    texts = query_texts(source)
    with open_text_index(path) as texts_index:
        outcome = search_text(
            texts_index, texts, k=k + drop_self, threads=threads, repeats=repeats, tag=tag
        )
    manifest = texts_index.manifest
    method = {"retrieval": "BM25", **method_of(manifest), "index": manifest["key"], "k": k}
    return _without_self(outcome, method, drop_self)


def _without_self(
    outcome: Outcome, method: dict[str, Any], drop_self: bool
) -> tuple[Outcome, dict[str, Any]]:
    from harness.retrieval.selfless import without_self

    if not drop_self:
        return outcome, method
    run, dropped = without_self(outcome.run, method["k"])
    return replace(outcome, run=run), {**method, "drop_self": True, "dropped": dropped}


def _kind(index: Path) -> str:
    import json

    from ground.artifacts import MANIFEST

    try:
        kind = json.loads((index / MANIFEST).read_text(encoding="utf-8")).get("kind", "")
    except (OSError, ValueError, AttributeError, RecursionError):
        # What is wrong with the folder is said where an impact index is opened.
        return ""
    return str(kind)


def _method(index: ImpactIndex, prepared: PreparedQueries, k: int) -> dict[str, Any]:
    """How a run was retrieved, for its metadata."""
    from harness.pruning import Rule
    from harness.sweep.grid import Pruning

    of_documents = Rule.parse(str(index.manifest.get("prune", index.manifest["dk"])))
    return {
        "retrieval": "learned sparse impacts",
        "qk": prepared.prune.k,
        "dk": of_documents.k,
        "pruning": str(Pruning(prepared.prune, of_documents)),
        "quantise": str(prepared.quantiser),
        "index": index.manifest["key"],
        "k": k,
    }
