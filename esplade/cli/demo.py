"""``esplade demo``: the whole chain on the built-in data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from esplade.dataset import Dataset

EXAMPLES = 3
OWN = Path("runs/local/demo")


def demo(
    out: Annotated[Path, typer.Option("--out", help="Folder to write.")] = OWN,
) -> None:
    """Build the pydoc data set, encode it with the shipped encoder, sweep it next to BM25.

    Takes a few minutes on two cores; started again, it keeps what is finished.
    """
    import esplade
    from esplade.cli.sweep import show_sweep
    from esplade.loading import PRETRAINED
    from esplade.progress import say

    say("Data set: the documentation of Python and of the packages esplade needs (pydoc).")
    data = esplade.load_dataset("pydoc")
    # Of other versions of the packages, the data set is another; a folder of the user's own is not
    # replaced for that.
    show_sweep(esplade.sweep(data, PRETRAINED, out=out, overwrite=out == OWN), as_json=False)
    _show_expansions(data)
    page = out / "report.html"
    print(f"\nAll of it, to look at: open {page} in a browser, or every query: esplade serve {out}")


def _show_expansions(data: Dataset) -> None:
    from esplade.encoder import Encoder
    from esplade.loading import PRETRAINED
    from harness.inspection.expansion import expansions

    queries = list(data.queries("test").values())
    # Spread over the split, so that they do not all come from one module.
    texts = queries[:: max(1, len(queries) // EXAMPLES)][:EXAMPLES]
    print(f"\nWhat {EXAMPLES} queries become (+: terms that the query does not contain):")
    for one in expansions(Encoder.load(PRETRAINED).text_encoder, texts, "query", 12):
        print(f"\n  {one.text}\n    {one.line()}")
