"""What is in a data set, in figures and a few examples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harness.datasets.model import Dataset

_EXAMPLES = 3


def summary(dataset: Dataset, fields: str) -> dict[str, Any]:
    """Counts of a data set, and a few of its queries with their documents.

    Args:
        dataset: read once.
        fields: what of a document its words are counted of.

    Returns:
        ``name``, ``language``, ``documents``, ``words`` (mean of a document), ``splits``
        (``queries``, ``judgments`` and ``grades`` of each) and ``examples`` (``query`` and
        ``document``), spread over the test split or the last that there is.
    """
    documents = words = 0
    shown = next((s for s in ("test", *reversed(dataset.splits)) if s in dataset.splits), None)
    pairs = _example_pairs(dataset, shown) if shown else {}
    contents: dict[str, str] = {}
    for document in dataset.docs():
        content = document.content(fields)
        documents += 1
        words += len(content.split())
        if document.id in pairs.values():
            contents[document.id] = content
    texts = dataset.queries(shown) if shown else {}
    examples = [
        {"query": texts[query], "document": contents[document]}
        for query, document in pairs.items()
        if document in contents
    ]
    return {
        "name": dataset.name,
        "language": dataset.language,
        "documents": documents,
        "words": words / documents if documents else 0.0,
        "splits": {split: split_summary(dataset, split) for split in dataset.splits},
        "examples": examples,
    }


def split_summary(dataset: Dataset, split: str) -> dict[str, Any]:
    """``queries``, ``judgments`` and ``grades`` of a split."""
    qrels = dataset.qrels(split)
    return {
        "queries": int(qrels["query_id"].nunique()),
        "judgments": len(qrels),
        "grades": sorted(int(grade) for grade in qrels["relevance"].unique()),
    }


def _example_pairs(dataset: Dataset, split: str) -> dict[str, str]:
    """Document by query, for a few queries spread over the split."""
    qrels = dataset.qrels(split)
    relevant = qrels[qrels["relevance"] > 0].drop_duplicates("query_id")
    step = max(1, len(relevant) // _EXAMPLES)
    chosen = relevant.iloc[::step].head(_EXAMPLES)
    return dict(zip(chosen["query_id"], chosen["doc_id"], strict=True))
