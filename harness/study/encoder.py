"""What a study asks of encoders, so that nothing here imports them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from harness.encoding.text_encoder import TextEncoder
from harness.study.sections import DevSection, ModelSection, VocabularySection

if TYPE_CHECKING:
    from harness.datasets import Dataset


class TrainingFailed(RuntimeError):
    """A training that would fail again: its cell has no result, other cells may."""


class StudyEncoders(Protocol):
    """Makes, trains and measures encoders; every folder it writes holds one encoder.

    Trainings go on from their own checkpoints when they are called again after a kill, and leave
    ``training.json`` (settings, sources, counts, seconds) and ``log.jsonl`` in their folder.
    """

    def make_words(
        self, own: Sequence[str], general: Sequence[str], section: VocabularySection, out: Path
    ) -> dict[str, Any]:
        """Write output vocabulary and input tokenizer into ``out``; return counts."""

    def token_counts(self, words: Path, texts: Sequence[str], max_length: int) -> NDArray[np.int64]:
        """Tokens of each text as pre-training sees it; 0 for one without a word of U."""

    def split(self, text: str) -> list[str]:
        """The words of a text, as U counts them."""

    def start(
        self, words: Path, size: ModelSection, max_length: int, seed: int, fields: str, out: Path
    ) -> None:
        """Write an encoder with new weights."""

    def fingerprint(self, encoder: Path) -> str:
        """Digest of an encoder's configuration, weights and vocabulary."""

    def finished(self, out: Path) -> bool:
        """Whether a training's encoder is in its folder, whole; what else it left is removed."""

    def pretrain(
        self,
        start: Path,
        texts: Sequence[str],
        held_out: Sequence[str],
        settings: Any,
        sources: Mapping[str, Any],
        out: Path,
    ) -> None:
        """Pre-train on all of the texts, evaluated on those held out."""

    def statistics(self, encoder: Path, texts: Sequence[str]) -> dict[str, Any]:
        """Statistics of logit vectors, by their names."""

    def finetune(
        self,
        start: Path,
        dataset: Dataset,
        fields: str,
        dev: DevSection,
        settings: Any,
        sources: Mapping[str, Any],
        out: Path,
    ) -> None:
        """Fine-tune on the data set's training queries."""

    def load(self, encoder: Path, name: str) -> TextEncoder:
        """An encoder that encodes."""

    def step_seconds(
        self, kind: str, settings: Any, words: int, pieces: int, size: ModelSection, tokens: int
    ) -> float:
        """Measure a step of a training ("emlm", "finetune") on invented texts of ``tokens``."""
