"""Vectors that no index can hold, folders that are no index, and indexes that were damaged."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp

from ground.artifacts import MANIFEST
from ground.errors import InputError, IntegrityError
from harness.lucene.impact_build import build_impact_index
from harness.lucene.impact_index import open_impact_index
from harness.lucene.inverting import Inverter
from harness.lucene.jvm import LuceneError
from harness.lucene.text_index import build_text_index, open_text_index
from harness.vectors.model import Vectors


def vectors(
    ids: list[str], terms: list[str], rows: list[list[int]], dtype: type = np.int32
) -> Vectors:
    return Vectors(ids, terms, sp.csr_array(np.array(rows, dtype=dtype)))


def good() -> Vectors:
    return vectors(["d1", "d2"], ["a", "b"], [[3, 1], [0, 2]])


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


def test_folders_that_are_no_index(tmp_path: Path, index: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        open_impact_index(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=f"no {MANIFEST}"):
        open_impact_index(tmp_path / "empty")
    with pytest.raises(InputError, match="impact index, where text index is needed"):
        open_text_index(index)


def rewrite(index: Path, **facts: object) -> None:
    """Give an index another manifest, as an older version wrote it, without a digest of its own."""
    manifest = json.loads((index / MANIFEST).read_text())
    del manifest["manifest_digest"]
    (index / MANIFEST).write_text(json.dumps({**manifest, **facts}))


@pytest.mark.parametrize("facts", [{"documents": 3}, {"postings": 9}, {"impact_sum": 1}])
def test_a_manifest_of_another_index(index: Path, facts: dict[str, object]) -> None:
    rewrite(index, **facts)
    with pytest.raises(InputError, match="not what its MANIFEST says"):
        open_impact_index(index)


def test_files_of_another_index(index: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    build_impact_index(vectors(["x"], ["a"], [[1]]), other).close()
    shutil.rmtree(other / "esplade")
    shutil.copytree(index / "esplade", other / "esplade")
    with pytest.raises(InputError, match="uild it again"):
        open_impact_index(other)


def test_missing_lucene_files(index: Path) -> None:
    for path in index.glob("_0.*"):
        path.unlink()
    with pytest.raises(InputError, match="cannot be opened by Lucene.*--overwrite"):
        open_impact_index(index)
    for path in index.glob("segments*"):
        path.unlink()
    with pytest.raises(InputError, match="cannot be opened by Lucene"):
        open_impact_index(index)


def test_missing_tables(index: Path) -> None:
    (index / "esplade" / "docids.txt").unlink()
    with pytest.raises(InputError, match="is damaged"):
        open_impact_index(index)


def test_tables_that_were_changed(index: Path) -> None:
    # A bound that is too small would let a search skip what it must find.
    file = index / "esplade" / "max_impact.npy"
    data = bytearray(file.read_bytes())
    data[-8] = 1
    file.write_bytes(data)
    with pytest.raises(
        InputError, match="is damaged.*max_impact.npy is not the file that was written"
    ):
        open_impact_index(index)


def test_flipped_bits_are_found(index: Path) -> None:
    file = next(index.glob("*.doc"))
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    try:
        opened = open_impact_index(index)
    except InputError:
        return
    with pytest.raises(LuceneError, match="CorruptIndexException"):
        opened.check_integrity()


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
