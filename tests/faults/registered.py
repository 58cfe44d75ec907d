"""Records as ir_datasets has them, and data sets of them under names that it knows."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from types import ModuleType, SimpleNamespace
from typing import Any, NamedTuple

import pytest


class Passage(NamedTuple):
    """As ir_datasets' GenericDoc."""

    doc_id: str
    text: Any

    def default_text(self) -> Any:
        return self.text


class Titled(NamedTuple):
    """As its documents with a title."""

    doc_id: str
    title: Any
    text: Any

    def default_text(self) -> str:
        return f"{self.title} {self.text}"


class Query(NamedTuple):
    query_id: str
    text: Any

    def default_text(self) -> Any:
        return self.text


class Qrel(NamedTuple):
    query_id: str
    doc_id: str
    relevance: Any
    iteration: str = "0"


class SubQrel(NamedTuple):
    """As its TrecSubQrel."""

    query_id: str
    doc_id: str
    relevance: int
    subtopic_id: str


DOCS = (Passage("d1", "one"), Passage("d2", "two"))


QUERIES = (Query("q1", "first"),)


QRELS = (Qrel("q1", "d1", 1),)


def register(
    monkeypatch: pytest.MonkeyPatch,
    docs: Sequence[Any] = DOCS,
    queries: Sequence[Any] = QUERIES,
    qrels: Sequence[Any] | None = QRELS,
) -> None:
    """Stand in for the library, with one data set "tiny" whose test part is judged."""

    def load(name: str) -> SimpleNamespace:
        if name not in ("tiny", "tiny/test"):
            raise KeyError(name)
        return SimpleNamespace(
            has_docs=lambda: True,
            docs_lang=lambda: None,
            docs_iter=lambda: iter(docs),
            has_queries=lambda: bool(queries),
            queries_iter=lambda: iter(queries),
            has_qrels=lambda: qrels is not None and name == "tiny/test",
            qrels_iter=lambda: iter(qrels or ()),
        )

    library = ModuleType("ir_datasets")
    library.load = load  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "ir_datasets", library)
