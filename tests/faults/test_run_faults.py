from __future__ import annotations

import bz2
import gzip

import numpy as np
import pytest

from ground.errors import InputError
from harness.runs.metadata import metadata_path, read_metadata
from harness.runs.runfile import Run, read_run, write_run


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


@pytest.mark.parametrize(
    "score",
    [
        "1_0",
        "0x10",
        "1e400",
        "-1e999",
        "infinity",
        "Inf",
        "NAN",
        "\u0661",
        "\uff11",
        "1,5",
        "1e",
        ".",
    ]
    + ["+", "--1", "1e-400", "-1e-999", "9" * 65, "9" * 5000, "1.0f", "0b1", "1d3", "1e5.0"],
)
@pytest.mark.parametrize("other", ["7", "2.5"])
def test_scores_are_decimal_numbers(tmp_path, score, other):
    path = tmp_path / "run.trec"
    path.write_text(f"# a comment\nq Q0 a 1 {other} t\n\nq Q0 b 2 {score} t\nq Q0 c 2 {score} t\n")
    with pytest.raises(InputError, match=r"run\.trec, line 4: the score .* is not a finite number"):
        read_run(path)


@pytest.mark.parametrize(
    ("scores", "values"),
    [
        ("+3 2 -1", [3, 2, -1]),
        ("3. .5 -0.0", [3.0, 0.5, 0.0]),
        ("1e3 1E+2 1e-320", [1000.0, 100.0, 1e-320]),
        ("9223372036854775807 9223372036854775806 -9223372036854775807", None),
        ("9223372036854775808 5 -9223372036854775808", [2.0**63, 5.0, -(2.0**63)]),
        ("5 0 -9223372036854775808", [5.0, 0.0, -(2.0**63)]),
    ],
)
def test_numbers_that_are_scores(tmp_path, scores, values):
    path = tmp_path / "run.trec"
    fields = scores.split()
    path.write_text("".join(f"q Q0 d{i} 1 {s} t\n" for i, s in enumerate(fields)))
    run = read_run(path)
    assert run.doc_ids.tolist() == ["d0", "d1", "d2"]
    assert run.scores.tolist() == (values or [int(f) for f in fields])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"q Q0 a 1 2 t\nq Q0 b 2 1\0 t\n", "line 2: a NUL byte"),
        (b"q Q0 a 1 2 t\n" + bytes(512), "line 2: a NUL byte"),
        (b"q Q0 a 1 2 t\rq Q0 b 2 1 t\r", "line 1: a carriage return"),
        (b"q Q0 a 1 2 t\nq Q0 b\r2 1 t\n", "line 2: a carriage return"),
        (b"q Q0 a 1 2 t\n\xef\xbb\xbfq Q0 b 1 2 t\n", "line 2: a byte order mark"),
        ("q Q0 a 1 2 t\n".encode("utf-16"), "UTF-16"),
        (bz2.compress(b"q Q0 a 1 2 t\n"), "bzip2"),
        ("q\u00a0Q0\u00a0a\u00a01\u00a02\u00a0t\n".encode(), "line 1: 1 columns"),
        (b"q Q0 a 1 2 t x\n", "line 1: 7 columns"),
        (b"q,Q0,a,1,2,t\n", "line 1: 1 columns"),
    ],
)
def test_bytes_that_are_no_run(tmp_path, data, message):
    path = tmp_path / "run.trec"
    path.write_bytes(data)
    with pytest.raises(InputError, match=message) as error:
        read_run(path)
    assert str(path) in str(error.value)


def test_forms_of_the_same_run(tmp_path):
    text = b"q Q0 a 1 2 t\nq Q0 b 2 1 t\n"
    forms = [text, b"\xef\xbb\xbf" + text, text.replace(b"\n", b"\r\n"), text.replace(b" ", b"\t")]
    forms += [text[:-1], text.replace(b" t\n", b" t\t\n"), gzip.compress(text), b"# x\n\n" + text]
    for number, data in enumerate(forms):
        path = tmp_path / f"run{number}"
        path.write_bytes(data)
        run = read_run(path)
        assert (run.query_ids, run.doc_ids.tolist(), run.scores.tolist(), run.tag) == (
            ["q"], ["a", "b"], [2, 1], "t",
        ), data  # fmt: skip


@pytest.mark.parametrize("text", ["", "\n \n", "# only a comment\n"])
def test_a_run_without_results(tmp_path, text):
    path = tmp_path / "run.trec"
    path.write_text(text)
    with pytest.raises(InputError, match="holds no results"):
        read_run(path)


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(InputError, match=r"missing\.trec does not exist"):
        read_run(tmp_path / "missing.trec")
    with pytest.raises(InputError, match="is a folder, where a file is needed"):
        read_run(tmp_path)
    cut = tmp_path / "cut.gz"
    cut.write_bytes(gzip.compress(b"q Q0 a 1 2 t\n" * 1000)[:-20])
    with pytest.raises(InputError, match=r"cut\.gz, after line \d+: the gzip data .* are cut off"):
        read_run(cut)
    latin = tmp_path / "latin"
    latin.write_bytes(b"q Q0 a 1 2 t\nq Q0 b 2 1 t\xe9\n")
    with pytest.raises(InputError, match="latin, line 2: not UTF-8"):
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


@pytest.mark.parametrize(
    "text",
    ["a: [", "- 1\n", "\x00", "method: 3\n", "method: {}\nresources: [1]\n", "a: &a [1]\nb: *a\n"]
    + [
        "method: {qk: 1, qk: 2}\n",
        "method: {qk: few}\n",
        "method: {dk: [1]}\n",
        "a: " + "[" * 700,
        "a: !!python/name:os.getpid\n",
    ],
)
def test_broken_metadata(tmp_path, text):
    path = tmp_path / "run.trec"
    metadata_path(path).write_text(text)
    with pytest.raises(InputError, match=r"metadata\.yaml"):
        read_metadata(path)


def test_metadata_that_are_right(tmp_path):
    path = tmp_path / "run.trec"
    assert read_metadata(path) == {}
    metadata_path(path).write_text("\ufeffmethod:\nresources: {seconds: 1.5}\n", encoding="utf-8")
    assert read_metadata(path) == {"method": None, "resources": {"seconds": 1.5}}
