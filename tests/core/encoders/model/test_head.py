from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from encoders.model.head import PlainHead, WinnersHead
from encoders.model.maxpool import max_logits
from encoders.model.survivors import surviving_pairs, surviving_values, survivors
from encoders.model.winners import pair_logits, scatter_rows, winning_tokens


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
    saturations=st.sampled_from([1, 2]),
)
@settings(max_examples=60, deadline=None)
def test_winners_equal_the_definition(
    lengths: list[int], top_k: int | None, seed: int, chunk: int, double: bool, saturations: int
) -> None:
    dtype, tolerance = (torch.float64, 1e-12) if double else (torch.float32, 1e-5)
    tokens, counts, weight, bias = _inputs(lengths, seed, dtype)
    upstream = torch.randn(len(lengths), 40, dtype=dtype)
    results = []
    for head in (PlainHead(saturations), WinnersHead(chunk, saturations)):
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
    for head in (PlainHead(saturations=2), WinnersHead(saturations=2)):
        got = head(tokens, torch.tensor([2, 1]), weight, bias, None)
        torch.testing.assert_close(got, torch.log1p(torch.tensor(expected)))
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


def _gradients(
    head: PlainHead | WinnersHead, inputs: tuple[Tensor, ...], top_k: int
) -> list[Tensor]:
    """Values, and gradients of a weighted sum of them, of whatever dtype the inputs are."""
    leaves = [part.clone().requires_grad_() for part in (inputs[0], *inputs[2:])]
    pooled = head(leaves[0], inputs[1], leaves[1], leaves[2], top_k)
    upstream = torch.linspace(-1, 1, pooled.numel(), dtype=torch.float64).view(pooled.shape)
    (pooled * upstream.to(pooled.dtype)).sum().backward()
    grads = [torch.zeros_like(leaf) if leaf.grad is None else leaf.grad for leaf in leaves]
    return [pooled.detach(), *grads]


@given(
    lengths=st.lists(st.integers(0, 6), min_size=1, max_size=6),
    top_k=st.sampled_from([0, 1, 3, 39, 40, 1000]),
    seed=st.integers(0, 1000),
    chunk=st.sampled_from([1, 9, 1000]),
)
@settings(max_examples=60, deadline=None)
def test_ties_in_the_maximum_and_at_the_cut(
    lengths: list[int], top_k: int, seed: int, chunk: int
) -> None:
    """Small integers: products are exact and ties are everywhere, logits of 0 among them."""
    generator = torch.Generator().manual_seed(seed)
    tokens = torch.randint(-1, 2, (sum(lengths), 4), generator=generator).float()
    weight = torch.randint(-1, 2, (40, 4), generator=generator).float()
    bias = torch.randint(-1, 2, (40,), generator=generator).float()
    inputs = (tokens, torch.tensor(lengths), weight, bias)
    plain, winners = (_gradients(h, inputs, top_k) for h in (PlainHead(), WinnersHead(chunk)))
    for wanted, got in zip(plain, winners, strict=True):
        torch.testing.assert_close(got, wanted, atol=1e-5, rtol=1e-5)


def test_the_first_of_tied_tokens_gets_the_gradient() -> None:
    tokens = torch.tensor([[0.0], [2.0], [2.0], [1.0]])
    inputs = (tokens, torch.tensor([4]), torch.ones(1, 1), torch.zeros(1))
    for head in (PlainHead(), WinnersHead()):
        (pooled, to_tokens, to_weight, to_bias) = _gradients(head, inputs, 0)
        # w = log(1 + 2), dw/dl = 1 / 3; the upstream gradient of a single value is -1.
        assert pooled.item() == pytest.approx(math.log(3))
        assert to_tokens.squeeze(1).tolist() == pytest.approx([0, -1 / 3, 0, 0])
        assert to_weight.item() == pytest.approx(-2 / 3)
        assert to_bias.item() == pytest.approx(-1 / 3)


def test_gradcheck() -> None:
    tokens, counts, weight, bias = _inputs([2, 0, 1, 3], 7, torch.float64)
    leaves = [part.requires_grad_() for part in (tokens, weight[:10].clone(), bias[:10].clone())]
    for top_k in (0, 3):
        head = WinnersHead(20)
        assert torch.autograd.gradcheck(
            lambda z, e, b, head=head, k=top_k: head(z, counts, e, b, k), leaves, fast_mode=True
        )


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
@pytest.mark.parametrize("top_k", [0, 7])
def test_half_precision_is_near_single(dtype: torch.dtype, top_k: int) -> None:
    # Small integers are exact in both, so that the winners are the same tokens.
    generator = torch.Generator().manual_seed(3)
    tokens, weight = (torch.randint(-2, 3, (n, 6), generator=generator).float() for n in (11, 40))
    inputs = (tokens, torch.tensor([4, 2, 5]), weight, torch.ones(40))
    exact = _gradients(WinnersHead(), inputs, top_k)
    half = tuple(part.to(dtype) if part.is_floating_point() else part for part in inputs)
    got = _gradients(WinnersHead(), half, top_k)
    for wanted, found in zip(exact, got, strict=True):
        assert found.dtype == dtype
        torch.testing.assert_close(found.float(), wanted, atol=0.02, rtol=0.02)


def test_autocast_computes_in_its_own_type_and_returns_gradients_in_the_inputs() -> None:
    tokens, counts, weight, bias = _inputs([4, 2], 5, torch.float32)
    weight.requires_grad_()
    with torch.autocast("cpu", torch.bfloat16):
        pooled = WinnersHead()(tokens, counts, weight, bias, 10)
    pooled.float().sum().backward()
    assert pooled.dtype == torch.bfloat16
    assert weight.grad is not None and weight.grad.dtype == torch.float32


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
@pytest.mark.parametrize("top_k", [0, 5])
def test_cuda_equals_the_processor(top_k: int) -> None:
    tokens, counts, weight, bias = _inputs([4, 0, 2, 6], 5, torch.float64)
    there = (tokens.cuda(), counts, weight.cuda(), bias.cuda())
    here = _gradients(WinnersHead(), (tokens, counts, weight, bias), top_k)
    # The upstream gradient is made on the CPU; the values alone are compared on the device.
    got = WinnersHead()(*there, top_k)
    torch.testing.assert_close(got.cpu(), here[0])
    leaves = [part.requires_grad_() for part in (there[0], *there[2:])]
    assert torch.autograd.gradcheck(
        lambda z, e, b: WinnersHead()(z, counts, e, b, top_k), leaves, nondet_tol=1e-12
    )


def test_nothing_but_the_positions_is_moved_to_the_device() -> None:
    tokens, counts, weight, bias = _inputs([4, 0, 2], 5, torch.float32)
    pooled = max_logits(tokens.to("meta"), counts, weight.to("meta"), bias.to("meta"))
    assert (pooled.device.type, pooled.shape) == ("meta", (3, 40))


def test_no_number_is_passed_on() -> None:
    tokens, counts, weight, bias = _inputs([2, 3], 1, torch.float32)
    tokens[0, 0] = float("nan")
    for top_k in (0, 3):
        pooled = WinnersHead()(tokens, counts, weight, bias, top_k)
        assert pooled[0].isnan().any() and not pooled[1].isnan().any()


@given(
    rows=st.lists(st.lists(st.integers(-2, 3), min_size=9, max_size=9), min_size=1, max_size=5),
    top_k=st.integers(0, 10),
)
@settings(max_examples=60, deadline=None)
def test_pairs_are_the_mask(rows: list[list[int]], top_k: int) -> None:
    pooled = torch.tensor(rows, dtype=torch.float32)
    mask = survivors(pooled, top_k)
    for dtype in (torch.float32, torch.bfloat16):
        found = torch.stack(surviving_pairs(pooled.to(dtype), top_k), dim=1)
        assert found.tolist() == mask.nonzero().tolist()
    texts, terms = torch.ones_like(mask).nonzero(as_tuple=True)
    kept = surviving_values(texts, pooled[texts, terms], len(rows), top_k)
    assert torch.stack((texts[kept], terms[kept]), dim=1).tolist() == mask.nonzero().tolist()


@pytest.mark.parametrize("chunk", [1, 13, None])
def test_winners_and_their_logits(chunk: int | None) -> None:
    tokens, counts, weight, bias = _inputs([3, 0, 2], 9, torch.float64)
    pooled = max_logits(tokens, counts, weight, bias)
    rows, terms = surviving_pairs(pooled, None)
    winners = winning_tokens(tokens, counts, weight, rows, terms, chunk)
    assert ((rows == 0) == (winners < 3)).all()
    logits = (tokens[winners] * weight[terms]).sum(dim=1) + bias[terms]
    torch.testing.assert_close(logits, pooled[rows, terms])
    again = pair_logits(tokens, counts, weight, rows, terms) + bias[terms]
    torch.testing.assert_close(again, pooled[rows, terms])


def test_rows_are_scattered_in_any_order() -> None:
    table = torch.tensor([[1.0, 2.0], [10.0, 20.0]])
    source, target = torch.tensor([0, 1, 0]), torch.tensor([3, 1, 3])
    found = scatter_rows(table, source, target, torch.tensor([1.0, 2.0, 0.5]), 4)
    assert found.tolist() == [[0, 0], [20, 40], [0, 0], [1.5, 3]]
