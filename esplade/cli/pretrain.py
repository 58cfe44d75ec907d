"""``esplade pretrain``: EMLM pre-training of an encoder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from encoders.training.settings import PretrainSettings
from esplade.cli import options
from esplade.cli.dry import can_run_dry
from esplade.cli.settings import takes_settings
from ground.errors import InputError


@can_run_dry
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
        bool, typer.Option("--online", help="Let --backbone or --from be downloaded from a hub.")
    ] = False,
    layers: Annotated[
        int,
        typer.Option(
            min=1, show_default=False, help="Layers of a fresh BERT [2]; the first of a backbone's."
        ),
    ] = 2,
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
    keep_pieces: Annotated[
        int,
        typer.Option(
            min=0, help="Keep so many pieces of a backbone, those that the texts use most; 0: all."
        ),
    ] = 0,
    tied: Annotated[
        bool,
        typer.Option(
            "--tied",
            help="Words of U have one row for input and output: with --backbone and "
            "--whole-words; half the room.",
        ),
    ] = False,
    language: Annotated[str | None, typer.Option(help="Recorded; [the data set's].")] = None,
    threads: options.TrainingThreads = 0,
    device: options.TrainingDevice = "auto",
    tensorboard: options.TensorBoard = None,
    overwrite: options.Overwrite = False,
) -> None:
    """Pre-train with EMLM: masked words of the output vocabulary are predicted.

    A killed training goes on from its last checkpoint when the same command is given again.
    Several processes: torchrun --nproc-per-node N -m esplade.cli.main pretrain ...
    """
    from esplade import train

    typed = [name for name in train.Fresh.__dataclass_fields__ if _is_given(context, name)]
    base = None
    if backbone is not None:
        first = layers if _is_given(context, "layers", "COMMANDLINE", "DEFAULT_MAP") else 0
        base = train.Backbone(backbone, first, whole_words, keep_pieces, tied)
    elif keep_pieces or tied:
        raise InputError("--keep-pieces and --tied are about a --backbone, and none is given.")
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
        backbone=base,
        online=online,
        fresh=train.Fresh(layers, hidden, heads, dropout, wordpieces, whole_words),
        given=typed,
        language=language,
        threads=threads,
        device=device,
        tensorboard=tensorboard,
        overwrite=overwrite,
    )


def _is_given(context: typer.Context, name: str, *places: str) -> bool:
    """Whether an option's value is from one of some places; typed, unless others are named."""
    source = context.get_parameter_source(name)
    return source is not None and source.name in (places or ("COMMANDLINE",))
