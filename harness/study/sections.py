"""The sections of a study file that are not settings of a training, each declared once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

KEEP = ("weights", "vectors", "indexes", "runs")
SOURCES = ("titles", "general")
SAMPLINGS = ("repeat", "uniq")


_LAST_SEED = 2**31 - 1


def _within(
    default: Any,
    low: float | None = None,
    choices: tuple[str, ...] = (),
    high: float | None = None,
) -> Any:
    return field(default=default, metadata={"low": low, "high": high, "choices": choices})


@dataclass(frozen=True, kw_only=True)
class DatasetSection:
    """The test collection.

    Attributes:
        path: a folder in BEIR's layout, or a name that `harness.datasets.load_dataset` knows.
        fields: what of a document is its "title" here: pre-trained on, encoded, and indexed.
        split: whose queries are searched in the end.
        language: ``en``, ``ko``, or nothing for the data set's own.
        documents: most documents, chosen by a hash of their ids; 0 for all.
    """

    path: str
    fields: str = _within("title", choices=("title", "text", "title+text"))
    split: str = _within("test", choices=("train", "dev", "test"))
    language: str = ""
    documents: int = _within(0, low=0)


@dataclass(frozen=True, kw_only=True)
class CorpusSection:
    """The pre-training corpus, and what all corpora have in common.

    Attributes:
        source: ``titles`` of the target collection (the paper's *overlap*), or ``general`` text
            that holds none of them (*indep*).
        sampling: ``repeat`` (a small sample, many times) or ``uniq`` (every text once).
        general: files of running text, a paragraph a line; none for the data set's own.
        paragraphs: most paragraphs of it, drawn at random; 0 for all.
        repeat_texts: texts of a repeated sample.
        lengths: general text is cut into pieces that are as long in tokens as ``titles``, text by
            text; or stays in ``paragraphs``.
        held_out: titles that no corpus holds: pre-training is evaluated on them.
        seed: decides what is drawn; it is not a seed of the trainings.
    """

    source: str = _within("general", choices=SOURCES)
    sampling: str = _within("repeat", choices=SAMPLINGS)
    general: tuple[str, ...] = ()
    paragraphs: int = _within(0, low=0)
    repeat_texts: int = _within(12800, low=1)
    lengths: str = _within("titles", choices=("titles", "paragraphs"))
    held_out: int = _within(300, low=1)
    seed: int = _within(1, low=0, high=_LAST_SEED)


@dataclass(frozen=True, kw_only=True)
class VocabularySection:
    """The output vocabulary U (own words first, then general ones) and the input tokenizer.

    Args:
        size: |U|.
        min_count: words that are rarer are left out.
        wordpieces: pieces of the tokenizer.
        whole_words: the words of U are pieces beside those, each one token of the input.
    """

    size: int = _within(20000, low=1)
    min_count: int = _within(1, low=1)
    wordpieces: int = _within(8000, low=100)
    whole_words: bool = False


@dataclass(frozen=True, kw_only=True)
class ModelSection:
    """Size of a fresh BERT."""

    layers: int = _within(2, low=1)
    hidden: int = _within(128, low=1)
    heads: int = _within(2, low=1)
    dropout: float = _within(0.1, low=0, high=1)

    def __post_init__(self) -> None:
        if self.hidden % self.heads:
            raise ValueError(
                f"a hidden size of {self.hidden} cannot be shared by {self.heads} attention heads. "
                f"Make hidden a multiple of heads."
            )


@dataclass(frozen=True, kw_only=True)
class DevSection:
    """What fine-tuning chooses its checkpoint on; the same for all cells and seeds."""

    pool: int = _within(5000, low=0)
    queries: int = _within(1000, low=1)
    seed: int = _within(1, low=0, high=_LAST_SEED)


@dataclass(frozen=True, kw_only=True)
class SweepSection:
    """How every fine-tuned model is evaluated; see `harness.sweep.SweepSettings`.

    Runs are a hundred deep, where those of a sweep have a thousand: measures here end at 10, and
    writing and scoring longer ones would take most of the time.
    """

    grid: str = "0:0,7:20,5:20,5:10"
    measures: str = "RR@10 R@10 nDCG@10"
    quantise: str = "scale:100"
    k: int = _within(100, low=1)
    repeats: int = _within(3, low=1)
    algorithm: str = "auto"
    language: str = ""


@dataclass(frozen=True, kw_only=True)
class SeedsSection:
    """Seeds of a run of the whole grid; the n-th run has the n-th of each list.

    Attributes:
        init: of the initial weights. A single one holds for all runs.
        order: of the order of examples, of masks and of dropout, in both trainings.
    """

    init: tuple[int, ...] = (1,)
    order: tuple[int, ...] = (1,)

    def __post_init__(self) -> None:
        for name, seeds in (("init", self.init), ("order", self.order)):
            for seed in seeds:
                if not 0 <= seed <= _LAST_SEED:
                    raise ValueError(f"{name}: a seed is 0 to {_LAST_SEED}, not {seed}.")
        sizes = {len(self.init), len(self.order)}
        if 0 in sizes or (len(sizes) > 1 and 1 not in sizes):
            raise ValueError(
                f"init has {len(self.init)} seeds and order {len(self.order)}. Give as many of "
                f"one as of the other, or a single one that holds for all."
            )
        pairs = self.pairs()
        if len(set(pairs)) < len(pairs):
            raise ValueError("two runs would have the same seeds, so they would be one.")

    def pairs(self) -> list[tuple[int, int]]:
        """Seeds (init, order) of each run, from the first."""
        runs = max(len(self.init), len(self.order))
        init, order = (s * runs if len(s) == 1 else s for s in (self.init, self.order))
        return list(zip(init, order, strict=True))
