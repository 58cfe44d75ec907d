"""``esplade export``: an index or vectors in a format of other tools."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from esplade.cli import options
from ground.errors import InputError


def export(
    index: Annotated[Path | None, typer.Option("--index", help="Impact index.")] = None,
    ciff: Annotated[
        Path | None, typer.Option(help="File to write; compressed if its name ends in .gz.")
    ] = None,
    vectors: Annotated[Path | None, typer.Option(help="Document vectors.")] = None,
    queries: Annotated[Path | None, typer.Option(help="Query vectors, with --vectors.")] = None,
    lsr_benchmark: Annotated[
        Path | None, typer.Option(help="Folder of vectors to write, for lsr-benchmark and TIREx.")
    ] = None,
    overwrite: options.Overwrite = False,
    as_json: options.AsJson = False,
) -> None:
    """Write an index as CIFF for PISA, BMP and others, or vectors as lsr-benchmark reads them.

    Impacts become term frequencies. BMP takes at most 8 bits: index with --quantize bits:8.
    """
    from esplade.cli.console import answer
    from esplade.progress import say

    if index is not None and ciff is not None and vectors is None and lsr_benchmark is None:
        out, counts = ciff, _index(index, ciff, overwrite)
    elif vectors is not None and lsr_benchmark is not None and index is None and ciff is None:
        out, counts = lsr_benchmark, _vectors(vectors, queries, lsr_benchmark, overwrite)
    else:
        raise InputError(
            "Give either --index and --ciff, or --vectors (and --queries) and --lsr-benchmark."
        )
    if as_json:
        answer({"lsr_benchmark" if index is None else "ciff": str(out), **counts})
    else:
        say(f"{out}: " + ", ".join(f"{value:,} {name}" for name, value in counts.items()))


def _index(index: Path, ciff: Path, overwrite: bool) -> dict[str, int]:
    import esplade
    from ground.artifacts import check_file

    check_file(ciff, overwrite, [index])
    with esplade.Index.open(index) as opened:
        return opened.export(ciff, overwrite=overwrite)


def _vectors(vectors: Path, queries: Path | None, out: Path, overwrite: bool) -> dict[str, int]:
    import esplade
    from ground.artifacts import check_folder

    check_folder(out, [path for path in (vectors, queries) if path is not None])
    documents = esplade.Vectors.read(vectors)
    asked = None if queries is None else esplade.Vectors.read(queries)
    columns = documents.write_lsr_benchmark(out, asked, overwrite=overwrite)
    counts = {"documents": len(documents), "columns": columns}
    return counts if asked is None else {**counts, "queries": len(asked)}
