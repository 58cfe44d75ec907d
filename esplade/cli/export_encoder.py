"""``esplade export-encoder``: an encoder as sentence-transformers loads it."""

from __future__ import annotations

from typing import Annotated

import typer

from esplade.cli import options


def export_encoder(
    out: options.Out,
    encoder: Annotated[str, typer.Option(help="Encoder: a folder, or pydoc-tiny.")] = "pydoc-tiny",
    overwrite: options.Overwrite = False,
    as_json: options.AsJson = False,
) -> None:
    """Write an encoder so that sentence-transformers loads it, with the same vectors.

    Where the output vocabulary is not the tokenizer's, a module of esplade's goes with it, and
    loading needs trust_remote_code=True. The folder stays an encoder of esplade's as well.
    """
    from encoders.checkpoints.exporting import export_encoder as export
    from encoders.checkpoints.folders import MODULES
    from encoders.checkpoints.loading import load_encoder
    from esplade.cli.console import answer
    from esplade.hub import offline
    from esplade.loading import encoder_folder
    from esplade.progress import say
    from ground.artifacts import check_folder, clear, content, is_being_filled, recover
    from ground.errors import InputError

    check_folder(out, [encoder])
    recover(out)
    if out.exists() and content(out) and not is_being_filled(out):
        if not (out / MODULES).is_file():
            raise InputError(
                f"{out} holds files that are not an exported encoder; they are left alone. Choose "
                f"another output folder."
            )
        if not overwrite:
            clear(out)
            raise InputError(f"{out} holds an exported encoder. Add --overwrite to replace it.")
    offline()
    form = export(load_encoder(encoder_folder(encoder)), out)
    if as_json:
        answer({"out": str(out), "form": form})
        return
    trust = "" if form == "plain" else ", trust_remote_code=True"
    say(f'{out}: load it with sentence_transformers.SparseEncoder("{out}"{trust}).')
