"""Fine-tuning of an encoder as a sparse bi-encoder (ESPLADE)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ground.dry import is_dry

if TYPE_CHECKING:
    from encoders.training.settings import FinetuneSettings
    from esplade.encoder import Encoder


def finetune(
    start: str | Path,
    dataset: Any,
    out: str | Path,
    settings: FinetuneSettings | None = None,
    *,
    fields: str | None = None,
    split: str = "train",
    dev_eval: bool = True,
    dev_pool: int = 5000,
    dev_queries: int = 1000,
    negatives: str | Path | None = None,
    teacher: str | Path | Sequence[str | Path] = (),
    text_pairs: bool = False,
    crops: bool = False,
    own_words: int = 0,
    general_pairs: int = 0,
    corpus: Sequence[str | Path] = (),
    general: bool = False,
    threads: int = 0,
    device: str = "auto",
    tensorboard: str | Path | None = None,
    overwrite: bool = False,
    online: bool = False,
) -> Encoder:
    """Fine-tune as a sparse bi-encoder on a data set's queries and judgments.

    A killed training goes on from its last checkpoint when the same call is made again.

    Args:
        start: encoder to start from: a folder, or the name of one that ships or is on the hub.
        dataset: see `esplade.load_dataset`.
        out: folder of the encoder.
        settings: steps, losses, regularisers, ...; each says in its declaration what it is.
        fields: what of a document; the encoder's own otherwise.
        split: whose queries are trained on.
        dev_eval: keep the checkpoint that is best on the dev queries.
        dev_pool: documents in the dev pool; 0 for all.
        dev_queries: most dev queries.
        negatives: file of hard negatives and a teacher's scores (from `mine`), or a TREC run.
        teacher: learn the scores of these: folders of dense sentence-transformers models, or
            "bm25"; those of several are added. For ``settings.distillation``.
        text_pairs: also train on sentences of the answers' text as queries.
        crops: also on half of a document's words as a query.
        own_words: also on so many queries a document made of its own words.
        general_pairs: also on so many sentence pairs of general text.
        corpus: files of running text, for those.
        general: also take the data set's own general text for them.
        threads: of the processor; 0 lets torch choose.
        device: where it computes: auto (a GPU if there is one), cpu, cuda or mps.
        tensorboard: folder for TensorBoard's log.
        overwrite: replace a trained encoder.
        online: an encoder of the hub may be downloaded.

    Raises:
        InputError: nothing to train on, ``out`` is not free.
        TrainingStopped: the training cannot usefully go on.

    Example:
        >>> import esplade
        >>> from esplade import train
        >>> titles = {f"d{n}": f"how to sort list {n}" for n in range(8)}
        >>> queries = {f"q{n}": f"list {n}" for n in range(8)}
        >>> qrels = {"train": {f"q{n}": {f"d{n}": 1} for n in range(8)}}
        >>> dataset = esplade.Dataset.from_dicts(titles, queries, qrels, name="lists")
        >>> settings = train.FinetuneSettings(steps=2, batch=4)
        >>> train.finetune("pydoc-tiny", dataset, "tuned", settings).name
        'tuned'
    """
    from encoders.checkpoints.loading import fingerprint, load_encoder
    from encoders.finetuning.finetune import finetune as train
    from encoders.training.budget_text import BM25
    from encoders.training.settings import FinetuneSettings
    from esplade.encoder import Encoder
    from esplade.loading import fetch, locate
    from esplade.train import data as of_data
    from esplade.train.baseline import bm25_in_pool, bm25_postings
    from esplade.train.negatives import file_facts, with_candidates
    from esplade.train.preparing import prepare, tell, tell_lengths, told
    from esplade.train.teachers import teachers

    fetch(start, online)
    begun, place, chosen = locate(start), Path(out), settings or FinetuneSettings()
    files = [Path(one) for one in corpus]
    mined = None if negatives is None else Path(negatives)
    named = [teacher] if isinstance(teacher, str | Path) else list(teacher)
    inputs = (begun.folder, dataset, mined, *files, *named)
    prepare(place, threads, overwrite, inputs=inputs, device=device)
    model = load_encoder(begun.folder)
    data, fields, texts = of_data.documents(dataset, fields, model.config.doc_fields, tell)
    model.config.doc_fields = fields
    model.config.language = data.language or model.config.language
    seed = chosen.seed
    dev = of_data.dev_data(data, texts, dev_pool, dev_queries, seed) if dev_eval else None
    taught, facts = teachers(named, texts.values(), tell, device)
    if chosen.budget == BM25 and not is_dry():
        budget = bm25_postings(data, fields, "dev" if "dev" in data.splits else split)
        tell(f"BM25 reads {budget:,.0f} postings a query: that is the budget.")
        chosen = replace(chosen, budget=repr(budget))
    sources: dict[str, Any] = {
        "from": {"name": begun.name, "fingerprint": fingerprint(begun.folder), **begun.source},
        "dataset": {"name": data.name, "digest": data.digest(), "fields": fields, "split": split},
        "negatives": file_facts(mined),
        "text_pairs": text_pairs,
        "crops": crops,
        "own_words": own_words,
        "general_pairs": general_pairs,
        "corpus": [path.name for path in files] + ["general"] * general,
        "dev": {"pool": dev_pool, "queries": dev_queries} if dev else None,
        "teacher": facts,
    }
    pairs = of_data.ranking_data(data, texts, split)
    if mined is not None:
        pairs = with_candidates(pairs, mined)
    paragraphs = of_data.corpus_texts(dataset, files, general) if general_pairs else iter(())
    pairs = of_data.add_pairs(
        pairs, data, split, text_pairs, crops, own_words, paragraphs, general_pairs, seed
    )
    logs = None if tensorboard is None else Path(tensorboard)
    if dev is not None and not is_dry():
        lexical = bm25_in_pool(dev, model.config.language or None)
        size = f"{len(dev.queries):,} queries, {len(dev.documents):,} documents"
        tell(f"Dev pool: {size}. There BM25 has RR@10 {lexical:.3f}.")
        sources["dev"] = {**sources["dev"], "bm25_rr_at_10": round(lexical, 4)}
    with told():
        record = train(
            model, pairs, dev, place, chosen, sources=sources, logs=logs, teachers=taught
        )
    tell_lengths(record["lengths"])
    figures = sorted(record["dev"].items(), key=lambda one: (one[0] != "eval_rr_at_10", one[0]))
    shown = ", ".join(f"{name.removeprefix('eval_')} {value:.3f}" for name, value in figures)
    tell(f"{place}: {record['seconds']:.0f} s. {shown}")
    return Encoder(folder=place)
