"""A small collection on disk."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from commandline import Collection

TERMS = ["the", "##ing", "|", "가나", "🙂", *(f"t{i}" for i in range(25))]


@pytest.fixture(scope="session")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    folder = tmp_path_factory.mktemp("collection")
    generator = np.random.default_rng(7)
    documents = {f"d{i:03d}": _vector(generator, 2 + i % 9) for i in range(60)}
    documents["empty"] = {}
    queries = {f"q{i}": _vector(generator, 4) for i in range(8)}
    (folder / "qrels").mkdir()
    corpus = [
        {"_id": i, "title": " ".join(v) or "nothing", "text": ""} for i, v in documents.items()
    ]
    topics = [{"_id": i, "text": " ".join(v)} for i, v in queries.items()]
    _write(folder / "corpus.jsonl", corpus)
    _write(folder / "queries.jsonl", topics)
    judged = "".join(f"{q}\td{3 * n:03d}\t1\n" for n, q in enumerate(queries))
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\n" + judged)
    for name, vectors in (("documents", documents), ("queries", queries)):
        lines = [{"id": i, "contents": "", "vector": v} for i, v in vectors.items()]
        _write(folder / f"{name}.vectors.jsonl", lines)
    return Collection(
        folder,
        folder / "documents.vectors.jsonl",
        folder / "queries.vectors.jsonl",
        folder / "qrels" / "test.tsv",
    )


def _vector(generator: np.random.Generator, terms: int) -> dict[str, float]:
    """Every vector holds "the"; weights in quarters, so that many scores tie."""
    chosen = {"the", *generator.choice(TERMS, size=terms)}
    return {t: float(generator.integers(1, 9)) / 4 for t in sorted(chosen)}


def _write(path: Path, records: list[dict[str, object]]) -> None:
    lines = (json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    path.write_text("".join(lines), encoding="utf-8")
