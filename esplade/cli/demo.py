"""``esplade demo``: the whole chain on the built-in data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from harness.datasets import Dataset

EXAMPLES = 3
OWN = Path("runs/local/demo")


def demo(
    out: Annotated[Path, typer.Option("--out", help="Folder to write.")] = OWN,
) -> None:
    """Build the pydoc data set, encode it with the shipped encoder, sweep it next to BM25.

    Takes a few minutes on two cores; started again, it keeps what is finished.
    """
    from esplade.cli.console import progress, say
    from esplade.cli.loading import PRETRAINED
    from esplade.cli.sweep import encode_systems, show_sweep
    from harness.datasets import load_dataset
    from harness.sweep import SweepSettings, prepare_folder, run_sweep

    say("Data set: the documentation of Python and of the packages esplade needs (pydoc).")
    data = load_dataset("pydoc")
    settings = SweepSettings(language=data.language)
    # Of other versions of the packages, the data set is another; a folder of the user's own is not
    # replaced for that.
    prepare_folder(out, data, settings, overwrite=out == OWN)
    systems = encode_systems([PRETRAINED], data, settings, out)
    run_sweep(data, systems, settings, out, say=say, progress=progress)
    show_sweep(out, settings.measures, as_json=False)
    _show_expansions(data)


def _show_expansions(data: Dataset) -> None:
    from esplade.cli.loading import PRETRAINED, LoadedEncoder, encoder_folder
    from harness.inspection.expansion import expansions

    queries = list(data.queries("test").values())
    # Spread over the split, so that they do not all come from one module.
    texts = queries[:: max(1, len(queries) // EXAMPLES)][:EXAMPLES]
    print(f"\nWhat {EXAMPLES} queries become (+: terms that the query does not contain):")
    for one in expansions(LoadedEncoder(encoder_folder(PRETRAINED)), texts, "query", 12):
        print(f"\n  {one.text}\n    {one.line()}")
