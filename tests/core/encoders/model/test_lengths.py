"""Groups of like length: the same values and gradients, at the least padding."""

from __future__ import annotations

from itertools import combinations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from transformers import BertConfig

from encoders.model.lengths import length_groups
from encoders.model.model import EspladeConfig, EspladeModel


def _mask(lengths: list[int]) -> Tensor:
    return (torch.arange(max(lengths)) < torch.tensor(lengths)[:, None]).long()


@given(st.lists(st.integers(1, 9), min_size=1, max_size=300))
def test_every_row_is_in_one_group_that_holds_its_tokens(lengths: list[int]) -> None:
    groups = length_groups(_mask(lengths))
    assert sorted(row for rows, _ in groups for row in rows.tolist()) == list(range(len(lengths)))
    for rows, longest in groups:
        assert max(lengths[row] for row in rows) == longest


@given(st.lists(st.sampled_from([2, 5, 30, 80, 90]), min_size=1, max_size=60))
def test_no_other_cut_costs_less(lengths: list[int]) -> None:
    groups = length_groups(_mask(lengths))
    cost = sum(len(rows) * longest + 64 for rows, longest in groups)
    values = sorted(set(lengths))
    others = [
        sum(
            sum(low < n <= high for n in lengths) * high + 64
            for low, high in zip((0, *ends), (*ends, values[-1]), strict=True)
        )
        for size in range(len(values))
        for ends in combinations(values[:-1], size)
    ]
    assert cost == min(others)


def test_padding_before_or_between_tokens_is_kept() -> None:
    mask = torch.tensor([[0, 0, 1, 1], [1, 0, 1, 0]])
    assert [(rows.tolist(), longest) for rows, longest in length_groups(mask)] == [([1, 0], 4)]


@pytest.mark.parametrize("side", ["words", "pooled"])
def test_values_and_gradients_are_those_of_the_padded_batch(side: str) -> None:
    torch.manual_seed(3)
    size = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2}
    bert = BertConfig(
        vocab_size=50, intermediate_size=32, max_position_embeddings=90, hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0, **size,
    )  # fmt: skip
    model = EspladeModel(EspladeConfig(backbone_config=bert, output_size=40, special_token_ids=[2]))
    mask = _mask([3, 60, 4, 5, 85, 4, 3, 58, 1] + [4] * 40)
    ids = torch.randint(3, 50, mask.shape) * mask
    assert len(length_groups(mask)) > 1

    def gradients() -> tuple[Tensor, list[Tensor]]:
        model.zero_grad()
        if side == "words":
            out = model.word_logits(ids, mask, (ids % 3 == 0) & (mask > 0))
        else:
            out = model(ids, mask)
        out.square().sum().backward()
        return out.detach(), [p.grad for p in model.parameters() if p.grad is not None]

    model.eval()
    padded = gradients()
    model.train()
    grouped = gradients()
    torch.testing.assert_close(grouped[0], padded[0])
    assert len(grouped[1]) == len(padded[1]) > 30
    for ours, theirs in zip(grouped[1], padded[1], strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-6)
