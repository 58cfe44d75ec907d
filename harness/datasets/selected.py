"""Some of a data set's queries, as a data set: what is found on them owes nothing to the others."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from ground.artifacts import digest

if TYPE_CHECKING:
    import pandas as pd

    from harness.datasets.model import Dataset, Document


class Selected:
    """A data set with one split, of some of the queries of a split of another.

    Args:
        dataset: whose documents these are.
        split: whose queries.
        queries: ids of those that stay.
    """

    def __init__(self, dataset: Dataset, split: str, queries: Collection[str]) -> None:
        self.dataset, self.split, self.kept = dataset, split, frozenset(queries)

    @property
    def name(self) -> str:
        """That of the whole."""
        return self.dataset.name

    @property
    def language(self) -> str | None:
        """That of the whole."""
        return self.dataset.language

    @property
    def splits(self) -> tuple[str, ...]:
        """The one that was selected from."""
        return (self.split,)

    def docs(self) -> Iterator[Document]:
        """All documents."""
        return self.dataset.docs()

    def queries(self, split: str = "test") -> dict[str, str]:
        """Those that stay, in file order."""
        return {q: text for q, text in self.dataset.queries(split).items() if q in self.kept}

    def qrels(self, split: str = "test") -> pd.DataFrame:
        """Their judgments."""
        found = self.dataset.qrels(split)
        return found[found["query_id"].isin(self.kept)].reset_index(drop=True)

    def general_texts(self) -> Iterator[str]:
        """That of the whole."""
        return self.dataset.general_texts()

    def digest(self) -> str:
        """Of the collection and of which queries stay."""
        return digest([self.dataset.digest(), self.split, sorted(self.kept)])
