"""What an index of vectors refuses to be."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp

from ground.errors import InputError
from harness.pruning import NONE, Rule
from harness.quantisation.quantiser import Quantiser
from harness.retrieval.indexing import IndexSettings, index_vectors
from harness.vectors.model import Vectors


@pytest.mark.parametrize(
    ("weights", "prune", "scale", "words"),
    [
        ([[0.4, 0.2], [0.0, 0.1]], NONE, 1, r"3 weights .* left 3, .*rounds 3.* is 0\.4;"),
        ([[0.4, 0.2], [0.0, 0.1]], Rule.parse("threshold:9"), 100, r"threshold:9 left 0,"),
        ([[0.0, 0.0], [0.0, 0.0]], NONE, 100, "None of the 2 documents has a term"),
    ],
)
def test_an_index_in_which_nothing_could_be_found(
    tmp_path: Path, weights: list[list[float]], prune: Rule, scale: float, words: str
) -> None:
    vectors = Vectors(["a", "b"], ["s", "t"], sp.csr_array(np.array(weights, np.float32)))
    settings = IndexSettings(prune, Quantiser("scale", factor=scale))
    with pytest.raises(InputError, match=words):
        index_vectors(vectors, tmp_path / "index", settings)
    assert not list(tmp_path.iterdir())
