"""From vectors to an index: prune, quantise, build, and keep account of what was lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness import pruning
from harness.artifacts import digest
from harness.lucene.impact_build import build_impact_index
from harness.lucene.impact_index import ImpactIndex
from harness.quantise import Quantiser, quantise
from harness.vectors import Vectors, vectors_digest


@dataclass(frozen=True)
class IndexSettings:
    """How document vectors become impacts.

    Attributes:
        dk: largest number of terms a document keeps, by weight; 0 for all.
        quantiser: see `harness.quantise`; an open range is fitted to the unpruned documents.
    """

    dk: int = 0
    quantiser: Quantiser = Quantiser("scale", factor=100.0)

    def key(self, source_digest: str) -> str:
        """Digest of the settings and of the vectors they are applied to."""
        return digest(
            {"vectors": source_digest, "dk": self.dk, "quantise": str(self.quantiser), "v": 1}
        )


def index_vectors(
    vectors: Vectors,
    out: Path,
    settings: IndexSettings,
    *,
    facts: Mapping[str, Any] | None = None,
    source_digest: str | None = None,
    overwrite: bool = False,
    progress: Callable[[int], None] | None = None,
) -> ImpactIndex:
    """Build a Lucene impact index of document vectors.

    The manifest records the pruning, the quantisation, and what both dropped, clipped or
    emptied. Documents that lose every term stay in the index: the count of documents never
    changes.

    Args:
        vectors: documents, float weights or impacts.
        out: the index folder.
        settings: pruning and quantisation.
        facts: what else to record (encoder fingerprint, data set).
        source_digest: `vectors_digest` of ``vectors``, where it is known already.
        overwrite: replace a finished index.
        progress: called with the number of documents indexed since the last call.

    Raises:
        InputError: weights that the settings cannot turn into impacts; ``out`` is not free.
        IntegrityError: the index does not hold what the vectors hold (nothing is left then).
    """
    source = source_digest or vectors_digest(vectors)
    quantiser = settings.quantiser.fit(vectors.matrix)
    pruned = vectors.with_matrix(pruning.top_k(vectors.matrix, settings.dk))
    impacts, lost = quantise(pruned, quantiser)
    recorded = {
        **(facts or {}),
        "vectors_digest": source,
        "dk": settings.dk,
        "quantise": str(quantiser),
        "pruned": vectors.nnz - pruned.nnz,
        "quantisation": lost.to_dict(),
        "zero_weights": vectors.zeros,
        "empty_documents": int((impacts.lengths() == 0).sum()),
        "empty_before": int((vectors.lengths() == 0).sum()),
    }
    key = settings.key(source)
    return build_impact_index(
        impacts, out, key=key, facts=recorded, overwrite=overwrite, progress=progress
    )
