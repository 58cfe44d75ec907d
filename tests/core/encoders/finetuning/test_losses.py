from __future__ import annotations

import math

import pytest
import torch

from encoders.finetuning.losses import (
    QuadraticSchedule,
    above_terms,
    df_weights,
    flops,
    in_batch_loss,
    joint_flops,
    kl_divergence,
    margin_mse,
)

Q = torch.tensor([[1.0, 0.0], [0.0, 2.0]])
D = torch.tensor([[1.0, 1.0], [0.0, 1.0]])


def test_in_batch_cross_entropy() -> None:
    # Scores: query 0: 1, 0; query 1: 2, 2.
    expected = (-math.log(math.e / (math.e + 1)) + math.log(2)) / 2
    assert in_batch_loss(Q @ D.T).item() == pytest.approx(expected)


def test_sharper_scores() -> None:
    expected = (-math.log(math.e**2 / (math.e**2 + 1)) + math.log(2)) / 2
    assert in_batch_loss(Q @ D.T * 2).item() == pytest.approx(expected)


def test_a_blocked_document_is_no_negative_but_the_positive_stays() -> None:
    blocked = torch.tensor([[True, True], [True, False]])
    assert in_batch_loss(Q @ D.T, blocked=blocked).item() == pytest.approx(0.0)
    assert blocked[0, 0]  # the caller's mask is left as it was


def test_hard_negatives_count_for_every_query() -> None:
    documents = torch.cat([D, torch.tensor([[2.0, 0.0]])])
    # Scores: query 0: 1, 0, 2; query 1: 2, 2, 0.
    first = -math.log(math.e / (math.e + 1 + math.e**2))
    second = -math.log(math.e**2 / (2 * math.e**2 + 1))
    assert in_batch_loss(Q @ documents.T).item() == pytest.approx((first + second) / 2)


def test_positives_may_begin_further_on() -> None:
    documents = torch.cat([torch.tensor([[2.0, 0.0]]), D])
    # The same documents in another order: the positives are the second and the third.
    first = -math.log(math.e / (math.e + 1 + math.e**2))
    second = -math.log(math.e**2 / (2 * math.e**2 + 1))
    blocked = torch.zeros(2, 3, dtype=torch.bool)
    got = in_batch_loss(Q @ documents.T, blocked=blocked, first=1)
    assert got.item() == pytest.approx((first + second) / 2)


def test_margin_mse() -> None:
    scores = torch.tensor([[3.0, 1.0, 0.0], [2.0, 2.0, 9.0], [1.0, 0.0, 0.0]])
    teacher = torch.tensor([[5.0, 4.0, 1.0], [1.0, 0.5, math.nan], [math.nan, 1.0, 2.0]])
    # Margins of the student 2 and 3, of the teacher 1 and 4; then 0 and 0.5; the last row has none.
    assert margin_mse(scores, teacher).tolist() == [1.0, 1.0, 0.25]


def test_kl_divergence() -> None:
    # The teacher's shares are 3/4 and 1/4, the student's a half each.
    scores = torch.tensor([[1.0, 1.0, 5.0], [2.0, 0.0, 0.0], [0.0, 0.0, 0.0]], requires_grad=True)
    teacher = torch.tensor([[math.log(3), 0.0, math.nan], [math.nan, 1.0, math.nan], [2.0, 2, 2]])
    got = kl_divergence(scores, teacher)
    expected = 0.75 * math.log(0.75 / 0.5) + 0.25 * math.log(0.25 / 0.5)
    assert got.tolist() == pytest.approx([expected, 0.0])
    got.sum().backward()
    # The gradient is the student's shares less the teacher's, and 0 where the teacher is silent.
    assert scores.grad is not None
    torch.testing.assert_close(scores.grad[0], torch.tensor([-0.25, 0.25, 0.0]))
    assert (scores.grad[1] == 0).all()


def test_flops() -> None:
    assert flops(Q).item() == pytest.approx(0.5**2 + 1.0**2)


def test_joint_flops_is_free_for_terms_of_one_side() -> None:
    assert joint_flops(Q, D).item() == pytest.approx(0.5 * 0.5 + 1.0 * 1.0)
    assert joint_flops(Q[:1], torch.tensor([[0.0, 9.0]])).item() == 0.0


def test_the_schedule() -> None:
    schedule = QuadraticSchedule(weight=2.0, ramp=4, delay=10)
    assert [schedule(step) for step in (0, 9, 10, 12, 13, 14, 99)] == pytest.approx(
        [0.0, 0.0, 0.0, 0.5, 1.125, 2.0, 2.0]
    )
    assert QuadraticSchedule(weight=2.0, ramp=0)(0) == 2.0


def test_weights_of_terms_by_how_common_they_are() -> None:
    # At x = alpha the power is 2; at x = 1 it is 1; at alpha^2 it is 4.
    found = df_weights(torch.tensor([0.1, 1.0, 0.01, 0.0]))
    expected = [1 / 2, 1.0, 1 / (1 + 3**10), 0.0]
    assert found.tolist() == pytest.approx(expected, rel=1e-5, abs=1e-12)
    assert df_weights(torch.tensor([0.25]), alpha=0.5, beta=1.0).item() == pytest.approx(1 / 4)


def test_flops_of_common_terms_count_more() -> None:
    # Means 0.5 and 1, squared, times the weights.
    assert flops(D, torch.tensor([2.0, 0.5])).item() == pytest.approx(0.25 * 2 + 0.5)


def test_the_l0_mask_leaves_sparse_vectors_alone() -> None:
    vectors = torch.tensor([[1.0, 2.0, 0.0], [0.0, 3.0, 0.0]], requires_grad=True)
    kept = above_terms(vectors, 1)
    assert kept.tolist() == [[1, 2, 0], [0, 0, 0]]
    # Means over both documents: .5, 1, 0.
    assert flops(kept).item() == pytest.approx(1.25)
    flops(kept).backward()
    assert vectors.grad is not None and not vectors.grad[1].any() and vectors.grad[0, 1] > 0
    assert above_terms(vectors, 0) is vectors
