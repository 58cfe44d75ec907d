"""Data sets of the ir_datasets catalogue, by id (an extra; downloads on first use)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ground.dry import planned
from ground.errors import InputError
from harness.datasets.beir import check_new
from harness.datasets.catalogue import Entry, Judged, catalogue, documents, judgments, queries
from harness.datasets.judgments import judgment_table
from harness.datasets.model import Document, judged

if TYPE_CHECKING:
    import pandas as pd

_SPLITS = ("train", "dev", "test")


class IrDataset:
    """One id, such as ``beir/scifact``, or one of its parts, such as ``beir/scifact/test``.

    Splits are the parts ``/train``, ``/dev`` and ``/test`` that have judgments; an id that has
    judgments itself is one split, named by its last component or else ``test``. What files are
    checked for is checked here, too.

    Raises:
        InputError: ir_datasets is not installed, or does not know the id.
    """

    def __init__(self, irds_id: str, language: str | None = None):
        self._library = catalogue()
        self.name = irds_id
        self.where = f"irds:{irds_id}"
        self._base = self._load(irds_id)
        planned(
            unknown=f"What {self.where} holds: ir_datasets may download it when it is first read."
        )
        self._parts = self._find_parts(irds_id)
        self.language = language or self._language()

    @property
    def splits(self) -> tuple[str, ...]:
        """Splits that have judgments."""
        return tuple(self._parts)

    def docs(self) -> Iterator[Document]:
        """The documents; a field that the collection lacks is empty.

        Raises:
            InputError: bad or repeated id, a field that is no text, empty collection.
        """
        seen: dict[str, int] = {}
        for number, document in self.document_entries():
            if isinstance(document, InputError):
                raise document
            check_new(seen, document.id, self.where, number, "document")
            yield document
        if not seen:
            raise InputError(f"{self.where} holds no documents: the collection is empty.")

    def queries(self, split: str = "test") -> dict[str, str]:
        """Text by id of the queries judged in a split; all where nothing is judged.

        Raises:
            InputError: bad or repeated id, a query that is no text, no queries.
        """
        if not self._parts:
            return self._texts(self._base)
        return judged(self._texts(self._part(split)), self.qrels(split), self.where, split)

    def qrels(self, split: str = "test") -> pd.DataFrame:
        """Judgments of a split: query_id, doc_id, relevance.

        Raises:
            InputError: bad id, a grade that is no whole number, two grades for one pair (of
                subtopics, for instance), no judgments.
        """
        table = judgment_table(self._judgments(split), lambda n: f"{self.where}, judgment {n}")
        if not len(table):
            raise InputError(f"{self.where} holds no judgments in split {split!r}.")
        return table

    def general_texts(self) -> Iterator[str]:
        """The catalogue has no running text."""
        return iter(())

    def digest(self) -> str:
        """SHA-256 of the id and the library's version: the catalogue pins its own sources."""
        version = getattr(self._library, "__version__", "")
        return hashlib.sha256(f"irds:{self.name}:{version}".encode()).hexdigest()

    def document_entries(self) -> Iterator[Entry[Document]]:
        """Number and document, or what is wrong with it, for a reader that goes on."""
        if not self._base.has_docs():
            raise InputError(f"{self.where} has no documents. Choose an id that has some.")
        return documents(self._base, self.where)

    def query_entries(self, split: str | None) -> Iterator[Entry[tuple[str, str]]]:
        """Number and (id, text), or what is wrong; of all queries where there is no split."""
        return queries(self._base if split is None else self._part(split), self.where)

    def judgment_entries(self, split: str) -> Iterator[Entry[Judged]]:
        """Number and (query, document, grade), or what is wrong."""
        return judgments(self._part(split), self.where)

    def _judgments(self, split: str) -> Iterator[tuple[int, str, str, int]]:
        for number, judgment in self.judgment_entries(split):
            if isinstance(judgment, InputError):
                raise judgment
            yield number, *judgment

    def _texts(self, part: Any) -> dict[str, str]:
        seen: dict[str, int] = {}
        texts = {}
        for number, query in queries(part, self.where):
            if isinstance(query, InputError):
                raise query
            check_new(seen, query[0], self.where, number, "query")
            texts[query[0]] = query[1]
        if not texts:
            raise InputError(f"{self.where} holds no queries.")
        return texts

    def _part(self, split: str) -> Any:
        if not self._parts:
            raise InputError(
                f"{self.where} has no judgments, nor has any of its parts {', '.join(_SPLITS)}, "
                f"and this needs them. Choose an id with qrels at ir-datasets.com."
            )
        if split not in self._parts:
            raise InputError(
                f"{self.where} has no split {split!r}; it has: {', '.join(self.splits)}."
            )
        return self._parts[split]

    def _find_parts(self, irds_id: str) -> dict[str, Any]:
        if self._base.has_qrels():
            last = irds_id.rpartition("/")[2]
            return {last if last in _SPLITS else "test": self._base}
        parts = {}
        for split in _SPLITS:
            try:
                part = self._library.load(f"{irds_id}/{split}")
            except KeyError:
                continue
            if part.has_qrels():
                parts[split] = part
        return parts

    def _load(self, irds_id: str) -> Any:
        try:
            return self._library.load(irds_id)
        except KeyError:
            raise InputError(
                f"ir_datasets does not know {irds_id!r}. Choose an id at ir-datasets.com."
            ) from None

    def _language(self) -> str | None:
        found = self._base.docs_lang() if self._base.has_docs() else None
        return str(found) if found else None
