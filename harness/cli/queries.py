"""Where a command's queries come from: vectors, a data set, a file of text, the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
    from harness.datasets import load_dataset, read_topics
    from harness.errors import InputError

    given = [source.queries is not None, source.dataset is not None, bool(source.text)]
    if sum(given) != 1:
        raise InputError(
            "Give the queries once: --queries FILE, --dataset D with --split, or --text."
        )
    if source.queries is not None:
        return read_topics(source.queries)
    if source.dataset is not None:
        return load_dataset(source.dataset).queries(source.split)
    return {f"q{number}": one for number, one in enumerate(source.text, 1)}


def query_vectors(encoder: str | None, index: Path, source: QuerySource) -> Vectors:
    """Queries as vectors: read, or encoded from text.

    Raises:
        InputError: no encoder for text; an encoder other than the one of the documents.
    """
    from harness.artifacts import read_manifest
    from harness.cli.console import say
    from harness.cli.loading import LoadedEncoder, encoder_folder
    from harness.encoding import encode_texts
    from harness.errors import InputError
    from harness.lucene.impact_index import KIND
    from harness.vectors import read_vectors, vectors_facts

    of_documents = read_manifest(index, KIND).get("encoder") or {}
    if encoder is None:
        if source.queries is None:
            raise InputError("Give query vectors with --queries PATH, or --encoder DIR for text.")
        of_queries = vectors_facts(source.queries).get("encoder") or {}
        result = read_vectors(source.queries)
    else:
        texts = query_texts(source)
        loaded = LoadedEncoder(encoder_folder(encoder))
        of_queries = {"name": loaded.name, "fingerprint": loaded.fingerprint}
        result = encode_texts(loaded, texts, "query")
    ours, theirs = of_queries.get("fingerprint"), of_documents.get("fingerprint")
    if ours and theirs and ours != theirs:
        say(
            f"Note: the queries were encoded by {of_queries.get('name')}, the documents by "
            f"{of_documents.get('name')}."
        )
    return result
