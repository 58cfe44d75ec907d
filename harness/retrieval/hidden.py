"""What a pruned index leaves out of a full one: the largest weight of each term that it lacks."""

from __future__ import annotations

from collections.abc import Iterator
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from ground.errors import InputError
from harness.lucene.impact_index import ImpactIndex

_PART = 1 << 22
"""Postings that are compared at a time."""
_REMEDY = (
    "Build both indexes from the same vectors with the same --quantize, and prune only the one "
    "that is searched first (esplade index --dk, --prune)."
)

_Ints = NDArray[np.int64]
_known: WeakKeyDictionary[ImpactIndex, WeakKeyDictionary[ImpactIndex, _Ints]] = WeakKeyDictionary()


def hidden_weights(first: ImpactIndex, full: ImpactIndex) -> _Ints:
    """The largest weight of each term that no posting of a pruned index shows.

    Every posting of both is compared, once for each pair of open indexes.

    Args:
        first: the pruned index.
        full: the index that it is a pruning of.

    Returns:
        int64, shape (terms of ``full``,): the largest impact among the postings that ``first``
        lacks; 0 where it has them all.

    Raises:
        InputError: ``first`` is no pruning of ``full``: other documents, another quantisation,
            terms or impacts that ``full`` does not have.
    """
    found = _known.setdefault(first, WeakKeyDictionary())
    if full not in found:
        _check_alike(first, full)
        parts = [_largest(first, full, *span) for span in _spans(full.document_frequency)]
        found[full] = np.concatenate([np.zeros(0, np.int64), *parts])
    return found[full]


def _check_alike(first: ImpactIndex, full: ImpactIndex) -> None:
    what = f"{first.path} cannot find candidates for {full.path}: "
    if first.doc_ids != full.doc_ids:
        odd = sorted(set(first.doc_ids) ^ set(full.doc_ids))[:3]
        raise InputError(
            f"{what}they are indexes of different documents ({first.num_docs:,} and "
            f"{full.num_docs:,}; not in both: {', '.join(map(repr, odd))}). {_REMEDY}"
        )
    ours, theirs = str(first.manifest.get("quantise")), str(full.manifest.get("quantise"))
    if ours != theirs:
        raise InputError(
            f"{what}their impacts are of different scales, --quantize {ours} and {theirs}, so that "
            f"the scores of one say nothing about those of the other. {_REMEDY}"
        )
    used = np.flatnonzero(first.document_frequency).tolist()
    unknown = [first.terms[place] for place in used if first.terms[place] not in full.columns]
    if unknown:
        raise InputError(
            f"{what}{len(unknown):,} of the {len(used):,} terms of its lists (such as "
            f"{unknown[0]!r}) are not among the terms of the other: it holds vectors of another "
            f"vocabulary. {_REMEDY}"
        )


def _spans(lengths: _Ints) -> Iterator[tuple[int, int]]:
    """Ranges of terms that have about as many postings as are compared at a time."""
    part = (np.cumsum(lengths) - lengths) // _PART
    starts = np.flatnonzero(np.diff(part, prepend=-1)).tolist()
    yield from zip(starts, [*starts[1:], len(lengths)], strict=True)


def _largest(first: ImpactIndex, full: ImpactIndex, start: int, stop: int) -> _Ints:
    """`hidden_weights` of some of the terms."""
    terms = full.terms[start:stop]
    keys, weights = _postings(full, terms)
    kept, same = _postings(first, terms)
    places = np.searchsorted(keys, kept)
    # A last one that matches nothing, for what lies behind all.
    wrong = np.append(keys, -1)[places] != kept
    wrong |= np.append(weights, 0)[places] != same
    if wrong.any():
        _refuse(first, full, terms, int(kept[wrong.argmax()]), int(same[wrong.argmax()]))
    weights[places] = 0
    largest = np.zeros(len(terms), dtype=np.int64)
    np.maximum.at(largest, keys // full.num_docs, weights)
    return largest


def _postings(index: ImpactIndex, terms: list[str]) -> tuple[_Ints, _Ints]:
    """Postings of some terms, rising: place of the term x documents + document; impacts."""
    starts, documents, impacts = index.lists(terms)
    rows = np.repeat(np.arange(len(terms), dtype=np.int64), np.diff(starts))
    return rows * index.num_docs + documents, impacts.astype(np.int64)


def _refuse(first: ImpactIndex, full: ImpactIndex, terms: list[str], key: int, impact: int) -> None:
    row, document = divmod(key, full.num_docs)
    keys, weights = _postings(full, [terms[row]])
    held = dict(zip(keys.tolist(), weights.tolist(), strict=True)).get(document)
    other = "not at all" if held is None else f"with the impact {held:,}"
    raise InputError(
        f"{first.path} cannot find candidates for {full.path}, as it is no pruning of it: it holds "
        f"the term {terms[row]!r} of the document {full.doc_ids[document]!r} with the impact "
        f"{impact:,}, and the other {other}. {_REMEDY}"
    )
