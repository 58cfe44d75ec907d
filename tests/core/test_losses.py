from __future__ import annotations

import math

import pytest
import torch

from encoders.losses import QuadraticSchedule, flops, in_batch_loss, joint_flops

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
