"""From a data set to a folder of vectors, shard by shard, with whatever encoder is given."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

import scipy.sparse as sp

from harness.artifacts import digest
from harness.errors import InputError
from harness.vectors import Vectors, writing_vectors
from harness.vectors.model import sort_terms

if TYPE_CHECKING:
    from harness.datasets import Dataset

Part = Literal["docs", "queries"]
SHARD = 8192
"""Texts a shard: the memory of an encoding is that of one shard, and so is the loss of a kill."""


class TextEncoder(Protocol):
    """What turns texts into sparse vectors."""

    @property
    def name(self) -> str:
        """How tables call it."""

    @property
    def fingerprint(self) -> str:
        """Digest of configuration and weights."""

    @property
    def terms(self) -> Sequence[str]:
        """The output vocabulary, in the order of the columns."""

    def encode(
        self, texts: Sequence[str], side: Literal["doc", "query"], progress: Callable[[int], None]
    ) -> sp.csr_array:
        """Encode texts; float32 weights > 0, shape (texts, terms)."""


def encode_part(
    encoder: TextEncoder,
    dataset: Dataset,
    part: Part,
    out: Path,
    *,
    fields: str = "title",
    split: str = "test",
    overwrite: bool = False,
    progress: Callable[[int], None] = lambda steps: None,
) -> None:
    """Encode the documents or the queries of a data set.

    A killed encoding goes on after its last complete shard when it is started again.

    Args:
        encoder: see `TextEncoder`.
        dataset: where the texts come from.
        part: "docs" or "queries".
        out: folder of vectors to write.
        fields: what of a document is encoded.
        split: whose queries are encoded.
        overwrite: replace a finished folder.
        progress: called with the number of texts encoded since the last call.

    Raises:
        InputError: there is nothing to encode, or ``out`` is not free.
    """
    side: Literal["doc", "query"] = "doc" if part == "docs" else "query"
    facts = part_facts(encoder, dataset, part, fields, split)
    writing = writing_vectors(
        out, encoder.terms, facts=facts, key=digest(facts), overwrite=overwrite
    )
    with writing as writer:
        done = writer.rows
        progress(done)
        for shard in _shards(islice(_texts(dataset, part, fields, split), done, None)):
            ids, texts = zip(*shard, strict=True)
            writer.write(ids, encoder.encode(texts, side, progress))
        if not writer.shards:
            raise InputError(f"{dataset.name} has no {part} to encode: the collection is empty.")


def encode_texts(
    encoder: TextEncoder, texts: Mapping[str, str], side: Literal["doc", "query"]
) -> Vectors:
    """Encode a few texts in memory.

    Args:
        encoder: see `TextEncoder`.
        texts: text by id.
        side: "doc" or "query".
    """
    matrix = encoder.encode(list(texts.values()), side, lambda steps: None)
    return sort_terms(list(texts), list(encoder.terms), matrix)


def part_facts(
    encoder: TextEncoder, dataset: Dataset, part: Part, fields: str, split: str
) -> dict[str, Any]:
    """What the vectors of a part depend on; its digest is their key."""
    return {
        "encoder": {"name": encoder.name, "fingerprint": encoder.fingerprint},
        "dataset": {"name": dataset.name, "digest": dataset.digest()},
        "part": part,
        "fields": fields if part == "docs" else None,
        "split": split if part == "queries" else None,
    }


def _texts(dataset: Dataset, part: Part, fields: str, split: str) -> Iterator[tuple[str, str]]:
    if part == "docs":
        return ((d.id, d.content(fields)) for d in dataset.docs())
    return iter(dataset.queries(split).items())


def _shards(texts: Iterator[tuple[str, str]]) -> Iterator[list[tuple[str, str]]]:
    while shard := list(islice(texts, SHARD)):
        yield shard
