"""Query-document pairs for fine-tuning: tokenised once, batched beside their false negatives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from encoders.encode import padded
from encoders.errors import EncoderInputError
from encoders.model import EspladeModel

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class RankingData:
    """What an encoder is fine-tuned on, or evaluated on.

    Attributes:
        queries: text of each query, by id.
        documents: content of each document, by id; of an evaluation, the whole pool.
        relevant: ids of the relevant documents of each query.
        negatives: ids of hard negatives of each query; may be empty.
    """

    queries: Mapping[str, str]
    documents: Mapping[str, str]
    relevant: Mapping[str, Sequence[str]]
    negatives: Mapping[str, Sequence[str]] = field(default_factory=dict)


class TokenisedPairs:
    """Pairs as numbers: documents of equal content share one number, so none is its rival.

    Args:
        model: the encoder whose tokenizer and maximum lengths apply.
        data: queries, documents, judgments; judgments of unknown ids are left out.

    Raises:
        EncoderInputError: no pair is left.
    """

    def __init__(self, model: EspladeModel, data: RankingData) -> None:
        contents = sorted(set(data.documents.values()))
        number = {content: i for i, content in enumerate(contents)}
        names = [q for q in data.queries if data.relevant.get(q)]
        self.documents = _ids(model, contents, "doc")
        self.queries = _ids(model, [data.queries[q] for q in names], "query")
        pairs = {
            (i, number[data.documents[d]])
            for i, q in enumerate(names)
            for d in data.relevant[q]
            if d in data.documents
        }
        if not pairs:
            raise EncoderInputError(
                "No judgment joins a known query and a known document, so there is nothing to "
                "train on. Check that the judgments' ids are those of the queries and the corpus."
            )
        self.pairs: Ints = np.array(sorted(pairs), dtype=np.int64)
        self.codes: Ints = np.sort(self.pairs[:, 0] * len(contents) + self.pairs[:, 1])
        self.negatives = [
            [number[data.documents[d]] for d in data.negatives.get(q, ()) if d in data.documents]
            for q in names
        ]

    def __len__(self) -> int:
        return len(self.pairs)

    def blocked(self, queries: Ints, documents: Ints) -> NDArray[np.bool_]:
        """(B, D) bool: document j is an answer to query i, so it cannot be its negative."""
        wanted = queries[:, None] * len(self.documents) + documents[None, :]
        at = np.searchsorted(self.codes, wanted)
        mask: NDArray[np.bool_] = self.codes[np.minimum(at, len(self.codes) - 1)] == wanted
        return mask


class PairCollator:
    """Make batches of B pairs, with ``hard`` negatives a query drawn at random.

    The draw depends on the seed and the batch alone, so that a resumed run repeats nothing.
    """

    def __init__(self, model: EspladeModel, pairs: TokenisedPairs, hard: int, seed: int) -> None:
        self.model, self.pairs, self.hard, self.seed = model, pairs, hard, seed

    def __call__(self, examples: Sequence[dict[str, Any]]) -> dict[str, Tensor]:
        """Token ids and masks of queries (B) and documents (B + n), and ``blocked`` (B, B + n)."""
        rows = np.array([example["index"] for example in examples], dtype=np.int64)
        queries, positives = self.pairs.pairs[rows].T
        documents = np.concatenate([positives, self._hard(queries, rows)])
        query_ids, query_mask = padded(self.model, [self.pairs.queries[i] for i in queries])
        doc_ids, doc_mask = padded(self.model, [self.pairs.documents[i] for i in documents])
        blocked = torch.from_numpy(self.pairs.blocked(queries, documents))
        return {
            "query_ids": query_ids,
            "query_mask": query_mask,
            "doc_ids": doc_ids,
            "doc_mask": doc_mask,
            "blocked": blocked.to(query_ids.device),
        }

    def _hard(self, queries: Ints, rows: Ints) -> Ints:
        rng = np.random.default_rng([self.seed, *rows.tolist()])
        drawn = [
            rng.choice(self.pairs.negatives[query], size=self.hard)
            for query in queries
            if self.hard and self.pairs.negatives[query]
        ]
        return np.concatenate(drawn or [np.empty(0, dtype=np.int64)]).astype(np.int64)


def _ids(model: EspladeModel, texts: Iterable[str], side: str) -> list[list[int]]:
    assert model.tokenizer is not None
    encoded: Any = model.tokenizer(
        list(texts) or [""], truncation=True, max_length=model.config.length_limit(side)
    )
    ids: list[list[int]] = encoded["input_ids"]
    return ids
