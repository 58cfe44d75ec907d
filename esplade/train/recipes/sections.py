"""The tables of a recipe: what each step may say besides the settings of the trainings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


def _limited(default: Any, low: float, high: float | None = None) -> Any:
    return field(default=default, metadata={"low": low, "high": high})


@dataclass(frozen=True)
class VocabStep:
    """``[vocab]``: options of ``esplade vocab``."""

    size: int = _limited(0, 0)
    general: bool = False
    corpus: tuple[str, ...] = ()
    min_count: int = _limited(1, 1)
    given: str = ""


@dataclass(frozen=True)
class PretrainStep:
    """``[pretrain]``: options of ``esplade pretrain`` that are not settings.

    ``layers`` and the like are of a fresh BERT, or, with ``backbone``, of what is taken of it.
    """

    backbone: str = ""
    layers: int = _limited(0, 0)
    whole_words: bool = False
    keep_pieces: int = _limited(0, 0)
    tied: bool = False
    hidden: int = _limited(128, 1)
    heads: int = _limited(2, 1)
    dropout: float = _limited(0.1, 0, 1)
    wordpieces: int = _limited(8000, 100)
    corpus: tuple[str, ...] = ()
    general: bool = False
    repeat: int = _limited(1, 0)
    limit: int = _limited(0, 0)


@dataclass(frozen=True)
class MineStep:
    """``[mine]``: options of ``esplade mine``."""

    bm25: bool = False
    teacher: tuple[str, ...] = ()
    depth: int = _limited(50, 1)
    skip_top: int = _limited(0, 0)
    scores: bool = False
    split: str = "train"


@dataclass(frozen=True)
class FinetuneStep:
    """``[finetune]``: options of ``esplade finetune`` that are not settings."""

    split: str = "train"
    dev_pool: int = _limited(5000, 0)
    dev_queries: int = _limited(1000, 1)
    teacher: tuple[str, ...] = ()
    text_pairs: bool = False
    crops: bool = False
    own_words: int = _limited(0, 0)
    general_pairs: int = _limited(0, 0)
    corpus: tuple[str, ...] = ()
    general: bool = False


@dataclass(frozen=True)
class SweepStep:
    """``[sweep]``: options of ``esplade sweep``."""

    grid: str = "0:0,7:20,5:20,5:10"
    split: str = "test"
    quantise: str = "scale:100"
    k: int = _limited(1000, 1)
    measures: str = "RR@10 R@10 nDCG@10"
    bm25: bool = True
