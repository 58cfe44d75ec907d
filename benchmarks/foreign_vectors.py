"""Vectors that esplade did not write: indexed, searched, and held against two oracles.

Writes integer vectors with numpy and the json module alone, indexes and searches them with the
command line, and compares every ranking (ids and scores) with brute force by scipy and with stock
Pyserini's LuceneImpactSearcher reading our index.

    python -m benchmarks.foreign_vectors [--documents 100000] [--queries 200]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import scipy.sparse as sp

TERMS = 30_000
TERMS_A_DOCUMENT, TERMS_A_QUERY = 66, 12
K = 1000

_STOCK = """
import json, sys
from harness.lucene.jvm import start
start()  # with a Java that it runs on; the searcher below is Pyserini's own
from pyserini.search.lucene import LuceneImpactSearcher
index, queries, k = sys.argv[1], sys.argv[2], int(sys.argv[3])
searcher = LuceneImpactSearcher(index, None, min_idf=-1)
given = lambda self, text, **options: json.loads(text)
searcher.query_encoder = type("Encoder", (), {"encode": given})()
for line in open(queries, encoding="utf-8"):
    record = json.loads(line)
    hits = searcher.search(json.dumps(record["vector"]), k)
    print(json.dumps([record["id"], [[h.docid, h.score] for h in hits]]))
"""


def make(rows: int, terms_a_row: int, seed: int) -> sp.csr_array:
    """Integer impacts 1..255; terms drawn from Zipf's law, the first one in every row."""
    generator = np.random.default_rng(seed)
    share = 1 / np.arange(1, TERMS + 1) ** 0.7
    drawn = generator.choice(TERMS, size=(rows, terms_a_row), p=share / share.sum())
    drawn[:, 0] = 0
    columns = np.sort(drawn, axis=1)
    keep = np.ones_like(columns, dtype=bool)
    keep[:, 1:] = columns[:, 1:] != columns[:, :-1]
    indptr = np.concatenate(([0], np.cumsum(keep.sum(axis=1))))
    impacts = np.minimum(255, 1 + generator.exponential(40, size=int(indptr[-1])))
    return sp.csr_array((impacts.astype(np.int64), columns[keep], indptr), shape=(rows, TERMS))


def write(path: Path, prefix: str, matrix: sp.csr_array) -> None:
    """One JSON object a line, as any tool would."""
    with path.open("w", encoding="utf-8") as stream:
        for row in range(matrix.shape[0]):
            span = slice(matrix.indptr[row], matrix.indptr[row + 1])
            names = [f"t{c}" for c in matrix.indices[span]]
            vector = dict(zip(names, matrix.data[span].tolist(), strict=True))
            record = {"id": f"{prefix}{row:07d}", "contents": "", "vector": vector}
            stream.write(json.dumps(record) + "\n")


def brute_force(documents: sp.csr_array, queries: sp.csr_array) -> list[list[tuple[str, int]]]:
    """The K best of every query by the dot product; ids are in row order, so ties are by id."""
    rankings = []
    transposed = documents.T.tocsr()
    for row in range(queries.shape[0]):
        scores = (queries[[row]] @ transposed).toarray()[0]
        order = np.argsort(-scores, kind="stable")[:K]
        rankings.append([(f"d{i:07d}", int(scores[i])) for i in order if scores[i] > 0])
    return rankings


def read_run(path: Path) -> dict[str, list[tuple[str, int]]]:
    """A TREC run, in the order of the file."""
    found: dict[str, list[tuple[str, int]]] = {}
    for line in path.read_text().splitlines():
        query, _, document, _, score, _ = line.split()
        found.setdefault(query, []).append((document, int(score)))
    return found


def esplade(*arguments: str) -> float:
    """Run a command and return how long it took, in seconds."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-m", "esplade.cli.main", *arguments], check=True)
    return time.perf_counter() - start


def stock(index: Path, queries: Path) -> dict[str, list[tuple[str, int]]]:
    """What stock Pyserini finds in our index; it lowers tied scores by 1e-6, hence the rounding."""
    environment = os.environ | {"OPENAI_API_KEY": "unused", "HF_HUB_OFFLINE": "1"}
    command = [sys.executable, "-c", _STOCK, str(index), str(queries), str(K)]
    result = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment)
    found = {}
    for line in result.stdout.splitlines():
        if line.startswith("["):
            query, hits = json.loads(line)
            found[query] = [(document, round(score)) for document, score in hits]
    return found


def main() -> int:
    """Compare, and return 1 if anything differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=200)
    options = parser.parse_args()
    documents = make(options.documents, TERMS_A_DOCUMENT, seed=1)
    queries = make(options.queries, TERMS_A_QUERY, seed=2)
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        write(here / "docs.jsonl", "d", documents)
        write(here / "queries.jsonl", "q", queries)
        common = ("--index", str(here / "index"))
        vectors = ("--vectors", str(here / "docs.jsonl"), "--quantize", "none")
        seconds = esplade("index", *common, *vectors)
        print(
            f"index: {options.documents:,} documents, {documents.nnz:,} postings, {seconds:.1f} s"
        )
        asked = ("--queries", str(here / "queries.jsonl"), "--run", str(here / "run.trec"))
        seconds = esplade("search", *common, *asked, "--k", str(K))
        print(f"search: {options.queries:,} queries, {seconds:.1f} s with start-up")
        run = read_run(here / "run.trec")
        expected = brute_force(documents, queries)
        ours = [run.get(f"q{i:07d}", []) for i in range(len(expected))]
        same = sum(a == b for a, b in zip(ours, expected, strict=True))
        print(f"equal to brute force (ids and scores, top {K}): {same} of {len(expected)} queries")
        theirs = stock(here / "index", here / "queries.jsonl")
        stocked = sum(theirs.get(f"q{i:07d}") == b for i, b in enumerate(ours))
        print(f"equal to stock Pyserini on our index: {stocked} of {len(expected)} queries")
    return int(same != len(expected) or stocked != len(expected))


if __name__ == "__main__":
    sys.exit(main())
