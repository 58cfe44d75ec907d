"""Average the weights of encoders that share a training history.

Fine-tunings from one start lie in one basin of the loss: the mean of their weights, or of theirs
and the start's, ranks better than any of them and costs nothing at search time (Wortsman et al.,
"Model soups", ICML 2022; "Robust fine-tuning of zero-shot models", CVPR 2022).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch

from encoders.checkpoints.loading import fingerprint, load_encoder
from encoders.model.model import EspladeModel
from encoders.training.running import finish
from ground.errors import InputError

_OWN = ("architectures", "dtype", "torch_dtype", "transformers_version", "_name_or_path")
"""Entries of a configuration that do not change what a model computes."""


def average(
    paths: Sequence[Path],
    shares: Sequence[float],
    out: Path,
    *,
    half: bool = False,
    int8: bool = False,
) -> list[float]:
    """Write the weighted mean of some encoders as an encoder.

    Args:
        paths: folders of encoders with equal configuration, vocabulary and tokenizer.
        shares: what each counts; they are divided by their sum.
        out: folder of the result; its tokenizer and vocabulary are those of the first.
        half: save in half precision.
        int8: save matrices as 8-bit integers.

    Returns:
        The shares, adding up to one.

    Raises:
        InputError: fewer than two encoders, a share below zero, or encoders that differ in
            more than their weights.
    """
    weights = _normalised(paths, shares)
    model = load_encoder(paths[0])
    mean = {name: torch.zeros_like(value) for name, value in model.state_dict().items()}
    for path, weight in zip(paths, weights, strict=True):
        other = load_encoder(path)
        _check_alike(paths[0], model, path, other)
        for name, value in other.state_dict().items():
            mean[name] += (weight * value).to(mean[name].dtype)
    model.load_state_dict(mean)
    parts = [
        {"name": path.resolve().name, "fingerprint": fingerprint(path), "share": weight}
        for path, weight in zip(paths, weights, strict=True)
    ]
    record = {
        "stage": "average",
        "settings": {"half": half, "int8": int8},
        "sources": {"encoders": parts},
    }
    finish(out, model, record, [], half=half, int8=int8)
    return weights


def _normalised(paths: Sequence[Path], shares: Sequence[float]) -> list[float]:
    if len(paths) < 2:
        raise InputError("An average needs two encoders or more.")
    if len(shares) != len(paths):
        raise InputError(
            f"There are {len(paths)} encoders and {len(shares)} shares. Give one for each encoder, "
            f"or none for equal ones."
        )
    total = sum(shares)
    if min(shares) < 0 or not 0 < total < float("inf"):
        raise InputError("Shares must be numbers from 0 up, and not all 0.")
    return [share / total for share in shares]


def _check_alike(one: Path, first: EspladeModel, two: Path, second: EspladeModel) -> None:
    ours, theirs = (
        {k: v for k, v in model.config.to_dict().items() if k not in _OWN}
        for model in (first, second)
    )
    differing = sorted(k for k in {*ours, *theirs} if ours.get(k) != theirs.get(k))
    for name in ("output_vocabulary.txt", "tokenizer.json"):
        if (one / name).read_bytes() != (two / name).read_bytes():
            differing.append(name)
    if differing:
        raise InputError(
            f"{one} and {two} differ in {', '.join(differing)}: the mean of their weights means "
            f"nothing. Average encoders that were fine-tuned from the same start."
        )
