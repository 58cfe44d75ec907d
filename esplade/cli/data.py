"""``esplade data``: which data sets there are, what is in one; build, import and check them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from esplade.cli import completing, options
from esplade.cli.everywhere import everywhere
from esplade.cli.groups import Commands
from ground.errors import InputError

if TYPE_CHECKING:
    from harness.datasets.report import Report

app = typer.Typer(cls=Commands, no_args_is_help=True, rich_markup_mode=None)
Name = Annotated[
    str,
    typer.Argument(
        help="pydoc, a folder in BEIR's layout, or irds:ID.", autocompletion=completing.datasets
    ),
]
_JUDGED = "Judgments, a table or a file of TREC or BEIR, of split"


@app.command("list")
@everywhere
def list_datasets(as_json: options.AsJson = False) -> None:
    """What can be given to --dataset: the built-in data set, and folders in $ESPLADE_DATA."""
    from esplade.cli.console import answer
    from harness.datasets import pydoc

    found = [{"name": "pydoc", "where": str(pydoc.cache_folder()), "built": pydoc.is_built()}]
    root = os.environ.get("ESPLADE_DATA")
    if root:
        folders = sorted(p.parent for p in Path(root).glob("*/corpus.jsonl*"))
        found += [{"name": str(f), "where": str(f), "built": True} for f in folders]
    if as_json:
        answer({"datasets": found})
        return
    for row in found:
        print(row["name"] if row["built"] else f"{row['name']}  (is built on first use)")
    print("Also: any folder in BEIR's layout, and irds:ID with pip install 'esplade[irds]'.")


@app.command()
@everywhere
def show(name: Name, as_json: options.AsJson = False, fields: options.Fields = None) -> None:
    """Counts of a data set, and a few of its queries with their documents."""
    import esplade
    from esplade.cli.console import answer

    facts = esplade.load_dataset(name).summary(fields)
    if as_json:
        answer(facts)
        return
    print(f"{facts['name']}  language {facts['language'] or 'not stated'}")
    words = f"{facts['words']:.1f} words of {facts['fields']}"
    print(f"documents  {facts['documents']:,}, {words} on average")
    for split, part in facts["splits"].items():
        counts = f"{part['queries']:,} queries, {part['judgments']:,} judgments"
        print(f"{split:<9}  {counts}, grades {' '.join(map(str, part['grades']))}")
    for example in facts["examples"]:
        print(f"\nquery      {example['query']}\ndocument   {example['document']}")


@app.command()
@everywhere
def build(
    name: Annotated[str, typer.Argument(help="The built-in data set: pydoc.")],
    out: options.Out,
    overwrite: options.Overwrite = False,
) -> None:
    """Write the built-in data set to a folder in BEIR's layout, with its card."""
    from esplade.progress import say
    from harness.datasets import pydoc

    if name != "pydoc":
        raise InputError(f"No data set {name!r} can be built. There is one: pydoc.")
    say("Reading the sources of the installed packages (up to a minute) ...")
    counts = pydoc.build(out, overwrite=overwrite)["counts"]
    queries = ", ".join(f"{n:,} {split}" for split, n in counts["queries"].items())
    print(f"{out}: {counts['documents']:,} documents; queries: {queries}")


@app.command("import")
@everywhere
def import_tables(
    docs: Annotated[
        Path, typer.Option(help="Table of documents: an id, and title or text.", metavar="TABLE")
    ],
    out: options.Out,
    queries: Annotated[
        Path | None, typer.Option(help="Table of queries: an id and text.", metavar="TABLE")
    ] = None,
    qrels: Annotated[Path | None, typer.Option(help=f"{_JUDGED} test.", metavar="FILE")] = None,
    train: Annotated[Path | None, typer.Option(help=f"{_JUDGED} train.", metavar="FILE")] = None,
    dev: Annotated[Path | None, typer.Option(help=f"{_JUDGED} dev.", metavar="FILE")] = None,
    name: Annotated[str | None, typer.Option(help="Of the data set [the first file's].")] = None,
    language: Annotated[str | None, typer.Option(help="Of the texts: en, ko, ...")] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(
            help="Your name of a column, repeatable: doc_id, title, text, query_id, query or "
            "relevance = yours.",
            metavar="OURS=YOURS",
        ),
    ] = None,
    overwrite: options.Overwrite = False,
    as_json: options.AsJson = False,
) -> None:
    """Make a data set of tables (CSV, TSV, Parquet): a folder in BEIR's layout.

    Columns are found by the names that ir_datasets, PyTerrier, BEIR and ranx give them.
    Judgments may also be files of TREC or BEIR.
    """
    import esplade
    from esplade.cli.console import answer
    from esplade.progress import say
    from ground.artifacts import check_folder

    given = {"test": qrels, "train": train, "dev": dev}
    judged = {split: path for split, path in given.items() if path is not None}
    columns = dict(map(_named_column, column or []))
    check_folder(out, [docs, *([queries] if queries else []), *judged.values()])
    found = esplade.Dataset.from_files(
        docs, queries, judged, name=name, language=language, columns=columns
    )
    found.write(out, overwrite=overwrite)
    if as_json:
        facts = found.summary()
        told = {key: facts[key] for key in ("name", "documents", "language", "splits")}
        answer({"out": str(out), **told})
    else:
        say(f"{out}: {found!r}")


def _named_column(given: str) -> tuple[str, str]:
    ours, equals, yours = given.partition("=")
    if not (ours and equals and yours):
        raise InputError(f"--column {given!r}: write OURS=YOURS, such as title=headline.")
    return ours, yours


@app.command()
@everywhere
def check(
    name: Name,
    as_json: options.AsJson = False,
) -> None:
    """Report faults with their places; exit code 2 where there are errors, 0 otherwise."""
    import esplade
    from esplade.cli.console import answer

    report = esplade.check_dataset(name)
    if as_json:
        answer(report.as_dict())
    else:
        _print_report(report)
    if report.errors:
        raise typer.Exit(2)


def _print_report(report: Report) -> None:
    judgments = ", ".join(f"{n:,} {split}" for split, n in report.counts["judgments"].items())
    print(
        f"{report.name}: {report.counts['documents']:,} documents, "
        f"{report.counts['queries']:,} queries; judgments: {judgments or 'none'}"
    )
    for fault in report.faults.values():
        print(f"{fault.severity}: {fault.kind}: {fault.count:,}")
        for example in fault.examples:
            print(f"  {example}")
        if fault.count > len(fault.examples):
            print(f"  and {fault.count - len(fault.examples):,} more")
    print(f"{report.errors:,} errors, {report.warnings:,} warnings")
