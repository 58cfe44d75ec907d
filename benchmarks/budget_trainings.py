"""Encoders for `benchmarks.budget_steering`: one EMLM a collection, then fine-tunings of it.

Everything lies in a work folder, and what is finished there is not done again.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.material import DATA

POINTS = ("7:20", "0:0", "5:20")
"""Prunings that are measured; the first one is the budget's."""
SPLITS = ("dev", "test")
START = 0.1
"""Weight of the joint FLOPS that a budget starts from, whatever the collection."""
LAYERS, WIDTH = 2, 128


@dataclass(frozen=True)
class Collection:
    """What is trained on.

    Attributes:
        name: of the collection.
        dataset: as `esplade.load_dataset` takes it.
        terms: size of U.
        steps: of a fine-tuning.
        corpus: files of general text.
        general: whether the data set has its own general text.
        pairs: options of `esplade.train.finetune` for pairs beside the judged ones.
    """

    name: str
    dataset: str
    terms: int
    steps: int
    corpus: tuple[str, ...]
    general: bool
    pairs: dict[str, Any]


def collections() -> dict[str, Collection]:
    """The two, by name."""
    made = (
        Collection(
            "cppdocs",
            str(DATA / "cppdocs"),
            12_000,
            400,
            (str(DATA / "general" / "en.txt.gz"),),
            False,
            {"own_words": 2},
        ),
        Collection("pydoc", "pydoc", 14_000, 240, (), True, {"text_pairs": True, "crops": True}),
    )
    return {one.name: one for one in made}


def pretrained(of: Collection, work: Path, steps: int) -> Path:
    """The folder of the encoder that all fine-tunings of a collection start from."""
    from esplade import train

    vocab, out = work / "vocab.txt", work / "emlm"
    if (out / "training.json").exists():
        return out
    if not vocab.exists():
        words = train.Vocabulary.count(
            of.dataset,
            corpus=of.corpus,
            general=of.general,
            fields="title",
            size=of.terms,
            workers=1,
        )
        words.save(vocab)
    settings = train.PretrainSettings(
        steps=steps,
        batch=64,
        lr=2e-3,
        max_length=32,
        mask_words=0.5,
        mask_share=0.35,
        random_share=0.05,
        held_out=500,
        evaluate_every=steps,
        seed=1,
    )
    train.pretrain(
        out,
        settings,
        vocab=vocab,
        corpus=of.corpus,
        dataset=of.dataset,
        general=of.general,
        fields="title",
        repeat=3,
        limit=20_000,
        fresh=train.Fresh(layers=LAYERS, hidden=WIDTH, wordpieces=8000, whole_words=True),
        language="en",
        threads=1,
    )
    return out


def finetuned(
    of: Collection, emlm: Path, out: Path, seed: int, weight: float | None
) -> dict[str, Any]:
    """Fine-tune with a constant weight, or to BM25's budget, and return the training's record."""
    import json

    from esplade import train

    settings = train.FinetuneSettings(
        steps=of.steps,
        batch=64,
        lr=1e-3,
        decay="linear",
        neighbours=4,
        joint_flops=START if weight is None else weight,
        budget="bm25" if weight is None else "",
        budget_terms=POINTS[0],
        start_terms=64,
        query_top_k=64,
        doc_top_k=128,
        query_max_length=24,
        doc_max_length=32,
        evaluate_every=max(1, of.steps // 4),
        # No checkpoint from before the end of the ramp is kept, in any of the trainings.
        patience=4,
        seed=seed,
    )
    if not (out / "training.json").exists():
        train.finetune(
            emlm,
            of.dataset,
            out,
            settings,
            fields="title",
            dev_pool=3000,
            dev_queries=500,
            threads=1,
            **of.pairs,
        )
    return dict(json.loads((out / "training.json").read_text(encoding="utf-8")))


def measured(of: Collection, encoder: Path, work: Path) -> dict[str, dict[str, Any]]:
    """Effectiveness and cost of an encoder by split and pruning, over the whole collection."""
    import esplade

    docs = work / "docs"
    if not docs.exists():
        esplade.encode(encoder, of.dataset, docs, fields="title")
    found: dict[str, dict[str, Any]] = {}
    for split in SPLITS:
        queries, place = work / f"queries-{split}", work / f"sweep-{split}"
        if not queries.exists():
            esplade.encode(encoder, of.dataset, queries, part="queries", split=split)
        table = esplade.sweep(
            of.dataset,
            vectors=docs,
            queries=queries,
            grid=",".join(POINTS),
            out=place,
            split=split,
            k=10,
            measures="RR@10",
            bm25=False,
        ).table()
        found[split] = {
            row["pruning"]: {
                "rr_at_10": row["RR@10"],
                "postings": row["postings"],
                "query_terms": row["query_terms"],
                "doc_terms": row["document_terms"],
            }
            for _, row in table.iterrows()
        }
    shutil.rmtree(work)
    return found


def bm25(of: Collection, work: Path) -> dict[str, dict[str, float]]:
    """What BM25 reads and finds on the same titles, by split; as `--budget bm25` counts it."""
    import esplade

    data, found = esplade.load_dataset(of.dataset), {}
    place = work / "bm25"
    with esplade.bm25(data, place, fields="title", overwrite=place.exists()) as index:
        for split in SPLITS:
            run = index.search(data, 10, split=split)
            effect = esplade.score(run, data.qrels(split), ["RR@10"])["RR@10"]
            found[split] = {"rr_at_10": effect, "postings": run.cost()["postings"]["mean"]}
    return found
