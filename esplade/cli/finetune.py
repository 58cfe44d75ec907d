"""``esplade finetune``: fine-tuning of an encoder as a sparse bi-encoder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from encoders.training.settings import FinetuneSettings
from esplade.cli import completing, options
from esplade.cli.dry import can_run_dry
from esplade.cli.settings import takes_settings


@can_run_dry
@takes_settings
def finetune(
    settings: FinetuneSettings,
    start: Annotated[
        Path,
        typer.Option(
            "--from", help=f"To start from. {options.ENCODER}.", autocompletion=completing.encoders
        ),
    ],
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
    teacher: Annotated[
        list[str] | None,
        typer.Option(
            help="Learn the scores of this: the folder of a dense sentence-transformers model, or "
            "bm25; repeatable, their scores are added. See --distillation.",
            metavar="DIR",
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
    threads: options.TrainingThreads = 0,
    device: options.TrainingDevice = "auto",
    tensorboard: options.TensorBoard = None,
    online: options.Online = False,
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
        teacher=teacher or (),
        text_pairs=text_pairs,
        crops=crops,
        own_words=own_words,
        general_pairs=general_pairs,
        corpus=corpus or (),
        general=general,
        threads=threads,
        device=device,
        tensorboard=tensorboard,
        overwrite=overwrite,
        online=online,
    )
