from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch
import trainings
from tiny_encoder import TEXTS, tiny_encoder

from encoders.checkpoints.loading import load_encoder, save_encoder
from encoders.encoding.encode import encode, padded
from encoders.encoding.query_words import idf, query_terms
from encoders.finetuning.pairs import RankingData
from encoders.finetuning.query_side import set_query_encoder, start_term_weights
from encoders.model.model import EspladeModel
from encoders.model.term_weights import TermWeights
from encoders.training.settings import FinetuneSettings
from ground.errors import InputError

DATA = RankingData({}, {f"d{i}": text for i, text in enumerate(TEXTS)}, {})


def _model(kind: str) -> EspladeModel:
    model = tiny_encoder()
    set_query_encoder(model, FinetuneSettings(query_encoder=kind))
    start_term_weights(model, DATA)
    return model


def test_idf_by_hand() -> None:
    # Three documents; term 0 in one of them, term 1 in all, term 2 in none.
    weights = idf([[0, 1], [1], [1]], 3)
    expected = [math.log(1 + 2.5 / 1.5), math.log(1 + 0.5 / 3.5), math.log(1 + 3.5 / 0.5)]
    np.testing.assert_allclose(weights, expected, rtol=1e-6)


@pytest.mark.parametrize("log", [False, True])
def test_weights_are_what_they_were_set_to(log: bool) -> None:
    module = TermWeights(3, log)
    module.start_from(torch.tensor([0.01, 1.0, 80.0]))
    expected = [math.log1p(w) if log else w for w in (0.01, 1.0, 80.0)]
    torch.testing.assert_close(module.weights(), torch.tensor(expected), atol=1e-5, rtol=1e-4)


def test_a_query_is_its_words_and_the_largest_stay() -> None:
    module = TermWeights(4, log=False)
    module.start_from(torch.tensor([1.0, 2.0, 3.0, 2.0]))
    terms, mask = torch.tensor([[1, 2, 3], [0, 0, 0]]), torch.tensor([[1, 1, 1], [1, 0, 0]])
    got = module(terms, mask, 2)
    torch.testing.assert_close(got, torch.tensor([[0.0, 2, 3, 0], [1.0, 0, 0, 0]]))
    got.sum().backward()
    gradient = module.raw.grad
    assert gradient is not None and (gradient[:3] > 0).all() and gradient[3] == 0


@pytest.mark.parametrize("kind", ["inference-free", "inference-free-log"])
def test_inference_free_queries_are_looked_up(kind: str) -> None:
    model = _model(kind)
    model.config.query_top_k = 3
    texts = ["the cat and the dog", "", "Garden, unknownword!", "파일을 지웁니다"]
    got = encode(model, texts, side="query")
    rows = [query_terms(model, text) for text in texts]
    ids, mask = padded(model, rows)
    expected = model(ids, mask, side="query").detach().numpy()
    np.testing.assert_allclose(got.toarray(), expected, rtol=1e-6)
    assert np.diff(got.indptr).tolist() == [3, 0, 1, 2] and got.dtype == np.float32
    assert got.has_sorted_indices
    assert encode(model, texts, side="query", top_k=1).nnz == 3


def test_no_transformer_runs_for_inference_free_queries(monkeypatch: pytest.MonkeyPatch) -> None:
    model = _model("inference-free")
    monkeypatch.setattr(model.backbone, "forward", None)
    assert encode(model, TEXTS, side="query").nnz > 0


def test_a_separate_encoder_begins_as_a_copy_and_is_its_own() -> None:
    model = _model("separate")
    before = encode(model, TEXTS, side="query")
    assert (before != encode(model, TEXTS, side="doc")).nnz == 0
    assert model.query_model is not None
    with torch.no_grad():
        model.query_model.head.bias += 1
    assert encode(model, TEXTS, side="query").sum() > before.sum()
    assert (encode(model, TEXTS, side="doc") != before).nnz == 0


@pytest.mark.parametrize("kind", ["separate", "inference-free", "inference-free-log"])
def test_they_are_saved_and_loaded(tmp_path: Path, kind: str) -> None:
    model = _model(kind)
    with torch.no_grad():
        for name, value in model.named_parameters():
            if name.startswith(("query_model", "term_weights")):
                value += 0.25
    save_encoder(model, tmp_path)
    loaded = load_encoder(tmp_path)
    assert loaded.config.query_encoder == kind
    for side in ("query", "doc"):
        ours, theirs = (encode(one, TEXTS, side=side) for one in (model, loaded))  # type: ignore[arg-type]
        assert (ours != theirs).nnz == 0


def test_a_query_encoder_is_not_changed_for_another() -> None:
    model = _model("separate")
    set_query_encoder(model, FinetuneSettings())
    with pytest.raises(InputError, match="separate already"):
        set_query_encoder(model, FinetuneSettings(query_encoder="inference-free"))


def test_trained_weights_are_not_set_anew() -> None:
    model = _model("inference-free")
    assert model.term_weights is not None
    with torch.no_grad():
        model.term_weights.raw += 1
    before = model.term_weights.raw.clone()
    start_term_weights(model, DATA)
    assert torch.equal(model.term_weights.raw, before)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["separate", "inference-free"])
def test_they_learn(tmp_path: Path, kind: str) -> None:
    settings = {"query_encoder": kind, "steps": 12, "evaluate_every": 12, "doc_flops": 0.0}
    trainings.train("finetune", tmp_path / "out", settings, 0.0)
    model = load_encoder(tmp_path / "out")
    fresh = tiny_encoder(dropout=0.0)
    set_query_encoder(fresh, FinetuneSettings(query_encoder=kind))
    start_term_weights(fresh, trainings.ranking_data())
    if model.query_model is not None:
        assert not torch.equal(model.query_model.head.dense.weight, model.head.dense.weight)
        return
    assert model.term_weights is not None and fresh.term_weights is not None
    moved = (model.term_weights.raw - fresh.term_weights.raw).abs() > 1e-3
    # Only words of the training queries move: without a gradient there is no weight decay.
    words = {
        i for text in trainings.ranking_data().queries.values() for i in query_terms(model, text)
    }
    assert moved.sum() > 0 and set(moved.nonzero().squeeze(1).tolist()) <= words
