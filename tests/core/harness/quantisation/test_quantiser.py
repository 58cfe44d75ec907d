from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from ground.errors import InputError
from harness.quantisation.quantiser import Quantiser, quantise
from harness.vectors import Vectors


def vectors(rows: list[list[float]], dtype: type = np.float32) -> Vectors:
    matrix = sp.csr_array(np.asarray(rows, dtype=dtype))
    terms = [f"t{i}" for i in range(matrix.shape[1])]
    return Vectors([f"d{i}" for i in range(matrix.shape[0])], terms, matrix)


def test_scale_rounds_half_to_even_and_counts_what_it_lost() -> None:
    before = vectors([[0.25, 0.375, 1.23], [0.125, 0, 0], [0, 0, 0]])
    after, report = quantise(before, Quantiser.parse("scale:4"))
    # 0.25*4 = 1; 0.375*4 = 1.5 -> 2; 1.23*4 = 4.92 -> 5; 0.125*4 = 0.5 -> 0 (even)
    assert after.matrix.toarray().tolist() == [[1, 2, 5], [0, 0, 0], [0, 0, 0]]
    assert after.matrix.dtype == np.int32
    assert after.ids == ["d0", "d1", "d2"]
    assert report.to_dict() == {
        "weights": 4,
        "zeroed": 1,
        "clipped": 0,
        "emptied": 1,
        "max_impact": 5,
    }


def test_bits_uses_the_range_and_clips() -> None:
    after, report = quantise(vectors([[1.0, 2.0, 4.0]]), Quantiser.parse("bits:2:2"))
    # 1/2*3 = 1.5 -> 2; 2/2*3 = 3; 4 is clipped to 2 -> 3
    assert after.matrix.toarray().tolist() == [[2, 3, 3]]
    assert (report.clipped, report.zeroed) == (1, 0)


def test_bits_fits_its_range_to_the_documents() -> None:
    documents = vectors([[1.0, 0.5]])
    quantiser = Quantiser.parse("bits:8").fit(documents.matrix)
    assert str(quantiser) == "bits:8:1"
    assert quantise(documents, quantiser)[0].matrix.toarray().tolist() == [[255, 128]]
    with pytest.raises(InputError, match="fit the quantiser"):
        quantise(documents, Quantiser.parse("bits:8"))


def test_none_takes_integers_only() -> None:
    whole = vectors([[3, 0, 7]], np.int32)
    assert quantise(whole, Quantiser.parse("none"))[0] is whole
    floats = quantise(vectors([[3.0, 0, 7.0]]), Quantiser.parse("none"))[0]
    assert floats.matrix.dtype == np.int32
    with pytest.raises(InputError, match=r"'d1'.*'t2'.*1\.5.*scale:100"):
        quantise(vectors([[1, 2, 3], [0, 0, 1.5]]), Quantiser.parse("none"))


def test_impacts_beyond_exact_scores_are_refused() -> None:
    with pytest.raises(InputError, match="'d0'.*'t1'.*16777215"):
        quantise(vectors([[1, 200000]]), Quantiser.parse("scale:100"))


@pytest.mark.parametrize(
    "text", ["scale", "scale:-1", "scale:x", "bits:0", "bits:25", "8", "none:1"]
)
def test_unknown_rules_are_refused(text: str) -> None:
    with pytest.raises(InputError, match="is no quantisation"):
        Quantiser.parse(text)


def test_text_reads_back() -> None:
    for text in ("scale:100", "bits:8", "bits:8:3.5", "none"):
        assert str(Quantiser.parse(text)) == text
