"""Which parameters learn, how fast and when: seen in the weights after a few steps."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
import trainings
from tiny_encoder import tiny_encoder

from encoders.checkpoints.loading import load_encoder
from encoders.finetuning.finetune import finetune
from encoders.finetuning.trainer import FinetuneTrainer
from encoders.model.model import EspladeModel
from encoders.pretraining.pretrain import pretrain
from ground.errors import InputError

pytestmark = pytest.mark.slow


def changed(out: Path, **settings: Any) -> set[str]:
    """Names of the tensors that a short pre-training changed."""
    model = tiny_encoder()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    pretrain(model, trainings.sentences(60), out, replace(trainings.EMLM, **settings))
    return {
        name for name, value in model.state_dict().items() if not torch.equal(value, before[name])
    }


def heads(names: set[str]) -> bool:
    return all(name.startswith("head.") for name in names)


def test_frozen_layers_stay(tmp_path: Path) -> None:
    # The tiny encoder has one layer: with it all of the backbone is frozen.
    names = changed(tmp_path / "frozen", steps=2, freeze=1)
    assert names and heads(names)
    everything = changed(tmp_path / "all", steps=2)
    assert not heads(everything) and names < everything
    with pytest.raises(InputError, match="--freeze 2: there are 1 layers"):
        changed(tmp_path / "more", steps=2, freeze=2)


def test_the_head_learns_alone_first(tmp_path: Path) -> None:
    assert heads(changed(tmp_path / "alone", steps=4, head_first=1.0, warmup=0.0))
    assert not heads(changed(tmp_path / "half", steps=4, head_first=0.5, warmup=0.0))


def test_the_head_has_a_rate_of_its_own(tmp_path: Path) -> None:
    def moved(out: Path, **settings: Any) -> tuple[float, float]:
        model = tiny_encoder(dropout=0.0)
        before = _parts(model)
        chosen = replace(trainings.EMLM, steps=1, warmup=0.0, weight_decay=0.0, **settings)
        pretrain(model, trainings.sentences(60), out, chosen)
        after = _parts(model)
        return tuple((a - b).abs().max().item() for a, b in zip(after, before, strict=True))  # type: ignore[return-value]

    # The first step of Adam moves a weight by its learning rate.
    assert moved(tmp_path / "one", lr=1e-3) == pytest.approx((1e-3, 1e-3), rel=0.05)
    two = moved(tmp_path / "two", lr=1e-3, head_lr=1e-2)
    assert two == pytest.approx((1e-3, 1e-2), rel=0.05)


def _parts(model: EspladeModel) -> tuple[torch.Tensor, torch.Tensor]:
    embedding = model.backbone.get_input_embeddings().weight
    return embedding.detach().clone(), model.head.weight.detach().clone()


def test_the_mean_of_the_last_checkpoints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = trainings.ranking_data()
    settings = replace(trainings.ESPLADE, steps=8, evaluate_every=2, average_last=3)
    seen: list[dict[str, torch.Tensor]] = []
    measured = FinetuneTrainer.measured

    def noting(self: FinetuneTrainer) -> dict[str, float]:
        seen.append({k: v.detach().clone() for k, v in self.encoder.state_dict().items()})
        # The mean, which is measured last, is to be the best.
        return measured(self) | ({"eval_rr_at_10": 2.0} if len(seen) == 5 else {})

    monkeypatch.setattr(FinetuneTrainer, "measured", noting)
    record = finetune(tiny_encoder(), data, data, tmp_path / "out", settings)
    assert record["averaged"]["steps"] == [4, 6, 8] and record["averaged"]["kept"]
    assert record["dev"]["eval_rr_at_10"] == 2.0
    kept = load_encoder(tmp_path / "out").state_dict()
    for name, value in kept.items():
        mean = torch.stack([one[name] for one in seen[1:4]]).double().mean(dim=0)
        torch.testing.assert_close(value.double(), mean, rtol=1e-6, atol=1e-7)
    assert {path.name for path in tmp_path.iterdir()} == {"out"}


def test_what_is_learnt_of_a_teacher_over_the_batch(tmp_path: Path) -> None:
    """A student that ranks by a teacher alone comes to rank as it does."""
    from encoders.teaching.lexical import Bm25Teacher

    data = trainings.ranking_data()
    settings = replace(
        trainings.ESPLADE,
        steps=40,
        evaluate_every=40,
        contrast=0.0,
        distillation="batch-kl",
        teacher_scale=20.0,
        joint_flops=0.0,
        doc_flops=0.0,
        hard_negatives=0,
    )
    teacher = Bm25Teacher(list(data.documents.values()))
    record = finetune(tiny_encoder(32), data, data, tmp_path / "out", settings, teachers=[teacher])
    assert record["dev"]["eval_rr_at_10"] > 0.5
    with pytest.raises(InputError, match="Give a --teacher"):
        finetune(tiny_encoder(), data, data, tmp_path / "none", settings)
