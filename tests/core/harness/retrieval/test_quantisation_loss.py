from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from ground.errors import InputError
from harness.quantisation.quantiser import Quantiser, quantise
from harness.retrieval import exact
from harness.retrieval.quantisation_loss import compare_quantisers
from harness.vectors import Vectors


def floats(rows: list[list[float]], prefix: str) -> Vectors:
    matrix = sp.csr_array(np.asarray(rows, dtype=np.float32))
    terms = [chr(ord("a") + i) for i in range(matrix.shape[1])]
    return Vectors([f"{prefix}{i}" for i in range(len(rows))], terms, matrix)


def test_by_hand() -> None:
    documents = floats([[1.04, 0.2], [0.96, 0.2], [0.0, 0.004], [0.0, 3.0]], "d")
    queries = floats([[1.0, 0.0], [0.0, 1.0], [0.0, 0.004]], "q")
    ten, clipping = compare_quantisers(
        documents, queries, [Quantiser.parse("scale:10"), Quantiser.parse("bits:2:1.5")]
    )
    # scale:10 turns 1.04 and 0.96 into 10, drops 0.004, and one query has nothing left.
    assert (ten.documents.weights, ten.documents.zeroed, ten.documents.emptied) == (6, 1, 1)
    assert (ten.queries.zeroed, ten.queries.emptied) == (1, 1)
    assert ten.queries_compared == 3
    # "q0": d0, d1 stay (two of two); "q1": d2 of four is lost; "q2": all four are.
    assert ten.overlap == pytest.approx((1 + 3 / 4 + 0) / 3)
    assert ten.first == pytest.approx(2 / 3)
    assert ten.largest_score == 10 * 30
    assert ten.exact
    # Only q1 has different scores on both sides: (3, .2, .2, .004) and (300, 20, 20, 0).
    wanted = np.corrcoef([3, 0.2, 0.2, 0.004], [300, 20, 20, 0])[0, 1]
    assert ten.correlation == pytest.approx(wanted)
    # bits:2 over 1.5: 3.0 is clipped to 3, 0.2 becomes 0.
    assert (clipping.documents.clipped, clipping.documents.zeroed) == (1, 3)
    assert clipping.documents.max_impact == 3


def test_against_the_oracle() -> None:
    generator = np.random.default_rng(1)
    dense = generator.exponential(1, (300, 40)) * (generator.random((300, 40)) < 0.3)
    documents, queries = floats(dense.tolist(), "d"), floats(dense[:37].tolist(), "q")
    rule = Quantiser.parse("bits:3").fit(documents.matrix)
    (loss,) = compare_quantisers(documents, queries, [rule])
    integer = exact.search(quantise(documents, rule)[0], quantise(queries, rule)[0], 10)
    real = exact.search(documents, queries, 10)
    kept = [
        len(set(a.rows) & set(b.rows)) / len(a.rows) for a, b in zip(real, integer, strict=True)
    ]
    assert loss.overlap == pytest.approx(np.mean(kept))
    same = [a.rows[0] == b.rows[0] for a, b in zip(real, integer, strict=True)]
    assert loss.first == pytest.approx(np.mean(same))


def test_the_bound() -> None:
    vectors = floats([[50.0]], "d")
    fine, coarse = compare_quantisers(
        vectors, vectors, [Quantiser.parse("scale:10000"), Quantiser.parse("scale:10")]
    )
    assert (fine.largest_score, fine.exact) == (500_000**2, False)
    assert (coarse.largest_score, coarse.exact) == (250_000, True)


def test_integers_have_nothing_to_lose() -> None:
    integers = Vectors(["d"], ["a"], sp.csr_array(np.ones((1, 1), dtype=np.int32)))
    with pytest.raises(InputError, match="integers already"):
        compare_quantisers(integers, integers, [Quantiser.parse("bits:8")])
