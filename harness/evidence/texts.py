"""Texts and judgments for evidence, from a data set: one pass, and only what is shown is kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from harness.datasets.contents import Contents
from harness.evidence.model import Material

if TYPE_CHECKING:
    from harness.datasets import Dataset


def material_of(dataset: Dataset, split: str, fields: str) -> Callable[[set[str]], Material]:
    """What `harness.evidence.collect` asks for, from a data set.

    Args:
        dataset: the test collection.
        split: whose queries and judgments.
        fields: what of a document is shown.
    """

    def material(documents: set[str]) -> Material:
        contents = Contents(dataset, fields)
        texts = {name: text for name, text in contents if name in documents}
        judgments: dict[str, dict[str, int]] = {}
        qrels = dataset.qrels(split)
        for query, document, grade in zip(
            qrels["query_id"], qrels["doc_id"], qrels["relevance"], strict=True
        ):
            judgments.setdefault(str(query), {})[str(document)] = int(grade)
        return Material(dataset.queries(split), texts, judgments, contents.fields)

    return material
