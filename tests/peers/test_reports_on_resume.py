"""Encodings that were killed go on, and none takes more memory than a part of it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from ground.errors import InputError
from harness.datasets import Document
from harness.encoding import parts as encoding
from harness.encoding.parts import encode_part
from harness.vectors import read_vectors


class Killed(BaseException):
    """What stops a process, as the end of its time on a shared machine does."""


class Lengths:
    """One term, weighted by the length of the text; killed after so many texts."""

    name = "lengths"
    fingerprint = "1" * 64
    precision = "float32"
    terms = ("a",)

    def __init__(self, lives: int = 1 << 60) -> None:
        self.lives = lives
        self.seen: list[str] = []
        self.largest = 0

    def encode(
        self, texts: Sequence[str], side: str, progress: Callable[[int], None]
    ) -> sp.csr_array:
        self.largest = max(self.largest, len(texts))
        self.seen += texts
        if len(self.seen) > self.lives:
            raise Killed
        return sp.csr_array(np.array([[len(text)] for text in texts], np.float32))


class Collection:
    name = "nfcorpus"
    language = "en"
    splits = ("test",)

    def __init__(self, size: int) -> None:
        self.size = size

    def docs(self) -> Iterator[Document]:
        return (Document(f"MED-{i}", "x" * (1 + i % 97), "") for i in range(self.size))

    def queries(self, split: str = "test") -> dict[str, str]:
        return {"q1": "x"}

    def qrels(self, split: str = "test") -> pd.DataFrame:
        return pd.DataFrame({"query_id": ["q1"], "doc_id": ["MED-0"], "relevance": [1]})

    def general_texts(self) -> Iterator[str]:
        return iter(())

    def digest(self) -> str:
        return "2" * 64


# pyserini #2099: killed at some 1,300 documents, so the corpus was cut into pieces by hand;
# pyterrier_colbert #65: is there a way to go on?
def test_a_killed_encoding_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding, "SHARD", 500)
    collection = Collection(3633)
    first, second = Lengths(lives=1300), Lengths()
    with pytest.raises(Killed):
        encode_part(first, collection, "docs", tmp_path / "v")
    with pytest.raises(InputError, match="v"):  # half of an encoding is not taken for one
        read_vectors(tmp_path / "v")
    encode_part(second, collection, "docs", tmp_path / "v")
    assert len(second.seen) == 3633 - 1000
    encode_part(Lengths(), collection, "docs", tmp_path / "whole")
    resumed, whole = read_vectors(tmp_path / "v"), read_vectors(tmp_path / "whole")
    assert resumed.ids == whole.ids == [f"MED-{i}" for i in range(3633)]
    assert (resumed.matrix != whole.matrix).nnz == 0


def test_a_killed_encoding_of_another_encoder_is_not_gone_on_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoding, "SHARD", 10)
    with pytest.raises(Killed):
        encode_part(Lengths(lives=15), Collection(40), "docs", tmp_path / "v")
    other = Lengths()
    other.fingerprint = "3" * 64
    encode_part(other, Collection(40), "docs", tmp_path / "v")
    assert len(other.seen) == 40


# splade #37: a large output space takes memory, a whole collection of it at once too much
def test_an_encoder_is_given_a_part_at_a_time(tmp_path: Path) -> None:
    encoder = Lengths()
    encode_part(encoder, Collection(20_000), "docs", tmp_path / "v")
    assert (encoder.largest, len(encoder.seen)) == (8192, 20_000)
