"""Lists that hold much of a window of 16,384 documents, against brute force."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from impact_vectors import check, vectors

from harness.lucene.impact_build import build_impact_index
from harness.lucene.impact_index import ImpactIndex
from harness.vectors.model import Vectors

WINDOW = 16_384
ENOUGH = WINDOW // 4
SIZE = 2 * WINDOW + 5_000
TERMS = ["all", "enough", "heavy", "less", "limit", "rare", "zigzag"]


@pytest.fixture(scope="module")
def documents() -> Vectors:
    # From 4,096 postings of a window on, none above 255, a run is dense. Of "less" no run is, for
    # want of one posting, of "heavy" none by its weights but the last; "zigzag" has both forms.
    dense = np.zeros((SIZE, len(TERMS)), dtype=np.int32)
    dense[:, 0] = 1 + np.arange(SIZE) % 3
    dense[:ENOUGH, 1] = 2
    dense[WINDOW - ENOUGH + 1 : WINDOW, 3] = 5
    dense[::4, 2] = 256
    dense[2 * WINDOW :, 2] = 9
    dense[::3, 4] = 255
    dense[[0, WINDOW - 1, WINDOW, 2 * WINDOW - 1, SIZE - 1], 5] = 7
    dense[WINDOW : 2 * WINDOW : 2, 6] = 4
    dense[100:110, 6] = 6
    dense[-1, 6] = 8
    return Vectors([f"d{i:06d}" for i in range(SIZE)], TERMS, sp.csr_array(dense))


@pytest.fixture(scope="module")
def index(documents: Vectors, tmp_path_factory: pytest.TempPathFactory) -> ImpactIndex:
    return build_impact_index(documents, tmp_path_factory.mktemp("dense") / "index")


@pytest.mark.parametrize("k", [1, 10, 100, 101, 1000, SIZE + 1])
def test_every_term_alone_and_all_together(index: ImpactIndex, documents: Vectors, k: int) -> None:
    asked = {f"q{term}": {term: 3} for term in TERMS}
    asked["together"] = {term: 1 + place for place, term in enumerate(TERMS)}
    asked["few"] = {"enough": 2, "less": 1, "rare": 9, "zigzag": 1}
    for threads in (1, 2):
        check(index, documents, vectors(asked, TERMS), k, threads, "memory")


def test_what_is_read_of_a_dense_list(index: ImpactIndex) -> None:
    queries = vectors({"q1": {"all": 1}, "q2": {"enough": 1, "zigzag": 1}}, TERMS)
    touched = index.touched(queries, SIZE, "memory")
    assert touched.scored.tolist() == [SIZE, ENOUGH + WINDOW // 2 + 11]
    blocks = -(-SIZE // 128)
    assert touched.blocks.tolist()[0] == touched.all_blocks.tolist()[0] == blocks
    assert touched.all_blocks.tolist()[1] == ENOUGH // 128 + -(-(WINDOW // 2 + 11) // 128)


def test_lists_of_which_some_are_kept(index: ImpactIndex, documents: Vectors) -> None:
    queries = vectors({"q": {"all": 1, "limit": 1, "heavy": 1}}, TERMS)
    try:
        for _ in range(2):
            index.keep_decoded(0)
            check(index, documents, queries, 10, 1, "memory")
    finally:
        index.keep_decoded(64)
    check(index, documents, queries, 10, 1, "memory")


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    seed=st.integers(0, 1000),
    shares=st.lists(
        st.sampled_from([0.001, 0.01, 0.1, 0.125, 0.2, 0.9, 1.0]), min_size=4, max_size=4
    ),
    high=st.sampled_from([2, 3, 256, 257]),
    weights=st.lists(st.integers(1, 5), min_size=4, max_size=4),
    k=st.sampled_from([1, 2, 10, 100, 101, 1000]),
)
def test_any_density(seed: int, shares: list[float], high: int, weights: list[int], k: int) -> None:
    # Small impacts tie often.
    generator = np.random.default_rng(seed)
    size, terms = 20_000, TERMS[:4]
    dense = generator.integers(1, high, (size, 4)).astype(np.int32)
    dense *= generator.random((size, 4)) < np.asarray(shares)
    documents = Vectors([f"d{i:05d}" for i in range(size)], terms, sp.csr_array(dense))
    queries = vectors({"q": dict(zip(terms, weights, strict=True)), "r": {terms[0]: 1}}, terms)
    known = {term for place, term in enumerate(terms) if dense[:, place].any()}
    if terms[0] not in known:
        return
    with (
        tempfile.TemporaryDirectory() as folder,
        build_impact_index(documents, Path(folder) / "index") as index,
    ):
        check(index, documents, queries, k, 1, "memory")
