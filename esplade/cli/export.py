"""``esplade export``: an index, vectors or a run in a format of other tools."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from esplade.cli import options
from esplade.cli.dry import can_run_dry
from ground.errors import InputError


@can_run_dry
def export(
    index: Annotated[Path | None, typer.Option("--index", help="Impact index.")] = None,
    ciff: Annotated[
        Path | None, typer.Option(help="File to write; compressed if its name ends in .gz.")
    ] = None,
    vectors: Annotated[Path | None, typer.Option(help="Document vectors.")] = None,
    queries: Annotated[Path | None, typer.Option(help="Query vectors, with --vectors.")] = None,
    run: Annotated[Path | None, typer.Option(help="TREC run, with its metadata beside it.")] = None,
    lsr_benchmark: Annotated[
        Path | None,
        typer.Option(help="Folder of vectors, or of a run, to write, for lsr-benchmark and TIREx."),
    ] = None,
    dataset: Annotated[
        str | None,
        typer.Option(help="With --run: name of its test collection [what its metadata say]."),
    ] = None,
    overwrite: options.Overwrite = False,
    as_json: options.AsJson = False,
) -> None:
    """Write an index as CIFF for PISA, BMP and others; vectors, or a run, for lsr-benchmark.

    Impacts become term frequencies. BMP takes at most 8 bits: index with --quantize bits:8.
    """
    from esplade.cli.console import answer
    from esplade.progress import say

    given = {
        name
        for name, value in (("index", index), ("ciff", ciff), ("vectors", vectors), ("run", run))
        if value is not None
    }
    if given == {"index", "ciff"} and index and ciff and lsr_benchmark is None:
        out, counts = ciff, _index(index, ciff, overwrite)
    elif given == {"vectors"} and vectors and lsr_benchmark is not None:
        out, counts = lsr_benchmark, _vectors(vectors, queries, lsr_benchmark, overwrite)
    elif given == {"run"} and run and lsr_benchmark is not None and queries is None:
        out, counts = lsr_benchmark, _run(run, lsr_benchmark, dataset, overwrite)
    else:
        raise InputError(
            "Give either --index and --ciff, or --vectors (and --queries) and --lsr-benchmark, or "
            "--run and --lsr-benchmark."
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


def _run(run: Path, out: Path, dataset: str | None, overwrite: bool) -> dict[str, int]:
    import esplade
    from ground.artifacts import check_folder

    check_folder(out, [run])
    read = esplade.Run.read(run)
    read.write_lsr_benchmark(out, dataset=dataset, overwrite=overwrite)
    return {"queries": len(read), "results": len(read.ranking.doc_ids)}
