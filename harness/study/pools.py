"""Stages that gather texts: titles of the collection, general text, and a corpus of either."""

from __future__ import annotations

import gzip
import random
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from ground.artifacts import Building
from ground.errors import InputError
from ground.reading import lines, text_lines
from harness.datasets import Dataset
from harness.datasets.contents import Contents
from harness.study import by_length
from harness.study import texts as of
from harness.study.by_length import Ints
from harness.study.config import expanded
from harness.study.encoder import StudyEncoders
from harness.study.sections import CorpusSection
from harness.study.stages import Stage

TITLES, HELD_OUT, TRAINING, TEXTS = "titles.gz", "held_out.gz", "training.gz", "texts.gz"


def read_texts(path: Path) -> list[str]:
    """Texts of a file that `write_texts` wrote."""
    return [line for _, line in lines(path)]


def write_texts(path: Path, texts: Iterable[str]) -> None:
    """Write texts, one a line, so that equal texts give equal files."""
    with path.open("wb") as raw, gzip.GzipFile("", "wb", 6, raw, mtime=0) as stream:
        for text in texts:
            stream.write(" ".join(text.split()).encode() + b"\n")


def build_titles(build: Building, dataset: Dataset, settings: dict[str, Any]) -> None:
    """Distinct titles of the collection, without those held out; and those of fine-tuning.

    Held out are titles that answer no training query, as far as there are enough.
    """
    documents = dict(Contents(dataset, settings["fields"]))
    answers = _answers(dataset)
    training = list(of.distinct(text for i, text in documents.items() if i in answers))
    trained = frozenset(map(of.normal, training))
    every = of.shuffled(list(of.distinct(documents.values())), settings["seed"])
    every.sort(key=lambda text: of.normal(text) in trained)
    held = min(settings["held_out"], len(every) // 10)
    rest = of.shuffled(every[held:], settings["seed"])
    for name, found in ((HELD_OUT, every[:held]), (TITLES, rest), (TRAINING, training)):
        write_texts(build.path / name, found)
    build.facts |= {
        "documents": len(documents),
        "distinct": len(every),
        "held_out": held,
        "held_out_trained": sum(of.normal(text) in trained for text in every[:held]),
        "training": len(training),
    }


def _answers(dataset: Dataset) -> set[str]:
    if "train" not in dataset.splits:
        raise InputError(
            f"{dataset.name} has no train split, so nothing can be fine-tuned on it. Give a data "
            f"set with qrels/train.tsv."
        )
    judged = dataset.qrels("train")
    return set(judged[judged["relevance"] > 0]["doc_id"])


def build_general(build: Building, dataset: Dataset, corpus: CorpusSection, titles: Stage) -> None:
    """Distinct general texts in an order of their own, without any title of the collection."""
    known = {name: read_texts(titles.folder / name) for name in (TITLES, HELD_OUT)}
    own = list(chain.from_iterable(known.values()))
    paragraphs = list(_paragraphs(dataset, corpus))
    if corpus.paragraphs and corpus.paragraphs < len(paragraphs):
        paragraphs = random.Random(corpus.seed).sample(paragraphs, corpus.paragraphs)
    found: Iterable[str] = paragraphs
    if corpus.lengths == "titles":
        found = of.pieces(paragraphs, [len(text.split()) for text in own], corpus.seed)
    without = frozenset(map(of.normal, own))
    every = list(found)
    equal = sum(of.normal(text) in without for text in every)
    kept = of.shuffled(list(of.distinct(every, without)), corpus.seed)
    if not kept:
        raise InputError(
            "There is no general text: give files in corpus.general, or a data set that has some."
        )
    write_texts(build.path / TEXTS, kept)
    build.facts |= {
        "paragraphs": len(paragraphs),
        "pieces": len(every),
        "equal_to_titles": equal,
        "distinct": len(kept),
    }


def _paragraphs(dataset: Dataset, corpus: CorpusSection) -> Iterator[str]:
    if not corpus.general:
        yield from dataset.general_texts()
    for name in corpus.general:
        yield from general_lines(Path(expanded(name)))


def general_lines(path: Path) -> Iterator[str]:
    """The paragraphs of a file of running text.

    Raises:
        InputError: the file cannot be read, or is no text in UTF-8; with the line.
    """
    return (text for line in text_lines(path) if (text := line.strip()))


def build_corpus(build: Building, encoders: StudyEncoders, stage: Stage) -> None:
    """The texts of one pre-training; or why there are too few."""
    settings = stage.settings
    chosen, lengths = _choose(encoders, stage)
    wanted = settings.get("sample", settings["texts"])
    name = "titles" if settings["source"] == "titles" else "general texts"
    if len(chosen) < wanted:
        how = "to see once each" if settings["sampling"] == "uniq" else "for the sample"
        build.facts["impossible"] = (
            f"it needs {wanted:,} distinct {name} {how}"
            + (f" after the first {settings['first']:,}" if settings["first"] else "")
            + f", and only {len(chosen):,} with a word of U are there"
        )
        return
    write_texts(build.path / TEXTS, chosen)
    training = read_texts(stage.needs["titles"].folder / TRAINING)
    held = read_texts(stage.needs["titles"].folder / HELD_OUT)
    by_use, by_word = of.word_overlap(training, chosen, encoders.split)
    build.facts |= {
        "impossible": None,
        "texts": len(chosen),
        "distinct_texts": len(set(map(of.normal, chosen))),
        "tokens": int(lengths.sum()),
        "overlap_share": of.share_in(training, chosen),
        "held_out_share": of.share_in(held, chosen),
        "word_overlap": by_use,
        "distinct_word_overlap": by_word,
    }


def _choose(encoders: StudyEncoders, stage: Stage) -> tuple[list[str], Ints]:
    """Texts and their lengths in tokens."""
    settings, pool = stage.settings, stage.needs["pool"].folder
    own = settings["source"] == "titles"
    texts = read_texts(pool / (TITLES if own else TEXTS))
    reference = None
    if not own and settings["match"]:
        titles = read_texts(stage.needs["titles"].folder / TITLES)
        reference = _counts(encoders, stage, titles)
        reference = reference[reference > 0]
    lengths = np.empty(0, dtype=np.int64)
    places = lengths
    # What a longer training begins with is chosen as if it were all of it.
    for size in filter(None, (settings["first"], settings["texts"])):
        lengths[places] = 0
        wanted = None if reference is None else by_length.quotas(reference, size)
        while len(lengths) < len(texts) and _too_few(lengths, size, wanted):
            more = texts[len(lengths) : max(3 * size, 2 * len(lengths))]
            lengths = np.concatenate([lengths, _counts(encoders, stage, more)])
        if wanted is None:
            places = np.flatnonzero(lengths > 0)[:size]
        else:
            places = by_length.by_quota(lengths, wanted)
    if "sample" in settings and len(places) >= settings["sample"]:
        drawn = by_length.stratified(lengths[places], settings["sample"], settings["seed"])
        places = places[drawn]
    return [texts[i] for i in places], lengths[places]


def _too_few(lengths: Ints, size: int, wanted: dict[int, int] | None) -> bool:
    if wanted is None:
        return int(np.count_nonzero(lengths)) < size
    return by_length.lacking(lengths, wanted)


def _counts(encoders: StudyEncoders, stage: Stage, texts: list[str]) -> Ints:
    words, longest = stage.needs["words"].folder, stage.settings["max_length"]
    return encoders.token_counts(words, texts, longest)
