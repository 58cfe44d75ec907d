"""``esplade sweep``: the pruning grid, next to BM25, as a table and the figure."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from esplade.cli import options

if TYPE_CHECKING:
    from harness.datasets import Dataset
    from harness.sweep import SweepSettings, System


def sweep(
    dataset: options.Dataset,
    out: options.Out,
    encoder: Annotated[
        list[str] | None, typer.Option(help="Encoder: a folder, or pydoc-tiny; repeatable.")
    ] = None,
    vectors: Annotated[
        Path | None, typer.Option(help="Document vectors instead of an encoder.")
    ] = None,
    queries: Annotated[Path | None, typer.Option(help="Query vectors, with --vectors.")] = None,
    name: Annotated[str, typer.Option(help="What to call --vectors in the table.")] = "vectors",
    grid: Annotated[
        str, typer.Option(help="Points: qk:dk (0 is not pruned) or QUERYRULE/DOCRULE.")
    ] = "0:0,7:20,5:20,5:10",
    split: options.Split = "test",
    fields: options.OptionalFields = None,
    quantise: options.Quantise = "scale:100",
    k: options.Hits = 1000,
    algorithm: options.Algorithm = "auto",
    measures: options.Measures = options.MEASURES,
    bm25: Annotated[bool, typer.Option(help="BM25 over the same text as the budget line.")] = True,
    language: options.Language = None,
    threads: options.Threads = 1,
    drop_self: options.DropSelf = False,
    overwrite: options.Overwrite = False,
    as_json: options.AsJson = False,
) -> None:
    """Encode once, index once per dk, search and score every (qk, dk); print the table.

    Started again after a kill, it goes on where it was. The folder then holds the runs, the
    per-query values, the table (md, csv, json, tex), figure1 (png, svg) and report.html.
    """
    from esplade.cli.analyzing import analyzer_language
    from esplade.cli.console import progress, say
    from esplade.cli.fields import settle_fields, trained_fields
    from ground.artifacts import check_folder
    from ground.errors import InputError
    from harness.datasets import load_dataset
    from harness.evaluation import measure_names
    from harness.lucene.algorithms import check_algorithm
    from harness.quantisation.quantiser import Quantiser
    from harness.sweep import SweepSettings, System, parse_grid, prepare_folder, run_sweep

    if bool(encoder) == (vectors is not None) or (vectors is None) != (queries is None):
        raise InputError("Give either --encoder DIR, or --vectors PATH with --queries PATH.")
    data = load_dataset(dataset)
    if encoder or bm25:
        fields = settle_fields(data, fields, trained_fields(encoder or ()))
    settings = SweepSettings(
        split=split,
        fields=fields or "title",
        grid=parse_grid(grid),
        quantiser=Quantiser.parse(quantise),
        k=k,
        algorithm=check_algorithm(algorithm),
        measures=measure_names(measures),
        bm25=bm25,
        language=analyzer_language(language, data) if bm25 else None,
        threads=threads,
        drop_self=drop_self,
    )
    # Vectors may lie in the sweep's own folder, unless that is replaced with all that it holds.
    check_folder(out, (dataset, vectors, queries, *(encoder or ())) if overwrite else ())
    prepare_folder(out, data, settings, overwrite)
    if vectors is not None and queries is not None:
        systems = [System(name, vectors, queries)]
    else:
        systems = encode_systems(encoder or [], data, settings, out)
    run_sweep(data, systems, settings, out, say=say, progress=progress)
    show_sweep(out, settings.measures, as_json)


def encode_systems(
    encoders: list[str], data: Dataset, settings: SweepSettings, out: Path
) -> list[System]:
    """Encode documents and queries with each encoder, unless an earlier try has finished that."""
    from esplade.cli.console import progress, say
    from esplade.cli.loading import LoadedEncoder, encoder_folder
    from ground.artifacts import digest, is_complete
    from ground.artifacts.folders import clear
    from ground.errors import InputError
    from harness.encoding.parts import Part, encode_part, encoding_notes, part_facts
    from harness.sweep import System
    from harness.vectors import KIND, vectors_facts

    systems: list[System] = []
    parts: tuple[Part, ...] = ("docs", "queries")
    for spec in encoders:
        loaded = LoadedEncoder(encoder_folder(spec))
        if any(system.name == loaded.name for system in systems):
            raise InputError(f"Two encoders are called {loaded.name!r}; rename a folder.")
        folder = out / "vectors" / loaded.name
        for part in parts:
            facts = part_facts(loaded, data, part, settings.fields, settings.split)
            if is_complete(folder / part, KIND, digest(facts)):
                clear(folder / part)
                say(f"{(folder / part).relative_to(out)}: kept")
                continue
            total = _size(data, part, settings.split)
            with progress(f"{loaded.name}: encoding {part}", total) as advance:
                encode_part(
                    loaded,
                    data,
                    part,
                    folder / part,
                    fields=settings.fields,
                    split=settings.split,
                    overwrite=is_complete(folder / part, KIND),
                    progress=advance,
                )
            say(f"{(folder / part).relative_to(out)}: done")
            for note in encoding_notes(vectors_facts(folder / part)):
                say(f"{loaded.name}: {note}")
        systems.append(System(loaded.name, folder / "docs", folder / "queries"))
    return systems


def _size(data: Dataset, part: str, split: str) -> int:
    return sum(1 for _ in data.docs()) if part == "docs" else len(data.queries(split))


def show_sweep(out: Path, measures: tuple[str, ...], as_json: bool) -> None:
    """Print a sweep's table and write table, figure and report beside its points."""
    from esplade.cli.console import say
    from harness.report.renderings import RENDERERS, print_table
    from harness.report.sweep import write_report

    table = write_report(out, measures)
    if as_json:
        print(RENDERERS["json"](table))
        return
    print_table(table)
    say(f"Figure: {out / 'figure1.png'} (and .svg); report: {out / 'report.html'}")
