"""``esplade pretrain`` and ``finetune``: how an encoder comes to be."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from harness.cli import options

Corpus = Annotated[
    list[Path] | None,
    typer.Option("--corpus", help="Running text, a paragraph a line (.txt or .gz); repeatable."),
]
General = Annotated[
    bool,
    typer.Option("--general", help="Also use the data set's own general text (pydoc has some)."),
]
Batch = Annotated[int, typer.Option(min=1, help="Examples a step.")]
Steps = Annotated[int, typer.Option(min=1, help="Optimisation steps.")]
LearningRate = Annotated[float, typer.Option("--lr", help="Peak learning rate.")]
Seed = Annotated[int, typer.Option(help="Decides initialisation, order and masks.")]
EvaluateEvery = Annotated[int, typer.Option(min=1, help="Steps between evaluations.")]
Half = Annotated[bool, typer.Option("--half", help="Save in half precision.")]
Threads = Annotated[
    int,
    typer.Option(min=0, help="CPU threads; 0 lets torch choose. On a busy machine take fewer."),
]
Online = Annotated[bool, typer.Option("--online", help="Let --backbone be downloaded from a hub.")]


def pretrain(
    vocab: Annotated[Path, typer.Option("--vocab", help="Output vocabulary, from esplade vocab.")],
    out: options.Out,
    corpus: Corpus = None,
    dataset: options.OptionalDataset = None,
    general: General = False,
    fields: options.Fields = "title",
    repeat: Annotated[int, typer.Option(min=0, help="Copies of the data set's texts.")] = 1,
    limit: Annotated[int | None, typer.Option(help="Most general texts, drawn at random.")] = None,
    backbone: Annotated[
        str | None, typer.Option(help="Start from this Hugging Face encoder (folder or id).")
    ] = None,
    online: Online = False,
    layers: Annotated[int, typer.Option(min=1, help="Layers of a fresh BERT.")] = 2,
    hidden: Annotated[int, typer.Option(min=1, help="Its hidden size.")] = 128,
    heads: Annotated[int, typer.Option(min=1, help="Its attention heads.")] = 2,
    dropout: Annotated[float, typer.Option(min=0, max=1, help="Its dropout.")] = 0.1,
    wordpieces: Annotated[int, typer.Option(min=100, help="Pieces of its tokenizer.")] = 8000,
    language: Annotated[str | None, typer.Option(help="Recorded; [the data set's].")] = None,
    steps: Steps = 3000,
    batch: Batch = 128,
    lr: LearningRate = 1e-3,
    warmup: Annotated[float, typer.Option(help="Share of the steps that warm up.")] = 0.05,
    max_length: Annotated[int, typer.Option(min=4, help="Tokens a text.")] = 64,
    mask_words: Annotated[float, typer.Option(help="Share of words chosen.")] = 0.15,
    mask_share: Annotated[float, typer.Option(help="Of those, masked.")] = 0.8,
    random_share: Annotated[float, typer.Option(help="Of those, made random.")] = 0.1,
    evaluate_every: EvaluateEvery = 500,
    threads: Threads = 0,
    seed: Seed = 42,
    half: Half = False,
    overwrite: options.Overwrite = False,
) -> None:
    """Pre-train with EMLM: masked words of the output vocabulary are predicted.

    A killed training goes on from its last checkpoint when the same command is given again.
    """
    from encoders.corpus import mix
    from encoders.pretrain import PretrainSettings
    from encoders.pretrain import pretrain as train
    from encoders.vocabulary import Vocabulary
    from harness.cli.console import say
    from harness.cli.training import corpus_texts, documents, new_encoder, prepare

    prepare(out, threads, overwrite, online)
    data, own = documents(dataset, fields, with_data=True) if dataset else (None, {})
    general_texts = corpus_texts(dataset, corpus, general)
    texts = mix(general_texts, list(own.values()), limit=limit, repeat=repeat, seed=seed)
    words = Vocabulary.load(vocab)
    size = {"layers": layers, "hidden": hidden, "heads": heads, "dropout": dropout}
    model = new_encoder(texts, words, backbone, online, wordpieces, max_length, seed, size)
    model.config.doc_fields = fields
    model.config.language = language or (data.language if data else None) or ""
    settings = PretrainSettings(
        steps=steps,
        batch=batch,
        lr=lr,
        warmup=warmup,
        max_length=max_length,
        mask_words=mask_words,
        mask_share=mask_share,
        random_share=random_share,
        evaluate_every=evaluate_every,
        seed=seed,
        half=half,
    )
    sources: dict[str, Any] = {
        "corpus": [path.name for path in corpus or []],
        "dataset": data and {"name": data.name, "digest": data.digest(), "fields": fields},
        "general": general,
        "repeat": repeat,
        "limit": limit,
        "backbone": backbone or {**size, "wordpieces": wordpieces},
    }
    result = train(model, texts, out, settings, sources=sources)
    say(f"{out}: held-out loss {result['loss']:.3f}, accuracy {result['accuracy']:.3f}.")


def finetune(
    start: Annotated[Path, typer.Option("--from", help="Encoder to start from.")],
    dataset: options.Dataset,
    out: options.Out,
    fields: options.OptionalFields = None,
    split: Annotated[str, typer.Option(help="Whose queries are trained on.")] = "train",
    dev_eval: Annotated[
        bool, typer.Option(help="Keep the checkpoint that is best on the dev queries.")
    ] = True,
    dev_pool: Annotated[
        int, typer.Option(min=0, help="Documents in the dev pool; 0 for all.")
    ] = 5000,
    dev_queries: Annotated[int, typer.Option(min=1, help="Most dev queries.")] = 1000,
    text_pairs: Annotated[
        bool, typer.Option(help="Also train on sentences of the answers' text as queries.")
    ] = False,
    crops: Annotated[
        bool,
        typer.Option(
            "--crops",
            help="Also train on half of a document's words as a query, except for documents "
            "that answer queries of other splits.",
        ),
    ] = False,
    general_pairs: Annotated[
        int, typer.Option(min=0, help="Also train on so many sentence pairs of general text.")
    ] = 0,
    corpus: Corpus = None,
    general: General = False,
    steps: Steps = 3000,
    batch: Batch = 128,
    lr: LearningRate = 5e-4,
    warmup: Annotated[float, typer.Option(help="Share of the steps that warm up.")] = 0.05,
    scale: Annotated[float, typer.Option(help="Inverse temperature of the scores.")] = 1.0,
    joint_flops: Annotated[float, typer.Option(help="Weight of the joint FLOPS loss.")] = 3e-3,
    query_flops: Annotated[float, typer.Option(help="Weight of the queries' FLOPS loss.")] = 0.0,
    doc_flops: Annotated[float, typer.Option(help="Weight of the documents' FLOPS loss.")] = 0.0,
    ramp: Annotated[float, typer.Option(help="Share of steps of its quadratic ramp.")] = 1 / 3,
    delay: Annotated[float, typer.Option(help="Share of steps before that.")] = 0.0,
    neighbours: Annotated[
        int, typer.Option(min=1, help="Pairs of similar documents kept together in a batch.")
    ] = 1,
    start_terms: Annotated[int, typer.Option(min=0, help="Terms a document at the start.")] = 400,
    query_top_k: Annotated[int, typer.Option(min=0, help="Most terms a query, always.")] = 200,
    doc_top_k: Annotated[int, typer.Option(min=0, help="Most terms a document, always.")] = 400,
    query_max_length: Annotated[int, typer.Option(min=4, help="Tokens a query.")] = 48,
    doc_max_length: Annotated[int, typer.Option(min=4, help="Tokens a document.")] = 48,
    evaluate_every: EvaluateEvery = 500,
    threads: Threads = 0,
    seed: Seed = 42,
    half: Half = False,
    overwrite: options.Overwrite = False,
) -> None:
    """Fine-tune as a sparse bi-encoder on a data set's queries and judgments (ESPLADE).

    A killed training goes on from its last checkpoint when the same command is given again.
    """
    from encoders.checkpoints import fingerprint, load_encoder
    from encoders.finetune import FinetuneSettings
    from encoders.finetune import finetune as train
    from harness.cli.console import say
    from harness.cli.training import (
        add_pairs,
        corpus_texts,
        dev_data,
        documents,
        prepare,
        ranking_data,
    )

    prepare(out, threads, overwrite)
    model = load_encoder(start)
    fields = fields or model.config.doc_fields
    model.config.doc_fields = fields
    data, texts = documents(dataset, fields, with_data=True)
    model.config.language = data.language or model.config.language
    dev = dev_data(data, texts, dev_pool, dev_queries, seed) if dev_eval else None
    settings = FinetuneSettings(
        steps=steps,
        batch=batch,
        lr=lr,
        warmup=warmup,
        scale=scale,
        joint_flops=joint_flops,
        query_flops=query_flops,
        doc_flops=doc_flops,
        ramp=ramp,
        delay=delay,
        neighbours=neighbours,
        start_terms=start_terms,
        query_top_k=query_top_k,
        doc_top_k=doc_top_k,
        query_max_length=query_max_length,
        doc_max_length=doc_max_length,
        evaluate_every=evaluate_every,
        seed=seed,
        half=half,
    )
    sources = {
        "from": {"name": start.resolve().name, "fingerprint": fingerprint(start)},
        "dataset": {"name": data.name, "digest": data.digest(), "fields": fields, "split": split},
        "text_pairs": text_pairs,
        "crops": crops,
        "general_pairs": general_pairs,
        "corpus": [path.name for path in corpus or []] + ["general"] * general,
        "dev": {"pool": dev_pool, "queries": dev_queries} if dev else None,
    }
    pairs = ranking_data(data, texts, split)
    paragraphs = corpus_texts(dataset, corpus, general) if general_pairs else iter(())
    pairs = add_pairs(pairs, data, split, text_pairs, crops, paragraphs, general_pairs, seed)
    record = train(model, pairs, dev, out, settings, sources=sources)
    shown = ", ".join(f"{k.removeprefix('eval_')} {v:.3f}" for k, v in record["dev"].items())
    say(f"{out}: {record['seconds']:.0f} s. {shown}")
