from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp

from ground.errors import InputError
from harness.vectors import read_vectors, writing_vectors

GOOD = '{"id": "d1", "contents": "", "vector": {"a": 1.5}}\n'


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ('{"id": "d2", "vector": {"a": 1', "malformed JSON"),
        ('{"vector": {"a": 1}}', "has no id"),
        ('{"id": "", "vector": {"a": 1}}', "has no id"),
        ('{"id": "d 2", "vector": {"a": 1}}', "has the id 'd 2'"),
        ('{"id": "d1", "vector": {"a": 1}}', "'d1' was used before, in .*, line 1"),
        ('{"id": "d2", "vector": {"a": NaN}}', "in the vector 'd2', NaN, which JSON does not have"),
        (
            '{"id": "d2", "vector": {"a": Infinity}}',
            "vector 'd2', Infinity, which JSON does not have",
        ),
        (
            '{"id": "d2", "vector": {"b": -0.5}}',
            "'d2' gives the term 'b' the weight -0.5.*negative",
        ),
        ('{"id": "d2", "vector": {"b": 1e39}}', "'d2' gives the term 'b'.*over the largest"),
        ('{"id": "d2", "vector": {"b": "1"}}', "'d2' gives the term 'b' the weight '1'"),
        ('{"id": "d2", "vector": {"b": true}}', "'d2' gives the term 'b' the weight True"),
        ('{"id": "d2", "vector": {"b": null}}', "'d2' gives the term 'b' the weight None"),
        ('{"id": "d2", "vector": {"b c": 1}}', "'d2' has the term 'b c', which holds white space"),
        ('{"id": "d2", "vector": {"b\u3000c": 1}}', "which holds white space"),
        ('{"id": "d2", "vector": {"": 1}}', "'d2' has an empty term"),
        ('{"id": "d2", "vector": {"b": 1, "b": 2}}', "'d2' names 'b' twice"),
        ('{"id": "d2", "vector": [1]}', "'d2' has no \"vector\" object"),
        ('{"id": "d2"}', "'d2' has no \"vector\" object"),
        ("[1, 2]", "expected a JSON object"),
    ],
)
def test_bad_lines_name_file_line_and_id(tmp_path: Path, bad: str, message: str) -> None:
    path = tmp_path / "v.jsonl"
    path.write_text(GOOD + bad + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=message) as caught:
        read_vectors(path)
    assert f"{path}, line 2" in str(caught.value)


def test_integers_beyond_exact_scores(tmp_path: Path) -> None:
    path = tmp_path / "v.jsonl"
    path.write_text('{"id": "d1", "vector": {"a": 16777216}}\n')
    with pytest.raises(InputError, match="16777215"):
        read_vectors(path)


def test_a_term_that_looks_like_a_key_is_no_repetition(tmp_path: Path) -> None:
    path = tmp_path / "v.jsonl"
    path.write_text('{"id": "d1", "vector": {"\\":\\":": 2}}\n')
    assert read_vectors(path).terms == ['":":']


def test_empty_collections(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_text("\n")
    with pytest.raises(InputError, match="collection is empty"):
        read_vectors(tmp_path / "empty.jsonl")
    (tmp_path / "folder").mkdir()
    with pytest.raises(InputError, match="holds no vectors"):
        read_vectors(tmp_path / "folder")
    with pytest.raises(InputError, match="does not exist"):
        read_vectors(tmp_path / "nowhere")
    (tmp_path / "v.txt").write_text(GOOD)
    with pytest.raises(InputError, match="is not a .jsonl"):
        read_vectors(tmp_path / "v.txt")


def test_nothing_is_left_when_writing_fails(tmp_path: Path) -> None:
    matrix = sp.csr_array(np.ones((2, 1), np.float32))
    with (
        pytest.raises(InputError, match="'d1' occurs twice"),
        writing_vectors(tmp_path / "out", ["a"], facts={}, key="k") as writer,
    ):
        writer.write(["d1", "d1"], matrix)
    assert list(tmp_path.iterdir()) == []


def test_finished_results_and_foreign_folders_are_kept(tmp_path: Path) -> None:
    matrix = sp.csr_array(np.ones((1, 1), np.float32))

    def write(name: str, overwrite: bool) -> None:
        with writing_vectors(tmp_path / "out", ["a"], facts={}, overwrite=overwrite) as writer:
            writer.write([name], matrix)

    write("d1", False)
    with pytest.raises(InputError, match="--overwrite"):
        write("d2", False)
    assert read_vectors(tmp_path / "out").ids == ["d1"]
    write("d2", True)
    assert read_vectors(tmp_path / "out").ids == ["d2"]
    (tmp_path / "out" / "MANIFEST").unlink()
    with pytest.raises(InputError, match="left alone"):
        write("d3", True)
