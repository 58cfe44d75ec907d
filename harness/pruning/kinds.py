"""The kinds of steps that rules are made of, and the door for those of other packages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import scipy.sparse as sp

from ground.doors import Door
from harness.pruning import lists, steps
from harness.pruning.asked import Asked, keep_asked
from harness.pruning.common import Common, drop_common


class Kind(NamedTuple):
    """A kind of step.

    Attributes:
        apply: takes weights (rows, terms) > 0 with sorted columns, and the step's value; gives a
            matrix of the same shape and dtype.
        accepts: whether a value is one for it.
        example: of a step, for messages.
        by_row: whether a vector is pruned without a look at the others.
        read: makes the value of the text after the colon, a number unless something else is said;
            raises ValueError where it cannot. ``str`` of a value is that text again, and one that
            has an ``identity`` (a digest) is known by that in keys and names of folders.
        columns: whether ``apply`` takes `Columns` too: the terms, and their document frequencies.
        of_queries: whether queries can be pruned by it.
        of_documents: whether documents can.
    """

    apply: Callable[..., sp.csr_array]
    accepts: Callable[[Any], bool]
    example: str
    by_row: bool = True
    read: Callable[[str], Any] = float
    columns: bool = False
    of_queries: bool = True
    of_documents: bool = True


def _whole(x: float) -> bool:
    return x >= 1 and x.is_integer()


KINDS = {
    "top": Kind(steps.top_k, _whole, "top:20"),
    "threshold": Kind(steps.threshold, lambda x: 0 <= x < float("inf"), "threshold:0.5"),
    "ratio": Kind(steps.max_ratio, lambda x: 0 <= x <= 1, "ratio:0.1"),
    "mass": Kind(steps.mass, lambda x: 0 < x <= 1, "mass:0.9"),
    "fraction": Kind(steps.fraction, lambda x: 0 < x <= 1, "fraction:0.5"),
    "entropy": Kind(steps.entropy, lambda x: 0 < x < float("inf"), "entropy:1"),
    "quantile": Kind(lists.term_quantile, lambda x: 0 <= x < 1, "quantile:0.3", by_row=False),
    "share": Kind(
        lists.largest_share, lambda x: 0 < x <= 1, "share:0.4", by_row=False, of_queries=False
    ),
    "list": Kind(lists.cap_lists, _whole, "list:1000", by_row=False, of_queries=False),
    "common": Kind(
        drop_common, Common.sensible, "common:5:0.4", by_row=False, read=Common.read, columns=True
    ),
    # No weight goes: how many terms of the query a document has to hold (Rule.least).
    "match": Kind(lambda matrix, least: matrix, _whole, "match:2", of_documents=False),
    "asked": Kind(keep_asked, Asked.sensible, "asked:FILE", read=Asked.read, columns=True),
}
RULES: Door[Kind] = Door("pruning rule", "esplade.pruning", KINDS, Kind)
"""The kinds of steps, those of other packages among them."""
