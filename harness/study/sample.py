"""A data set cut to some of its documents, for studies that have to be quick."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from ground.artifacts import digest
from harness.datasets import Dataset, Document, load_dataset
from harness.study.config import expanded
from harness.study.sections import DatasetSection
from harness.study.texts import chosen_by_hash

if TYPE_CHECKING:
    import pandas as pd


class SampledDataset:
    """The documents with the smallest hashes of their ids, and the queries that they answer.

    Args:
        whole: the data set.
        documents: how many documents stay.
    """

    def __init__(self, whole: Dataset, documents: int) -> None:
        self.whole, self.documents = whole, documents
        self.name, self.language, self.splits = whole.name, whole.language, whole.splits

    @cached_property
    def _kept(self) -> frozenset[str]:
        return chosen_by_hash((d.id for d in self.whole.docs()), self.documents)

    def docs(self) -> Iterator[Document]:
        """The documents that stay, in the order of the collection."""
        return (d for d in self.whole.docs() if d.id in self._kept)

    def qrels(self, split: str = "test") -> pd.DataFrame:
        """Judgments of documents that stay."""
        found = self.whole.qrels(split)
        return found[found["doc_id"].isin(self._kept)].reset_index(drop=True)

    def queries(self, split: str = "test") -> dict[str, str]:
        """Queries with such a judgment."""
        judged = set(self.qrels(split)["query_id"])
        return {name: text for name, text in self.whole.queries(split).items() if name in judged}

    def general_texts(self) -> Iterator[str]:
        """Those of the whole data set."""
        return self.whole.general_texts()

    def digest(self) -> str:
        """SHA-256 of the whole and of the number of documents."""
        return digest([self.whole.digest(), self.documents])


def open_dataset(section: DatasetSection) -> Dataset:
    """The test collection of a study.

    Raises:
        InputError: there is no such data set, or an environment variable is not set.
    """
    whole = load_dataset(expanded(section.path), language=section.language or None)
    return SampledDataset(whole, section.documents) if section.documents else whole
