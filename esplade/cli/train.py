"""``esplade pretrain`` and ``finetune``: how an encoder comes to be."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from encoders.training.settings import FinetuneSettings, PretrainSettings
from esplade.cli import options
from esplade.cli.settings import takes_settings

Threads = Annotated[
    int,
    typer.Option(min=0, help="CPU threads; 0 lets torch choose. On a busy machine take fewer."),
]
TensorBoard = Annotated[
    Path | None, typer.Option("--tensorboard", help="Folder for TensorBoard's log.")
]


@takes_settings
def pretrain(
    context: typer.Context,
    settings: PretrainSettings,
    out: options.Out,
    vocab: Annotated[
        Path | None,
        typer.Option(
            "--vocab",
            help="Output vocabulary, from esplade vocab; or pieces: those of the tokenizer "
            "(plain SPLADE).",
        ),
    ] = None,
    start: Annotated[
        Path | None,
        typer.Option(
            "--from", help="Go on from this encoder, with its tokenizer and output vocabulary."
        ),
    ] = None,
    corpus: options.Corpus = None,
    dataset: options.OptionalDataset = None,
    general: options.General = False,
    fields: options.Fields = None,
    repeat: Annotated[int, typer.Option(min=0, help="Copies of the data set's texts.")] = 1,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Most general texts, drawn at random.")
    ] = None,
    backbone: Annotated[
        str | None, typer.Option(help="Start from this Hugging Face encoder (folder or id).")
    ] = None,
    online: Annotated[
        bool, typer.Option("--online", help="Let --backbone be downloaded from a hub.")
    ] = False,
    layers: Annotated[int, typer.Option(min=1, help="Layers of a fresh BERT.")] = 2,
    hidden: Annotated[int, typer.Option(min=1, help="Its hidden size.")] = 128,
    heads: Annotated[int, typer.Option(min=1, help="Its attention heads.")] = 2,
    dropout: Annotated[float, typer.Option(min=0, max=1, help="Its dropout.")] = 0.1,
    wordpieces: Annotated[int, typer.Option(min=100, help="Pieces of its tokenizer.")] = 8000,
    whole_words: Annotated[
        bool,
        typer.Option(
            "--whole-words",
            help="The words of the output vocabulary are pieces too: each is one token of the "
            "input, rare ones as well.",
        ),
    ] = False,
    language: Annotated[str | None, typer.Option(help="Recorded; [the data set's].")] = None,
    threads: Threads = 0,
    tensorboard: TensorBoard = None,
    overwrite: options.Overwrite = False,
) -> None:
    """Pre-train with EMLM: masked words of the output vocabulary are predicted.

    A killed training goes on from its last checkpoint when the same command is given again.
    Several processes: torchrun --nproc-per-node N -m esplade.cli.main pretrain ...
    """
    from esplade import train
    from esplade.train.starting import Fresh

    train.pretrain(
        out,
        settings,
        vocab=vocab,
        start=start,
        corpus=corpus or (),
        dataset=dataset,
        general=general,
        fields=fields,
        repeat=repeat,
        limit=limit,
        backbone=backbone,
        online=online,
        fresh=Fresh(layers, hidden, heads, dropout, wordpieces, whole_words),
        given=[name for name in Fresh.__dataclass_fields__ if _is_given(context, name)],
        language=language,
        threads=threads,
        tensorboard=tensorboard,
        overwrite=overwrite,
    )


def _is_given(context: typer.Context, name: str) -> bool:
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


@takes_settings
def finetune(
    settings: FinetuneSettings,
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
    negatives: Annotated[
        Path | None,
        typer.Option(
            help="Hard negatives, and a teacher's scores: JSON Lines (from esplade mine, or "
            '{"query_id", "positives": [{"id", "score"}], "negatives": [...]}), or a TREC run.'
        ),
    ] = None,
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
    own_words: Annotated[
        int,
        typer.Option(
            min=0,
            help="Also train on so many queries a document made of its own words, rare ones "
            "first, for every document of the collection.",
        ),
    ] = 0,
    general_pairs: Annotated[
        int, typer.Option(min=0, help="Also train on so many sentence pairs of general text.")
    ] = 0,
    corpus: options.Corpus = None,
    general: options.General = False,
    threads: Threads = 0,
    tensorboard: TensorBoard = None,
    overwrite: options.Overwrite = False,
) -> None:
    """Fine-tune as a sparse bi-encoder on a data set's queries and judgments (ESPLADE).

    A killed training goes on from its last checkpoint when the same command is given again.
    Several processes: torchrun --nproc-per-node N -m esplade.cli.main finetune ...
    """
    from esplade import train

    train.finetune(
        start,
        dataset,
        out,
        settings,
        fields=fields,
        split=split,
        dev_eval=dev_eval,
        dev_pool=dev_pool,
        dev_queries=dev_queries,
        negatives=negatives,
        text_pairs=text_pairs,
        crops=crops,
        own_words=own_words,
        general_pairs=general_pairs,
        corpus=corpus or (),
        general=general,
        threads=threads,
        tensorboard=tensorboard,
        overwrite=overwrite,
    )
