"""How the product reads each kind of file, as plain values that can be compared."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def corpus(path: Path) -> Any:
    from harness.datasets.beir import read_documents

    return [(d.id, d.title, d.text) for d in read_documents(path)]


def queries(path: Path) -> Any:
    from harness.datasets.beir import read_queries

    return list(read_queries(path).items())


def qrels(path: Path) -> Any:
    from harness.datasets import read_qrels

    return list(read_qrels(path).itertuples(index=False, name=None))


def run(path: Path) -> Any:
    from harness.runs.runfile import read_run

    run = read_run(path)
    return [(q, list(zip(d.tolist(), s.tolist(), strict=True))) for q, d, s in run], run.tag


def topics(path: Path) -> Any:
    from harness.datasets import read_topics

    return list(read_topics(path).items())


def card(path: Path) -> Any:
    from harness.datasets import load_dataset

    found = load_dataset(path.parent)
    return (None if found.name == path.parent.name else found.name), found.language or None


def candidates(path: Path) -> Any:
    from encoders.finetuning.candidates import read_candidates

    found = read_candidates(path)
    return [(q, (list(n), dict(found.scores.get(q, {})))) for q, n in found.negatives.items()]


def vocabulary(path: Path) -> Any:
    from encoders.vocabulary.vocabulary import Vocabulary

    return list(Vocabulary.load(path).words)


def paragraphs(path: Path) -> Any:
    from encoders.training.corpus import read_lines

    return list(read_lines(path))


def general(path: Path) -> Any:
    from harness.datasets import load_dataset

    return [p.strip() for p in load_dataset(path.parent).general_texts() if p.strip()]


def vectors(path: Path) -> Any:
    from harness.vectors import read_vectors

    return plain_vectors(read_vectors(path))


def metadata(path: Path) -> Any:
    from harness.runs.metadata import read_metadata

    return repr(read_metadata(path.with_name(path.name.removesuffix(".metadata.yaml"))))


def study(path: Path) -> Any:
    from esplade.studies.encoders import KINDS
    from harness.study.config import read_study

    return read_study(path, KINDS).to_dict()


def given_words(path: Path) -> Any:
    from encoders.vocabulary.given_words import given_words

    return list(given_words(path).vocabulary.words)


def plain_vectors(found: Any) -> Any:
    """Ids with their weights, and how many were zero."""
    matrix, rows = found.matrix, []
    for i, name in enumerate(found.ids):
        span = slice(matrix.indptr[i], matrix.indptr[i + 1])
        terms = [found.terms[j] for j in matrix.indices[span]]
        rows.append((name, dict(zip(terms, map(float, matrix.data[span]), strict=True))))
    return rows, found.zeros
