"""A data set folder in BEIR's layout."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ground.artifacts import file_digest
from ground.errors import InputError
from ground.reading import existing, optional, record_id, records, text_field, text_lines
from harness.datasets.card import read_card
from harness.datasets.model import Document, judged
from harness.datasets.qrels import read_qrels

if TYPE_CHECKING:
    import pandas as pd

SPLITS = ("train", "dev", "test")
DOCUMENT_FIELDS = ("title", "text")
QUERY_FIELDS = ("text",)


class BeirFolder:
    """``corpus.jsonl``, ``queries.jsonl``, ``qrels/{train,dev,test}.tsv``, each maybe ``.gz``.

    A collection alone can be encoded and indexed, and so can queries that nobody has judged.
    A file ``dataset.json`` may give ``name`` and ``language``; ``general.txt[.gz]`` beside it is
    pre-training text, a paragraph a line.

    Args:
        folder: the data set.
        name: in place of the card's name, or of the folder's.
        language: in place of the card's.

    Raises:
        InputError: the folder or its corpus is missing, or the card is no card.
    """

    def __init__(self, folder: Path, name: str | None = None, language: str | None = None):
        if not folder.is_dir():
            raise InputError(
                f"{folder} is not a folder. Give a data set in BEIR's layout (corpus.jsonl, "
                f"queries.jsonl, qrels/test.tsv), or a name that `esplade data list` shows."
            )
        self.folder = folder
        card = read_card(folder)
        self.name: str = name or card.name or folder.resolve().name
        self.language: str | None = language or card.language
        self.corpus_path = existing(folder / "corpus.jsonl")
        self.queries_path = optional(folder / "queries.jsonl")
        self.qrels_paths = self._find_qrels()

    @property
    def splits(self) -> tuple[str, ...]:
        """Splits that have a judgment file."""
        return tuple(self.qrels_paths)

    def docs(self) -> Iterator[Document]:
        """The documents, in file order.

        Raises:
            InputError: malformed line, bad or duplicate id, non-string field, empty collection.
        """
        return read_documents(self.corpus_path)

    def queries(self, split: str = "test") -> dict[str, str]:
        """Text by id of the queries judged in a split, in file order; all if nothing is judged.

        Raises:
            InputError: there is no such split, or there are no queries.
        """
        if not self.qrels_paths:
            return self._texts
        return judged(self._texts, self.qrels(split), str(self.folder), split)

    def qrels(self, split: str = "test") -> pd.DataFrame:
        """Judgments of a split (see `read_qrels`).

        Raises:
            InputError: there is no such split.
        """
        if not self.qrels_paths:
            raise InputError(
                f"{self.folder} has no judgments, and this needs them: none of qrels/train.tsv, "
                f"dev.tsv, test.tsv (or .gz) exists. Add qrels/{split}.tsv."
            )
        if split not in self.qrels_paths:
            raise InputError(
                f"{self.folder} has no split {split!r}; it has: {', '.join(self.splits)}."
            )
        return read_qrels(self.qrels_paths[split])

    def general_texts(self) -> Iterator[str]:
        """The lines of ``general.txt[.gz]``, where the folder has one."""
        path = optional(self.folder / "general.txt")
        if path is not None:
            yield from filter(None, text_lines(path))

    def digest(self) -> str:
        """SHA-256 over the bytes of what there is of corpus, queries and judgments."""
        return self._digest

    @cached_property
    def _digest(self) -> str:
        parts = (self.corpus_path, self.queries_path, *self.qrels_paths.values())
        return file_digest(*(path for path in parts if path is not None))

    @cached_property
    def _texts(self) -> dict[str, str]:
        if self.queries_path is None:
            raise InputError(
                f"{self.folder} has no queries.jsonl (or .gz), and this needs queries. Add it."
            )
        return read_queries(self.queries_path)

    def _find_qrels(self) -> dict[str, Path]:
        found = {s: optional(self.folder / "qrels" / f"{s}.tsv") for s in SPLITS}
        return {split: path for split, path in found.items() if path is not None}


def read_documents(path: Path) -> Iterator[Document]:
    """Documents of a ``corpus.jsonl[.gz]``; memory holds their ids, to find duplicates.

    Raises:
        InputError: malformed line, bad or duplicate id, non-string field, no field that is known
            where there are others, empty collection.
    """
    seen: dict[str, int] = {}
    for number, record in records(path):
        doc_id = record_id(record, path, number)
        check_new(seen, doc_id, path, number)
        check_fields(record, DOCUMENT_FIELDS, path, number)
        title = text_field(record, "title", path, number)
        yield Document(doc_id, title, text_field(record, "text", path, number))
    if not seen:
        raise InputError(f"{path} holds no documents: the collection is empty.")


def read_queries(path: Path) -> dict[str, str]:
    """Text by id of a ``queries.jsonl[.gz]``, in file order.

    Raises:
        InputError: as `read_documents`.
    """
    seen: dict[str, int] = {}
    texts = {}
    for number, record in records(path):
        query_id = record_id(record, path, number)
        check_new(seen, query_id, path, number)
        check_fields(record, QUERY_FIELDS, path, number)
        texts[query_id] = text_field(record, "text", path, number)
    if not texts:
        raise InputError(f"{path} holds no queries.")
    return texts


def check_fields(record: dict[str, Any], known: tuple[str, ...], path: Path, number: int) -> None:
    """A record has at least one of the fields that are read, unless it has none at all.

    Raises:
        InputError: its content stands under other names, which would be lost.
    """
    if not record.keys().isdisjoint(known):
        return
    others = [name for name in record if name not in ("_id", "id")]
    if others:
        raise InputError(
            f"{path}, line {number}: the record has no {' or '.join(f'`{n}`' for n in known)}, "
            f"but {', '.join(f'`{name[:40]}`' for name in others[:5])}. Rename the field that "
            f"holds its text."
        )


def check_new(
    seen: dict[str, int], value: str, path: Path | str, number: int, unit: str = "line"
) -> None:
    """Note an id and its line (or record) in ``seen``.

    Raises:
        InputError: it was there already.
    """
    first = seen.setdefault(value, number)
    if first != number:
        raise InputError(
            f"{path}, {unit} {number}: the id {value!r} was on {unit} {first} already. Ids must "
            f"be unique; remove or rename one. `esplade data check` lists all of them."
        )
