"""Why a document has its score for a query: the terms that they share, and those they do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ground.errors import InputError, IntegrityError
from harness.lucene.impact_index import ImpactIndex
from harness.retrieval.searching import PreparedQueries


@dataclass(frozen=True)
class Term:
    """One term of a query, a document, or both.

    Attributes:
        term: the term.
        query: its impact in the query; 0 if it is not there.
        document: its impact in the document; 0 if it is not there.
        document_frequency: documents that hold it; 0 if the index does not know it.
    """

    term: str
    query: int
    document: int
    document_frequency: int

    @property
    def product(self) -> int:
        """What it adds to the score."""
        return self.query * self.document


@dataclass(frozen=True)
class Explanation:
    """The score of one (query, document) pair.

    Attributes:
        query: id.
        document: id.
        score: the sum of the products, equal to what a search returns.
        rank: among the k best, from 1; None if it is not among them.
        k: how many were looked at.
        shared: terms of both, the largest product first.
        missing: the query's terms that the document lacks, the largest impact first.
        others: the document's terms that the query lacks, the largest impact first.
    """

    query: str
    document: str
    score: int
    rank: int | None
    k: int
    shared: list[Term]
    missing: list[Term]
    others: list[Term]

    def to_dict(self) -> dict[str, Any]:
        """Plain values, with each term's product and share of the score."""
        facts = asdict(self)
        for plain, term in zip(facts["shared"], self.shared, strict=True):
            plain |= {"product": term.product, "share": term.product / self.score}
        return facts


def explain(
    index: ImpactIndex,
    queries: PreparedQueries,
    query: str,
    documents: Sequence[str],
    k: int = 1000,
) -> list[Explanation]:
    """Explain the scores of some documents for one query.

    Args:
        index: where they are.
        queries: pruned and quantised as they would be searched.
        query: id of the query.
        documents: ids of the documents.
        k: how many of the best documents to look through for the documents' ranks.

    Raises:
        InputError: there is no such query or document.
        IntegrityError: a score differs from what a search returns.
    """
    row = _row(queries.vectors.ids, query)
    asked = queries.vectors.with_matrix(queries.vectors.matrix[[row]])
    one = type(asked)([query], asked.terms, asked.matrix)
    weights = dict(zip((one.terms[c] for c in one.matrix.indices), one.matrix.data, strict=True))
    found = index.search(one, k=k).run
    ranks = {
        doc: (rank, int(score))
        for _, docs, scores in found
        for rank, (doc, score) in enumerate(zip(docs, scores, strict=True), 1)
    }
    impacts = index.impacts(documents)
    explained = []
    for place, document in enumerate(documents):
        span = slice(impacts.matrix.indptr[place], impacts.matrix.indptr[place + 1])
        held = {
            index.terms[c]: int(w)
            for c, w in zip(impacts.matrix.indices[span], impacts.matrix.data[span], strict=True)
        }
        result = _explain(index, query, document, weights, held, ranks.get(document), k)
        explained.append(result)
    return explained


def _explain(
    index: ImpactIndex,
    query: str,
    document: str,
    asked: dict[str, Any],
    held: dict[str, int],
    found: tuple[int, int] | None,
    k: int,
) -> Explanation:
    def term(name: str) -> Term:
        column = index.columns.get(name)
        frequency = 0 if column is None else int(index.document_frequency[column])
        return Term(name, int(asked.get(name, 0)), held.get(name, 0), frequency)

    shared = [term(name) for name in asked if name in held]
    missing = [term(name) for name in asked if name not in held]
    others = [term(name) for name in held if name not in asked]
    score = sum(one.product for one in shared)
    if found is not None and found[1] != score:
        raise IntegrityError(
            f"The terms of {document!r} add up to {score:,} for the query {query!r}, but a search "
            f"of {index.path} gives {found[1]:,}."
        )
    return Explanation(
        query,
        document,
        score,
        found[0] if found else None,
        k,
        sorted(shared, key=lambda t: (-t.product, t.term)),
        sorted(missing, key=lambda t: (-t.query, t.term)),
        sorted(others, key=lambda t: (-t.document, t.term)),
    )


def _row(ids: Sequence[str], query: str) -> int:
    try:
        return list(ids).index(query)
    except ValueError:
        near = ", ".join(map(repr, _near(ids, query)))
        raise InputError(
            f"There is no query {query!r} among the {len(ids):,} queries; close to it are {near}."
        ) from None


def _near(ids: Sequence[str], name: str) -> list[str]:
    from difflib import get_close_matches

    return get_close_matches(name, ids, 3, 0) or list(np.asarray(ids)[:3])
