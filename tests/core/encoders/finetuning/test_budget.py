from __future__ import annotations

import math

import pytest
import torch

from encoders.finetuning.budget import BudgetControl

QUERIES = torch.tensor([[3.0, 2.0, 1.0, 0.0], [0.0, 0.0, 2.0, 0.0]])
DOCUMENTS = torch.tensor([[1.0, 2.0, 0.0, 0.0], [4.0, 3.0, 2.0, 1.0]])


def control(budget: float = 100.0, query_k: int = 0, doc_k: int = 0) -> BudgetControl:
    made = BudgetControl(budget, query_k, doc_k, documents=1000, steps=240)
    made.observe("query", QUERIES)
    made.observe("doc", DOCUMENTS)
    return made


def test_expected_postings_by_hand() -> None:
    # Shares with each term: queries 1/2 1/2 1 0, documents 1 1 1/2 1/2.
    assert control().estimate() == pytest.approx(1000 * (0.5 + 0.5 + 0.5))
    # Of each query its largest: terms 0 and 2; of each document: terms 1 and 0.
    assert control(query_k=1, doc_k=1).estimate() == pytest.approx(1000 * 0.5 * 0.5)


def test_what_a_pool_showed_sets_the_estimate_right() -> None:
    made = control()
    made.measured(750.0)
    assert made.estimate() == pytest.approx(750)
    made.measured(750.0)
    assert made.estimate() == pytest.approx(750)


def test_the_weight_grows_while_too_much_is_read_and_falls_below() -> None:
    above, below, at = control(750.0), control(3000.0), control(1500.0)
    first = above.factor(QUERIES, DOCUMENTS, 0)
    # log(1500 / 750) times the two gains: 24 / 240 a step, and 3.
    assert first == pytest.approx(2**3.1)
    assert above.factor(QUERIES, DOCUMENTS, 1) == pytest.approx(2**3.2)
    assert below.factor(QUERIES, DOCUMENTS, 0) == pytest.approx(1 / first)
    assert at.factor(QUERIES, DOCUMENTS, 0) == pytest.approx(1)


def test_far_off_the_weight_moves_no_faster_than_at_e_times_the_budget() -> None:
    made = control(1.0)
    assert made.factor(QUERIES, DOCUMENTS, 0) == pytest.approx(math.exp(3.1))
    assert made.factor(QUERIES, DOCUMENTS, 1) == pytest.approx(math.exp(3.2))


def test_a_short_training_is_steered_as_far_as_a_long_one() -> None:
    for steps in (50, 500):
        made = BudgetControl(1250.0, 0, 0, documents=1000, steps=steps)
        for step in range(steps):
            last = made.factor(QUERIES, DOCUMENTS, step)
        # The sum over all steps of log(1500 / 1250), and the part that is proportional.
        assert last == pytest.approx(1.2**27)
        assert made.sum == pytest.approx(24 * math.log(1.2))


def test_until_the_ramp_is_over_what_is_steered_to_comes_down_by_equal_factors() -> None:
    made = BudgetControl(15.0, 0, 0, documents=1000, start=4, steps=100)
    assert made.factor(QUERIES, DOCUMENTS, 0) == 1  # at first, to what is read at first
    assert [made.target(step) for step in (0, 2, 4, 9)] == pytest.approx([1500, 150, 15, 15])
    # Nothing has thinned out at step 1: 10^(1/2) times too much, and e at most.
    assert made.factor(QUERIES, DOCUMENTS, 1) == pytest.approx(math.exp(3 + 24 / 100))


def test_a_budget_above_what_is_read_is_steered_to_at_once() -> None:
    rich = BudgetControl(1e6, 0, 0, documents=1000, start=5, steps=100)
    assert rich.factor(QUERIES, DOCUMENTS, 0) < 1 and rich.target(1) == 1e6


def test_a_state_goes_on() -> None:
    one, other = control(), control(100.0)
    one.measured(3000.0)
    one.factor(QUERIES, DOCUMENTS, 0)
    other.load_state_dict(one.state_dict())
    assert one.factor(QUERIES, DOCUMENTS, 1) == other.factor(QUERIES, DOCUMENTS, 1)


def test_a_plant_is_steered_to_its_budget() -> None:
    """Vectors that thin out as the weight grows, with a lag, end within a tenth of the budget."""
    torch.manual_seed(0)
    budget = 2000.0
    made = BudgetControl(budget, 0, 0, documents=20_000, steps=1500)
    weight, share, seen = 1.0, 0.2, []
    for step in range(1500):
        wanted = 0.05 / math.sqrt(weight)
        share += 0.02 * (wanted - share)
        batch = (torch.rand(48, 400) < share).float()
        weight = made.factor(batch, (torch.rand(48, 400) < share).float(), step)
        seen.append(400 * share**2 * 20_000)
    assert seen[0] > 10 * budget
    late = seen[-300:]
    assert max(late) < 1.1 * budget and min(late) > 0.9 * budget
