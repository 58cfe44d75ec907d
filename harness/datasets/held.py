"""A data set that is held in memory: what notebooks have, and what is read from tables."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from ground.errors import InputError
from ground.reading import fault_of_id
from harness.datasets.beir import SPLITS, check_new
from harness.datasets.judgments import Judgment, judgment_table, whole_grade
from harness.datasets.model import Document, judged
from harness.datasets.rows import Rows

if TYPE_CHECKING:
    import pandas as pd


class HeldDataset:
    """Documents, queries and judgments in memory; see `harness.datasets.model.Dataset`.

    Args:
        name: short, for tables and file names.
        documents: in the order of the collection.
        queries: text by id, of all splits together.
        qrels: by split (train, dev, test): columns query_id, doc_id, relevance.
        language: ``en``, ``ko``, or None.
        general: running text for pre-training.

    Raises:
        InputError: no documents; an id that is empty, holds white space or occurs twice; a split
            of another name; judgments that contradict each other, or with fractional grades.
    """

    def __init__(
        self,
        name: str,
        documents: Sequence[Document],
        queries: Mapping[str, str] | None = None,
        qrels: Mapping[str, pd.DataFrame] | None = None,
        *,
        language: str | None = None,
        general: Sequence[str] = (),
    ) -> None:
        _check_name(name)
        _check_ids(f"{name}, documents", [document.id for document in documents], "document")
        _check_ids(f"{name}, queries", list(queries or {}), "query")
        if not documents:
            raise InputError(f"{name} holds no documents: the collection is empty.")
        if unknown := [split for split in qrels or {} if split not in SPLITS]:
            raise InputError(
                f"{name} has judgments of a split {unknown[0]!r}; splits are {', '.join(SPLITS)}."
            )
        self.name = name
        self.language = language
        self._documents = list(documents)
        self._queries = dict(queries or {})
        given = {split: (qrels or {})[split] for split in SPLITS if split in (qrels or {})}
        self._qrels = {
            split: checked_judgments(frame, f"{name}, judgments of {split}")
            for split, frame in given.items()
        }
        self._general = list(general)

    @property
    def splits(self) -> tuple[str, ...]:
        """Splits that have judgments."""
        return tuple(self._qrels)

    def docs(self) -> Iterator[Document]:
        """The documents, in the order of the collection."""
        return iter(self._documents)

    def queries(self, split: str = "test") -> dict[str, str]:
        """Text by id of the queries judged in a split; all if nothing is judged.

        Raises:
            InputError: there is no such split, or there are no queries.
        """
        if not self._queries:
            raise InputError(f"{self.name} has no queries, and this needs some. Give them too.")
        if not self._qrels:
            return dict(self._queries)
        return judged(self._queries, self.qrels(split), self.name, split)

    def qrels(self, split: str = "test") -> pd.DataFrame:
        """Judgments of a split: ``query_id`` (str), ``doc_id`` (str), ``relevance`` (int).

        Raises:
            InputError: there is no such split.
        """
        if split not in self._qrels:
            there = f"it has: {', '.join(self.splits)}" if self._qrels else "it has no judgments"
            raise InputError(f"{self.name} has no split {split!r}; {there}.")
        return self._qrels[split].copy()

    def general_texts(self) -> Iterator[str]:
        """Running text for pre-training."""
        return iter(self._general)

    def digest(self) -> str:
        """SHA-256 of all that it holds."""
        return self._digest

    @cached_property
    def _digest(self) -> str:
        state = hashlib.sha256()

        def add(*fields: object) -> None:
            for field in fields:
                data = str(field).encode("utf-8", "surrogatepass")
                state.update(f"{len(data)}:".encode() + data)

        for document in self._documents:
            add("d", document.id, document.title, document.text)
        for query, text in self._queries.items():
            add("q", query, text)
        for split, frame in self._qrels.items():
            for row in zip(frame["query_id"], frame["doc_id"], frame["relevance"], strict=True):
                add("j", split, *row)
        return state.hexdigest()


def _check_name(name: str) -> None:
    if not name or not name.isprintable() or name != name.strip() or set(name) & set("/\\\t\n"):
        raise InputError(
            f"The name of the data set is {name!r}. Give one that a file could have, too."
        )


def checked_judgments(frame: pd.DataFrame, where: str) -> pd.DataFrame:
    """Judgments with clean ids, whole grades, and one for each pair.

    Raises:
        InputError: they are not; says in which row.
    """
    place = Rows.of(frame, where)
    columns = (frame["query_id"], frame["doc_id"], frame["relevance"])
    rows = enumerate(zip(*(column.tolist() for column in columns), strict=True), 1)

    def checked() -> Iterator[Judgment]:
        for number, (query, document, grade) in rows:
            for value in (query, document):
                if fault := fault_of_id(value):
                    raise InputError(f"{place.at(number)}: {fault}")
            yield number, query, document, whole_grade(grade, place.at(number))

    table = judgment_table(checked(), place.at)
    if not len(table):
        raise InputError(f"{place}: there are none. Leave the split out, or give its judgments.")
    return table


def _check_ids(where: str, ids: Sequence[str], unit: str) -> None:
    seen: dict[str, int] = {}
    for number, value in enumerate(ids, 1):
        if fault := fault_of_id(value):
            raise InputError(f"{where}, {unit} {number}: {fault}")
        check_new(seen, value, where, number, unit)
