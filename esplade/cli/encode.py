"""``esplade encode``: a data set's documents or queries become impact vectors."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from esplade.cli import options


def encode(
    encoder: Annotated[str, typer.Option(help="Encoder: a folder, or pydoc-tiny.")],
    dataset: options.Dataset,
    out: options.Out,
    part: Annotated[str, typer.Option(help="docs or queries.")] = "docs",
    split: options.Split = "test",
    fields: options.OptionalFields = None,
    workers: Annotated[
        int, typer.Option(min=1, help="Processes that encode; they share the processors.")
    ] = 1,
    precision: Annotated[
        str, typer.Option(help="Of the computation: float32, bfloat16 or int8.")
    ] = "float32",
    overwrite: options.Overwrite = False,
    as_json: options.AsJson = False,
) -> None:
    """Encode documents or queries to JSON vectors (Pyserini's format), packed arrays beside them.

    A killed encoding goes on where it was when the same command is given again. Vectors do not
    depend on --workers. int8 and bfloat16 are faster on processors made for them;
    both can change weights a little (docs/training-speed.md has measurements), so the vectors'
    manifest says which it was.
    """
    from esplade.cli.console import answer, progress, say
    from esplade.cli.fields import settle_fields, trained_fields
    from esplade.cli.loading import LoadedEncoder, encoder_folder
    from ground.artifacts import check_free
    from ground.errors import InputError
    from ground.machine import check_workers
    from harness.datasets import load_dataset
    from harness.encoding.parts import encode_part, encoding_notes
    from harness.vectors import KIND, vectors_facts

    if part not in ("docs", "queries"):
        raise InputError(f"--part {part!r} is neither docs nor queries.")
    check_workers(workers)
    check_free(out, KIND, overwrite, [dataset, encoder])
    data = load_dataset(dataset)
    total = None
    if part == "queries":
        total = len(data.queries(split))
    else:
        fields = settle_fields(data, fields, trained_fields([encoder]))
    # Only now, since it takes seconds to load.
    from encoders.encoding.precision import PRECISIONS

    if precision not in PRECISIONS:
        raise InputError(f"--precision {precision!r} is not one of {', '.join(PRECISIONS)}.")
    loaded = LoadedEncoder(encoder_folder(encoder), precision=precision)
    with progress(f"Encoding {part}", total) as advance:
        encode_part(
            loaded,
            data,
            part,  # type: ignore[arg-type]
            out,
            fields=fields or "title",
            split=split,
            overwrite=overwrite,
            workers=workers,
            progress=advance,
        )
    facts = vectors_facts(out)
    shown = {name: facts[name] for name in ("rows", "terms", "nnz")}
    for note in encoding_notes(facts):
        say(note)
    if as_json:
        more = {name: facts[name] for name in ("fields", "contents", "lengths")}
        answer({"out": str(Path(out)), **shown, **more})
    else:
        mean = shown["nnz"] / max(1, shown["rows"])
        say(f"{out}: {shown['rows']:,} vectors, {mean:.1f} terms each, of {shown['terms']:,}.")
