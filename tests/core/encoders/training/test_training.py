from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_encoder import TEXTS, tiny_encoder
from transformers import get_scheduler

from encoders.checkpoints.loading import load_encoder
from encoders.encoding.encode import encode
from encoders.finetuning.calibration import shift_bias
from encoders.finetuning.finetune import FinetuneSettings, finetune
from encoders.finetuning.pairs import RankingData
from encoders.pretraining.pretrain import PretrainSettings, pretrain
from encoders.training.running import trainer_arguments
from encoders.training.workfolder import WorkFolder
from ground.errors import InputError, TrainingStopped

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
    assert sum("eval_loss" in x for x in lines) == 2  # two checkpoints, of which one is kept
    assert all("accuracy" in x for x in lines if "loss" in x)


def test_other_settings_do_not_resume(tmp_path: Path) -> None:
    WorkFolder.open(tmp_path / "out", {"steps": 6})
    with pytest.raises(InputError, match=r"other settings \(steps\)"):
        WorkFolder.open(tmp_path / "out", {"steps": 7})


def test_too_little_text(tmp_path: Path) -> None:
    sources = {"corpus": ["general.txt", "more.gz"], "vocabulary": "vocab.txt"}
    message = r"Only 6 texts of general\.txt, more\.gz hold .* vocabulary vocab\.txt \(.*one batch"
    with pytest.raises(InputError, match=message):
        pretrain(tiny_encoder(), TEXTS, tmp_path / "out", EMLM, sources=sources)
    assert not list(tmp_path.iterdir())  # no folder of a training that never began


def test_refused_input_leaves_the_checkpoints_of_a_killed_training(tmp_path: Path) -> None:
    work = WorkFolder.open(tmp_path / "out", asdict(EMLM))
    checkpoint = work.path / "checkpoint-3"
    checkpoint.mkdir()
    (checkpoint / "COMPLETE").touch()
    with pytest.raises(InputError, match="one batch"):
        pretrain(tiny_encoder(), TEXTS, tmp_path / "out", EMLM)
    assert checkpoint.is_dir()


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


@pytest.mark.parametrize("side", ["query", "doc"])
def test_texts_that_give_no_number_are_named(tmp_path: Path, side: str) -> None:
    model = tiny_encoder()
    assert model.tokenizer is not None
    # A word of one query and of no document, or the other way round.
    word = {"query": "largest", "doc": "garden"}[side]
    texts = {"query": {"q9": "largest"}, "doc": {}}[side]
    data = RankingData(
        {"q0": "cat", "q1": "dog", **texts},
        {"d0": "the cat", "d1": "the dog", "d9": {"query": "number", "doc": "garden"}[side]},
        {"q0": ["d0"], "q1": ["d1", "d9"], "q9": ["d9"]},
    )
    (piece, *_) = model.tokenizer(word, add_special_tokens=False)["input_ids"]
    with torch.no_grad():
        model.backbone.get_input_embeddings().weight[piece] = float("nan")
    settings = replace(ESPLADE, batch=3 + (side == "query"), start_terms=0, doc_flops=0)
    with pytest.raises(TrainingStopped) as error:
        finetune(model, data, None, tmp_path / "out", settings)
    named = {"query": "queries q9 and documents none", "doc": "queries none and documents d9"}[side]
    assert "Step 0 gave no finite number (loss, ranking_loss, regulariser)" in str(error.value)
    assert f"Without a finite number are {named}." in str(error.value)
    assert "--lr" in str(error.value)


def test_a_loss_without_a_culprit_names_the_batch(tmp_path: Path) -> None:
    with pytest.raises(
        TrainingStopped, match=r"In the batch were queries .*q\d.* and documents .*d\d"
    ):
        finetune(tiny_encoder(), DATA, None, tmp_path / "out", replace(ESPLADE, scale=1e39))


def test_a_dev_pool_without_terms_stops_the_training(tmp_path: Path) -> None:
    dev = RankingData({"q": "zzz"}, {"d": ""}, {"q": ["d"]})
    with pytest.raises(TrainingStopped, match="dev documents became 0 in the evaluation at step 3"):
        finetune(tiny_encoder(), DATA, dev, tmp_path / "out", ESPLADE)


def test_what_settings_need_is_asked_for(tmp_path: Path) -> None:
    def refused(match: str, data: RankingData = DATA, **settings: object) -> None:
        with pytest.raises(InputError, match=match):
            finetune(tiny_encoder(), data, None, tmp_path / "out", replace(ESPLADE, **settings))  # type: ignore[arg-type]
        assert not list(tmp_path.iterdir())

    refused("6 pairs .* less than one batch of 7", batch=7)
    refused("Hard negatives are asked for", hard_negatives=1)
    negatives = {"q0": ["d1"]}
    refused("needs a teacher's scores", replace(DATA, negatives=negatives), distillation="kl")
    one = replace(DATA, negatives=negatives, scores={"q0": {"d1": 1.0}})
    refused("needs a teacher's scores", one, distillation="kl", hard_negatives=1)


def test_bfloat16_learns(tmp_path: Path) -> None:
    settings = replace(ESPLADE, bf16=True, steps=30, lr=1e-2, evaluate_every=30, micro_batch=3)
    record = finetune(tiny_encoder(32), DATA, DATA, tmp_path / "out", settings)
    assert record["dev"]["eval_rr_at_10"] > 0.8
    assert load_encoder(tmp_path / "out").head.weight.dtype == torch.float32
    result = pretrain(tiny_encoder(), CORPUS, tmp_path / "emlm", replace(EMLM, bf16=True))
    assert 0 < result["loss"] < 10


@pytest.mark.parametrize(
    ("decay", "expected"),
    [
        ("linear", [0.5, 1, 0.75, 0.5, 0.25]),
        ("constant", [0.5, 1, 1, 1, 1]),
        ("cosine", [0.5, 1, 0.853553, 0.5, 0.146447]),
        ("stable", [0.5, 1, 1, 1, 1]),
        ("inverse-sqrt", [0.5, 1, 0.816497, 0.707107, 0.632456]),
    ],
)
def test_the_learning_rate(tmp_path: Path, decay: str, expected: list[float]) -> None:
    settings = replace(EMLM, decay=decay, warmup=0.34, lr=1.0, batch=2, log_every=1)
    trainer_settings = trainer_arguments(tmp_path, settings)
    parameter = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([parameter], lr=1.0)
    schedule = get_scheduler(
        trainer_settings.lr_scheduler_type,
        optimizer,
        num_warmup_steps=trainer_settings.warmup_steps,
        num_training_steps=6,
        scheduler_specific_kwargs=trainer_settings.lr_scheduler_kwargs,
    )
    rates = []
    for _ in range(5):
        optimizer.step()
        schedule.step()
        rates.append(schedule.get_last_lr()[0])
    assert rates == pytest.approx(expected, abs=1e-5)


def test_tensorboard_holds_the_log(tmp_path: Path) -> None:
    events = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    finetune(tiny_encoder(), DATA, DATA, tmp_path / "out", ESPLADE, logs=tmp_path / "logs")
    log = events.EventAccumulator(str(tmp_path / "logs"))
    log.Reload()
    steps = [scalar.step for scalar in log.Scalars("train/ranking_loss")]
    assert steps == [2, 3, 4, 6]
    assert [scalar.step for scalar in log.Scalars("eval/rr_at_10")][:2] == [3, 6]


def test_given_texts_are_held_out(tmp_path: Path) -> None:
    settings = replace(EMLM, steps=4, evaluate_every=4)
    for seed in (1, 2):
        out = tmp_path / str(seed)
        frozen = replace(settings, lr=0.0, seed=seed)
        pretrain(tiny_encoder(dropout=0.0), CORPUS, out, frozen, held_out=TEXTS[:3])
    records = [json.loads((tmp_path / s / "training.json").read_text()) for s in ("1", "2")]
    assert records[0]["counts"]["texts"] == len(CORPUS) and records[0]["counts"]["held_out"] == 3
    # An untrained model is judged on the same masks whatever the seed.
    assert records[0]["held_out"] == records[1]["held_out"]


def test_the_pace_of_steps() -> None:
    from encoders.model.fresh import BackboneSize
    from encoders.pace import finetuning_step, invented_model, pretraining_step

    model = invented_model(BackboneSize(1, 16, 2), words=50, pieces=60)
    assert 0 < pretraining_step(model, EMLM, tokens=6) < 10
    assert 0 < finetuning_step(model, ESPLADE, tokens=6) < 10
