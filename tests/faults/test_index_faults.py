"""Indexes that cannot be built or searched: refused in words, and nothing is left behind."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp
from small_indexes import good, rewrite, vectors

from ground.errors import InputError, IntegrityError
from harness.lucene.impact_build import build_impact_index
from harness.lucene.impact_index import open_impact_index
from harness.lucene.inverting import Inverter
from harness.lucene.jvm import LuceneError
from harness.lucene.text_index import build_text_index, open_text_index
from harness.vectors.model import Vectors


@pytest.fixture
def index(tmp_path: Path) -> Path:
    with build_impact_index(good(), tmp_path / "index") as built:
        return built.path


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (vectors(["d"], ["a"], [[1]], np.float32), "float weights.*--quantize"),
        (vectors(["d1", "d2"], ["a", "b"], [[1, 1], [0, 2**24]]), "'d2'.*'b'.*16,777,216"),
        (vectors(["d1", "d2"], ["a", "b"], [[1, 1], [0, -3]]), "'d2'.*'b'.*-3"),
        (vectors(["d1"], ["x" * 32767], [[1]]), "in 'd1',.*32,767 bytes"),
        (vectors(["d1"], ["가" * 11000], [[1]]), "33,000 bytes"),
        (vectors(["d1", "d1"], ["a"], [[1], [1]]), "'d1' is used twice"),
        (vectors(["d 1"], ["a"], [[1]]), "'d 1' is empty or holds white space"),
        (Vectors([], ["a"], sp.csr_array((0, 1), dtype=np.int32)), "empty"),
        (
            vectors(["big"], [f"t{i:03d}" for i in range(200)], [[2**24 - 1] * 200]),
            r"'big' add up to.*2\^31",
        ),
    ],
)
def test_vectors_that_no_index_can_hold(tmp_path: Path, bad: Vectors, message: str) -> None:
    with pytest.raises(InputError, match=message):
        build_impact_index(bad, tmp_path / "index")
    assert not list(tmp_path.iterdir())


def test_the_longest_term(tmp_path: Path) -> None:
    term = "x" * 32766
    with build_impact_index(vectors(["d"], [term], [[1]]), tmp_path / "i") as index:
        assert index.search(vectors(["q"], [term], [[1]])).run.doc_ids.tolist() == ["d"]


def test_a_finished_index_is_not_replaced_unasked(index: Path) -> None:
    with pytest.raises(InputError, match="--overwrite"):
        build_impact_index(good(), index)
    other = vectors(["x"], ["a"], [[1]])
    with build_impact_index(other, index, overwrite=True) as replaced:
        assert replaced.doc_ids == ["x"]


def test_a_result_within_a_result_is_not_lost_with_it(index: Path) -> None:
    build_impact_index(good(), index / "inner").close()
    with pytest.raises(InputError, match="another finished result, inner.*Move"):
        build_impact_index(good(), index, overwrite=True)
    assert open_impact_index(index / "inner").doc_ids == ["d1", "d2"]


def test_other_files_are_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(InputError, match="left alone"):
        build_impact_index(good(), tmp_path, overwrite=True)


def test_an_index_that_disagrees_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(self: Inverter, ids: list[str], rows: sp.csr_array) -> bytes:
        real(self, ids, rows)
        return real(Inverter(self._terms), ids, sp.csr_array(rows.toarray()[::-1]))

    real = Inverter.invert
    monkeypatch.setattr(Inverter, "invert", wrong)
    with pytest.raises(IntegrityError, match="moment of the term 'a' is 6 in the index and 3"):
        build_impact_index(good(), tmp_path / "index")
    assert not list(tmp_path.iterdir())


def test_a_failed_replacement_leaves_the_old_index(
    index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: Inverter, ids: list[str], rows: sp.csr_array) -> bytes:
        return b"\x05\0\0\0"

    monkeypatch.setattr(Inverter, "invert", broken)
    with pytest.raises(LuceneError, match="Building the index"):
        build_impact_index(good(), index, overwrite=True)
    assert open_impact_index(index).doc_ids == ["d1", "d2"]
    assert [path.name for path in index.parent.iterdir()] == ["index"]


LIMITED = """
import resource, sys
from pathlib import Path
import numpy as np, scipy.sparse as sp
from harness.lucene.impact_build import build_impact_index
from ground.artifacts import OutputError
from harness.lucene.jvm import start
from harness.vectors.model import Vectors
start()
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
matrix = sp.csr_array(np.arange(1, 2_000_001, dtype=np.int32).reshape(20_000, 100) % 1000 + 1)
ids, terms = [f"d{i}" for i in range(20_000)], [f"t{i:03d}" for i in range(100)]
try:
    build_impact_index(Vectors(ids, terms, matrix), Path(sys.argv[1]))
except OutputError as error:
    print(error)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="needs limits of resources")
def test_a_disk_that_takes_no_more(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(tmp_path / "index")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "index cannot be written" in done.stdout, done.stderr
    assert "File too large" in done.stdout
    assert not list(tmp_path.iterdir())


def test_queries_with_floats(index: Path) -> None:
    with pytest.raises(InputError, match="float weights.*--quantize"):
        open_impact_index(index).search(vectors(["q"], ["a"], [[1]], np.float32))


def test_queries_from_another_vocabulary(index: Path) -> None:
    with pytest.raises(InputError, match=r"none of the 2 terms.*'x'.*another vocabulary"):
        open_impact_index(index).search(vectors(["q"], ["x", "y"], [[1, 2]]))


def test_scores_that_would_not_be_exact(index: Path) -> None:
    fits = vectors(["q1", "q2"], ["a"], [[1], [(2**24 - 1) // 3]])
    opened = open_impact_index(index)
    assert opened.search(fits).run.scores.tolist() == [3, 2**24 - 1]
    too_high = vectors(["q1", "q2"], ["a"], [[1], [2**24 // 3 + 1]])
    with pytest.raises(InputError, match=r"'q2' could reach 16,777,218.*2\^24.*smaller"):
        opened.search(too_high)


@pytest.mark.parametrize("arguments", [{"k": 0}, {"threads": 0}])
def test_impossible_settings(index: Path, arguments: dict[str, int]) -> None:
    with pytest.raises(InputError, match="at least one"):
        open_impact_index(index).search(good(), **arguments)


def test_an_analyzer_that_is_gone(tmp_path: Path) -> None:
    build_text_index([("d", "x")], tmp_path / "i", language=None).close()
    rewrite(tmp_path / "i", analyzer="org.example.Gone")
    with pytest.raises(InputError, match=r"org\.example\.Gone"):
        open_text_index(tmp_path / "i")
