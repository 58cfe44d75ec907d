"""What a data set is: documents, queries, judgments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, get_args, runtime_checkable

from ground.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

Fields = Literal["title", "text", "title+text"]
FIELDS: tuple[str, ...] = get_args(Fields)


@dataclass(frozen=True, slots=True)
class Document:
    """One document; a field that the collection lacks is the empty string."""

    id: str
    title: str
    text: str

    def content(self, fields: str = "title") -> str:
        """What is encoded of the document.

        Args:
            fields: ``title``, ``text`` or ``title+text``. An empty field stays empty: nothing
                else takes its place.

        Raises:
            InputError: any other name.
        """
        if fields == "title":
            return self.title
        if fields == "text":
            return self.text
        if fields == "title+text":
            return f"{self.title} {self.text}".strip()
        raise InputError(f"Unknown document field {fields!r}. Use one of: {', '.join(FIELDS)}.")


@runtime_checkable
class Dataset(Protocol):
    """A test collection: documents, queries and judgments, in named splits."""

    @property
    def name(self) -> str:
        """Short name, for tables and file names."""

    @property
    def language(self) -> str | None:
        """``en``, ``ko``, or None where nobody said."""

    @property
    def splits(self) -> tuple[str, ...]:
        """Splits that have judgments, among train, dev and test, in this order."""

    def docs(self) -> Iterator[Document]:
        """The documents, in the order of the collection; read anew at each call."""

    def queries(self, split: str = "test") -> dict[str, str]:
        """Text by query id, of the queries with a judgment in this split, in file order."""

    def qrels(self, split: str = "test") -> pd.DataFrame:
        """Judgments of a split: ``query_id`` (str), ``doc_id`` (str), ``relevance`` (int)."""

    def general_texts(self) -> Iterator[str]:
        """Running text for pre-training that is no part of the collection; often empty."""

    def digest(self) -> str:
        """SHA-256 of the content, for the keys of what is built from it."""


def judged(queries: dict[str, str], qrels: pd.DataFrame, where: str, split: str) -> dict[str, str]:
    """The queries that have a judgment, in their own order.

    Raises:
        InputError: a judged query has no text.
    """
    wanted = set(qrels["query_id"])
    if unknown := sorted(wanted - queries.keys()):
        raise InputError(
            f"{where} has judgments in split {split!r} for {len(unknown)} queries without a text "
            f"(the first is {unknown[0]!r}). Add them to the queries, or remove their judgments; "
            f"`esplade data check` lists them with file and line."
        )
    return {query_id: text for query_id, text in queries.items() if query_id in wanted}
