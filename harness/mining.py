"""Hard negatives from a ranking: what is found high up and answers nothing."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from pathlib import Path

from harness.artifacts import atomic_text


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


def write_negatives(path: Path, negatives: Mapping[str, list[str]]) -> None:
    """Write a line of JSON a query, as ``esplade finetune --negatives`` reads it."""
    with atomic_text(path) as stream:
        for query, documents in negatives.items():
            record = {"query_id": query, "negatives": documents}
            stream.write(json.dumps(record, ensure_ascii=False) + "\n")
