from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from encoders.head import PlainHead, WinnersHead
from encoders.maxpool import max_logits
from encoders.survivors import survivors


def _inputs(lengths: list[int], seed: int, dtype: torch.dtype) -> tuple[Tensor, ...]:
    generator = torch.Generator().manual_seed(seed)

    def random(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=generator, dtype=dtype)

    return random(sum(lengths), 6), torch.tensor(lengths), random(40, 6), random(40) - 1


@given(
    lengths=st.lists(st.integers(0, 7), min_size=1, max_size=8),
    top_k=st.sampled_from([None, 0, 1, 5, 100]),
    seed=st.integers(0, 1000),
    chunk=st.sampled_from([1, 7, 1 << 20]),
    double=st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_winners_equal_the_definition(
    lengths: list[int], top_k: int | None, seed: int, chunk: int, double: bool
) -> None:
    dtype, tolerance = (torch.float64, 1e-12) if double else (torch.float32, 1e-5)
    tokens, counts, weight, bias = _inputs(lengths, seed, dtype)
    upstream = torch.randn(len(lengths), 40, dtype=dtype)
    results = []
    for head in (PlainHead(), WinnersHead(chunk)):
        leaves = [part.clone().requires_grad_() for part in (tokens, weight, bias)]
        pooled = head(leaves[0], counts, leaves[1], leaves[2], top_k)
        (pooled * upstream).sum().backward()
        results.append([pooled, *(leaf.grad for leaf in leaves)])
    for plain, winners in zip(*results, strict=True):
        torch.testing.assert_close(
            torch.zeros_like(winners) if plain is None else plain,
            winners,
            atol=tolerance,
            rtol=tolerance,
        )


def test_values_worked_out_by_hand() -> None:
    # Two texts: tokens (1, 0), (0, 2) and (-1, 0); three terms.
    tokens = torch.tensor([[1.0, 0.0], [0.0, 2.0], [-1.0, 0.0]])
    weight = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    bias = torch.tensor([0.0, -1.0, 0.5])
    # Logits: token 0: 1, -1, 1.5; token 1: 0, 1, 2.5; token 2: -1, -1, -0.5.
    expected = [[math.log(2), math.log(2), math.log(3.5)], [0.0, 0.0, 0.0]]
    for head in (PlainHead(), WinnersHead()):
        got = head(tokens, torch.tensor([2, 1]), weight, bias, None)
        torch.testing.assert_close(got, torch.tensor(expected))
    raw = max_logits(tokens, torch.tensor([2, 1]), weight, bias)
    assert raw.tolist() == [[1.0, 1.0, 2.5], [-1.0, -1.0, -0.5]]


def test_gradient_flows_only_to_survivors() -> None:
    tokens, counts, weight, bias = _inputs([3], 0, torch.float64)
    bias.requires_grad_()
    pooled = WinnersHead()(tokens, counts, weight, bias, 2)
    pooled.sum().backward()
    assert bias.grad is not None
    assert bias.grad.nonzero().squeeze(1).tolist() == pooled[0].nonzero().squeeze(1).tolist()
    assert int((pooled > 0).sum()) == 2


def test_ties_go_to_the_smallest_term_id() -> None:
    values = torch.tensor([[1.0, 3.0, 2.0, 2.0, 2.0], [0.0, 0.0, -1.0, 5.0, 0.0]])
    mask = survivors(values, 2)
    assert mask.tolist() == [[False, True, True, False, False], [False] * 3 + [True, False]]


@pytest.mark.parametrize("head", [PlainHead(), WinnersHead()])
def test_a_text_without_real_tokens_has_no_terms(head: PlainHead | WinnersHead) -> None:
    tokens, _, weight, bias = _inputs([2], 3, torch.float32)
    pooled = head(tokens, torch.tensor([0, 2, 0]), weight, bias + 5, 3)
    assert (pooled > 0).sum(dim=1).tolist() == [0, 3, 0]
    assert not head(tokens[:0], torch.tensor([0]), weight, bias, 3).any()
