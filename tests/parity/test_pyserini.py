"""Stock Anserini and Pyserini read our indexes, and find what we find."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp

from harness.lucene import jvm
from harness.lucene.impact_build import build_impact_index
from harness.lucene.impact_index import ImpactIndex
from harness.lucene.jvm import java_class
from harness.lucene.text_index import TextIndex, build_text_index
from harness.vectors.model import Vectors

WORDS = "running runner ran the of cats cat's dog U.S.A. state-of-the-art 검색 모델 naïve x"


@pytest.fixture(scope="module")
def documents() -> Vectors:
    random = np.random.default_rng(4)
    terms = sorted({f"t{i}" for i in range(60)} | {"|", "##ing", "검색", "😀", "everywhere"})
    dense = random.integers(1, 6, (300, len(terms))) * (random.random((300, len(terms))) < 0.2)
    dense[:, terms.index("everywhere")] = 2
    ids = [f"d{i}" for i in range(299)] + ["😀"]
    return Vectors(ids, terms, sp.csr_array(dense.astype(np.int32)))


@pytest.fixture(scope="module")
def queries(documents: Vectors) -> Vectors:
    random = np.random.default_rng(5)
    shape = (20, len(documents.terms))
    dense = random.integers(1, 5, shape) * (random.random(shape) < 0.15)
    dense[0] = 0
    dense[0, documents.terms.index("everywhere")] = 1
    ids = [f"q{i}" for i in range(20)]
    return Vectors(ids, documents.terms, sp.csr_array(dense.astype(np.int32)))


@pytest.fixture(scope="module")
def index(documents: Vectors, tmp_path_factory: pytest.TempPathFactory) -> ImpactIndex:
    return build_impact_index(documents, tmp_path_factory.mktemp("pyserini") / "index")


def as_dicts(vectors: Vectors) -> list[dict[str, int]]:
    matrix = vectors.matrix
    spans = [slice(*matrix.indptr[i : i + 2]) for i in range(len(vectors.ids))]
    return [
        dict(
            zip(
                [vectors.terms[c] for c in matrix.indices[span]],
                matrix.data[span].tolist(),
                strict=True,
            )
        )
        for span in spans
    ]


def same(run: Any, theirs: list[tuple[list[str], list[float]]]) -> None:
    for (_, ids, scores), (their_ids, their_scores) in zip(run, theirs, strict=True):
        assert ids.tolist() == their_ids
        # Anserini lowers tied scores by a millionth a place.
        assert scores.tolist() == pytest.approx(their_scores, abs=1e-3)


def test_simple_impact_searcher(index: ImpactIndex, queries: Vectors) -> None:
    searcher = java_class("io.anserini.search.SimpleImpactSearcher")(str(index.path))
    integer = java_class("java.lang.Integer")
    theirs = []
    for row in as_dicts(queries):
        query = java_class("java.util.HashMap")()
        for term, weight in row.items():
            query.put(term, integer(weight))
        hits = searcher.search(query, 50)
        theirs.append(([h.docid for h in hits], [h.score for h in hits]))
    same(index.search(queries, k=50).run, theirs)


PYSERINI = """
import json, sys
from harness.lucene import jvm
jvm.start()
from pyserini.search.lucene import LuceneImpactSearcher
path, queries = sys.argv[1:]
searcher = LuceneImpactSearcher(path, None, min_idf=-1)
searcher.query_encoder = type("Encoder", (), {"encode": lambda self, text, **_: json.loads(text)})()
out = []
for query in json.loads(queries):
    hits = searcher.search(json.dumps(query), 50)
    out.append([[h.docid for h in hits], [h.score for h in hits]])
print(json.dumps(out))
"""


@pytest.mark.slow
def test_lucene_impact_searcher(index: ImpactIndex, queries: Vectors) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PYSERINI, str(index.path), json.dumps(as_dicts(queries))],
        capture_output=True,
        text=True,
        env=os.environ | {"OPENAI_API_KEY": "x"},
        check=False,
    )
    if "ImportError" in done.stderr or "ModuleNotFoundError" in done.stderr:
        pytest.skip(f"pyserini.search cannot be imported: {done.stderr[-300:]}")
    assert done.returncode == 0, done.stderr
    same(index.search(queries, k=50).run, json.loads(done.stdout.splitlines()[-1]))


def anserini_index(source: Path, out: Path, *options: str) -> None:
    """Index with Anserini's own program."""
    java = jvm.start().java
    assert java is not None
    done = subprocess.run(
        [str(java.home / "bin" / "java"), "-cp", str(jvm.anserini_jar())]
        + ["io.anserini.index.IndexCollection", "-input", str(source), "-index", str(out)]
        + ["-threads", "1", *options],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_an_index_by_anserini_scores_the_same(
    documents: Vectors, queries: Vectors, index: ImpactIndex, tmp_path: Path
) -> None:
    (tmp_path / "in").mkdir()
    with (tmp_path / "in" / "docs.jsonl").open("w") as stream:
        for name, row in zip(documents.ids, as_dicts(documents), strict=True):
            print(json.dumps({"id": name, "contents": "", "vector": row}), file=stream)
    options = ("-collection", "JsonVectorCollection", "-impact", "-pretokenized")
    generator = ("-generator", "DefaultLuceneDocumentGenerator", "-optimize")
    anserini_index(tmp_path / "in", tmp_path / "index", *options, *generator)
    theirs = jvm.kernel("Index")(str(tmp_path / "index"))
    ours = jvm.kernel("Index")(str(index.path))
    assert theirs.counts()[2:] == ours.counts()[2:]


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    random = np.random.default_rng(6)
    return {
        f"d{i}": " ".join(random.choice(WORDS.split(), random.integers(1, 90)).tolist())
        for i in range(200)
    }


def ask(searcher: Any, queries: dict[str, str]) -> list[tuple[list[str], list[float]]]:
    found = [searcher.search(text, 100) for text in queries.values()]
    return [([h.docid for h in hits], [h.score for h in hits]) for hits in found]


TEXT_QUERIES = {
    "q1": "running cats",
    "q2": "the dogs of the U.S.A.",
    "q3": "cat cat cat run",
    "q4": "검색",
}


def test_simple_searcher_on_our_text_index(texts: dict[str, str], tmp_path: Path) -> None:
    index = build_text_index(texts.items(), tmp_path / "i", language="en")
    searcher = java_class("io.anserini.search.SimpleSearcher")(str(index.path))
    same(index.search(TEXT_QUERIES, k=100).run, ask(searcher, TEXT_QUERIES))


@pytest.mark.slow
def test_bm25_of_anserini_itself(texts: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    with (tmp_path / "in" / "docs.jsonl").open("w") as stream:
        for name, text in texts.items():
            print(json.dumps({"id": name, "contents": text}), file=stream)
    options = ("-collection", "JsonCollection", "-generator", "DefaultLuceneDocumentGenerator")
    anserini_index(tmp_path / "in", tmp_path / "theirs", *options)
    searcher = java_class("io.anserini.search.SimpleSearcher")(str(tmp_path / "theirs"))
    index: TextIndex = build_text_index(texts.items(), tmp_path / "ours", language="en")
    same(index.search(TEXT_QUERIES, k=100).run, ask(searcher, TEXT_QUERIES))
