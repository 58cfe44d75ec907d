"""Trainings of a tiny encoder as processes of their own, to be killed or to work side by side."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from encoders.encode import encode
from encoders.finetune import finetune
from encoders.pairs import RankingData
from encoders.pretrain import pretrain
from encoders.settings import FinetuneSettings, PretrainSettings

WORDS = "cat dog garden file disk list number print read write sort open street gate old large"


def sentences(count: int) -> list[str]:
    """Sentences of different words and lengths."""
    words = WORDS.split()
    return [
        " ".join(words[(i * step + i) % len(words)] for step in range(1, 3 + i % 4))
        for i in range(count)
    ]


def ranking_data() -> RankingData:
    """Twenty pairs with hard negatives of different numbers, and a teacher's scores of some."""
    texts = sentences(20)
    names = range(20)
    return RankingData(
        {f"q{i}": " ".join(texts[i].split()[:2]) for i in names},
        {f"d{i}": f"{texts[i]} {i}" for i in names},
        {f"q{i}": [f"d{i}"] for i in names},
        {f"q{i}": [f"d{(i + 1 + k) % 20}" for k in range(i % 4)] for i in names},
        {f"q{i}": {f"d{(i + k) % 20}": 3.0 - k for k in range(4)} for i in names if i % 3},
    )


EMLM = PretrainSettings(steps=11, batch=12, evaluate_every=3, log_every=2, max_length=16)
ESPLADE = FinetuneSettings(
    steps=11,
    batch=6,
    evaluate_every=4,
    log_every=3,
    start_terms=8,
    query_top_k=10,
    doc_top_k=20,
    lr=5e-3,
    joint_flops=0.05,
    doc_flops=0.01,
    hard_negatives=2,
)


def main(arguments: list[str] | None = None) -> None:
    """Train as the command line says; a step at which this process kills itself may be given."""
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=("pretrain", "finetune"))
    parser.add_argument("out", type=Path)
    parser.add_argument("--settings", type=json.loads, default={})
    parser.add_argument("--dropout", type=float, default=0.1)
    parser.add_argument("--kill", default="", help="STEP, or STEP:saving")
    options = parser.parse_args(arguments)
    if options.kill:
        kill_at(*options.kill.split(":"))
    train(options.kind, options.out, options.settings, options.dropout)


def train(kind: str, out: Path, settings: dict[str, Any], dropout: float) -> None:
    """One training."""
    from tiny_encoder import tiny_encoder

    model = tiny_encoder(dropout=dropout)
    if kind == "pretrain":
        pretrain(model, sentences(60), out, replace(EMLM, **settings))
    else:
        data = ranking_data()
        finetune(model, data, data, out, replace(ESPLADE, **settings))
        encode(model, ["cat"])


def kill_at(step: str, when: str = "step") -> None:
    """Kill this process as ``kill -9`` does: in a step, or half-way through writing a checkpoint."""
    import os
    import signal

    from encoders.trainer import EncoderTrainer

    name = {"step": "report", "saving": "_save_rng_state"}[when]
    original = getattr(EncoderTrainer, name)

    def dying(self: EncoderTrainer, *args: Any, **kwargs: Any) -> Any:
        if self.state.global_step >= int(step):
            os.kill(os.getpid(), signal.SIGKILL)
        return original(self, *args, **kwargs)

    setattr(EncoderTrainer, name, dying)


if __name__ == "__main__":
    main()
