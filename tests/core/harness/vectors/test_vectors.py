from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from ground.errors import InputError
from harness.vectors import Vectors, read_vectors, vectors_digest, writing_vectors

TERMS = ["zebra", "##ing", "|", "가나", "🙂", "a"]


def line(name: str, vector: dict[str, float]) -> str:
    return json.dumps({"id": name, "contents": "", "vector": vector}, ensure_ascii=False) + "\n"


def write(out: Path, shards: list[tuple[list[str], sp.csr_array]], **options: object) -> None:
    with writing_vectors(out, TERMS, facts={"encoder": "e"}, **options) as writer:  # type: ignore[arg-type]
        for ids, matrix in shards:
            writer.write(ids, matrix)


def test_json_lines_of_other_tools(tmp_path: Path) -> None:
    path = tmp_path / "v.jsonl"
    path.write_text(line("d2", {"b": 2, "a": 1}) + "\n" + line("d1", {"c": 0, "가": 7}))
    vectors = read_vectors(path)
    assert vectors.ids == ["d2", "d1"]
    assert vectors.terms == ["a", "b", "c", "가"]
    assert vectors.matrix.toarray().tolist() == [[1, 2, 0, 0], [0, 0, 0, 7]]
    assert vectors.matrix.dtype == np.int32
    assert vectors.zeros == 1
    assert vectors.lengths().tolist() == [2, 1]


def test_gzip_and_folders_read_the_same(tmp_path: Path) -> None:
    text = [line("d1", {"a": 0.5}), line("d2", {})]
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "x.jsonl").write_text("".join(text))
    (tmp_path / "two").mkdir()
    with gzip.open(tmp_path / "two" / "a.jsonl.gz", "wt") as stream:
        stream.write(text[0])
    (tmp_path / "two" / "b.jsonl").write_text(text[1])
    one, two = read_vectors(tmp_path / "one"), read_vectors(tmp_path / "two")
    assert one.ids == two.ids == ["d1", "d2"]
    assert one.matrix.dtype == np.float32
    assert vectors_digest(one) == vectors_digest(two)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_packed_and_json_hold_the_same_to_the_last_bit(tmp_path_factory, seed: int) -> None:
    generator = np.random.default_rng(seed)
    dense = np.where(generator.random((9, 6)) < 0.5, generator.random((9, 6)) * 3, 0)
    dense = dense.astype(np.float32)
    ids = [f"d{i}" for i in range(9)]
    out = tmp_path_factory.mktemp("v") / "out"
    write(out, [(ids[:4], sp.csr_array(dense[:4])), (ids[4:], sp.csr_array(dense[4:]))])
    packed = read_vectors(out)
    assert packed.terms == sorted(TERMS)
    order = [TERMS.index(t) for t in packed.terms]
    assert packed.matrix.toarray().tolist() == dense[:, order].tolist()
    (out / "MANIFEST").unlink()
    parsed = read_vectors(out)
    assert vectors_digest(parsed) == vectors_digest(packed)


def test_a_killed_writer_goes_on_after_its_last_complete_shard(tmp_path: Path) -> None:
    matrix = sp.csr_array(np.eye(1, 6, dtype=np.float32))
    out = tmp_path / "out"
    try:
        with writing_vectors(out, TERMS, facts={}, key="k" * 64) as writer:
            writer.write(["d1"], matrix)
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        pass
    assert not out.exists()
    with writing_vectors(out, TERMS, facts={}, key="k" * 64) as writer:
        assert writer.rows == 1
        writer.write(["d2"], matrix)
    assert read_vectors(out).ids == ["d1", "d2"]
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_another_key_starts_over(tmp_path: Path) -> None:
    matrix = sp.csr_array(np.eye(1, 6, dtype=np.float32))
    out = tmp_path / "out"
    try:
        with writing_vectors(out, TERMS, facts={}, key="a" * 64) as writer:
            writer.write(["d1"], matrix)
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        pass
    with writing_vectors(out, TERMS, facts={}, key="b" * 64) as writer:
        assert writer.rows == 0
        writer.write(["d2"], matrix)
    assert read_vectors(out).ids == ["d2"]


def test_changed_shards_are_noticed(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(out, [(["d1"], sp.csr_array(np.eye(1, 6, dtype=np.float32)))])
    with (out / "part-00000.jsonl").open("a") as stream:
        stream.write(line("d2", {"a": 1}))
    try:
        read_vectors(out)
    except InputError as error:
        assert "was changed" in str(error)
    else:
        raise AssertionError("a changed shard was read")


def test_vectors_are_rows_over_sorted_terms(tmp_path: Path) -> None:
    vectors = Vectors(["d"], ["a"], sp.csr_array(np.ones((1, 1), np.int32)))
    assert vectors.is_integer and vectors.nnz == 1
