"""Query-document pairs for fine-tuning: tokenised once, with what may not be their negative."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from encoders.encoding.query_words import longer_queries, query_terms
from encoders.encoding.truncation import cut_to
from encoders.model.model import EspladeModel
from ground.errors import InputError

Ints = NDArray[np.int64]
MADE_UP = "\0"
"""In the ids of queries that are made up: no id of a file can hold it."""


@dataclass(frozen=True)
class RankingData:
    """What an encoder is fine-tuned on, or evaluated on.

    Attributes:
        queries: text of each query, by id.
        documents: content of each document, by id; of an evaluation, the whole pool.
        relevant: ids of the relevant documents of each query.
        negatives: ids of hard negatives of each query; may be empty.
        scores: a teacher's scores, by query and document; may be empty.
    """

    queries: Mapping[str, str]
    documents: Mapping[str, str]
    relevant: Mapping[str, Sequence[str]]
    negatives: Mapping[str, Sequence[str]] = field(default_factory=dict)
    scores: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


class TokenisedPairs:
    """Pairs as numbers: documents of equal content share one number, so none is its rival.

    Args:
        model: the encoder whose tokenizer and maximum lengths apply.
        data: queries, documents, judgments; judgments of unknown ids are left out, and so are
            hard negatives of unknown ids or of the content of an answer.

    Raises:
        InputError: no pair is left.

    Attributes:
        queries: token ids of each query; of inference-free queries, ids of terms.
        documents: token ids of each content.
        collection: documents there are, equal contents and all.
        pairs: (pairs, 2) query and document.
        negatives: (n,) hard negatives of each query.
        scores: a teacher's scores of each query, by document.
        longer_documents: contents with more tokens than the model takes; the rest is not seen.
        longer_queries: the same of queries.
        query_names: id of each query.
        real: (queries,) bool, which are not made up of documents or running text.
        document_names: id of a document with each content.
    """

    def __init__(self, model: EspladeModel, data: RankingData) -> None:
        contents = sorted(set(data.documents.values()))
        self.collection = sum(MADE_UP not in name for name in data.documents)
        number = {content: i for i, content in enumerate(contents)}
        place = {name: number[content] for name, content in data.documents.items()}
        self.query_names = [q for q in data.queries if data.relevant.get(q)]
        self.document_names = _first_names(place, len(contents))
        self.real = np.array([MADE_UP not in name for name in self.query_names], dtype=np.bool_)
        self.documents, self.longer_documents = _ids(model, contents, "doc")
        texts = [data.queries[q] for q in self.query_names]
        self.queries, self.longer_queries = _query_ids(model, texts)
        self.pairs = _pairs(self.query_names, data, place)
        self.codes: Ints = np.sort(self.pairs[:, 0] * len(contents) + self.pairs[:, 1])
        self.negatives = [
            self._negatives(i, q, data, place) for i, q in enumerate(self.query_names)
        ]
        self.scores = [
            {place[d]: s for d, s in data.scores.get(q, {}).items() if d in place}
            for q in self.query_names
        ]

    def __len__(self) -> int:
        return len(self.pairs)

    def blocked(self, queries: Ints, documents: Ints) -> NDArray[np.bool_]:
        """(B, D) bool: document j is an answer to query i, so it cannot be its negative."""
        wanted = queries[:, None] * len(self.documents) + documents[None, :]
        at = np.searchsorted(self.codes, wanted)
        mask: NDArray[np.bool_] = self.codes[np.minimum(at, len(self.codes) - 1)] == wanted
        return mask

    def teaches(self) -> bool:
        """Whether a teacher scored both an answer and a hard negative of some query."""
        return any(
            int(document) in self.scores[query]
            and any(int(other) in self.scores[query] for other in self.negatives[query])
            for query, document in self.pairs
        )

    def _negatives(
        self, query: int, name: str, data: RankingData, place: Mapping[str, int]
    ) -> Ints:
        given = dict.fromkeys(place[d] for d in data.negatives.get(name, ()) if d in place)
        numbers = np.array(list(given), dtype=np.int64)
        return numbers[~self.blocked(np.array([query]), numbers)[0]] if len(numbers) else numbers


def _pairs(names: Sequence[str], data: RankingData, place: Mapping[str, int]) -> Ints:
    pairs = {(i, place[d]) for i, q in enumerate(names) for d in data.relevant[q] if d in place}
    if not pairs:
        raise InputError(
            "No judgment joins a known query and a known document, so there is nothing to "
            "train on. Check that the judgments' ids are those of the queries and the corpus."
        )
    return np.array(sorted(pairs), dtype=np.int64)


def _first_names(place: Mapping[str, int], contents: int) -> list[str]:
    names = [""] * contents
    for name, number in place.items():
        names[number] = names[number] or name
    return names


def _query_ids(model: EspladeModel, texts: Sequence[str]) -> tuple[list[list[int]], int]:
    if model.term_weights is None:
        return _ids(model, texts, "query")
    most = model.config.query_max_length
    terms = [query_terms(model, text, most) for text in texts]
    return terms, longer_queries(model, texts)


def _ids(model: EspladeModel, texts: Sequence[str], side: str) -> tuple[list[list[int]], int]:
    assert model.tokenizer is not None
    return cut_to(model.tokenizer, list(texts) or [""], model.config.length_limit(side))
