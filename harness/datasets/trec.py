"""A data set in TREC's pieces: a collection, a topics file, judgment files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ground.artifacts import file_digest
from ground.errors import InputError
from ground.reading import existing
from harness.datasets.beir import read_documents
from harness.datasets.model import Document, judged
from harness.datasets.qrels import read_qrels
from harness.datasets.topics import read_topics

if TYPE_CHECKING:
    import pandas as pd


class TrecFiles:
    """A data set of separate files.

    Args:
        corpus: documents as JSON Lines (``_id`` or ``id``, ``title``, ``text``).
        topics: queries in any form that `harness.datasets.topics.read_topics` reads.
        qrels: the judgments of the test split, or a file for each split.
        name: for tables; the stem of the topics file otherwise.
        language: ``en``, ``ko`` or None.

    Raises:
        InputError: a file is missing.
    """

    def __init__(
        self,
        corpus: str | Path,
        topics: str | Path,
        qrels: str | Path | Mapping[str, str | Path],
        name: str | None = None,
        language: str | None = None,
    ):
        self.corpus_path = existing(Path(corpus))
        self.topics_path = existing(Path(topics))
        parts = qrels if isinstance(qrels, Mapping) else {"test": qrels}
        self.qrels_paths = {split: existing(Path(path)) for split, path in parts.items()}
        self.name = name or self.topics_path.name.split(".")[0]
        self.language = language

    @property
    def splits(self) -> tuple[str, ...]:
        """The splits that were given."""
        return tuple(self.qrels_paths)

    def docs(self) -> Iterator[Document]:
        """The documents, in file order (errors as `read_documents`)."""
        return read_documents(self.corpus_path)

    def queries(self, split: str = "test") -> dict[str, str]:
        """Text by id of the topics judged in a split, in file order."""
        return judged(self._topics, self.qrels(split), str(self.topics_path), split)

    def qrels(self, split: str = "test") -> pd.DataFrame:
        """Judgments of a split (errors as `read_qrels`)."""
        if split not in self.qrels_paths:
            raise InputError(f"No judgments for {split!r}; there are: {', '.join(self.splits)}.")
        return read_qrels(self.qrels_paths[split])

    def general_texts(self) -> Iterator[str]:
        """None of these files is running text."""
        return iter(())

    def digest(self) -> str:
        """SHA-256 over the bytes of all files."""
        return file_digest(self.corpus_path, self.topics_path, *self.qrels_paths.values())

    @cached_property
    def _topics(self) -> dict[str, str]:
        return read_topics(self.topics_path)


def load_trec(
    corpus: str | Path,
    topics: str | Path,
    qrels: str | Path | Mapping[str, str | Path],
    *,
    name: str | None = None,
    language: str | None = None,
) -> TrecFiles:
    """Open a data set of separate files (see `TrecFiles`)."""
    return TrecFiles(corpus, topics, qrels, name, language)
