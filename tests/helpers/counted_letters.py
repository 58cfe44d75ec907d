"""An encoder that counts letters, and a data set of a few titles."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pandas as pd
import scipy.sparse as sp

from harness.datasets import Document


class Letters:
    """Counts the letters c, b and a of a text; documents twice, so that the sides differ."""

    name = "letters"
    fingerprint = "f" * 64
    precision = "float32"
    terms = ("c", "b", "a")

    def __init__(self) -> None:
        self.calls = 0

    def encode(
        self, texts: Sequence[str], side: str, progress: Callable[[int], None]
    ) -> sp.csr_array:
        self.calls += 1
        counts = [[text.count(term) for term in self.terms] for text in texts]
        progress(len(texts))
        return sp.csr_array(np.asarray(counts, np.float32) * (2 if side == "doc" else 1))


class Tiny:
    name = "tiny"
    language = "en"
    splits = ("test",)

    def __init__(self, titles: Sequence[str]) -> None:
        self.titles = titles

    def docs(self) -> Iterator[Document]:
        return (Document(f"d{i}", title, "aaa") for i, title in enumerate(self.titles))

    def queries(self, split: str = "test") -> dict[str, str]:
        return {"q1": "ab"}

    def qrels(self, split: str = "test") -> pd.DataFrame:
        return pd.DataFrame({"query_id": ["q1"], "doc_id": ["d0"], "relevance": [1]})

    def general_texts(self) -> Iterator[str]:
        return iter(())

    def digest(self) -> str:
        return "d" * 64
