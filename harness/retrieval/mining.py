"""Hard negatives from a ranking (what is found high up and answers nothing), and their scores."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ground.artifacts import atomic_text
from harness.vectors import Vectors


@dataclass(frozen=True)
class Answers:
    """What must not become a negative.

    Attributes:
        contents: content of each document, by id; documents without content are not among them.
        relevant: ids of the documents that are judged relevant, by query.
    """

    contents: Mapping[str, str]
    relevant: Mapping[str, Set[str]]

    def of(self, query: str) -> set[str]:
        """Contents that answer a query; other documents may have them too."""
        found = self.relevant.get(query, set())
        return {self.contents[document] for document in found if document in self.contents}

    def most(self) -> int:
        """The most documents that one query may lose: those with the contents of its answers."""
        copies = Counter(self.contents.values())
        lost = (sum(copies[content] for content in self.of(query)) for query in self.relevant)
        return max(lost, default=0)


def hard_negatives(
    ranked: Iterable[tuple[str, Iterable[str]]], answers: Answers, *, depth: int, skip_top: int = 0
) -> dict[str, list[str]]:
    """Choose hard negatives from a ranking.

    Args:
        ranked: (query, document ids, best first); no document is repeated. A ranking that is
            ``depth + skip_top + answers.most()`` deep leaves enough, where there is enough.
        answers: what is left out: answers, documents of the content of an answer, and documents
            without content.
        depth: most negatives a query.
        skip_top: of what is left, so many of the best are dropped, because the best are often
            answers that nobody judged.

    Returns:
        Ids by query, best first.
    """
    chosen = {}
    for query, documents in ranked:
        wrong = answers.of(query)
        known = ((d, answers.contents[d]) for d in documents if d in answers.contents)
        left = [document for document, content in known if content not in wrong]
        chosen[query] = left[skip_top : skip_top + depth]
    return chosen


def teacher_scores(
    queries: Vectors, documents: Vectors, candidates: Mapping[str, Sequence[str]]
) -> dict[str, dict[str, float]]:
    """Exact scores of an encoder, as a teacher's for distillation.

    Args:
        queries: float weights, before pruning and quantisation.
        documents: the same of the documents.
        candidates: documents by query; those without a vector get no score.

    Returns:
        By query and document the inner product of their vectors, in float64.
    """
    row = {document: number for number, document in enumerate(documents.ids)}
    place = {term: number for number, term in enumerate(documents.terms)}
    columns = np.array([place.get(term, -1) for term in queries.terms], dtype=np.int64)
    asked = np.zeros(len(documents.terms))
    found = {}
    for number, query in enumerate(queries.ids):
        own = queries.matrix[[number]]
        known = columns[own.indices] >= 0
        terms = columns[own.indices[known]]
        asked[terms] = own.data[known]
        ids = [document for document in candidates.get(query, ()) if document in row]
        products = np.asarray(documents.matrix[[row[d] for d in ids]] @ asked, dtype=np.float64)
        found[query] = dict(zip(ids, map(float, products), strict=True))
        asked[terms] = 0
    return found


def write_negatives(
    path: Path,
    negatives: Mapping[str, Sequence[str]],
    positives: Mapping[str, Iterable[str]] | None = None,
    scores: Mapping[str, Mapping[str, float]] | None = None,
) -> None:
    """Write a line of JSON a query, as ``esplade finetune --negatives`` reads it.

    Args:
        path: the file.
        negatives: ids by query.
        positives: ids by query; written if there are scores, which is all they are for.
        scores: a teacher's, by query and document.
    """
    with atomic_text(path) as stream:
        for query, documents in negatives.items():
            record: dict[str, object] = {"query_id": query, "negatives": list(documents)}
            if scores is not None:
                given = scores.get(query, {})
                answers = sorted((positives or {}).get(query, ()))
                record["positives"] = [_scored(document, given) for document in answers]
                record["negatives"] = [_scored(document, given) for document in documents]
            stream.write(json.dumps(record, ensure_ascii=False) + "\n")


def _scored(document: str, scores: Mapping[str, float]) -> dict[str, object]:
    score = scores.get(document)
    return {"id": document} | ({} if score is None else {"score": score})
