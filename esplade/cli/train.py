"""``esplade train``: an encoder by a recipe."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from esplade.cli import options
from esplade.cli.dry import can_run_dry


@can_run_dry
def train(
    recipe: Annotated[
        Path,
        typer.Argument(
            help="TOML file with the tables vocab, pretrain, mine, finetune, sweep: the options of "
            "those commands, with underscores.",
            metavar="RECIPE.toml",
        ),
    ],
    out: options.Out,
    dataset: options.OptionalDataset = None,
    backbone: Annotated[
        str | None, typer.Option(help="A Hugging Face encoder in place of the recipe's.")
    ] = None,
    teacher: Annotated[
        list[str] | None,
        typer.Option(help="Teachers in place of the recipe's; repeatable.", metavar="DIR"),
    ] = None,
    online: Annotated[
        bool, typer.Option("--online", help="Let the backbone be downloaded from a hub.")
    ] = False,
    threads: options.TrainingThreads = 0,
    device: options.TrainingDevice = "auto",
    overwrite: options.Overwrite = False,
) -> None:
    """Train an encoder by a recipe: vocabulary, EMLM, negatives, fine-tuning, sweep.

    Steps that are done are kept, and a killed one goes on when the same command is given again.
    The encoder is OUT/encoder; what was done to make it is in its recipe.json.
    """
    from esplade.train import run_recipe

    run_recipe(
        recipe,
        out,
        dataset=None if dataset is None else str(dataset),
        backbone=backbone,
        teacher=tuple(teacher or ()),
        online=online,
        threads=threads,
        device=device,
        overwrite=overwrite,
    )
