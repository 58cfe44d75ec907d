"""What an encoder makes of texts, and what prunings leave of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ground.errors import InputError
from ground.halves import mended

if TYPE_CHECKING:
    from harness.inspection.expansion import Expansion, Side
    from harness.pruning import Rule


class Inspected(NamedTuple):
    """Texts of one side, as encoders see them.

    Attributes:
        side: query or doc.
        by_encoder: what the texts become, by the encoder's name.
        rules: prunings, in the order of each text's ``left``.
    """

    side: Side
    by_encoder: dict[str, list[Expansion]]
    rules: list[Rule]


def load_all(specs: Sequence[Any], device: str = "auto") -> list[Any]:
    """Load encoders to a device; of two folders with one name both go by their paths."""
    from esplade.encoder import Encoder
    from esplade.loading import locate

    names = [locate(spec).name if isinstance(spec, str | Path) else None for spec in specs]
    return [
        Encoder.load(
            spec,
            device=device,
            name=None if name is None else name if names.count(name) == 1 else str(spec),
        ).text_encoder
        for spec, name in zip(specs, names, strict=True)
    ]


def texts_by_side(
    texts: Sequence[str] | None,
    side: str | None,
    dataset: Any,
    split: str,
    examples: int,
    fields: tuple[str | None, str],
) -> dict[Side, list[str]]:
    """The texts to encode as queries and as documents.

    Args:
        texts: given on the command line.
        side: query, doc, or None for what there is.
        dataset: whose examples.
        split: of the data set.
        examples: how many.
        fields: of documents: those asked for, if any, and the encoder's own.

    Raises:
        InputError: no text, or both texts and a data set, or a side that does not exist.
    """
    from esplade.datasets import load_dataset
    from esplade.fields import settle_fields
    from harness.inspection.examples import draw_apart, draw_examples

    if side not in (None, "query", "doc"):
        raise InputError(f"--side {side!r} is neither query nor doc.")
    if bool(texts) == (dataset is not None):
        raise InputError('Give texts in quotes, or --dataset D for examples: inspect "a text".')
    if dataset is None:
        return {"doc" if side == "doc" else "query": [mended(text) for text in texts or ()]}
    data = load_dataset(dataset)
    settled = settle_fields(data, *fields)
    if data.splits:
        drawn = draw_examples(data, split, examples, settled)
        queries, documents = [e.query for e in drawn], [e.document for e in drawn]
    else:
        queries, documents = draw_apart(data, examples, settled)
    found: dict[Side, list[str]] = {"query": queries, "doc": documents}
    return {of: listed for of, listed in found.items() if listed and side in (None, of)}


def inspect(
    texts: Sequence[str] | None = None,
    encoders: Any = ("pydoc-small",),
    *,
    side: str | None = None,
    k: int = 20,
    grid: str = "0:0,7:20,5:20,5:10",
    dataset: Any = None,
    examples: int = 5,
    split: str = "test",
    fields: str | None = None,
    device: str = "auto",
    online: bool = False,
) -> list[Inspected]:
    """The terms and weights that texts become, and what each pruning leaves of them.

    Args:
        texts: given ones; or, of a data set, examples of its queries and of their answers.
        encoders: one, or several; see `esplade.Encoder`.
        side: query or doc; of a data set both.
        k: terms to show; 0 for all.
        grid: prunings to show.
        dataset: whose examples.
        examples: how many.
        split: of the data set.
        fields: what of its documents.
        device: where encoders compute: auto (a GPU if there is one), cpu, cuda, cuda:N or mps.
        online: models of the hub may be downloaded.

    Returns:
        What each side's texts become, by encoder.

    Raises:
        InputError: no text, or texts and a data set; no such side.

    Example:
        >>> import esplade
        >>> expansion = esplade.inspect(["sort a list"])[0].by_encoder["pydoc-small"][0]
        >>> expansion.terms[0].term, expansion.terms[0].own
        ('sort', True)
    """
    from esplade.loading import fetch
    from harness.inspection.expansion import expansions
    from harness.sweep.grid import parse_grid

    points = parse_grid(grid)
    several = (
        [encoders] if isinstance(encoders, str) or not isinstance(encoders, Sequence) else encoders
    )
    fetch(several, online)
    loaded = load_all(several, device)
    own = str(getattr(loaded[0], "fields", "title"))
    given = texts_by_side(texts, side, dataset, split, examples, (fields, own))
    found = []
    for of, listed in given.items():
        rules = list(dict.fromkeys(p.query if of == "query" else p.document for p in points))
        by_encoder = {one.name: expansions(one, listed, of, k, rules) for one in loaded}
        found.append(Inspected(of, by_encoder, rules))
    return found
