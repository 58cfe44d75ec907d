from __future__ import annotations

import gzip

import numpy as np
import pytest

from harness.errors import InputError
from harness.runfile import Run, read_run, write_run
from harness.runmetadata import metadata_path, read_metadata


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("q Q0 a 1 2 t\nq Q0 b 2 1\n", 2, "5 columns"),
        ("q Q0 a 1 2 t\n\nq Q0 b c 2 1 t\n", 3, "7 columns"),
        ("# a comment\nq Q0 a 1 2\nq Q0 b 2 1 t x\n", 2, "5 columns"),  # 12 words in all
        ("q Q0 a 1 2 t\nq Q0 b 2 high t\n", 2, "'high' is not a finite number"),
        ("q Q0 a 1 nan t\n", 1, "'nan' is not a finite number"),
        ("q Q0 a 1 2 t\nq Q0 b 2 -inf t\n", 2, "'-inf' is not a finite number"),
        (
            "q Q0 a 1 2 t\np Q0 a 1 2 t\nq Q0 b 2 1 t\nq Q0 a 3 0 t\n",
            4,
            "document a is listed twice for query q \\(first in line 1\\)",
        ),
        ("q Q0 a 1 1 t\nq Q0 b 1 1 t\nq Q0 b 1 1 t\nq Q0 a 1 1 t\n", 3, "document b .* line 2"),
    ],
)
def test_the_line_is_named(tmp_path, text, line, words):
    path = tmp_path / "run.trec"
    path.write_text(text)
    with pytest.raises(InputError, match=words) as error:
        read_run(path)
    assert f"{path}, line {line}:" in str(error.value)


@pytest.mark.parametrize("text", ["", "\n \n", "# only a comment\n"])
def test_a_run_without_results(tmp_path, text):
    path = tmp_path / "run.trec"
    path.write_text(text)
    with pytest.raises(InputError, match="holds no results"):
        read_run(path)


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        read_run(tmp_path / "missing.trec")
    with pytest.raises(InputError, match="cannot be read"):
        read_run(tmp_path)
    cut = tmp_path / "cut.gz"
    cut.write_bytes(gzip.compress(b"q Q0 a 1 2 t\n" * 1000)[:-20])
    with pytest.raises(InputError, match="cannot be read"):
        read_run(cut)
    latin = tmp_path / "latin"
    latin.write_bytes(b"q Q0 \xe9 1 2 t\n")
    with pytest.raises(InputError, match="not UTF-8"):
        read_run(latin)


@pytest.mark.parametrize(
    ("query", "document", "tag"),
    [("q 1", "d", "t"), ("q", "d\t1", "t"), ("q", "d", ""), ("q", "", "t")],
)
def test_names_that_no_run_can_hold(tmp_path, query, document, tag):
    run = Run([query], np.array([0, 1]), np.array([document], dtype=object), np.array([1]), tag)
    with pytest.raises(InputError, match="empty or holds white space"):
        write_run(tmp_path / "run.trec", run)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("text", ["a: [", "- 1\n", "\x00"])
def test_broken_metadata(tmp_path, text):
    path = tmp_path / "run.trec"
    metadata_path(path).write_text(text)
    with pytest.raises(InputError, match="metadata.yaml"):
        read_metadata(path)
