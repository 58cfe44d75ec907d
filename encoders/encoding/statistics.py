"""Statistics of an encoder's logit vectors (arXiv 2605.01407, Appendix E), in bounded memory.

The vectors are the raw max-pooled logits ``max_i z_i . E_v + b_v`` of documents: before ReLU,
before the logarithm, before the model's own top-k mask. The paper names the statistics without
formulas; the readings here are ours, and where a name has several, all are computed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import torch
from torch import Tensor

from encoders.encoding.encode import padded
from encoders.encoding.moments import Moments
from encoders.encoding.truncation import cut_to
from encoders.model.head import max_logits
from encoders.model.model import EspladeModel
from encoders.model.text import require_text

DEPTHS = (10, 100, 0)
"""The paper's k of doc-score-avg@k and doc-score-std@k; 0 stands for all of U."""
_ELEMENTS, _ELSEWHERE = 1 << 22, 1 << 25
"""Entries of a batch's dense (texts, |U|) matrix: on the CPU (float64: 32 MB), and elsewhere."""
Progress = Callable[[int], None]


@dataclass(frozen=True)
class LogitStatistics:
    """Statistics of the logit vectors of some documents; population standard deviations.

    Attributes:
        documents: how many were counted; those without a token that counts are not.
        empty: how many had none.
        longer: how many were longer than the model takes; what is beyond did not count.
        terms: |U|.
        score_avg: by k, the mean of a document's k largest logits, averaged over documents.
        score_std: by k, the standard deviation of a document's k largest logits, averaged so.
        logit_std: standard deviation of all logits of all documents together.
        term_mean_std: standard deviation, over U, of a term's mean logit.
        term_std_avg: standard deviation of a term's logit over documents, averaged over U.
        non_negative_by_document: mean and standard deviation, over documents, of the number of
            terms with a logit of at least 0.
        non_negative_by_term: mean and standard deviation, over U, of the number of documents in
            which a term has a logit of at least 0.
    """

    documents: int
    empty: int
    longer: int
    terms: int
    score_avg: dict[int, float]
    score_std: dict[int, float]
    logit_std: float
    term_mean_std: float
    term_std_avg: float
    non_negative_by_document: tuple[float, float]
    non_negative_by_term: tuple[float, float]

    def to_dict(self) -> dict[str, Any]:
        """By the paper's names, with the reading where there are several."""
        found: dict[str, Any] = {"documents": self.documents, "empty": self.empty}
        found["terms"] = self.terms
        for name, values in (("avg", self.score_avg), ("std", self.score_std)):
            found |= {f"doc-score-{name}@{k or 'all'}": value for k, value in values.items()}
        found |= {
            "logit-score-std": self.logit_std,
            "logit-score-std (term means)": self.term_mean_std,
            "logit-score-std (within a term)": self.term_std_avg,
        }
        for reading, (mean, std) in (
            ("per document", self.non_negative_by_document),
            ("per term", self.non_negative_by_term),
        ):
            found[f"non-neg-terms-avg ({reading})"] = mean
            found[f"non-neg-terms-std ({reading})"] = std
        return found


class Accumulator:
    """Collects statistics of logit vectors, batch by batch; memory is O(|U|).

    Args:
        terms: |U|.
        depths: the k of the scores of documents; 0 for all of U.
    """

    def __init__(self, terms: int, depths: Sequence[int] = DEPTHS) -> None:
        self.terms = terms
        self.depths = tuple(depths)
        self.empty = self.longer = 0
        self._avg = {k: Moments() for k in self.depths}
        self._std = {k: Moments() for k in self.depths}
        self._by_term = Moments((terms,))
        self._by_document = Moments()
        self._documents_of_term = np.zeros(terms, dtype=np.int64)

    def add(self, logits: Tensor) -> None:
        """Add raw max-pooled logits (B, |U|); a row of -inf is a document without tokens."""
        some = ~torch.isneginf(logits[:, 0])
        self.empty += int((~some).sum())
        if not some.any():
            return
        vectors = logits[some]
        self._add_largest(vectors)
        positive = vectors >= 0
        self._by_document.add(positive.sum(dim=1).cpu().numpy())
        self._documents_of_term += positive.sum(dim=0).cpu().numpy()
        self._add_all(vectors)

    def _add_largest(self, vectors: Tensor) -> None:
        """Means and standard deviations of the largest logits, short of all of them."""
        depths = [k for k in self.depths if 0 < k < self.terms]
        if not depths:
            return
        best = vectors.topk(max(depths), dim=1).values.double()
        for k in depths:
            self._avg[k].add(best[:, :k].mean(dim=1).cpu().numpy())
            self._std[k].add(best[:, :k].std(dim=1, correction=0).cpu().numpy())

    def _add_all(self, vectors: Tensor) -> None:
        """Moments of whole rows and whole columns, from sums and sums of squares in float64.

        Within a batch logits are of one magnitude, so that their squares lose nothing; batches
        are merged by their means.
        """
        values = vectors.double()
        rows, columns = values.mean(dim=1), values.mean(dim=0)
        squares = values.square_()
        spread = (squares.mean(dim=1) - rows.square()).clamp(min=0)
        for k in self.depths:
            if not 0 < k < self.terms:
                self._avg[k].add(rows.cpu().numpy())
                self._std[k].add(spread.sqrt().cpu().numpy())
        count = len(values)
        about = (squares.sum(dim=0) - count * columns.square()).clamp(min=0)
        self._by_term.merge(count, columns.cpu().numpy(), about.cpu().numpy())

    def finished(self) -> LogitStatistics:
        """The statistics so far; NaN where nothing was added."""
        count = self._by_term.count
        by_term = Moments()
        by_term.add(self._documents_of_term)
        return LogitStatistics(
            documents=count,
            empty=self.empty,
            longer=self.longer,
            terms=self.terms,
            score_avg={k: _mean(m) for k, m in self._avg.items()},
            score_std={k: _mean(m) for k, m in self._std.items()},
            logit_std=float(self._by_term.flat().std),
            term_mean_std=float(np.std(self._by_term.mean)) if count else float("nan"),
            term_std_avg=float(np.mean(self._by_term.std)),
            non_negative_by_document=(_mean(self._by_document), float(self._by_document.std)),
            non_negative_by_term=(float(by_term.mean), float(by_term.std)),
        )


def logit_statistics(
    model: EspladeModel,
    texts: Iterable[str],
    *,
    depths: Sequence[int] = DEPTHS,
    window: int = 4096,
    progress: Progress | None = None,
) -> LogitStatistics:
    """Statistics of the logit vectors of documents, read as a stream.

    Args:
        model: any encoder, after EMLM or after fine-tuning.
        texts: contents of documents; cut at the model's longest document.
        depths: see `Accumulator`.
        window: texts tokenised and sorted by length at a time.
        progress: called with the number of texts done since the last call.

    Raises:
        InputError: the model has no tokenizer.
    """
    require_text(model)
    found = Accumulator(model.config.output_size, depths)
    stream = iter(texts)
    was_training = model.training
    model.train(False)
    try:
        while part := list(islice(stream, window)):
            batches, longer = _batches(model, part)
            found.longer += longer
            for batch in batches:
                found.add(_logits(model, batch))
                if progress is not None:
                    progress(len(batch))
    finally:
        model.train(was_training)
    return found.finished()


def _batches(model: EspladeModel, texts: list[str]) -> tuple[Iterable[list[list[int]]], int]:
    """Token ids, batch by batch, and how many texts are longer than the model takes."""
    tokenizer, _ = require_text(model)
    ids, longer = cut_to(tokenizer, texts, model.config.length_limit("doc"))
    ids.sort(key=len)
    elements = _ELEMENTS if model.head.weight.device.type == "cpu" else _ELSEWHERE
    size = max(1, elements // max(1, model.config.output_size))
    return (ids[low : low + size] for low in range(0, len(ids), size)), longer


@torch.inference_mode()
def _logits(model: EspladeModel, batch: list[list[int]]) -> Tensor:
    tokens, lengths = model.packed(*padded(model, batch))
    logits = max_logits(tokens, lengths, model.head.weight, model.head.bias).float()
    # Apple's GPUs have no float64, in which moments are taken.
    return logits.cpu() if logits.device.type == "mps" else logits


def _mean(moments: Moments) -> float:
    return float(moments.mean) if moments.count else float("nan")
