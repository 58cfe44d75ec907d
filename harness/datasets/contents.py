"""What is read of a data set: contents of documents and texts of queries, oddities counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ground.halves import mended
from harness.datasets.fields import USUAL, chosen_fields, lacking
from harness.datasets.model import Dataset


class Contents:
    """Id and content of each document of a data set; those without any are counted.

    Args:
        dataset: whose documents.
        fields: what of them (see `chosen_fields`).

    Raises:
        InputError: no document has content under these fields.

    Attributes:
        documents: how many the last pass has seen.
        empty: those of them without content under these fields.
        halves: those whose halves of characters became question marks.
    """

    def __init__(self, dataset: Dataset, fields: str) -> None:
        self.dataset = dataset
        self.fields = chosen_fields(dataset, fields)
        self.documents = self.empty = self.halves = 0

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """A pass over the documents, in the order of the collection; it counts anew."""
        self.documents = self.empty = self.halves = 0
        for document in self.dataset.docs():
            given = document.content(self.fields)
            content = mended(given)
            self.documents += 1
            self.empty += not content.strip()
            self.halves += content is not given
            yield document.id, content

    def facts(self) -> dict[str, Any]:
        """What the last pass has counted, for a manifest."""
        return {"documents": self.documents, "empty": self.empty, "half_characters": self.halves}

    def notes(self) -> list[str]:
        """What a person should know of the last pass, a sentence each."""
        return content_notes(self.facts(), self.fields)


class Queries:
    """Id and text of each query of a split, counted as `Contents` are.

    Raises:
        InputError: there are no such queries.
    """

    def __init__(self, dataset: Dataset, split: str) -> None:
        self._texts = dataset.queries(split)
        self.empty = self.halves = 0

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """A pass over the queries; it counts anew."""
        self.empty = self.halves = 0
        for query, given in self._texts.items():
            text = mended(given)
            self.empty += not text.strip()
            self.halves += text is not given
            yield query, text

    def facts(self) -> dict[str, Any]:
        """What the last pass has counted, for a manifest."""
        queries = len(self._texts)
        return {"queries": queries, "empty": self.empty, "half_characters": self.halves}


def content_notes(facts: Mapping[str, Any], fields: str = USUAL) -> list[str]:
    """What there is to say of counts of contents, a sentence each."""
    notes = []
    if facts.get("empty") and "queries" in facts:
        notes.append(
            f"{facts['empty']:,} of {facts['queries']:,} queries are empty: they find nothing."
        )
    elif facts.get("empty"):
        notes.append(
            f"{facts['empty']:,} of {facts['documents']:,} documents have {lacking(fields)}: "
            f"nothing finds them."
        )
    if halves := facts.get("half_characters"):
        notes.append(
            f"{halves:,} texts held halves of characters (lone surrogates), which became "
            f"question marks."
        )
    return notes
