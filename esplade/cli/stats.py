"""``esplade stats``: statistics of an encoder's logit vectors, as in the paper's Appendix E."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from esplade.cli import options

if TYPE_CHECKING:
    from harness.report.tables import Table

_NOTES = (
    "Of the raw max-pooled logits of each document, before ReLU and log: doc-score is the mean "
    "(and the standard deviation) of a document's k largest, averaged over documents.",
    "logit-score-std: of all logits together; of a term's mean logit, over terms; of a term's "
    "logit over documents, averaged over terms. non-neg-terms: terms a document with a logit of "
    "at least 0; documents a term. Standard deviations are of the population.",
)


def stats(
    encoder: Annotated[list[str], typer.Option(help=f"{options.ENCODER}; repeatable.")],
    dataset: options.Dataset,
    fields: options.OptionalFields = None,
    sample: Annotated[
        int, typer.Option(min=0, help="Documents drawn at random; 0 for all of them.")
    ] = 0,
    seed: Annotated[int, typer.Option(help="Decides the sample.")] = 42,
    depths: Annotated[
        str, typer.Option(help="The k of doc-score@k, separated by commas.")
    ] = "10,100,all",
    device: options.Device = "auto",
    format: Annotated[
        str | None, typer.Option(help="md, csv, latex, html or json, instead of a table.")
    ] = None,
    online: options.Online = False,
    as_json: options.AsJson = False,
) -> None:
    """Statistics of logit vectors over a data set's documents (the paper's Appendix E).

    Documents are read as a stream; memory does not grow with their number. Give documents that
    the encoder was not trained on.
    """
    import esplade
    from esplade.cli.compare import choose_format
    from esplade.cli.console import answer, show_table
    from esplade.devices import check_asked

    chosen, ks = choose_format(format, None), _depths(depths)
    check_asked(device)
    data = esplade.load_dataset(dataset)
    found = esplade.statistics(
        encoder,
        data,
        fields=fields,
        sample=sample,
        seed=seed,
        depths=ks,
        device=device,
        online=online,
    )
    if as_json:
        answer({"dataset": data.name, "sample": sample or None, "encoders": found})
    else:
        show_table(_table(found, data.name), chosen)


def _depths(text: str) -> list[int]:
    from ground.errors import InputError

    parts = text.replace(" ", "").split(",")
    if not all(part == "all" or (part.isdecimal() and int(part) > 0) for part in parts):
        raise InputError(
            f"--depths {text!r}: give numbers of terms separated by commas, or all: 10,100,all."
        )
    return list(dict.fromkeys(0 if part == "all" else int(part) for part in parts))


def _table(found: dict[str, dict[str, Any]], dataset: str) -> Table:
    from harness.encoding.lengths import length_note
    from harness.report.tables import Column, Row, Table

    keys: Sequence[str] = list(next(iter(found.values())))
    columns = [Column("encoder", "encoder")]
    for key in keys:
        if key not in ("empty", "fields", "lengths", "source"):
            whole = key in ("documents", "terms") or key.startswith("non-neg")
            columns.append(Column(key, key, 0 if whole else 2))
    rows = [Row({"encoder": name, **values}) for name, values in found.items()]
    empty = {name: values["empty"] for name, values in found.items() if values["empty"]}
    notes = list(_NOTES)
    lengths = (
        (name, length_note(values["lengths"], "documents")) for name, values in found.items()
    )
    notes += [f"{name}: {note}" for name, note in lengths if note]
    if empty:
        notes.append(
            "Left out, because nothing of them counts: "
            + ", ".join(f"{n:,} documents of {name}" for name, n in empty.items())
            + "."
        )
    return Table(tuple(columns), tuple(rows), f"Logit vectors of {dataset}", tuple(notes))
