"""The encoders of a study (`harness.study.encoder.StudyEncoders`); imports torch when used."""

from __future__ import annotations

import gc
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any

from encoders.training.settings import FinetuneSettings, PretrainSettings
from esplade.devices import settle
from esplade.folder_encoder import FolderEncoder
from esplade.hub import offline
from harness.study.encoder import TrainingFailed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from encoders.vocabulary.vocabulary import Vocabulary
    from harness.datasets import Dataset
    from harness.study.sections import DevSection, ModelSection, VocabularySection

KINDS: dict[str, type[Any]] = {"pretrain": PretrainSettings, "finetune": FinetuneSettings}
_VOCABULARY = "vocabulary.txt"
_TOKENIZER = "tokenizer"
_FEWEST = 50_000
"""Texts of each kind that the tokenizer is trained on at least, where there are so many."""


class TorchEncoders:
    """`StudyEncoders` with the trainings of `encoders`.

    Args:
        threads: of the CPU; 0 lets torch choose.
        device: where encoders compute: auto (a GPU if there is one), cpu, cuda, cuda:N or mps.
    """

    def __init__(self, threads: int = 0, device: str = "auto") -> None:
        offline()
        import torch
        from transformers.utils import logging as of_transformers

        from encoders.training import processes
        from encoders.training.memory import keep_freed_memory

        keep_freed_memory()
        processes.use(device)
        self.device = settle(device)[0]
        of_transformers.set_verbosity_error()  # type: ignore[no-untyped-call]
        if threads:
            torch.set_num_threads(threads)
        self._read: dict[Path, tuple[Any, Vocabulary]] = {}

    def make_words(
        self, own: Sequence[str], general: Sequence[str], section: VocabularySection, out: Path
    ) -> dict[str, Any]:
        """U of own words first; a tokenizer that sees as many texts of each kind."""
        from encoders.vocabulary.counting import filled_vocabulary
        from encoders.vocabulary.tokenizer import train_wordpiece

        vocabulary = filled_vocabulary(own, general, size=section.size, min_count=section.min_count)
        vocabulary.save(out / _VOCABULARY)
        some = general[: max(len(own), _FEWEST)]
        copies = max(1, round(len(some) / max(1, len(own))))
        whole = vocabulary.words if section.whole_words else ()
        tokenizer = train_wordpiece([*list(own) * copies, *some], section.wordpieces, whole=whole)
        tokenizer.save_pretrained(str(out / _TOKENIZER))
        return {"words": len(vocabulary), "wordpieces": len(tokenizer)}

    def token_counts(self, words: Path, texts: Sequence[str], max_length: int) -> NDArray[np.int64]:
        """See `encoders.pretraining.masking.token_counts`."""
        from encoders.pretraining.masking import token_counts

        tokenizer, vocabulary = self._words(words)
        return token_counts(texts, tokenizer, vocabulary, max_length)

    def split(self, text: str) -> list[str]:
        """See `encoders.vocabulary.vocabulary.words`."""
        from encoders.vocabulary.vocabulary import words

        return words(text)

    def start(
        self, words: Path, size: ModelSection, max_length: int, seed: int, fields: str, out: Path
    ) -> None:
        """A fresh BERT under an expanded head."""
        from encoders.checkpoints.loading import save_encoder
        from encoders.model.fresh import BackboneSize, fresh_encoder

        tokenizer, vocabulary = self._words(words)
        backbone = BackboneSize(
            size.layers, size.hidden, size.heads, max(128, max_length), size.dropout
        )
        model = fresh_encoder(backbone, tokenizer, vocabulary, seed)
        model.config.doc_fields = fields
        out.mkdir(parents=True, exist_ok=True)
        save_encoder(model, out)

    def fingerprint(self, encoder: Path) -> str:
        """See `encoders.checkpoints.loading.fingerprint`."""
        from encoders.checkpoints.loading import fingerprint

        return fingerprint(encoder)

    def finished(self, out: Path) -> bool:
        """Whether an encoder of ours with its record is there, and nothing is left to be done."""
        from encoders.checkpoints.folders import kind_of
        from encoders.training.workfolder import clear_finished
        from ground.artifacts import clear, recover
        from ground.errors import InputError

        recover(out)
        try:
            whole = kind_of(out) == "esplade" and (out / "training.json").is_file()
        except InputError:
            whole = False
        if whole:
            clear_finished(out)
            clear(out)
        return whole

    def pretrain(
        self,
        start: Path,
        texts: Sequence[str],
        held_out: Sequence[str],
        settings: PretrainSettings,
        sources: Mapping[str, Any],
        out: Path,
    ) -> None:
        """EMLM."""
        from encoders.checkpoints.loading import load_encoder
        from encoders.pretraining.pretrain import pretrain

        model = load_encoder(start)
        # The texts it is asked about in statistics are those it was trained on.
        model.config.doc_max_length = settings.max_length
        with _training():
            pretrain(model, texts, out, settings, held_out=held_out, sources=dict(sources))

    def statistics(self, encoder: Path, texts: Sequence[str]) -> dict[str, Any]:
        """See `encoders.encoding.statistics`."""
        from encoders.checkpoints.loading import load_encoder
        from encoders.encoding.shards import place
        from encoders.encoding.statistics import logit_statistics

        model = place(load_encoder(encoder), self.device)
        return logit_statistics(model, texts).to_dict()

    def finetune(
        self,
        start: Path,
        dataset: Dataset,
        fields: str,
        dev: DevSection,
        settings: FinetuneSettings,
        sources: Mapping[str, Any],
        out: Path,
    ) -> None:
        """ESPLADE on the train split, its checkpoint chosen on the dev split."""
        from encoders.checkpoints.loading import load_encoder
        from encoders.finetuning.finetune import finetune
        from esplade.train.data import contents, dev_data, ranking_data

        texts = contents(dataset, fields)
        watched = dev_data(dataset, texts, dev.pool, dev.queries, dev.seed)
        recorded = {
            **sources,
            "dataset": {"name": dataset.name, "digest": dataset.digest(), "fields": fields},
            "dev": {"pool": dev.pool, "queries": dev.queries, "seed": dev.seed},
        }
        model = load_encoder(start)
        model.config.language = dataset.language or model.config.language
        with _training():
            finetune(
                model, ranking_data(dataset, texts, "train"), watched, out, settings,
                sources=recorded,
            )  # fmt: skip

    def load(self, encoder: Path, name: str) -> FolderEncoder:
        """An encoder for `harness.encoding.parts`."""
        return FolderEncoder(encoder, name, device=self.device)

    def step_seconds(
        self, kind: str, settings: Any, words: int, pieces: int, size: ModelSection, tokens: int
    ) -> float:
        """See `encoders.pace`."""
        import torch

        from encoders.model.fresh import BackboneSize
        from encoders.pace import finetuning_step, invented_model, pretraining_step

        step = pretraining_step if kind == "emlm" else finetuning_step
        backbone = BackboneSize(size.layers, size.hidden, size.heads)
        with torch.device(self.device):
            return step(invented_model(backbone, words, pieces), settings, tokens)

    def _words(self, folder: Path) -> tuple[Any, Vocabulary]:
        """Tokenizer and vocabulary, read once."""
        from encoders.checkpoints.loading import load_tokenizer
        from encoders.vocabulary.vocabulary import Vocabulary

        if folder not in self._read:
            vocabulary = Vocabulary.load(folder / _VOCABULARY)
            self._read[folder] = (load_tokenizer(folder / _TOKENIZER), vocabulary)
        return self._read[folder]


class _Evaluations(io.TextIOBase):
    """A stream that lets a training's evaluations through and drops its other lines."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.say = say

    def write(self, text: str) -> int:
        if "'eval_" in text:
            self.say("  " + text.strip(" {}\n").replace("'", "").replace("eval_", ""))
        return len(text)


@contextmanager
def _training() -> Iterator[None]:
    """Keep a training's lines from stdout, and say in the study's terms that it stopped."""
    from esplade.progress import say
    from ground.errors import TrainingStopped

    try:
        with redirect_stdout(_Evaluations(say)):
            yield
    except TrainingStopped as error:
        raise TrainingFailed(str(error)) from error
    finally:
        # A finished Trainer is a ring of references, and holds a model and its moments.
        gc.collect()
