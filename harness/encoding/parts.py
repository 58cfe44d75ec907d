"""From a data set to a folder of vectors, shard by shard, with whatever encoder is given."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ground.artifacts import clear, digest, is_complete
from ground.errors import InputError
from harness.datasets.contents import Contents, Queries, content_notes
from harness.encoding.lengths import encode_counting, length_facts, length_note
from harness.encoding.streaming import computing, encode_shards
from harness.encoding.text_encoder import TextEncoder
from harness.encoding.workers import Encoded, encode_in_processes
from harness.vectors import KIND, Vectors, writing_vectors
from harness.vectors.model import sort_terms

if TYPE_CHECKING:
    from harness.datasets import Dataset

Part = Literal["docs", "queries"]
SHARD = 8192
"""Texts a shard: the memory of an encoding is that of one shard, and so is the loss of a kill."""
_ON = "on "
"""In what is counted of a shard: its rows, by the device that computed them."""


def encode_part(
    encoder: TextEncoder,
    dataset: Dataset,
    part: Part,
    out: Path,
    *,
    fields: str = "title",
    split: str = "test",
    overwrite: bool = False,
    workers: int = 1,
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
        workers: processes that encode, each with its own copy of the encoder; the files are the
            same as those of one process.
        progress: called with the number of texts encoded since the last call.

    Raises:
        InputError: there is nothing to encode (under these fields), ``out`` is not free, or
            there are no workers.
        IntegrityError: a worker died.
    """
    if workers < 1:
        raise InputError(f"--workers {workers}: at least one process has to encode.")
    side: Literal["doc", "query"] = "doc" if part == "docs" else "query"
    facts = part_facts(encoder, dataset, part, fields, split)
    texts = Contents(dataset, fields) if part == "docs" else Queries(dataset, split)
    recorded = facts | {"encoder": facts["encoder"] | dict(getattr(encoder, "source", {}))}
    writing = writing_vectors(
        out, encoder.terms, facts=recorded, key=digest(facts), overwrite=overwrite
    )
    with writing as writer:
        done = writer.rows
        progress(done)
        # Those that are encoded already are read and counted with the others.
        left = islice(iter(texts), done, None)
        for ids, (rows, longer) in _encoded(encoder, _shards(left), side, workers, progress):
            counts = {} if longer is None else {"longer": longer}
            writer.write(ids, rows, counts | {_ON + _kind(encoder): len(ids)})
        if not writer.shards:
            raise InputError(f"{dataset.name} has no {part} to encode: the collection is empty.")
        recorded["contents"] = texts.facts()
        counted = writer.counted()
        recorded["lengths"] = length_facts(encoder, side, counted.get("longer"), writer.rows)
        on = {name.removeprefix(_ON): n for name, n in counted.items() if name.startswith(_ON)}
        recorded["computing"] = computing(encoder, workers, on)


def is_encoded(
    encoder: TextEncoder, dataset: Dataset, part: Part, out: Path, *, fields: str, split: str
) -> bool:
    """Whether a folder holds just these vectors already; what a kill left beside it goes."""
    key = digest(part_facts(encoder, dataset, part, fields, split))
    if not is_complete(out, KIND, key):
        return False
    clear(out)
    return True


def encoding_notes(facts: Mapping[str, Any]) -> list[str]:
    """What a person should know of encoded texts, a sentence each.

    Args:
        facts: of a folder of vectors (see `harness.vectors.vectors_facts`).
    """
    what = "queries" if facts.get("part") == "queries" else "documents"
    notes = content_notes(facts.get("contents") or {}, facts.get("fields") or "title")
    note = length_note(facts.get("lengths"), what)
    return notes if note is None else [*notes, note]


def encode_texts(
    encoder: TextEncoder,
    texts: Mapping[str, str],
    side: Literal["doc", "query"],
    note: Callable[[str], None] = lambda text: None,
) -> Vectors:
    """Encode a few texts in memory.

    Args:
        encoder: see `TextEncoder`.
        texts: text by id.
        side: "doc" or "query".
        note: told, in a sentence, of texts that are longer than the encoder takes.
    """
    matrix, longer = encode_counting(encoder, list(texts.values()), side, lambda steps: None)
    facts = length_facts(encoder, side, longer, len(texts))
    if found := length_note(facts, "documents" if side == "doc" else "queries"):
        note(found)
    return sort_terms(list(texts), list(encoder.terms), matrix)


def part_facts(
    encoder: TextEncoder, dataset: Dataset, part: Part, fields: str, split: str
) -> dict[str, Any]:
    """What the vectors of a part depend on; its digest is their key."""
    return {
        "encoder": {
            "name": encoder.name,
            "fingerprint": encoder.fingerprint,
            "precision": encoder.precision,
        },
        "dataset": {"name": dataset.name, "digest": dataset.digest()},
        "part": part,
        "fields": fields if part == "docs" else None,
        "split": split if part == "queries" else None,
    }


def _encoded(
    encoder: TextEncoder,
    shards: Iterator[list[tuple[str, str]]],
    side: Literal["doc", "query"],
    workers: int,
    progress: Callable[[int], None],
) -> Iterator[tuple[list[str], Encoded]]:
    """Ids and rows of each shard, in order."""
    ids: deque[list[str]] = deque()

    def batches() -> Iterator[list[str]]:
        for shard in shards:
            ids.append([name for name, _ in shard])
            yield [text for _, text in shard]

    rows: Iterator[Encoded]
    if workers == 1:
        rows = encode_shards(encoder, batches(), side, progress)
    else:
        rows = encode_in_processes(encoder, batches(), side, workers, progress)
    for part in rows:
        yield ids.popleft(), part


def _kind(encoder: TextEncoder) -> str:
    """Of the device that computes, so far as that is known: ``cpu``, ``cuda``."""
    return str(getattr(encoder, "device", "cpu")).partition(":")[0]


def _shards(texts: Iterator[tuple[str, str]]) -> Iterator[list[tuple[str, str]]]:
    while shard := list(islice(texts, SHARD)):
        yield shard
