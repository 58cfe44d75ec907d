from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_encoder import TEXTS, tiny_encoder

from encoders.calibration import shift_bias
from encoders.checkpoints import load_encoder
from encoders.encode import encode
from encoders.errors import EncoderInputError, TrainingStopped
from encoders.finetune import FinetuneSettings, finetune
from encoders.pairs import RankingData
from encoders.pretrain import PretrainSettings, pretrain
from encoders.workfolder import WorkFolder

pytestmark = pytest.mark.slow
CORPUS = [f"{a} {b}" for a in TEXTS for b in TEXTS]
EMLM = PretrainSettings(steps=6, batch=8, evaluate_every=3, log_every=2, max_length=24)
ESPLADE = FinetuneSettings(
    steps=6, batch=4, evaluate_every=3, log_every=2, start_terms=8, query_top_k=10, doc_top_k=20
)
DATA = RankingData(
    {f"q{i}": " ".join(text.split()[:3]) for i, text in enumerate(TEXTS)},
    {f"d{i}": text for i, text in enumerate(TEXTS)},
    {f"q{i}": [f"d{i}"] for i in range(len(TEXTS))},
)


def _weights(folder: Path) -> dict[str, torch.Tensor]:
    return dict(load_encoder(folder).state_dict())


def test_what_pretraining_leaves(tmp_path: Path) -> None:
    result = pretrain(tiny_encoder(), CORPUS, tmp_path / "out", EMLM, sources={"corpus": "x"})
    record = json.loads((tmp_path / "out" / "training.json").read_text())
    assert record["settings"]["steps"] == 6 and record["sources"] == {"corpus": "x"}
    assert record["held_out"] == result and record["counts"]["texts"] == 33
    lines = [json.loads(x) for x in (tmp_path / "out" / "log.jsonl").read_text().splitlines()]
    assert [x["step"] for x in lines if "loss" in x] == [2, 3, 4, 6]
    assert sum("eval_loss" in x for x in lines) == 3  # two checkpoints, and the finished model
    assert all("accuracy" in x for x in lines if "loss" in x)


def test_other_settings_do_not_resume(tmp_path: Path) -> None:
    WorkFolder.open(tmp_path / "out", {"steps": 6})
    with pytest.raises(EncoderInputError, match=r"other settings \(steps\)"):
        WorkFolder.open(tmp_path / "out", {"steps": 7})


def test_too_little_text(tmp_path: Path) -> None:
    with pytest.raises(EncoderInputError, match="one batch"):
        pretrain(tiny_encoder(), TEXTS, tmp_path / "out", EMLM)


def test_finetuning_learns_and_records(tmp_path: Path) -> None:
    record = finetune(tiny_encoder(), DATA, DATA, tmp_path / "out", ESPLADE)
    assert record["counts"] == {"pairs": 6, "documents": 6}
    assert 0 < record["dev"]["eval_rr_at_10"] <= 1
    lines = [json.loads(x) for x in (tmp_path / "out" / "log.jsonl").read_text().splitlines()]
    steps = [x["step"] for x in lines if "ranking_loss" in x]
    assert steps == [2, 3, 4, 6]  # every 2 steps, and at each checkpoint
    assert all(x["query_terms"] <= 10 and x["doc_terms"] <= 20 for x in lines if "loss" in x)
    model = load_encoder(tmp_path / "out")
    assert np.diff(encode(model, TEXTS).indptr).max() <= 20


def test_many_steps_fit_the_data(tmp_path: Path) -> None:
    settings = replace(ESPLADE, steps=60, lr=1e-2, evaluate_every=60)
    record = finetune(tiny_encoder(32), DATA, DATA, tmp_path / "out", settings)
    assert record["dev"]["eval_rr_at_10"] > 0.9


def test_a_collapse_stops_the_training(tmp_path: Path) -> None:
    model = tiny_encoder()
    with torch.no_grad():
        model.head.bias -= 100
    with pytest.raises(TrainingStopped, match="step 0.*--joint-flops"):
        finetune(model, DATA, None, tmp_path / "out", replace(ESPLADE, start_terms=0))
    assert not (tmp_path / "out").exists()


def test_a_loss_that_is_no_number_stops_the_training(tmp_path: Path) -> None:
    model = tiny_encoder()
    with torch.no_grad():
        model.head.norm.bias += float("nan")
    with pytest.raises(TrainingStopped, match="Step 0 .* begin with '.*--lr"):
        pretrain(model, CORPUS, tmp_path / "out", EMLM)


def test_the_start_has_about_as_many_terms_as_asked() -> None:
    model = tiny_encoder()
    shift_bias(model, TEXTS, 8)
    assert encode(model, TEXTS).nnz / len(TEXTS) == pytest.approx(8, abs=2)
