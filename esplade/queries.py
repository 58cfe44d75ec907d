"""Where queries come from, text or vectors, and searching an open index with them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ground.dry import planned
from ground.errors import InputError

if TYPE_CHECKING:
    from esplade.rescoring import Rescoring
    from esplade.runs import Run
    from harness.lucene.impact_index import ImpactIndex
    from harness.pruning import Rule
    from harness.retrieval.explaining import Explanation
    from harness.retrieval.outcome import Outcome
    from harness.vectors import Vectors as Packed


def is_text_index(index: Path) -> bool:
    """Whether a folder holds a BM25 index; faults of others are told when they are opened."""
    from ground.artifacts import MANIFEST
    from harness.lucene.text_index import KIND

    try:
        found = json.loads((index / MANIFEST).read_text(encoding="utf-8"))
        return bool(found.get("kind") == KIND)
    except (OSError, ValueError, AttributeError, RecursionError):
        return False


def search_opened(
    index: Any,
    path: Path,
    queries: Any,
    *,
    k: int,
    encoder: Any,
    device: str,
    split: str,
    prune: Rule,
    quantise: str | None,
    algorithm: str,
    threads: int,
    repeats: int,
    tag: str,
    drop_self: bool,
    second: Rescoring | None = None,
) -> Run:
    """Search an open index of either kind; see `esplade.Index.search`.

    Raises:
        InputError: the queries do not fit the index, or the index the one that rescores.
    """
    from esplade.described import method_facts
    from esplade.runs import Run
    from esplade.searched import searched_data
    from harness.lucene.algorithms import check_algorithm
    from harness.lucene.text_index import TextIndex
    from harness.quantisation.quantiser import Quantiser
    from harness.retrieval.outcome import search_impacts, search_text
    from harness.retrieval.searching import prepare_queries
    from harness.runs.made import method_of

    common: dict[str, Any] = {
        "k": k + drop_self,
        "threads": threads,
        "repeats": repeats,
        "tag": tag,
    }
    if isinstance(index, TextIndex):
        if prune.steps or algorithm not in ("auto", "lucene"):
            raise InputError(
                f"{path} is a BM25 index; pruning and --algorithm {algorithm} are for impact "
                f"indexes."
            )
        texts = query_texts(queries, split)
        planned(counts={"documents": index.num_docs, "queries": len(texts)})
        outcome = search_text(index, texts, **common)
        manifest = index.manifest
        method = {"retrieval": "BM25", **method_of(manifest), "index": manifest["key"], "k": k}
    else:
        check_algorithm(algorithm)
        vectors = query_vectors(queries, split, encoder, index, device)
        rule = Quantiser.parse(quantise) if quantise else None
        prepared = prepare_queries(vectors, index, prune, rule)
        planned(counts={"documents": index.num_docs, "queries": len(vectors.ids)})
        common["algorithm"] = algorithm
        method = method_facts(index, prepared, k)
        if second is None:
            outcome = search_impacts(index, prepared, **common)
        else:
            outcome = second.search(index, prepared, vectors, rule, **common)
            method |= second.facts(common["k"])
    outcome, method = _without_self(outcome, method, drop_self)
    if tag != "esplade":
        method["system"] = tag
    return Run(outcome.run, outcome, method, searched_data(path, queries, split, index.manifest))


def explain_opened(
    index: Any,
    path: Path,
    query: Any,
    docs: Sequence[str],
    *,
    query_id: str | None,
    encoder: Any,
    device: str,
    split: str,
    prune: Rule,
    quantise: str | None,
    k: int,
) -> list[Explanation]:
    """Explain documents for a query; see `esplade.Index.explain`.

    Raises:
        InputError: a BM25 index; no such query or document.
    """
    from harness.lucene.text_index import TextIndex
    from harness.quantisation.quantiser import Quantiser
    from harness.retrieval.explaining import explain
    from harness.retrieval.searching import prepare_queries

    if isinstance(index, TextIndex):
        raise InputError(f"{path} is a BM25 index; scores are explained of impact indexes.")
    # With an encoder a string is the query itself; a file of topics is given as a path.
    given = [query] if isinstance(query, str) and encoder is not None else query
    vectors = query_vectors(given, split, encoder, index, device)
    rule = Quantiser.parse(quantise) if quantise else None
    prepared = prepare_queries(vectors, index, prune, rule)
    return explain(index, prepared, query_id or vectors.ids[0], docs, k)


def query_texts(given: Any, split: str = "test") -> dict[str, str]:
    """Queries as text, by id.

    Args:
        given: texts by id; a list (ids are then q1, q2, ...); a data set, or the name of one; a
            file of topics.
        split: of a data set.

    Raises:
        InputError: it is nothing of that, or cannot be read.
    """
    from ground.halves import mended
    from harness.datasets import read_topics

    if isinstance(given, Mapping):
        return {str(name): mended(text) for name, text in given.items()}
    if hasattr(given, "queries"):
        found: dict[str, str] = given.queries(split)
        return found
    if isinstance(given, str | Path):
        return read_topics(Path(given))
    if isinstance(given, Sequence) and all(isinstance(one, str) for one in given):
        return {f"q{number}": mended(one) for number, one in enumerate(given, 1)}
    raise InputError(
        f"A {type(given).__name__} holds no texts of queries. Give texts by id, a list of them, a "
        f"data set, or a file of topics."
    )


def query_vectors(
    given: Any, split: str, encoder: Any, index: ImpactIndex, device: str = "auto"
) -> Packed:
    """Queries as vectors: given, read, or encoded from text.

    Raises:
        InputError: text without an encoder, or vectors that cannot be read.
    """
    from esplade.devices import check_asked
    from esplade.encoder import Encoder
    from esplade.progress import say
    from esplade.vectors import Vectors
    from harness.encoding.parts import encode_texts
    from harness.vectors import vectors_facts

    check_asked(device, encoder is not None)
    of_documents = index.manifest.get("encoder") or {}
    if encoder is not None:
        loaded = Encoder.load(encoder, device=device)
        of_queries: Any = {"name": loaded.name, "fingerprint": loaded.fingerprint}
        texts = query_texts(given, split)
        planned(counts={"documents": index.num_docs, "queries": len(texts)})
        result = encode_texts(loaded.text_encoder, texts, "query", say)
    elif isinstance(given, Vectors):
        of_queries = vectors_facts(given.path).get("encoder") if given.path else None
        result = given.packed
    elif isinstance(given, str | Path):
        of_queries = vectors_facts(Path(given)).get("encoder")
        result = _read(Path(given))
    else:
        raise InputError(
            "Give query vectors (--queries PATH), or an encoder (--encoder DIR) for text."
        )
    ours, theirs = (of_queries or {}).get("fingerprint"), of_documents.get("fingerprint")
    if ours and theirs and ours != theirs:
        say(
            f"Note: the queries were encoded by {of_queries.get('name')}, the documents by "
            f"{of_documents.get('name')}."
        )
    return result


def _read(path: Path) -> Packed:
    from harness.vectors import read_vectors

    return read_vectors(path)


def _without_self(
    outcome: Outcome, method: dict[str, Any], drop_self: bool
) -> tuple[Outcome, dict[str, Any]]:
    from harness.retrieval.selfless import without_self

    if not drop_self:
        return outcome, method
    run, dropped = without_self(outcome.run, method["k"])
    return replace(outcome, run=run), {**method, "drop_self": True, "dropped": dropped}
