"""``esplade export-encoder``: an encoder as sentence-transformers loads it."""

from __future__ import annotations

from typing import Annotated

import typer

from esplade.cli import completing, options


def export_encoder(
    out: options.Out,
    encoder: Annotated[
        str, typer.Option(help=f"{options.ENCODER}.", autocompletion=completing.encoders)
    ] = "pydoc-small",
    online: options.Online = False,
    overwrite: options.Overwrite = False,
    as_json: options.AsJson = False,
) -> None:
    """Write an encoder so that sentence-transformers loads it, with the same vectors.

    Where the output vocabulary is not the tokenizer's, a module of esplade's goes with it, and
    loading needs trust_remote_code=True. The folder stays an encoder of esplade's as well.
    """
    import esplade
    from esplade.cli.console import answer
    from esplade.progress import say

    form = esplade.export_encoder(encoder, out, overwrite=overwrite, online=online)
    if as_json:
        answer({"out": str(out), "form": form})
        return
    trust = "" if form == "plain" else ", trust_remote_code=True"
    say(f'{out}: load it with sentence_transformers.SparseEncoder("{out}"{trust}).')
