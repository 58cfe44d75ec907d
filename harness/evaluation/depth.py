"""Whether a search goes as deep as what is measured."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ground.errors import InputError


def check_depth(measures: Iterable[Any], k: int) -> None:
    """Refuse measures that look deeper than a search is going to go: R@1000 of 100 is R@100.

    Args:
        measures: names, or what `parse_measures` makes of them.
        k: results per query.

    Raises:
        InputError: with the measure and its cutoff.
    """
    from harness.evaluation.names import parse_measures

    for measure in parse_measures(map(str, measures)):
        cutoff = measure.params.get("cutoff", 0)
        if cutoff > k:
            raise InputError(
                f"{measure} looks at {cutoff:,} results a query, and only {k:,} are searched for. "
                f"Search deeper (--k, or k under [sweep] of a study), or choose a smaller cutoff."
            )
