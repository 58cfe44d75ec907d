"""The way through a device, on the CPU: the same vectors, whatever its memory does."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from fake_devices import FakeDevice
from scipy import sparse
from tiny_encoder import TEXTS, tiny_encoder

from encoders.devices.batch_budget import Budget
from encoders.devices.device import device_at
from encoders.encoding import encode as encoding
from encoders.encoding.batches import Batch, Tokenised, pad
from encoders.encoding.cost import Cost
from encoders.encoding.encode import encode, encode_counting
from encoders.encoding.pipeline import Pipeline, tokenised
from encoders.encoding.shards import encode_shards, place
from encoders.model.survivors import surviving_pairs, survivors
from ground.errors import InputError

MODEL = tiny_encoder()
with torch.no_grad():
    MODEL.head.weight *= 8
MODEL.config.query_top_k, MODEL.config.doc_top_k = 3, 10
MANY = [*TEXTS, "", "cat", "the the", *(f"{text} {n}" for n in range(9) for text in TEXTS)]
SHARDS = [MANY[:20], [], MANY[20:21], MANY[21:]]


def assert_same(got: Any, wanted: Any) -> None:
    """The same terms, and weights that differ by no more than the order of sums."""
    assert got.dtype == np.float32 and got.has_sorted_indices
    np.testing.assert_array_equal(got.indptr, wanted.indptr)
    np.testing.assert_array_equal(got.indices, wanted.indices)
    np.testing.assert_allclose(got.data, wanted.data, atol=1e-4)


def through(device: FakeDevice, shards: Any = SHARDS, **options: Any) -> list[Any]:
    return [rows for rows, _ in encode_shards(MODEL, shards, device=device, **options)]


@pytest.mark.parametrize("side", ["doc", "query"])
@pytest.mark.parametrize("top_k", [None, 0, 2])
def test_the_vectors_are_those_of_the_cpu(side: Any, top_k: int | None) -> None:
    device = FakeDevice()
    found = through(device, side=side, top_k=top_k)
    for rows, texts in zip(found, SHARDS, strict=True):
        assert_same(rows, encode(MODEL, texts, side=side, top_k=top_k))
    assert device.released == 0


def test_two_logarithms_are_taken_of_models_that_do() -> None:
    MODEL.head.saturations = 2
    try:
        [rows] = through(FakeDevice(), [TEXTS])
        assert_same(rows, encode(MODEL, TEXTS))
    finally:
        MODEL.head.saturations = 1
    assert rows.data.max() < encode(MODEL, TEXTS).data.max()


def test_texts_that_are_cut_are_counted_by_shard() -> None:
    long = ["cat " * 40, "dog"]
    found = [longer for _, longer in encode_shards(MODEL, [long, TEXTS], device=FakeDevice())]
    assert found == [encode_counting(MODEL, texts)[1] for texts in (long, TEXTS)] == [1, 0]


def test_a_batch_is_taken_when_the_next_is_on_its_way() -> None:
    device = FakeDevice()
    through(device, [TEXTS], budget=Budget(free=1))  # a text a batch
    assert device.events[:6] == ["start 0", "start 1", "take 0", "start 0", "take 1", "start 1"]
    assert device.events[-2:] == ["take 0", "take 1"]
    assert len(device.batches) == len(TEXTS)


def test_the_next_shard_is_on_its_way_before_the_last_batch_is_taken() -> None:
    device = FakeDevice()
    shards = [tokenised(MODEL, [text], "doc") for text in ("cat", "dog", "mat")]
    rows = Pipeline(MODEL, 0, device).run(shards)
    next(rows)
    assert device.events == ["start 0", "start 1", "take 0"]


def test_nothing_is_held_back_for_a_shard_that_is_not_ready() -> None:
    """As in a worker that is sent the next shard only when it has given rows."""
    room = threading.Semaphore(1)

    def shards() -> Iterator[list[str]]:
        for text in TEXTS:
            assert room.acquire(timeout=30)
            yield [text]

    found = []
    for rows, _ in encode_shards(MODEL, shards(), device=FakeDevice()):
        found.append(rows)
        room.release()
    assert len(found) == len(TEXTS)


@pytest.mark.parametrize("room", [24, 25, 60, 200])
def test_batches_that_do_not_fit_are_halved_and_nothing_is_lost(room: int) -> None:
    device = FakeDevice(room=room)
    budget = Budget(None)
    found = through(device, budget=budget)
    for rows, texts in zip(found, SHARDS, strict=True):
        assert_same(rows, encode(MODEL, texts))
    assert device.released > 0
    assert all(texts * length <= room for texts, length in device.batches)
    # What fitted is remembered: nothing fails any more.
    device.released = 0
    through(device, budget=budget)
    assert device.released == 0


@pytest.mark.parametrize("texts", [1, 6, 100])
@pytest.mark.parametrize("failing", [(0,), (1,), (0, 4, 8), (2, 5), tuple(range(0, 40, 4))])
def test_memory_that_runs_out_while_weights_are_sought_loses_nothing(
    failing: tuple[int, ...], texts: int
) -> None:
    device = FakeDevice(failing=failing)
    done: list[int] = []
    budget = Budget(None)
    budget.size = budget.ceiling = Cost.of(MODEL).bytes(texts, 24)
    found = through(device, budget=budget, progress=done.append)
    for rows, shard in zip(found, SHARDS, strict=True):
        assert_same(rows, encode(MODEL, shard))
    assert sum(done) == len(MANY)
    assert device.released > 0


def test_a_text_that_never_fits_is_an_error_that_says_what_to_do() -> None:
    with pytest.raises(InputError, match=r"does not hold .* one text of .*--device cpu"):
        through(FakeDevice(room=10))
    with pytest.raises(InputError, match="--device cpu"):
        through(FakeDevice(failing=range(1000)))


def test_other_errors_are_not_taken_for_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: Any, array: Any) -> Any:
        raise RuntimeError("an illegal memory access was encountered")

    monkeypatch.setattr(FakeDevice, "send", broken)
    with pytest.raises(RuntimeError, match="illegal memory"):
        through(FakeDevice())


def test_weights_that_are_no_numbers_are_an_error() -> None:
    model = tiny_encoder()
    with torch.no_grad():
        model.head.bias[3] = float("nan")
    with pytest.raises(InputError, match="not finite"):
        list(encode_shards(model, [TEXTS], device=FakeDevice()))


def test_the_free_memory_bounds_the_batches() -> None:
    cost = Cost.of(MODEL)
    wide, narrow = FakeDevice(free=1 << 40), FakeDevice(free=cost.fixed * 3)
    through(wide, [MANY])
    assert len(wide.batches) == 1
    through(narrow, [MANY])
    room = int(0.8 * narrow.free / 2) - cost.fixed  # type: ignore[operator]
    assert max(cost.bytes(*shape) for shape in narrow.batches) <= max(
        room, cost.bytes(1, narrow.batches[0][1])
    )


def test_half_precision_and_the_mode_of_the_model() -> None:
    MODEL.train()
    [half] = through(FakeDevice(), [TEXTS], precision="bfloat16")
    assert MODEL.training and MODEL.dtype == torch.float32
    MODEL.eval()
    np.testing.assert_allclose(
        half.toarray(), encode(MODEL, TEXTS, precision="bfloat16").toarray(), atol=0.05
    )


def test_closing_early_ends_the_threads() -> None:
    before = threading.active_count()
    read: list[int] = []

    def shards() -> Iterator[list[str]]:
        for number in range(1000):
            read.append(number)
            yield TEXTS

    rows: Any = encode_shards(MODEL, shards(), device=FakeDevice())
    next(rows)
    rows.close()
    assert threading.active_count() == before
    assert len(read) < 10


def test_a_padded_batch_says_where_its_real_tokens_are() -> None:
    texts = Tokenised.of([[1, 7, 2], [1, 2], [1, 8, 9, 2]], longer=0)
    assert texts.order.tolist() == [2, 0, 1]
    found = pad(Batch(texts, texts.order), padding=0, special=[0, 1, 2])
    assert found.ids.tolist() == [[1, 8, 9, 2], [1, 7, 2, 0], [1, 2, 0, 0]]
    assert found.mask.tolist() == [[1, 1, 1, 1], [1, 1, 1, 0], [1, 1, 0, 0]]
    # Pooling takes shorter texts first; the text without real tokens has no row.
    assert found.picked.tolist() == [5, 1, 2]
    assert found.pooled.tolist() == [1, 0]
    assert found.groups == [(1, 1), (1, 2)]


def test_halves_of_a_batch() -> None:
    texts = tokenised(MODEL, TEXTS, "doc")
    one, two = Batch(texts, texts.order[:5]).halves()
    assert [*one.rows, *two.rows] == list(texts.order[:5])


@pytest.mark.parametrize("top_k", [0, 3, 50])
def test_survivors_are_the_same_by_the_way_of_devices(top_k: int) -> None:
    generator = torch.Generator().manual_seed(0)
    pooled = torch.randint(-3, 4, (20, 50), generator=generator).float()
    rows, terms = surviving_pairs(pooled, top_k)
    there, found = survivors(pooled, top_k).nonzero(as_tuple=True)
    assert rows.tolist() == there.tolist() and terms.tolist() == found.tolist()


def test_a_model_elsewhere_takes_this_way(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[Any] = []

    def noted(model: Any, shards: Any, **options: Any) -> Iterator[Any]:
        taken.append((shards, options["side"], options["top_k"]))
        yield sparse.csr_array((1, 1)), 0

    monkeypatch.setattr(encoding, "encode_shards", noted)
    encode(tiny_encoder().to("meta"), ["cat"], top_k=5)
    assert taken == [([["cat"]], "doc", 5)]


def test_place_moves_what_computes_and_leaves_the_weights_of_words() -> None:
    model = tiny_encoder()
    model.config.query_encoder = "inference-free"
    model.add_query_side()
    place(model, "meta", "float16")
    assert model.head.weight.device.type == model.backbone.device.type == "meta"
    assert model.head.weight.dtype == torch.float16
    assert model.term_weights is not None
    assert model.term_weights.raw.device.type == "cpu"
    assert model.term_weights.raw.dtype == torch.float32
    [(rows, _)] = encode_shards(model, [["the cat"]], side="query")
    assert rows.nnz == 2
    with pytest.raises(InputError, match="the device is cuda:0"):
        place(model, "cuda:0", "int8")


@pytest.mark.parametrize("name", ["cuda:0", "mps"])
@pytest.mark.parametrize("side", ["doc", "query"])
def test_on_the_accelerator_that_is_here(name: str, side: Any) -> None:
    there = torch.cuda.is_available() if name != "mps" else torch.backends.mps.is_available()
    if not there:
        pytest.skip(f"torch sees no {name} here")
    wanted = [encode(MODEL, texts, side=side) for texts in SHARDS]
    model = tiny_encoder()
    model.load_state_dict(MODEL.state_dict())
    model.config.query_top_k, model.config.doc_top_k = 3, 10
    place(model, name)
    device = device_at(model.head.weight.device)
    for budget in (None, Budget(free=1 << 15)):
        found = encode_shards(model, SHARDS, side=side, device=device, budget=budget)
        for (rows, _), expected in zip(found, wanted, strict=True):
            assert_same(rows, expected)
