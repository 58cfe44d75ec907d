"""Which of a command's options say where its queries come from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any


def given_queries(
    index: Path,
    queries: Path | None,
    dataset: str | None,
    text: Sequence[str] | None,
    encoder: str | None,
) -> Any:
    """The queries as `esplade.Index.search` takes them.

    Raises:
        InputError: not exactly one source is given, or text without what makes it searchable.
    """
    from esplade.datasets import load_dataset
    from esplade.queries import is_text_index
    from ground.errors import InputError

    if encoder is None and not is_text_index(index):
        if queries is None:
            raise InputError("Give query vectors with --queries PATH, or --encoder DIR for text.")
        if dataset is not None or text:
            raise InputError(
                "The queries are given twice: --queries names their vectors, so leave --dataset "
                "and --text out; with --encoder they would be encoded."
            )
        return queries
    if sum([queries is not None, dataset is not None, bool(text)]) != 1:
        raise InputError(
            "Give the queries once: --queries FILE, --dataset D with --split, or --text."
        )
    if queries is not None:
        return queries
    return load_dataset(dataset) if dataset is not None else list(text or ())
