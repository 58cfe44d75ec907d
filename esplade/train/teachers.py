"""Teachers by name, and what the record of a training says of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ground.errors import InputError

if TYPE_CHECKING:
    from encoders.teaching.scores import Teacher

BM25 = "bm25"
"""A teacher's name."""


def teachers(
    names: Sequence[str | Path],
    documents: Iterable[str],
    note: Callable[[str], None],
    device: str = "auto",
) -> tuple[list[Teacher], list[dict[str, str]]]:
    """Open teachers.

    Args:
        names: folders of dense sentence-transformers models, or ``bm25``.
        documents: contents of the collection, which decide idf.
        note: told when texts are encoded.
        device: where dense ones compute.

    Returns:
        The teachers, and name and fingerprint of each.

    Raises:
        InputError: there is none by a name, or one is named twice.
    """
    from encoders.teaching.dense import DenseTeacher
    from encoders.teaching.lexical import Bm25Teacher

    if len({*map(str, names)}) < len(names):
        raise InputError("--teacher: one is named twice. Their scores are added; name each once.")
    found: list[Teacher] = []
    facts: list[dict[str, Any]] = []
    for name in names:
        if str(name) == BM25:
            found.append(Bm25Teacher(list(documents)))
            facts.append({"name": BM25})
            continue
        dense = DenseTeacher(Path(name), note=note, device=device)
        found.append(dense)
        facts.append({"name": dense.name, "fingerprint": dense.fingerprint})
    return found, facts
