"""Data sets of the ir_datasets catalogue, by id (an extra; downloads on first use)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from harness.datasets.model import Document, judged
from harness.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

_SPLITS = ("train", "dev", "test")


class IrDataset:
    """One id, such as ``beir/scifact``, or one of its parts, such as ``beir/scifact/test``.

    Splits are the parts ``/train``, ``/dev`` and ``/test`` that have judgments; an id that has
    judgments itself is one split, named by its last component or else ``test``.

    Raises:
        InputError: ir_datasets is not installed, does not know the id, or has no judgments for it.
    """

    def __init__(self, irds_id: str, language: str | None = None):
        self._library = _library()
        self.name = irds_id
        self._base = self._load(irds_id)
        self._parts = self._find_parts(irds_id)
        self.language = language or self._language()

    @property
    def splits(self) -> tuple[str, ...]:
        """Splits that have judgments."""
        return tuple(self._parts)

    def docs(self) -> Iterator[Document]:
        """The documents; a field that the collection lacks is empty."""
        for doc in self._base.docs_iter():
            title = getattr(doc, "title", None) or ""
            text = getattr(doc, "text", None) or getattr(doc, "body", None) or ""
            if not title and not text:
                text = doc.default_text()
            yield Document(_clean(str(doc.doc_id), self.name), title, text)

    def queries(self, split: str = "test") -> dict[str, str]:
        """Text by id of the queries judged in a split."""
        texts = {str(q.query_id): q.default_text() for q in self._part(split).queries_iter()}
        return judged(texts, self.qrels(split), self.name, split)

    def qrels(self, split: str = "test") -> pd.DataFrame:
        """Judgments of a split: query_id, doc_id, relevance."""
        import pandas as pd

        rows = [
            (str(r.query_id), str(r.doc_id), int(r.relevance))
            for r in self._part(split).qrels_iter()
        ]
        return pd.DataFrame(rows, columns=["query_id", "doc_id", "relevance"]).drop_duplicates()

    def general_texts(self) -> Iterator[str]:
        """The catalogue has no running text."""
        return iter(())

    def digest(self) -> str:
        """SHA-256 of the id and the library's version: the catalogue pins its own sources."""
        version = getattr(self._library, "__version__", "")
        return hashlib.sha256(f"irds:{self.name}:{version}".encode()).hexdigest()

    def _part(self, split: str) -> Any:
        if split not in self._parts:
            raise InputError(f"{self.name} has no split {split!r}; it has: {self.splits}.")
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
        if not parts:
            raise InputError(
                f"irds:{irds_id} has no judgments, nor has any of its parts {', '.join(_SPLITS)}. "
                f"Choose an id with qrels at ir-datasets.com."
            )
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


def _library() -> Any:
    try:
        import ir_datasets
    except ImportError:
        raise InputError(
            "Data sets named irds:ID need the package ir_datasets, which is not installed. "
            "Install it with: pip install 'esplade[irds]'"
        ) from None
    return ir_datasets


def _clean(value: str, where: str) -> str:
    if not value or any(c.isspace() for c in value):
        raise InputError(
            f"irds:{where}: the id {value!r} is empty or holds white space, which TREC run files "
            f"cannot represent. Export this collection with other ids to use it."
        )
    return value
