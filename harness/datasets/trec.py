"""A data set in TREC's pieces: a collection, a topics file, judgment files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from harness.artifacts import file_digest
from harness.datasets import files
from harness.datasets.beir import check_new, read_documents
from harness.datasets.model import Document, judged
from harness.datasets.qrels import read_qrels
from harness.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

_TAG = re.compile(r"</?(top|num|title|desc|narr)>", re.IGNORECASE)
_LABEL = re.compile(r"^\s*(?:Number|Topic|Description|Narrative)\s*:\s*", re.IGNORECASE)


class TrecFiles:
    """A data set of separate files.

    Args:
        corpus: documents as JSON Lines (``_id`` or ``id``, ``title``, ``text``).
        topics: TREC topics (``<top>`` blocks; the title is the query), or lines of
            ``qid<TAB>text``.
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
        self.corpus_path = files.existing(Path(corpus))
        self.topics_path = files.existing(Path(topics))
        parts = qrels if isinstance(qrels, Mapping) else {"test": qrels}
        self.qrels_paths = {split: files.existing(Path(path)) for split, path in parts.items()}
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


def read_topics(path: str | Path) -> dict[str, str]:
    """Query text by id, from ``<top>`` blocks or from lines of ``qid<TAB>text``.

    Raises:
        InputError: missing file, a line or block without id or text, a duplicate id, no topics.
    """
    path = files.existing(Path(path))
    rows = [(number, line) for number, line in files.lines(path) if line.strip()]
    if not rows:
        raise InputError(f"{path} holds no topics.")
    marked = any(line.lstrip().lower().startswith("<top>") for _, line in rows)
    seen: dict[str, int] = {}
    topics = {}
    for number, query_id, text in _blocks(path, rows) if marked else _tabbed(path, rows):
        check_new(seen, files.clean_id(query_id, path, number), path, number)
        topics[query_id] = text
    return topics


def _tabbed(path: Path, rows: list[tuple[int, str]]) -> Iterator[tuple[int, str, str]]:
    for number, line in rows:
        query_id, tab, text = line.partition("\t")
        if not tab or not text.strip():
            raise InputError(
                f"{path}, line {number}: not a topic. Write qid<TAB>text on every line, or TREC's "
                f"<top> blocks."
            )
        yield number, query_id.strip(), text.strip()


def _blocks(path: Path, rows: list[tuple[int, str]]) -> Iterator[tuple[int, str, str]]:
    """Topics of a marked-up file; end tags inside a block are optional, as in TREC's own."""
    start, fields, current = 0, dict[str, list[str]](), ""
    for number, line in rows:
        position = 0
        for tag in [*_TAG.finditer(line), None]:
            piece = line[position : tag.start() if tag else len(line)]
            if current and piece.strip():
                fields.setdefault(current, []).append(piece.strip())
            if tag is None:
                break
            position, name = tag.end(), tag[1].lower()
            closing = tag[0].startswith("</")
            if name == "top" and closing:
                yield start, *_topic(path, start, fields)
            if name == "top":
                start, fields = number, {}
            current = "" if closing or name == "top" else name
    if fields:
        raise InputError(f"{path}, line {start}: a <top> block that no </top> ends.")


def _topic(path: Path, number: int, fields: dict[str, list[str]]) -> tuple[str, str]:
    query_id = _LABEL.sub("", " ".join(fields.get("num", []))).strip()
    title = _LABEL.sub("", " ".join(fields.get("title", []))).strip()
    if not query_id or not title:
        missing = "<num>" if not query_id else "<title>"
        raise InputError(f"{path}, line {number}: this topic has no {missing}. Add it.")
    return query_id, title
