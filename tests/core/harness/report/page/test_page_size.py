"""A page stays small: four systems, seven prunings, 3,000 queries, with queries to open."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from harness.evidence import Material, write_evidence
from harness.report.comparison import build_table
from harness.report.page import Told, render_page
from harness.report.points import Point
from harness.runs.perquery import make_values

QUERIES = [f"q{i:05d}" for i in range(3000)]
PRUNINGS = [(0, 0), (20, 40), (10, 20), (7, 20), (5, 20), (5, 10), (3, 5)]
MEASURES = ("RR@10", "R@10", "nDCG@10")


def point(folder: Path, system: str, qk: int, dk: int, rng: np.random.Generator) -> Point:
    """Values as real ones are: ranks, shares, gains, counts, each in its own distribution."""
    ranks = rng.integers(1, 16, len(QUERIES))
    found = ranks <= 10
    values = make_values(
        QUERIES,
        {
            "RR@10": np.where(found, 1 / ranks, 0.0),
            "R@10": np.where(found, rng.integers(1, 5, len(QUERIES)) / 4, 0.0),
            "nDCG@10": np.where(found, rng.random(len(QUERIES)), 0.0),
            "postings": rng.integers(50, 20_000, len(QUERIES)),
        },
    )
    run = folder / f"{system}-{qk}-{dk}.trec"
    words = (rng.integers(0, 50_000, (len(QUERIES), 10)),)
    run.write_text(
        "".join(
            f"{query} Q0 doc{number} {rank} {100 - rank} t\n"
            for query, row in zip(QUERIES, words[0], strict=True)
            for rank, number in enumerate(dict.fromkeys(row.tolist()), 1)
        )
    )
    return Point(run.stem, system, values, qk=qk, dk=dk, run=run)


@pytest.mark.long
def test_it_is_below_two_megabytes(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    points = [point(tmp_path, f"system {i}", qk, dk, rng) for i in range(4) for qk, dk in PRUNINGS]
    vocabulary = np.array([f"word{i}" for i in range(3000)])
    texts = {q: " ".join(rng.choice(vocabulary, 7)) for q in QUERIES}
    titles = {f"doc{i}": " ".join(rng.choice(vocabulary, 9)) for i in range(50_000)}
    evidence = write_evidence(
        tmp_path / "data", points, lambda ids: Material(texts, titles, {}, "title"), "key"
    )
    told = Told(points, build_table(points, MEASURES), MEASURES, evidence)
    page = render_page(told, title="Large")
    assert 0.9e6 < len(page.encode()) < 2e6
    assert 20 < len(told.details()) < len(QUERIES)
