"""``esplade vocab``: the output vocabulary of an encoder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

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


def vocab(
    out: Annotated[Path, typer.Option("--out", help="Text file to write, one word a line.")],
    dataset: options.OptionalDataset = None,
    corpus: Corpus = None,
    general: General = False,
    fields: options.Fields = "title",
    size: Annotated[int | None, typer.Option(min=1, help="Most words to keep.")] = None,
    min_count: Annotated[int, typer.Option(min=1, help="Leave rarer words out.")] = 1,
    overwrite: options.Overwrite = False,
) -> None:
    """Count unigrams and write the output vocabulary.

    The words of the data set's documents come first; general text fills what room is left.
    """
    from encoders.corpus import filled_vocabulary
    from harness.cli.console import say
    from harness.cli.training import corpus_texts, documents
    from harness.errors import InputError

    if out.exists() and not overwrite:
        raise InputError(f"{out} exists already. Add --overwrite to replace it.")
    own = documents(dataset, fields).values() if dataset else ()
    texts = corpus_texts(dataset, corpus, general)
    vocabulary = filled_vocabulary(own, texts, size=size, min_count=min_count)
    vocabulary.save(out)
    say(f"{out}: {len(vocabulary):,} words.")
