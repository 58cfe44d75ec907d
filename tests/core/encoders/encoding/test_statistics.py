from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from tiny_encoder import TEXTS, tiny_encoder

from encoders.encoding.moments import Moments
from encoders.encoding.statistics import Accumulator, logit_statistics

LOGITS = torch.tensor([[3.0, 1.0, -1.0, -3.0], [2.0, 2.0, 0.0, -4.0]])


def test_by_hand() -> None:
    collected = Accumulator(4, (1, 2, 0))
    collected.add(LOGITS[:1])
    collected.add(torch.full((1, 4), float("-inf")))
    collected.add(LOGITS[1:])
    got = collected.finished()
    assert (got.documents, got.empty, got.terms) == (2, 1, 4)
    assert got.score_avg == pytest.approx({1: 2.5, 2: 2.0, 0: 0.0})
    # Within documents: {3, 1} has 1 and {2, 2} has 0; {3, 1, -1, -3}: sqrt(20 / 4), the
    # other: sqrt(24 / 4).
    assert got.score_std[1] == 0 and got.score_std[2] == pytest.approx(0.5)
    assert got.score_std[0] == pytest.approx((math.sqrt(5) + math.sqrt(6)) / 2)
    # All eight numbers have mean 0 and squares that add up to 44.
    assert got.logit_std == pytest.approx(math.sqrt(44 / 8))
    # Term means 2.5, 1.5, -0.5, -3.5 and standard deviations 0.5 each.
    assert got.term_mean_std == pytest.approx(math.sqrt((6.25 + 2.25 + 0.25 + 12.25) / 4))
    assert got.term_std_avg == pytest.approx(0.5)
    # Non-negative terms: 2 and 3 a document; 2, 2, 1 and 0 documents a term.
    assert got.non_negative_by_document == pytest.approx((2.5, 0.5))
    assert got.non_negative_by_term == pytest.approx((1.25, math.sqrt(11 / 16)))


def test_the_names_are_the_papers_with_both_readings() -> None:
    collected = Accumulator(4, (2, 0))
    collected.add(LOGITS)
    found = collected.finished().to_dict()
    assert found["doc-score-avg@2"] == 2.0 and found["doc-score-std@all"] > 2
    assert found["non-neg-terms-avg (per document)"] == 2.5
    assert found["non-neg-terms-avg (per term)"] == 1.25


@given(
    st.lists(st.integers(1, 5), min_size=1, max_size=6),
    st.integers(0, 2**32 - 1),
    st.sampled_from([0.0, 1e3, -1e6]),
)
def test_batches_of_any_size_equal_numpy_over_all(
    sizes: list[int], seed: int, offset: float
) -> None:
    values = np.random.default_rng(seed).normal(offset, 2.0, size=(sum(sizes), 7))
    moments, start = Moments((7,)), 0
    for size in sizes:
        moments.add(values[start : start + size])
        start += size
    np.testing.assert_allclose(moments.mean, values.mean(axis=0), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(moments.std, values.std(axis=0), atol=1e-8)
    np.testing.assert_allclose(moments.flat().std, values.std(), atol=1e-8)


@given(st.integers(0, 2**32 - 1), st.integers(1, 8))
def test_the_spread_of_term_means_is_within_that_of_documents(seed: int, documents: int) -> None:
    """Var of the mean <= mean of the variances, so a larger published figure is another one."""
    logits = torch.from_numpy(np.random.default_rng(seed).normal(size=(documents, 6)))
    collected = Accumulator(6, (0,))
    collected.add(logits)
    got = collected.finished()
    variances = logits.var(dim=1, correction=0).mean()
    assert got.term_mean_std**2 <= float(variances) + 1e-12
    assert got.term_mean_std <= got.logit_std + 1e-12


def test_nothing_at_all() -> None:
    got = Accumulator(3).finished()
    assert got.documents == 0
    assert math.isnan(got.logit_std) and math.isnan(got.score_avg[0])


def test_a_stream_of_texts_equals_the_definition() -> None:
    model = tiny_encoder()
    model.head.bias.data -= 0.3
    assert model.tokenizer is not None
    done: list[int] = []
    texts = [*TEXTS, "", "cat"] * 3
    got = logit_statistics(model, iter(texts), depths=(3, 0), window=5, progress=done.append)
    assert sum(done) == len(texts) and got.empty == 3
    rows = [row for text in texts if (row := _raw(model, text)) is not None]
    wanted = np.array(rows, dtype=np.float64)
    best = np.sort(wanted, axis=1)[:, ::-1][:, :3]
    assert got.score_avg[3] == pytest.approx(best.mean(), abs=1e-6)
    assert got.score_std[3] == pytest.approx(best.std(axis=1).mean(), abs=1e-6)
    assert got.score_std[0] == pytest.approx(wanted.std(axis=1).mean(), abs=1e-6)
    assert got.logit_std == pytest.approx(wanted.std(), abs=1e-6)
    assert got.non_negative_by_document[0] == (wanted >= 0).sum(axis=1).mean()
    assert got.non_negative_by_term[1] == pytest.approx((wanted >= 0).sum(axis=0).std())


@torch.no_grad()
def _raw(model: Any, text: str) -> np.ndarray[Any, Any] | None:
    ids = torch.tensor([model.tokenizer(text)["input_ids"][:24]])
    mask = torch.ones_like(ids)
    real = model.real_tokens(ids, mask)
    if not real.any():
        return None
    return model.head(model.states(ids, mask))[real].amax(dim=0).numpy()
