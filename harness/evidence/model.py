"""What evidence is collected from, and the columns that it has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

DEPTH = 10
"""Results a query that are looked at."""


@dataclass(frozen=True)
class Material:
    """Texts and judgments of a test collection.

    Attributes:
        queries: text by query id; those that are looked at.
        documents: text by document id: at least those among the best results.
        judgments: query id to document id to grade.
        fields: what of a document its text is.
    """

    queries: Mapping[str, str]
    documents: Mapping[str, str]
    judgments: Mapping[str, Mapping[str, int]]
    fields: str


def asked_type() -> pa.DataType:
    """A term of a query.

    ``weight`` is the encoder's; ``impact`` what is searched with, 0 where the term was pruned;
    ``known`` whether the index holds it; ``own`` whether the text does.
    """
    import pyarrow as pa

    return pa.struct(
        {
            "term": pa.string(),
            "weight": pa.float32(),
            "impact": pa.int32(),
            "known": pa.bool_(),
            "own": pa.bool_(),
        }
    )


def shared_type() -> pa.DataType:
    """A term that a query and a document share: ``product`` is what it adds to the score."""
    import pyarrow as pa

    return pa.struct({"term": pa.string(), "query": pa.float64(), "product": pa.float64()})


def query_schema() -> pa.Schema:
    """Columns of ``queries.parquet``."""
    import pyarrow as pa

    return pa.schema(
        {
            "query": pa.string(),
            "point": pa.string(),
            "text": pa.string(),
            "terms": pa.list_(asked_type()),
        }
    )


def result_schema() -> pa.Schema:
    """Columns of ``results.parquet``; ``relevance`` is null where nobody judged."""
    import pyarrow as pa

    return pa.schema(
        {
            "query": pa.string(),
            "point": pa.string(),
            "rank": pa.int32(),
            "document": pa.string(),
            "text": pa.string(),
            "score": pa.float64(),
            "relevance": pa.int32(),
            "terms": pa.list_(shared_type()),
        }
    )
