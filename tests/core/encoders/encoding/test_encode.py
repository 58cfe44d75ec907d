from __future__ import annotations

import numpy as np
import pytest
import torch
from tiny_encoder import TEXTS, tiny_encoder

from encoders.encoding.encode import encode, encode_stream, padded
from encoders.model.head import PlainHead
from ground.errors import InputError

MODEL = tiny_encoder()
with torch.no_grad():
    MODEL.head.weight *= 8
MODEL.config.query_top_k, MODEL.config.doc_top_k = 3, 10


def _one_by_one(texts: list[str], side: str) -> np.ndarray:
    assert MODEL.tokenizer is not None
    MODEL.pooled_head = PlainHead()
    rows = []
    for text in texts:
        ids = MODEL.tokenizer(text, truncation=True, max_length=24)["input_ids"]
        with torch.no_grad():
            rows.append(MODEL(*padded(MODEL, [ids]), side=side)[0].numpy())
    return np.array(rows)


@pytest.mark.parametrize("side", ["doc", "query"])
@pytest.mark.parametrize("batch_tokens", [1, 30, 4096])
def test_rows_equal_the_model_text_by_text(side: str, batch_tokens: int) -> None:
    texts = [*TEXTS, "", "cat", "the the"]
    got = encode(MODEL, texts, side=side, batch_tokens=batch_tokens)  # type: ignore[arg-type]
    assert got.dtype == np.float32 and got.shape == (9, MODEL.config.output_size)
    np.testing.assert_allclose(got.toarray(), _one_by_one(texts, side), atol=1e-5)
    assert (got.data > 0).all() and got.has_sorted_indices
    assert got.indptr[7] == got.indptr[6]  # the empty text


def test_top_k_is_the_models_own_or_less() -> None:
    def terms(top_k: int | None) -> int:
        return int(np.diff(encode(MODEL, TEXTS, top_k=top_k).indptr).max())

    assert [terms(None), terms(0), terms(99), terms(4)] == [10, 10, 10, 4]


def test_top_k_keeps_the_largest() -> None:
    full, cut = encode(MODEL, TEXTS), encode(MODEL, TEXTS, top_k=4)
    for row in range(len(TEXTS)):
        largest = np.sort(full[[row]].data)[-4:]
        np.testing.assert_allclose(np.sort(cut[[row]].data), largest, rtol=1e-6)


def test_a_stream_is_encoded_window_by_window() -> None:
    parts = list(encode_stream(MODEL, iter(TEXTS), window=4))
    assert [part.shape[0] for part in parts] == [4, 2]
    whole = encode(MODEL, TEXTS).toarray()
    np.testing.assert_allclose(np.vstack([p.toarray() for p in parts]), whole, atol=1e-5)


def test_nothing_to_encode_and_progress() -> None:
    assert encode(MODEL, []).shape == (0, MODEL.config.output_size)
    done: list[int] = []
    encode(MODEL, TEXTS, batch_tokens=30, progress=done.append)
    assert sum(done) == len(TEXTS) and len(done) > 1


def test_encoding_leaves_the_mode_of_the_model_alone() -> None:
    MODEL.train()
    first, second = encode(MODEL, TEXTS), encode(MODEL, TEXTS)
    assert MODEL.training
    assert (first.data == second.data).all()
    MODEL.eval()


def test_a_model_without_a_tokenizer_is_refused() -> None:
    model = tiny_encoder()
    model.tokenizer = None
    with pytest.raises(InputError, match="load_encoder"):
        encode(model, ["cat"])


@pytest.mark.parametrize("top_k", [0, 4])
def test_int8_finds_the_terms_of_float32(top_k: int) -> None:
    texts = [*TEXTS, ""]
    exact, got = (encode(MODEL, texts, precision=p, top_k=top_k) for p in ("float32", "int8"))
    np.testing.assert_array_equal(got.indices, exact.indices)
    np.testing.assert_array_equal(got.indptr, exact.indptr)
    np.testing.assert_allclose(got.data, exact.data, atol=1e-5)


@pytest.mark.parametrize(("precision", "off"), [("bfloat16", 0.1), ("float16", 0.02)])
def test_half_precisions_are_near_and_leave_the_model_alone(precision: str, off: float) -> None:
    exact, got = (encode(MODEL, TEXTS, precision=p) for p in ("float32", precision))  # type: ignore[arg-type]
    assert MODEL.dtype == torch.float32 and got.dtype == np.float32
    assert 0 < abs(exact - got).max() < off


def test_int8_is_refused_on_another_device() -> None:
    with pytest.raises(InputError, match="int8 computes on the CPU only, and the device is meta"):
        encode(tiny_encoder().to("meta"), TEXTS, precision="int8")


def test_an_unknown_precision_is_refused() -> None:
    with pytest.raises(InputError, match="'int4' is not one of float32, bfloat16, float16, int8"):
        encode(MODEL, TEXTS, precision="int4")  # type: ignore[arg-type]


def test_weights_that_are_no_numbers_are_an_error() -> None:
    model = tiny_encoder()
    with torch.no_grad():
        model.head.bias[3] = float("nan")
    with pytest.raises(InputError, match="not finite"):
        encode(model, TEXTS)


@pytest.mark.parametrize("threads", [1, 2])
def test_vectors_do_not_depend_on_the_number_of_threads(threads: int) -> None:
    wanted, before = encode(MODEL, TEXTS), torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        got = encode(MODEL, TEXTS)
    finally:
        torch.set_num_threads(before)
    np.testing.assert_array_equal(got.data, wanted.data)
