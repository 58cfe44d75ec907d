"""From vectors to an index: prune, quantise, build, and keep account of what was lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp

from ground.artifacts import digest
from ground.errors import InputError
from harness.lucene.impact_build import Documents, build_from_documents
from harness.lucene.impact_checks import check_impacts
from harness.lucene.impact_index import ImpactIndex
from harness.pruning import NONE, Columns, Rule
from harness.quantisation.quantiser import Quantiser, QuantiseReport, quantise
from harness.vectors import Vectors, vectors_digest


@dataclass(frozen=True)
class IndexSettings:
    """How document vectors become impacts.

    Attributes:
        prune: which weights a document keeps; see `harness.pruning`.
        quantiser: see `harness.quantisation.quantiser`; an open range is fitted to the unpruned
            documents.
    """

    prune: Rule = NONE
    quantiser: Quantiser = Quantiser("scale", factor=100.0)

    def key(self, source_digest: str) -> str:
        """Digest of the settings and of the vectors they are applied to."""
        k = self.prune.k
        kept = {"dk": k} if k is not None else {"prune": self.prune.identity}
        return digest({"vectors": source_digest, **kept, "quantise": str(self.quantiser), "v": 1})


def index_vectors(
    vectors: Vectors,
    out: Path,
    settings: IndexSettings,
    *,
    facts: Mapping[str, Any] | None = None,
    source_digest: str | None = None,
    overwrite: bool = False,
    memory_mb: int = 1024,
    progress: Callable[[int], None] | None = None,
) -> ImpactIndex:
    """Build a Lucene impact index of document vectors.

    The manifest records the pruning, the quantisation, what both dropped, clipped or emptied, and
    the account of the files that were read. Documents that lose every term stay in the index:
    the count of documents never changes.

    Args:
        vectors: documents, float weights or impacts.
        out: the index folder.
        settings: pruning and quantisation.
        facts: what else to record (encoder fingerprint, data set).
        source_digest: `vectors_digest` of ``vectors``, where it is known already.
        overwrite: replace a finished index.
        memory_mb: what the documents on their way to Lucene may take, in MB.
        progress: called with the number of documents indexed since the last call.

    Raises:
        InputError: weights that the settings cannot turn into impacts; ``out`` is not free.
        IntegrityError: the index does not hold what the vectors hold (nothing is left then).
    """
    settings.prune.check_documents()
    source = source_digest or vectors_digest(vectors)
    quantiser = settings.quantiser.fit(vectors.matrix)
    making = _Impacts(vectors, settings.prune, quantiser)

    def recorded() -> dict[str, Any]:
        _require_postings(vectors, making.lost, settings.prune, quantiser)
        return {
            **(facts or {}),
            "vectors_digest": source,
            "dk": settings.prune.k,
            "prune": str(settings.prune),
            **({"prune_contents": held} if (held := settings.prune.contents) else {}),
            "quantise": str(quantiser),
            "pruned": vectors.nnz - making.lost.weights,
            "quantisation": making.lost.to_dict(),
            "zero_weights": vectors.zeros,
            "empty_before": int((vectors.lengths() == 0).sum()),
            **({"source": vectors.account.to_dict()} if vectors.account else {}),
        }

    counted = vectors.account.documents if vectors.account else None
    return build_from_documents(
        Documents(vectors.ids, vectors.terms, vectors.lengths(), making.rows, counted),
        out,
        key=settings.key(source),
        facts=recorded,
        overwrite=overwrite,
        memory_mb=memory_mb,
        progress=progress,
    )


def _require_postings(
    vectors: Vectors, lost: QuantiseReport, prune: Rule, quantiser: Quantiser
) -> None:
    """Refuse an index in which nothing could ever be found.

    Raises:
        InputError: no document has a weight, or none keeps one.
    """
    if lost.weights > lost.zeroed:
        return
    documents = f"None of the {len(vectors.ids):,} documents"
    if not vectors.nnz:
        raise InputError(
            f"{documents} has a term with a weight above 0, so that no query could find any. "
            f"Check what was encoded."
        )
    raise InputError(
        f"{documents} keeps a term: of {vectors.nnz:,} weights --prune {prune} left "
        f"{lost.weights:,}, and --quantize {quantiser} rounds {lost.zeroed:,} of these to 0. The "
        f"largest weight is {vectors.matrix.data.max():g}; prune less, or use a larger scale."
    )


class _Impacts:
    """Prunes and quantises documents a part at a time, and adds up what is lost."""

    def __init__(self, vectors: Vectors, prune: Rule, quantiser: Quantiser) -> None:
        self._prune = prune if prune.by_row else NONE
        # What a term's quantile keeps, say, depends on all documents.
        self._vectors = vectors if prune.by_row else prune.prune(vectors)
        self._columns = Columns(vectors.terms)
        self._quantiser = quantiser
        self.lost = QuantiseReport(0, 0, 0, 0, 0)

    def rows(self, places: Any) -> sp.csr_array:
        """Impacts of some documents, given as a slice or as row numbers."""
        names = np.asarray(self._vectors.ids, dtype=object)[places].tolist()
        matrix = self._prune.apply(self._vectors.matrix[places], self._columns)
        impacts, lost = quantise(Vectors(names, self._vectors.terms, matrix), self._quantiser)
        check_impacts(impacts)
        self.lost += lost
        return impacts.matrix
