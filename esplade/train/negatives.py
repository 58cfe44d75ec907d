"""Files of hard negatives and of a teacher's scores, as ``esplade finetune`` takes them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ground.errors import InputError

if TYPE_CHECKING:
    from encoders.finetuning.pairs import RankingData


def with_candidates(pairs: RankingData, path: Path) -> RankingData:
    """Add the hard negatives of a file, and a teacher's scores where it has some.

    A TREC run gives negatives in the order of their ranks; its scores are no teacher's.

    Raises:
        InputError: no query of the file, or no document, is one of those that are trained on.
    """
    from encoders.finetuning.candidates import read_candidates
    from harness.runs.runfile import read_run

    if _holds_json(path):
        found = read_candidates(path)
        negatives, scores = found.negatives, found.scores
    else:
        negatives, scores = {q: documents.tolist() for q, documents, _ in read_run(path)}, {}
    known = [query for query in pairs.queries if query in negatives]
    if not any(document in pairs.documents for query in known for document in negatives[query]):
        raise InputError(
            f"{path} names no hard negative for the queries that are trained on: {len(known)} of "
            f"its {len(negatives)} queries are among them, and no document with text. Give a file "
            f"that was made for this data set and split."
        )
    return replace(pairs, negatives=negatives, scores=scores)


def _holds_json(path: Path) -> bool:
    """Whether a file's first line is an object of JSON: its name does not matter."""
    from ground.reading import byte_lines

    first = next((line for _, line in byte_lines(path) if line.strip()), b"")
    return first.lstrip().startswith(b"{") or path.name.endswith((".jsonl", ".jsonl.gz"))


def file_facts(path: Path | None) -> dict[str, str] | None:
    """Name and digest of a file that a training reads.

    Raises:
        InputError: it does not exist.
    """
    from ground.artifacts import file_digest

    if path is None:
        return None
    if not path.is_file():
        raise InputError(f"There is no file {path}. esplade mine writes one of hard negatives.")
    return {"name": path.name, "digest": file_digest(path)}
