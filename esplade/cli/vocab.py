"""``esplade vocab``: the output vocabulary of an encoder, and how much of a text it covers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from esplade.cli import options


def vocab(
    out: Annotated[
        Path | None, typer.Option("--out", help="Text file to write, one word a line.")
    ] = None,
    dataset: options.OptionalDataset = None,
    corpus: options.Corpus = None,
    general: options.General = False,
    fields: options.Fields = None,
    size: Annotated[int | None, typer.Option(min=1, help="Most words to keep.")] = None,
    min_count: Annotated[int, typer.Option(min=1, help="Leave rarer words out.")] = 1,
    words: Annotated[
        Path | None, typer.Option("--words", help="Take this list instead, one word a line.")
    ] = None,
    wordpieces: Annotated[
        str | None,
        typer.Option(
            "--wordpieces",
            metavar="DIR",
            help="Take the pieces of this tokenizer (or encoder) instead: plain SPLADE.",
        ),
    ] = None,
    coverage: Annotated[
        list[str] | None,
        typer.Option(
            "--coverage",
            metavar="TEXT",
            help="Report the share of words in the vocabulary: a text file or a data set, "
            "best one that was not counted; ko=TEXT names its language. Repeatable.",
        ),
    ] = None,
    workers: Annotated[
        int, typer.Option(min=0, help="Processes that count; 0 for one a processor.")
    ] = 0,
    format: Annotated[
        str | None, typer.Option(help="Of the report: md, csv, latex, html or json.")
    ] = None,
    online: options.Online = False,
    overwrite: options.Overwrite = False,
    as_json: options.AsJson = False,
) -> None:
    """Count unigrams and write the output vocabulary; report how much of a text it covers.

    The words of the data set's documents come first; general text fills what room is left.
    Counts are exact for any amount of text: they are kept in bounded memory, and on disk beyond it.
    """
    from esplade.cli.compare import choose_format
    from esplade.cli.console import answer, show_table
    from esplade.progress import say
    from esplade.train import Vocabulary
    from esplade.train.vocabularies import coverage_table
    from ground.artifacts import check_file
    from ground.errors import InputError
    from ground.machine import check_workers

    check_workers(workers)
    chosen = choose_format(format, None)
    if out is None and not coverage:
        raise InputError("Nothing to do: give --out FILE, --coverage TEXT, or both.")
    if out is not None:
        check_file(out, overwrite, [dataset, *(corpus or ()), words, wordpieces, *(coverage or ())])
    if (words or wordpieces) and (words and wordpieces or dataset or corpus or min_count > 1):
        raise InputError(
            "--words and --wordpieces take a list as it is: leave --dataset, --corpus, "
            "--min-count and the other of the two out. To see what it covers, use --coverage."
        )
    if wordpieces is not None and size is not None:
        raise InputError("--wordpieces takes all pieces of the tokenizer; leave --size out.")
    if words is not None:
        found = Vocabulary.given(words, size)
    elif wordpieces is not None:
        found = Vocabulary.pieces(wordpieces, online=online)
    else:
        found = Vocabulary.count(
            dataset,
            corpus=corpus or (),
            general=general,
            fields=fields,
            size=size,
            min_count=min_count,
            workers=workers,
        )
    facts: dict[str, Any] = {"words": len(found)}
    if out is not None:
        found.save(out, overwrite=overwrite)
        facts["out"] = str(out)
        say(f"{out}: {len(found):,} words.")
    measured = found.coverage(coverage or (), fields=fields, workers=workers)
    if as_json:
        facts["coverage"] = [part.to_dict() for part in measured]
        answer(facts)
    elif measured:
        show_table(coverage_table(measured, len(found)), chosen)
