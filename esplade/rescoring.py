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
        return search_two_steps(
            first,
            self.full,
            pruned,
            unpruned,
            k=k,
            candidates=self.depth(k),
            needed=self.lossless,
            **search,
        )

    def facts(self, k: int) -> dict[str, Any]:
        """How candidates were rescored, for a run's metadata."""
        manifest = self.full.manifest
        of = {"index": manifest["key"], "prune": str(manifest["prune"])}
        return {"rescored": {**of, "candidates": self.depth(k)}}

    def depth(self, k: int) -> int:
        """How many candidates there are for k results."""
        return k if self.candidates is None else self.candidates


@contextmanager
def opened_rescoring(
    index: Any, rescore: Any, candidates: int | None, lossless: bool, drop_self: bool
) -> Iterator[Rescoring | None]:
    """Step two as `esplade.Index.search` is asked for it; None if it is not.

    Args:
        index: that is searched first, open.
        rescore: an open index, the folder of one, or None.
        candidates: see `Rescoring`.
        lossless: see `Rescoring`.
        drop_self: whether one more candidate is found, for one is left out afterwards.

    Raises:
        InputError: candidates without an index to rescore them; an index of text.
    """
    if rescore is None:
        if candidates is not None or lossless:
            raise InputError(
                "Candidates are those of a search in two steps, and nothing says what rescores "
                "them. Name the index of the unpruned vectors with --rescore, or leave "
                "--candidates out."
            )
        yield None
        return
    more = None if candidates is None else candidates + drop_self
    _check_impacts(index)
    if not isinstance(rescore, str | Path):
        _check_impacts(rescore)
        yield Rescoring(rescore, more, lossless)
        return
    with _opened(Path(rescore)) as full:
        yield Rescoring(full, more, lossless)


def _opened(path: Path) -> ImpactIndex:
    from esplade.queries import is_text_index
    from harness.lucene.impact_index import open_impact_index

    if is_text_index(path):
        raise _of_text(path)
    return open_impact_index(path)


def _check_impacts(index: Any) -> None:
    from harness.lucene.text_index import TextIndex

    if isinstance(index, TextIndex):
        raise _of_text(index.path)


def _of_text(path: Path) -> InputError:
    return InputError(
        f"{path} is a BM25 index; candidates are found and rescored by impact indexes of the same "
        f"vectors, pruned and unpruned."
    )
