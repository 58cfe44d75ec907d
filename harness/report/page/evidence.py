"""What stands behind the numbers, read for some queries: see `harness.evidence` for the files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ground.errors import InputError
from ground.reading import json_document
from harness.report.evidence_files import LISTS, QUERIES, RESULTS

if TYPE_CHECKING:
    import pyarrow as pa

_LONGEST = 240
"""Characters of a document that a page shows; the file has all."""
_DIGITS = 4


class Evidence:
    """A folder of evidence.

    Args:
        path: the folder.
        points: names of the points that are shown, in the page's order.
    """

    def __init__(self, path: Path, points: Sequence[str]) -> None:
        self.path = path
        self.places = {name: place for place, name in enumerate(points)}

    def texts(self) -> dict[str, str]:
        """Text by query id."""
        table = self._read(QUERIES, ["query", "text"])
        return dict(zip(*(table.column(n).to_pylist() for n in ("query", "text")), strict=True))

    def lists(self) -> dict[str, Any]:
        """Distributions, as the file has them."""
        return json_document(self.path / LISTS)

    def details(self, queries: Iterable[str]) -> dict[str, dict[str, Any]]:
        """What a page shows of some queries.

        Returns:
            By query id: ``terms`` (names), ``documents`` (id and text), ``asked`` (a list a point:
            its place, then ``[term, weight, impact, known, own]`` each) and ``found`` (a list a
            point: its place, then ``[document, score, grade, [term, product, ...]]`` each). Terms
            and documents are places in the lists.
        """
        wanted = list(queries)
        made = {query: _Detail() for query in wanted}
        for row in self._read(QUERIES, None, wanted).to_pylist():
            if row["point"] in self.places:
                made[row["query"]].ask(self.places[row["point"]], row["terms"] or [])
        for row in self._read(RESULTS, None, wanted).to_pylist():
            if row["point"] in self.places:
                made[row["query"]].find(self.places[row["point"]], row)
        return {query: detail.told() for query, detail in made.items()}

    def _read(
        self, name: str, columns: list[str] | None, queries: list[str] | None = None
    ) -> pa.Table:
        import pyarrow as pa
        import pyarrow.parquet as pq

        path = self.path / name
        chosen = None if queries is None else [("query", "in", queries)]
        try:
            return pq.read_table(
                path, columns=columns, filters=chosen, page_checksum_verification=True
            )
        except (OSError, ValueError, pa.ArrowException) as error:
            why = " ".join(str(error).split())[:200]
            raise InputError(
                f"{path} cannot be read ({why}). Remove the folder {self.path} and make the "
                f"report again."
            ) from None


class _Detail:
    """What is told of one query while it is put together; names are numbered as they come."""

    def __init__(self) -> None:
        self.terms: dict[str, int] = {}
        self.documents: dict[str, tuple[int, str | None]] = {}
        self.asked: list[list[Any]] = []
        self.found: dict[int, list[Any]] = {}

    def ask(self, place: int, terms: Sequence[Mapping[str, Any]]) -> None:
        rows = [
            [
                self._term(t["term"]),
                round(t["weight"], _DIGITS),
                t["impact"],
                int(t["known"]),
                int(t["own"]),
            ]
            for t in terms
        ]
        if rows:
            self.asked.append([place, rows])

    def find(self, place: int, row: Mapping[str, Any]) -> None:
        name = row["document"]
        number, _ = self.documents.setdefault(name, (len(self.documents), row["text"]))
        shares: list[Any] = []
        for term in row["terms"] or []:
            shares += [self._term(term["term"]), round(term["product"], _DIGITS)]
        score = round(row["score"], _DIGITS)
        self.found.setdefault(place, []).append(
            [row["rank"], [number, score, row["relevance"], shares]]
        )

    def told(self) -> dict[str, Any]:
        documents = [[name, _short(text)] for name, (_, text) in self.documents.items()]
        found = [
            [place, [row for _, row in sorted(rows, key=lambda ranked: ranked[0])]]
            for place, rows in sorted(self.found.items())
        ]
        asked = sorted(self.asked, key=lambda one: int(one[0]))
        return {"terms": list(self.terms), "documents": documents, "asked": asked, "found": found}

    def _term(self, name: str) -> int:
        return self.terms.setdefault(name, len(self.terms))


def _short(text: str | None) -> str | None:
    if text is None or len(text) <= _LONGEST:
        return text
    return text[: _LONGEST - 1] + "…"
