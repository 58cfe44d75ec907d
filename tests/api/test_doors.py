"""What other packages add: one example of each kind, found by its name like our own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp

import esplade
from esplade.loading import ENCODERS
from ground.doors import Door
from harness.datasets import DATASETS
from harness.datasets.held import HeldDataset
from harness.datasets.model import Document
from harness.evaluation.prices import COSTS
from harness.lucene.algorithms import SEARCHES, Postings
from harness.lucene.results import Hits, QueryBatch
from harness.pruning.rules import RULES, Kind
from harness.quantisation.quantiser import QUANTISERS


class Letters:
    """An encoder that weighs letters by how often they occur."""

    name, fingerprint, precision = "letters", "letters-1", "float32"
    terms = tuple("abcdefghijklmnopqrstuvwxyz")

    def encode(
        self, texts: Sequence[str], side: str, progress: Callable[[int], None] = print
    ) -> sp.csr_array:
        counts = [[text.lower().count(letter) for letter in self.terms] for text in texts]
        return sp.csr_array(np.asarray(counts, dtype=np.float32))


class RootOf:
    """A quantiser of square roots."""

    def __init__(self, text: str) -> None:
        self.factor = float(text)

    def fit(self, matrix: sp.csr_array) -> RootOf:
        return self

    def round(self, weights: Any) -> tuple[Any, int]:
        return np.rint(np.sqrt(weights) * self.factor), 0

    def __str__(self) -> str:
        return f"{self.factor:g}"


def every_other(matrix: sp.csr_array, number: float) -> sp.csr_array:
    kept = matrix.copy()
    kept.data[np.arange(matrix.nnz) % int(number) > 0] = 0
    kept.eliminate_zeros()
    return kept


@pytest.fixture
def plugin(monkeypatch: pytest.MonkeyPatch) -> None:
    """A package that offers one thing of each kind, as entry points."""
    offered = {
        "esplade.encoders": ("letters", "Letters"),
        "esplade.pruning": ("every", "EVERY"),
        "esplade.quantisers": ("root", "RootOf"),
        "esplade.datasets": ("toy", "toy"),
        "esplade.algorithms": ("brute", "BRUTE"),
        "esplade.costs": ("longest_list", "longest_list"),
    }
    points = {
        group: metadata.EntryPoint(name, f"{__name__}:{what}", group)
        for group, (name, what) in offered.items()
    }

    def entry_points(group: str) -> list[metadata.EntryPoint]:
        return [points[group]] if group in points else []

    monkeypatch.setattr(metadata, "entry_points", entry_points)
    for door in (ENCODERS, RULES, QUANTISERS, DATASETS, SEARCHES, COSTS):
        monkeypatch.setattr(door, "_known", dict(door._known))
        monkeypatch.setitem(door.__dict__, "_offered", {})
        del door.__dict__["_offered"]
    return


class Brute:
    """Every score of every document, and then the best."""

    def hits(self, index: Postings, batch: QueryBatch, k: int, threads: int) -> Hits:
        lists = [index.postings(index.columns[t], index.columns[t] + 1) for t in batch.terms]
        found: list[tuple[int, int, float]] = []
        counts = []
        for row in range(len(batch.ids)):
            scores = np.zeros(index.num_docs)
            for place in range(batch.indptr[row], batch.indptr[row + 1]):
                _, documents, impacts = lists[batch.columns[place]]
                np.add.at(scores, documents, impacts * float(batch.weights[place]))
            order = np.lexsort((np.arange(index.num_docs), -scores))[:k]
            best = [(row, int(d), float(scores[d])) for d in order if scores[d] > 0]
            found += best
            counts.append(len(best))
        return Hits(
            np.asarray(counts, np.int64),
            np.asarray([d for _, d, _ in found], np.int32),
            np.asarray([s for _, _, s in found], np.float32),
            np.full(len(counts), 0.001),
        )


BRUTE = Brute()


def longest_list(queries: sp.csr_array, frequency: Any, documents: int) -> list[int]:
    rows = range(queries.shape[0])
    lists = [queries.indices[queries.indptr[r] : queries.indptr[r + 1]] for r in rows]
    return [int(frequency[terms].max()) if len(terms) else 0 for terms in lists]


EVERY = Kind(every_other, lambda number: number >= 1, "every:2")


def toy(rest: str, language: str | None) -> HeldDataset:
    documents = [Document(f"d{n}", word, "") for n, word in enumerate(rest.split(","))]
    return HeldDataset("toy", documents, {"q": "a"}, language=language)


@pytest.mark.slow
@pytest.mark.usefixtures("plugin")
def test_a_lab_adds_its_own(tmp_path: Path) -> None:
    dataset = esplade.load_dataset("toy:abba,cab,xyz")
    vectors = esplade.encode("letters", dataset, tmp_path / "docs", fields="title")
    assert vectors.to_dicts()["d0"] == {"a": 2.0, "b": 2.0}
    with esplade.index(vectors, tmp_path / "index", quantise="root:100") as index:
        assert index.manifest["quantise"] == "root:100"
        found = index.search(dataset, 10, encoder="letters").to_dicts()["q"]
        assert list(found) == ["d0", "d1"] and found["d0"] == 141 * 100
        other = index.search(dataset, 10, encoder="letters", algorithm="brute", repeats=1)
        assert other.to_dicts()["q"] == found
        assert other.cost()["priced_algorithm"] == "brute"
        costs = other.costs().set_index("measure")["value"]
        assert costs["longest_list"] == costs["postings"] == 2
    qrels = {"q": {"d1": 1}}
    table = esplade.compare([other], qrels=qrels, measures="RR@10").table()
    assert table["longest_list"].tolist() == [2]
    with esplade.index(vectors, tmp_path / "pruned", prune="every:2") as index:
        assert index.postings == 4


@pytest.mark.usefixtures("plugin")
def test_what_is_known_is_listed_with_the_nearest() -> None:
    with pytest.raises(esplade.InputError, match=r"'tpo:3'.*Did you mean top\?.*every:2"):
        esplade.Vectors.from_dicts({"d": {"a": 1.0}}).prune("tpo:3")
    with pytest.raises(esplade.InputError, match=r"Did you mean scale\?"):
        esplade.Vectors.from_dicts({"d": {"a": 1.0}}).quantise("scal:3")


def test_doors() -> None:
    door: Door[int] = Door("number", "esplade.no-such-group", {"one": 1}, int)
    door.add("two", 2)
    assert door.names() == ["one", "two"] and door.find("two") == 2 and "one" in door
    with pytest.raises(esplade.InputError, match="'ona' is no number. Did you mean one"):
        door.find("ona")
    with pytest.raises(esplade.InputError, match="already"):
        door.add("one", 3)
    with pytest.raises(esplade.InputError, match="is a str, where a int is needed"):
        door.add("three", "3")  # type: ignore[arg-type]
