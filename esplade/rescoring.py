"""Search in two steps: the index whose full vectors candidates are scored again by."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ground.errors import InputError

if TYPE_CHECKING:
    from harness.lucene.impact_index import ImpactIndex
    from harness.quantisation.quantiser import Quantiser
    from harness.retrieval.outcome import Outcome
    from harness.retrieval.searching import PreparedQueries
    from harness.vectors import Vectors


class Rescoring(NamedTuple):
    """Step two.

    Attributes:
        full: the index of the unpruned vectors.
        candidates: that step one gives; as many as there are results, if None.
        lossless: whether to find how many would lose nothing.
    """

    full: ImpactIndex
    candidates: int | None
    lossless: bool

    def search(
        self,
        first: ImpactIndex,
        pruned: PreparedQueries,
        queries: Vectors,
        quantiser: Quantiser | None,
        *,
        k: int,
        **search: Any,
    ) -> Outcome:
        """Search with the queries pruned for step one, and unpruned for step two."""
        from harness.pruning import NONE
        from harness.retrieval.searching import prepare_queries
        from harness.retrieval.two_step import search_two_steps

        unpruned = prepare_queries(queries, self.full, NONE, quantiser)
        depth = k if self.candidates is None else self.candidates
        return search_two_steps(
            first,
            self.full,
            pruned,
            unpruned,
            k=k,
            candidates=depth,
            needed=self.lossless,
            **search,
        )

    def facts(self, k: int) -> dict[str, Any]:
        """How candidates were rescored, for a run's metadata."""
        manifest = self.full.manifest
        depth = k if self.candidates is None else self.candidates
        of = {"index": manifest["key"], "prune": str(manifest["prune"]), "candidates": depth}
        return {"rescored": of}


@contextmanager
def opened_rescoring(
    index: Any,
    path: Path,
    rescore: Any,
    candidates: int | None,
    lossless: bool,
    drop_self: bool,
) -> Iterator[Rescoring | None]:
    """Step two as `esplade.Index.search` is asked for it; None if it is not.

    Args:
        index: that is searched first, open.
        path: its folder.
        rescore: an `esplade.Index`, the folder of one, or None.
        candidates: see `Rescoring`.
        lossless: see `Rescoring`.
        drop_self: whether one more candidate is found, for one is left out afterwards.

    Raises:
        InputError: candidates without an index to rescore them; an index of text.
    """
    from esplade.indexes import Index
    from harness.lucene.text_index import TextIndex

    if rescore is None:
        if candidates is not None or lossless:
            raise InputError(
                "Candidates are those of a search in two steps, and nothing says what rescores "
                "them. Name the index of the unpruned vectors with --rescore, or leave "
                "--candidates out."
            )
        yield None
        return
    ours = rescore if isinstance(rescore, Index) else Index.open(rescore)
    try:
        for one, where in ((index, path), (ours._opened, ours.path)):
            if isinstance(one, TextIndex):
                raise InputError(
                    f"{where} is a BM25 index; candidates are found and rescored by impact indexes "
                    f"of the same vectors, pruned and unpruned."
                )
        more = None if candidates is None else candidates + drop_self
        yield Rescoring(ours._opened, more, lossless)
    finally:
        if ours is not rescore:
            ours.close()
