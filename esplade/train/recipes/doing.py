"""What each step of a recipe does: one call of the function by its name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from esplade.train.recipes.reading import Recipe

RESULTS = {
    "vocab": "vocab.txt",
    "pretrain": "emlm",
    "mine": "negatives.jsonl",
    "finetune": "encoder",
    "sweep": "sweep",
}
"""Where each step's result lies in the folder."""


@dataclass(frozen=True)
class Work:
    """What every step is given.

    Attributes:
        out: the folder of all results.
        recipe: which options.
        data: the data set.
        online: whether a hub may be asked.
        threads: of the processor; 0 lets torch choose.
        device: where it is computed.
    """

    out: Path
    recipe: Recipe
    data: Any
    online: bool
    threads: int
    device: str


def do_vocab(work: Work, one: Any, settings: Any) -> None:
    """The output vocabulary, counted or given."""
    from esplade.train import Vocabulary

    if one.given:
        Vocabulary.given(one.given, one.size or None).save(work.out / RESULTS["vocab"])
        return
    Vocabulary.count(
        work.data,
        corpus=one.corpus,
        general=one.general,
        fields=work.recipe.fields or None,
        size=one.size or None,
        min_count=one.min_count,
    ).save(work.out / RESULTS["vocab"])


def do_pretrain(work: Work, one: Any, settings: Any) -> None:
    """EMLM, on a backbone or of a fresh BERT."""
    from esplade.train import Backbone, Fresh, pretrain

    base = fresh = None
    if one.backbone:
        base = Backbone(one.backbone, one.layers, one.whole_words, one.keep_pieces, one.tied)
    else:
        sizes = (one.layers or 2, one.hidden, one.heads, one.dropout, one.wordpieces)
        fresh = Fresh(*sizes, one.whole_words)
    pretrain(
        work.out / RESULTS["pretrain"],
        settings,
        vocab=work.out / RESULTS["vocab"],
        corpus=one.corpus,
        dataset=work.data,
        general=one.general,
        fields=work.recipe.fields or None,
        repeat=one.repeat,
        limit=one.limit or None,
        backbone=base,
        online=work.online,
        fresh=fresh,
        language=work.recipe.language or None,
        threads=work.threads,
        device=work.device,
    )


def do_mine(work: Work, one: Any, settings: Any) -> None:
    """Hard negatives, and a teacher's scores."""
    from esplade.train import mine

    mine(
        work.data,
        work.out / RESULTS["mine"],
        bm25=one.bm25,
        teacher=one.teacher,
        split=one.split,
        depth=one.depth,
        skip_top=one.skip_top,
        scores=one.scores,
        # BM25 computes nowhere else.
        device=work.device if one.teacher else "auto",
        fields=work.recipe.fields or None,
        language=work.recipe.language or None,
    )


def do_finetune(work: Work, one: Any, settings: Any) -> None:
    """The encoder."""
    from esplade.train import finetune

    mined = work.out / RESULTS["mine"]
    finetune(
        work.out / RESULTS["pretrain"],
        work.data,
        work.out / RESULTS["finetune"],
        settings,
        fields=work.recipe.fields or None,
        split=one.split,
        dev_pool=one.dev_pool,
        dev_queries=one.dev_queries,
        negatives=mined if work.recipe.step("mine") else None,
        teacher=one.teacher,
        text_pairs=one.text_pairs,
        crops=one.crops,
        own_words=one.own_words,
        general_pairs=one.general_pairs,
        corpus=one.corpus,
        general=one.general,
        threads=work.threads,
        device=work.device,
    )


def do_sweep(work: Work, one: Any, settings: Any) -> None:
    """The table, next to BM25."""
    import esplade

    esplade.sweep(
        work.data,
        work.out / RESULTS["finetune"],
        one.grid,
        work.out / RESULTS["sweep"],
        split=one.split,
        fields=work.recipe.fields or None,
        quantise=one.quantise,
        k=one.k,
        measures=one.measures,
        bm25=one.bm25,
        device=work.device,
        language=work.recipe.language or None,
    )


DO: dict[str, Callable[[Work, Any, Any], None]] = {
    "vocab": do_vocab,
    "pretrain": do_pretrain,
    "mine": do_mine,
    "finetune": do_finetune,
    "sweep": do_sweep,
}
