"""The settings of a training, each declared once: default, help, limits.

The command line makes its options from these declarations, so nothing here may import torch.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields
from typing import Any

from encoders.training.budget_text import BM25, budget_postings, budget_terms
from ground.errors import InputError

SCHEDULES = ("linear", "cosine", "constant", "inverse-sqrt", "stable")
"""The learning rate after the warm-up; ``stable`` stays, and falls in the last fifth."""
LAST_SEED = 2**31 - 1
"""With what is added to it, every generator takes it."""
QUERY_ENCODERS = ("shared", "separate", "inference-free", "inference-free-log")
DISTILLATIONS = ("none", "margin-mse", "kl", "batch-kl")
"""``batch-kl`` is over all documents of a batch, the others over a query's own candidates."""


def setting(
    default: Any,
    help: str,
    *,
    low: float | None = None,
    high: float | None = None,
    choices: tuple[str, ...] = (),
) -> Any:
    """Declare a setting.

    Args:
        default: its value where none is given; its type is the setting's type.
        help: what it means, in a line.
        low: the smallest value allowed.
        high: the largest.
        choices: the only values allowed.
    """
    limits = {"low": low, "high": high, "choices": choices}
    return field(default=default, metadata={"help": help, **limits})


@dataclass(frozen=True, kw_only=True)
class TrainingSettings:
    """What both trainings share. Each field says in its declaration what it means.

    Raises:
        InputError: a value outside its limits.
    """

    steps: int = setting(3000, "Optimisation steps.", low=1)
    batch: int = setting(128, "Examples a step, over all processes together.", low=1)
    micro_batch: int = setting(
        0, "Examples encoded at a time, to save memory; the loss stays that of the batch.", low=0
    )
    lr: float = setting(1e-3, "Peak learning rate.", low=0)
    head_lr: float = setting(0.0, "Peak learning rate of the output head; 0: --lr.", low=0)
    head_first: float = setting(
        0.0, "Share of the steps in which the output head alone learns.", low=0, high=1
    )
    freeze: int = setting(
        0, "Leave the input embeddings and so many of the first layers as they are.", low=0
    )
    warmup: float = setting(0.05, "Share of the steps that warm up.", low=0, high=1)
    decay: str = setting("linear", "Learning rate after the warm-up.", choices=SCHEDULES)
    weight_decay: float = setting(0.01, "Weight decay of AdamW.", low=0)
    bf16: bool = setting(False, "Compute in bfloat16 where that is safe; weights stay float32.")
    evaluate_every: int = setting(500, "Steps between evaluations, and checkpoints.", low=1)
    log_every: int = setting(50, "Steps between lines of the log.", low=1)
    seed: int = setting(
        42, "Decides initialisation, order, masks, draws and dropout.", low=0, high=LAST_SEED
    )
    half: bool = setting(False, "Save the finished model in half precision.")
    int8: bool = setting(False, "Save its matrices as 8-bit integers: a quarter of the room.")

    def __post_init__(self) -> None:
        for one in fields(self):
            _check(one.name, getattr(self, one.name), one.metadata)


@dataclass(frozen=True, kw_only=True)
class PretrainSettings(TrainingSettings):
    """Everything that decides an EMLM training, apart from its text and its starting model."""

    max_length: int = setting(64, "Tokens a text, special tokens included.", low=4)
    mask_words: float = setting(0.15, "Share of the words of U that are chosen.", low=0, high=1)
    mask_share: float = setting(0.8, "Share of those that become [MASK].", low=0, high=1)
    random_share: float = setting(0.1, "Share of those that become random.", low=0, high=1)
    held_out: int = setting(1000, "Texts kept for the evaluation, at most a tenth.", low=1)


@dataclass(frozen=True, kw_only=True)
class FinetuneSettings(TrainingSettings):
    """Everything that decides a fine-tuning, apart from its data and its starting model.

    Every document of the batch, over all processes, is a negative of every query that it does
    not answer; means in the losses are over all processes too.
    """

    lr: float = setting(5e-4, "Peak learning rate.", low=0)
    hard_negatives: int = setting(0, "Hard negatives drawn for each pair and step.", low=0)
    neighbours: int = setting(1, "Pairs of similar documents kept together in a batch.", low=1)
    contrast: float = setting(1.0, "Weight of the ranking loss with in-batch negatives.", low=0)
    scale: float = setting(1.0, "Inverse temperature of the scores.", low=0)
    distillation: str = setting("none", "Loss on a teacher's scores.", choices=DISTILLATIONS)
    distillation_weight: float = setting(1.0, "Weight of that loss.", low=0)
    teacher_scale: float = setting(1.0, "Inverse temperature of the teacher's scores.", low=0)
    joint_flops: float = setting(3e-3, "Weight of the joint FLOPS loss.", low=0)
    budget: str = setting(
        "",
        "Postings a query to come to, a number or bm25 (as many as BM25 has): steers the weights "
        "of the losses of documents, which are where it starts.",
    )
    budget_terms: str = setting("7:20", "Query and document terms under which those are counted.")
    query_flops: float = setting(0.0, "Weight of the queries' FLOPS loss.", low=0)
    doc_flops: float = setting(0.0, "Weight of the documents' FLOPS loss.", low=0)
    df_flops: float = setting(
        0.0, "Weight of their FLOPS loss by how common terms are (DF-FLOPS).", low=0
    )
    l0_mask: int = setting(
        0, "Leave documents of so many terms or fewer out of these losses; 0: none.", low=0
    )
    ramp: float = setting(
        1 / 3, "Share of the steps in which those weights grow quadratically.", low=0, high=1
    )
    delay: float = setting(0.0, "Share of the steps before they begin to.", low=0, high=1)
    start_terms: int = setting(
        400, "Shift the output bias to about so many terms a document; 0 leaves it.", low=0
    )
    query_encoder: str = setting(
        "", "Encoder of queries; by default the start's own.", choices=("", *QUERY_ENCODERS)
    )
    term_lr: float = setting(
        0.02, "Inference-free queries: peak learning rate of the terms' weights.", low=0
    )
    query_top_k: int = setting(200, "Most terms a query, in training and after.", low=0)
    doc_top_k: int = setting(400, "Most terms a document, in training and after.", low=0)
    query_max_length: int = setting(48, "Tokens a query.", low=4)
    doc_max_length: int = setting(48, "Tokens a document.", low=4)
    patience: int = setting(
        0,
        "Stop after so many evaluations without a better dev RR@10, once the regularisers have "
        "their full weight, and keep the best since then; 0 trains all steps.",
        low=0,
    )
    average_last: int = setting(
        0, "Keep the mean of the last so many checkpoints where it is better on dev.", low=0
    )
    least_gain: float = setting(0.0, "Gain in RR@10 that counts as better for that.", low=0)

    def __post_init__(self) -> None:
        super().__post_init__()
        budget_terms(self.budget_terms)
        if self.budget and self.budget != BM25:
            budget_postings(self.budget)


def _check(name: str, value: Any, limits: Any) -> None:
    option = f"--{name.replace('_', '-')}"
    low, high, choices = limits["low"], limits["high"], limits["choices"]
    if choices and value not in choices:
        named = ", ".join(choice for choice in choices if choice)
        raise InputError(f"{option} {value!r} is none of {named}.")
    if isinstance(value, float) and not math.isfinite(value):
        raise InputError(f"{option} {value} is no finite number.")
    # Written so that NaN, which no comparison holds for, is refused too.
    if low is not None and not value >= low:
        raise InputError(f"{option} {value} is too small: give {low:.10g} or more.")
    if high is not None and not value <= high:
        raise InputError(f"{option} {value} is too large: give {high:.10g} or less.")
