"""Batches of pairs: the positives first, then hard negatives that are drawn for each pair."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from encoders.encoding.encode import padded
from encoders.finetuning.pairs import Ints, TokenisedPairs
from encoders.model.model import EspladeModel


class PairCollator:
    """Make batches of B pairs, with at most ``hard`` different hard negatives drawn for each.

    A draw depends on the seed, the pass and the pair alone: not on the other pairs of the batch,
    so neither on the number of processes.
    """

    def __init__(self, model: EspladeModel, pairs: TokenisedPairs, hard: int, seed: int) -> None:
        self.model, self.pairs, self.hard, self.seed = model, pairs, hard, seed

    def __call__(self, examples: Sequence[dict[str, Any]]) -> dict[str, Tensor]:
        """One batch.

        Returns:
            ``query_ids``, ``query_mask`` (B, L) and ``doc_ids``, ``doc_mask`` (B + n, M): what is
            encoded; ``query_numbers`` (B,) and ``doc_numbers`` (B + n,): which they are;
            ``group`` (B, 1 + hard): rows of each pair's positive and own negatives, -1 for none;
            ``teacher`` of the same shape: the teacher's scores of those, NaN for none.
        """
        rows = np.array([example["index"] for example in examples], dtype=np.int64)
        queries, positives = self.pairs.pairs[rows].T
        drawn = [self._draw(example) for example in examples]
        documents = np.concatenate([positives, *drawn])
        group = self._groups(drawn)
        query_ids, query_mask = padded(self.model, [self.pairs.queries[i] for i in queries])
        doc_ids, doc_mask = padded(self.model, [self.pairs.documents[i] for i in documents])
        return {
            "query_ids": query_ids,
            "query_mask": query_mask,
            "doc_ids": doc_ids,
            "doc_mask": doc_mask,
            "query_numbers": torch.from_numpy(queries.copy()),
            "doc_numbers": torch.from_numpy(documents),
            "group": torch.from_numpy(group),
            "teacher": torch.from_numpy(self._teacher(queries, documents, group)),
        }

    def _draw(self, example: dict[str, Any]) -> Ints:
        known = self.pairs.negatives[self.pairs.pairs[example["index"], 0]]
        if not self.hard or not len(known):
            return np.empty(0, dtype=np.int64)
        rng = np.random.default_rng([self.seed, example.get("pass", 0), example["index"]])
        return rng.choice(known, size=min(self.hard, len(known)), replace=False)

    def _groups(self, drawn: Sequence[Ints]) -> Ints:
        group = np.full((len(drawn), 1 + self.hard), -1, dtype=np.int64)
        group[:, 0] = np.arange(len(drawn))
        at = len(drawn)
        for row, negatives in enumerate(drawn):
            group[row, 1 : 1 + len(negatives)] = np.arange(at, at + len(negatives))
            at += len(negatives)
        return group

    def _teacher(self, queries: Ints, documents: Ints, group: Ints) -> NDArray[np.float32]:
        scores = np.full(group.shape, np.nan, dtype=np.float32)
        for row, places in enumerate(group):
            known = self.pairs.scores[queries[row]]
            for column, place in enumerate(places):
                if known and place >= 0:
                    scores[row, column] = known.get(int(documents[place]), np.nan)
        return scores
