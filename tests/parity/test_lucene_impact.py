"""Impact indexes against brute force: the same documents, in the same order, with equal scores."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from impact_vectors import TERMS, check, vectors

from harness.lucene.impact_build import build_impact_index
from harness.lucene.impact_index import open_impact_index
from harness.vectors.model import Vectors

IDS = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Z"], exclude_characters="\u0085"),
    min_size=1,
    max_size=3,
).filter(lambda name: name.split() == [name])


ROW = st.dictionaries(st.sampled_from(TERMS), st.integers(1, 3), max_size=len(TERMS))


ALGORITHM = st.sampled_from(["memory", "saat", "maxscore", "lucene"])


COLLECTIONS = given(
    rows=st.dictionaries(IDS, ROW, min_size=1, max_size=40),
    common=st.none() | st.sampled_from(TERMS),
    queries=st.lists(ROW, min_size=1, max_size=5),
    k=st.integers(1, 60),
    threads=st.integers(1, 3),
    algorithm=ALGORITHM,
    memory_mb=st.sampled_from([0, 1024]),
    kept_mb=st.sampled_from([0, 1]),
)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@COLLECTIONS
def test_some_collections(**case: Any) -> None:
    check_collection(**case)


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@COLLECTIONS
def test_any_collection(**case: Any) -> None:
    check_collection(**case)


def check_collection(
    rows: dict[str, dict[str, int]],
    common: str | None,
    queries: list[dict[str, int]],
    k: int,
    threads: int,
    algorithm: str,
    memory_mb: int,
    kept_mb: int,
) -> None:
    if common is not None:
        rows = {name: {**row, common: 1} for name, row in rows.items()}
    documents = vectors(rows)
    asked = vectors({f"q{i}": row for i, row in enumerate(queries)})
    with (
        tempfile.TemporaryDirectory() as folder,
        build_impact_index(documents, Path(folder) / "index", memory_mb=memory_mb) as index,
    ):
        assert index.num_docs == len(rows)
        assert index.doc_ids == sorted(rows)
        index.keep_decoded(kept_mb)
        check(index, documents, asked, k, threads, algorithm)


@pytest.mark.slow
@pytest.mark.parametrize("algorithm", ["memory", "saat", "maxscore", "lucene"])
def test_documents_in_several_windows(tmp_path: Path, algorithm: str) -> None:
    # Lists that skip whole windows of 65,536 documents, end at a border, and begin behind one.
    size, terms = 200_000, ["all", "border", "last", "some"]
    dense = np.zeros((size, 4), dtype=np.int32)
    dense[:, 0] = 1 + np.arange(size) % 3
    dense[[65_535, 65_536, 131_071, 131_072], 1] = 7
    dense[-1, 2] = 100
    dense[70_000:70_100, 3] = 5
    documents = Vectors([f"d{i:06d}" for i in range(size)], terms, sp.csr_array(dense))
    queries = vectors(
        {"q1": {"all": 2, "border": 1}, "q2": {"border": 3, "last": 1}, "q3": {"some": 1}}, terms
    )
    with build_impact_index(documents, tmp_path / "index") as index:
        check(index, documents, queries, 1000, 1, algorithm)
        check(index, documents, queries, size, 2, algorithm)


@pytest.mark.slow
def test_lists_that_are_only_probed(tmp_path: Path) -> None:
    # A common, light list and rare, heavy ones: after the first window the former is only probed.
    generator = np.random.default_rng(4)
    size, terms = 100_000, ["common", "light", "rare", "scarce"]
    dense = np.zeros((size, 4), dtype=np.int32)
    dense[:, 0] = generator.integers(1, 4, size)
    dense[:, 1] = generator.integers(0, 3, size)
    for column, share in ((2, 0.02), (3, 0.001)):
        dense[:, column] = generator.integers(1, 60, size) * (generator.random(size) < share)
    documents = Vectors([f"d{i:06d}" for i in range(size)], terms, sp.csr_array(dense))
    asked = {f"q{i}": {"common": i, "light": 2, "rare": 3, "scarce": 1} for i in range(1, 9)}
    queries = vectors(asked, terms)
    with build_impact_index(documents, tmp_path / "index") as index:
        for k in (1, 10, 100, 3000):
            check(index, documents, queries, k, 1, "maxscore")
        touched = index.touched(queries, 10, "maxscore")
        assert (touched.scored < index.touched(queries, 10, "saat").scored // 2).all()


@pytest.mark.slow
@pytest.mark.parametrize("kept_mb", [0, 3, 1024])
def test_lists_that_memory_has_no_room_for(tmp_path: Path, kept_mb: int) -> None:
    # 1.4 million postings: kept, kept in part, or too many to decode for each query anew.
    generator = np.random.default_rng(6)
    size, terms = 200_000, [f"t{i}" for i in range(8)]
    dense = generator.integers(1, 40, (size, 8)).astype(np.int32)
    dense[:, 7] *= np.arange(size) % 50 == 0
    documents = Vectors([f"d{i:06d}" for i in range(size)], terms, sp.csr_array(dense))
    asked = {f"q{i}": {t: 1 + i + j for j, t in enumerate(terms)} for i in range(2)}
    queries = vectors({**asked, "rare": {"t7": 1}}, terms)
    with build_impact_index(documents, tmp_path / "index") as index:
        index.keep_decoded(kept_mb)
        for _ in range(2):
            check(index, documents, queries, 100, 2, "memory")
        touched = index.touched(queries, 100, "memory")
        assert (touched.blocks <= touched.all_blocks).all()
        wanted = index.touched(queries, 100, "saat").all_blocks
        assert touched.all_blocks.tolist() == wanted.tolist()


def test_scores_up_to_the_bound(tmp_path: Path) -> None:
    high = 2**24 - 1
    documents = vectors({"a": {"a": high}, "b": {"a": high - 1, "b": 1}, "c": {"b": 1}}, ["a", "b"])
    queries = vectors({"q": {"a": 1}}, ["a", "b"])
    with build_impact_index(documents, tmp_path / "index") as index:
        check(index, documents, queries, 3, 1)


def test_what_an_index_knows(tmp_path: Path) -> None:
    rows = {"d2": {"a": 3, "b": 1}, "d1": {}, "d10": {"a": 5}}
    documents = vectors(rows, ["a", "b", "unused"])
    done: list[int] = []
    built = build_impact_index(
        documents, tmp_path / "i", key="k", facts={"dk": 5}, progress=done.append
    )
    assert sum(done) == 3
    built.close()
    index = open_impact_index(tmp_path / "i")
    assert index.doc_ids == ["d1", "d10", "d2"]
    assert index.terms == ["a", "b", "unused"]
    assert index.document_frequency.tolist() == [2, 1, 0]
    assert index.max_impact.tolist() == [5, 1, 0]
    assert (index.num_docs, index.nnz) == (3, 3)
    facts = {"dk": 5, "key": "k", "documents": 3, "empty_documents": 1, "terms": 2}
    facts |= {"postings": 3, "impact_sum": 9}
    assert facts.items() <= index.manifest.items()
    lucene = [f for f in (tmp_path / "i").iterdir() if f.is_file() and f.name != "MANIFEST"]
    assert index.bytes == sum(f.stat().st_size for f in lucene)
    index.check_integrity()


def test_what_a_search_reports(tmp_path: Path) -> None:
    documents = vectors({"d1": {"a": 3, "b": 1}, "d2": {"a": 5}}, ["a", "b", "unused"])
    queries = vectors(
        {"q1": {"a": 1, "new": 2}, "q2": {}, "q3": {"b": 1, "a": 1, "unused": 9}},
        ["a", "b", "new", "unused"],
    )
    with build_impact_index(documents, tmp_path / "i") as index:
        result = index.search(queries, tag="mine")
        assert result.run.tag == "mine"
        assert result.run.offsets.tolist() == [0, 2, 2, 4]
        assert result.run.doc_ids.tolist() == ["d2", "d1", "d2", "d1"]
        assert result.run.scores.tolist() == [5, 3, 5, 4]
        assert result.unknown_terms == 1
        assert result.postings.tolist() == [2, 0, 3]
        assert result.query_terms.tolist() == [1, 0, 3]
        assert result.seconds.shape == (3,)
        assert index.latency(queries, k=1, repeats=4).shape == (4, 3)


def test_a_collection_without_any_term(tmp_path: Path) -> None:
    documents = vectors({"d1": {}, "d2": {}}, ["a"])
    with build_impact_index(documents, tmp_path / "i") as index:
        assert (index.num_docs, index.nnz) == (2, 0)
        assert len(index.search(vectors({"q": {"a": 1}}, ["a"])).run.doc_ids) == 0
