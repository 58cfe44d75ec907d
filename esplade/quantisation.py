"""What quantisers lose on given vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harness.retrieval.quantisation_loss import QuantisationLoss
    from harness.vectors import Vectors

LADDER = ("scale:100", "scale:10", "bits:8", "bits:6", "bits:4", "bits:2")


def quantisation_loss(
    vectors: Any,
    queries: Any,
    quantise: Sequence[str] = LADDER,
    *,
    dk: int = 0,
    qk: int = 0,
    sample: int = 200,
    seed: int = 42,
) -> list[QuantisationLoss]:
    """What each quantisation loses: weights, correlation of scores, overlap of the top 10.

    Float and integer rankings are found by brute force over the same pruned vectors.

    Args:
        vectors: of documents, with float weights; `esplade.Vectors`, a folder or a file.
        queries: of queries, likewise.
        quantise: quantisers to compare.
        dk: largest number of terms that a document keeps.
        qk: the same of a query.
        sample: queries to compare, drawn at random; 0 for all.
        seed: decides the sample.

    Raises:
        InputError: vectors that cannot be read, or quantisers that cannot take them.

    Example:
        >>> import esplade
        >>> weights = {"d1": {"a": 1.25}, "d2": {"a": 0.001, "b": 1.0}}
        >>> documents = esplade.Vectors.from_dicts(weights)
        >>> queries = esplade.Vectors.from_dicts({"q1": {"a": 1.0}})
        >>> esplade.quantisation_loss(documents, queries, ["bits:4"])[0].documents.zeroed
        1
    """
    from esplade.progress import progress
    from esplade.vectors import Vectors
    from harness.pruning import Rule
    from harness.quantisation.quantiser import Quantiser
    from harness.retrieval.quantisation_loss import compare_quantisers

    rules = [Quantiser.parse(text) for text in quantise]
    given = [one if isinstance(one, Vectors) else Vectors.read(one) for one in (vectors, queries)]
    documents, asked = given[0].packed, _sample(given[1].packed, sample, seed)
    with progress("Comparing", len(asked.ids)) as advance:
        return compare_quantisers(
            documents,
            asked,
            rules,
            doc_prune=Rule.top(dk),
            query_prune=Rule.top(qk),
            progress=advance,
        )


def _sample(queries: Vectors, count: int, seed: int) -> Vectors:
    import numpy as np

    if not count or count >= len(queries.ids):
        return queries
    drawn = np.random.default_rng(seed).choice(len(queries.ids), count, replace=False)
    rows = np.sort(drawn)
    ids = [queries.ids[row] for row in rows]
    return type(queries)(ids, queries.terms, queries.matrix[rows])
