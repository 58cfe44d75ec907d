"""Batches of neighbours: documents that resemble each other meet as in-batch negatives.

Random batches hold easy negatives only: few documents of a batch share a word. Here an epoch is
cut into groups, each a pair and pairs of the documents nearest to its own (cosine of TF-IDF over
input tokens), and the groups are shuffled. It costs no forward pass, unlike mined negatives.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from torch.utils.data import Sampler

Ints = NDArray[np.int64]

_NEAREST = 24
"""Neighbours known of each document."""

_CHUNK = 1024
_COMMON = 0.01
"""Tokens in more than this share of the documents tell nothing, and would cost the most."""


def nearest(documents: Sequence[Sequence[int]], count: int = _NEAREST) -> Ints:
    """The most similar other documents of each document.

    Args:
        documents: their token ids.
        count: neighbours of each.

    Returns:
        (documents, count) int64, best first; -1 where fewer share a token.
    """
    tokens = _tfidf(documents)
    found = np.full((len(documents), count), -1, dtype=np.int64)
    transposed = tokens.T.tocsr()
    for start in range(0, len(documents), _CHUNK):
        similar = sp.csr_array(tokens[start : start + _CHUNK] @ transposed)
        for row in range(similar.shape[0]):
            span = slice(similar.indptr[row], similar.indptr[row + 1])
            others = similar.indices[span].astype(np.int64)
            order = np.lexsort((others, -similar.data[span]))[: count + 1]
            best = others[order]
            best = best[best != start + row][:count]
            found[start + row, : len(best)] = best
    return found


def _tfidf(documents: Sequence[Sequence[int]]) -> sp.csr_array:
    """(documents, tokens) rows of length 1, without common tokens."""
    lengths = np.fromiter(map(len, documents), np.int64, len(documents))
    columns = np.fromiter((t for d in documents for t in d), np.int64, int(lengths.sum()))
    rows = np.repeat(np.arange(len(documents)), lengths)
    shape = (len(documents), int(columns.max(initial=0)) + 1)
    counts = sp.csr_array((np.ones(len(rows)), (rows, columns)), shape=shape)
    counts.data[:] = 1
    frequency = np.bincount(counts.indices, minlength=shape[1])
    weight = np.log(len(documents) / np.maximum(frequency, 1))
    weight[frequency > max(10, _COMMON * len(documents))] = 0
    weighted = sp.csr_array(counts @ sp.diags_array(weight))
    weighted.eliminate_zeros()
    norms = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    return sp.csr_array(sp.diags_array(1 / np.maximum(norms, 1e-12)) @ weighted)


class NeighbourSampler(Sampler[int]):
    """Every pair once an epoch, in shuffled groups of neighbours.

    The order depends on seed and epoch alone, so that a resumed training repeats nothing.

    Args:
        documents: (pairs,) the document of each pair.
        neighbours: see `nearest`.
        group: pairs in a group.
        seed: decides the order.
    """

    def __init__(self, documents: Ints, neighbours: Ints, group: int, seed: int) -> None:
        self.documents, self.neighbours = documents, neighbours
        self.group, self.seed, self.epoch = group, seed, 0
        order = np.argsort(documents, kind="stable")
        ends = np.cumsum(np.bincount(documents, minlength=len(neighbours)))
        self._pairs_of = np.split(order, ends[:-1])

    def set_epoch(self, epoch: int) -> None:
        """Choose the epoch whose order comes next."""
        self.epoch = epoch

    def __len__(self) -> int:
        return len(self.documents)

    def __iter__(self) -> Iterator[int]:
        generator = np.random.default_rng([self.seed, self.epoch])
        left = [generator.permutation(pairs).tolist() for pairs in self._pairs_of]
        used = np.zeros(len(self.documents), dtype=bool)
        groups: list[list[int]] = []
        for pair in generator.permutation(len(self.documents)).tolist():
            if not used[pair]:
                groups.append(self._gather(pair, left, used))
        for place in generator.permutation(len(groups)).tolist():
            yield from groups[place]

    def _gather(self, first: int, left: list[list[int]], used: NDArray[np.bool_]) -> list[int]:
        group = [first]
        used[first] = True
        for document in self.neighbours[self.documents[first]].tolist():
            if len(group) == self.group or document < 0:
                break
            waiting = left[document]
            while waiting and used[waiting[-1]]:
                waiting.pop()
            if waiting:
                pair = waiting.pop()
                used[pair] = True
                group.append(pair)
        return group
