"""Every fault of judgments and topics is told with its file and line."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from beir_folders import HEADER, folder_of

from ground.errors import InputError
from harness.datasets import load_trec, read_qrels, read_topics


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("q1 d1\n", "line 1: 2 columns"),
        ("q1\t0\td1\t1\t7\n", "line 1: 5 columns"),
        (HEADER + "q1\td1\n", "line 2: 2 columns, where the file began with 3"),
        ("q1 0 d1 1\nq1 0 d2\n", "line 2: 3 columns, where the file began with 4"),
        (HEADER + "q1\td1\t0.5\n", "line 2: the grade '0.5' is not an integer"),
        ("q1 0 d1 high\n", "line 1: the grade 'high'"),
        (HEADER + "q1\td1\t1\nq1\td1\t2\n", "line 3: .* judged 2 here and 1 before"),
        (HEADER + "q 1\td1\t1\n", "line 2: the id 'q 1'"),
        (HEADER + "\td1\t1\n", "line 2: the id '' is empty"),
        (HEADER + "q1\td1\t1\t\n", r"line 2: 4 columns \(a tab ends the line\)"),
        ("q1\td1\t1\t\n", r"line 1: 3 columns \(a tab ends the line\)"),
        ("q1\td1\t0.5\nq1\td2\t1\n", "line 1: the grade '0.5' is not an integer"),
        ("q1\td1\t1x\nq1\td2\t1\n", "line 1: the grade '1x'"),
        ("q1\td1\thigh\nq1\td2\t1\n", "line 1: the grade 'high'"),
        (HEADER + "q1\td1\t1\n" + HEADER, "line 3: the grade 'score'"),
        ("q1 0 d1 -+1\n", "line 1: the grade '-\\+1' is not"),
        ("q1 0 d1 1_000\n", "line 1: the grade '1_000' is not"),
        ("q1 0 d1 \u0661\n", "line 1: the grade '\u0661' is not"),
        ("q1 0 d1 \u00b2\n", "line 1: the grade '\u00b2' is not"),
        ("q1 0 d1 0x1\n", "line 1: the grade '0x1' is not"),
        ("q1 0 d1 1e2\n", "line 1: the grade '1e2' is not"),
        (f"q1 0 d1 {10**30}\n", "line 1: the grade 10000000000000000000... is beyond"),
        (f"q1 0 d1 {2**63}\n", "line 1: the grade 9223372036854775808 is beyond"),
        ("q1 0 d1 -" + "9" * 5000 + "\n", "line 1: the grade -9999999999999999999... is beyond"),
        ("q1 0 d1 1000001\n", "line 1: the grade 1000001 is beyond"),
        ("q1\u00a00\u00a0d1\u00a01\n", "line 1: 1 columns"),
        ("q1 0 d1\u3000x 1\n", "line 1: the id 'd1.u3000x'"),
        (HEADER + "q1\u00a0\td1\t1\n", "line 2: the id 'q1\\\\xa0'"),
        ("q1 0 d1 1\rq1 0 d2 1\r", "line 1: a carriage return"),
        ("q1 0 d1 1\nq1 0 d2\x00 1\n", "line 2: a NUL byte"),
        ("q1 0 d1 1\nq1 0 d1 0\n", "line 2: .* judged 0 here and 1 before"),
        ("q1,d1,1\n", "line 1: 1 columns"),
        (HEADER, "holds no judgments"),
        ("", "holds no judgments"),
    ],
)
def test_qrels(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "test.tsv"
    path.write_bytes(text.encode())
    with pytest.raises(InputError, match=message) as error:
        read_qrels(path)
    assert str(path) in str(error.value)
    assert len(str(error.value)) < 600


@pytest.mark.parametrize(
    "text",
    [
        HEADER + "q1\td1\t1\nq1\td2\t-1\n",
        "\ufeff" + HEADER.replace("\n", "\r\n") + "q1\td1\t+1\r\nq1\td2\t-1\r\n",
        "q1\td1\t1\nq1\td2\t-1",
        "qid\tpid\trel\nq1\td1\t1\nq1\td2\t-1\n",
        "query_id\tdoc_id\tgain level\nq1 \t d1\t 1\nq1\td2\t-1\n",
        "q1 0 d1 1\n\nq1 Q0  d2\t-1 \nq1 0 d1 1\n",
        "query iter document relevance\nq1 0 d1 001\nq1 0 d2 -1\n",
        "query_id\titeration\tdoc_id\tscore\nq1\t0\td1\t1\nq1\t0\td2\t-1\n",
    ],
)
def test_forms_of_judgments(tmp_path: Path, text: str) -> None:
    path = tmp_path / "test.tsv"
    for data in (text.encode(), gzip.compress(text.encode())):
        path.write_bytes(data)
        assert read_qrels(path).to_numpy().tolist() == [["q1", "d1", 1], ["q1", "d2", -1]]


def test_missing_qrels(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        read_qrels(tmp_path / "none.tsv")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "holds no topics"),
        ("301 no tab\n", "line 1: not a topic"),
        ("301\ta\n301\tb\n", "line 2: the id '301' was on line 1"),
        ("<top>\n<num> 301\n<title> x\n", "line 1: a <top> block that no </top> ends"),
        ("<top>\n<num> 301\n</top>\n", "line 1: this topic has no <title>"),
        ("<top>\n<title> x\n</top>\n", "line 1: this topic has no <num>"),
    ],
)
def test_topics(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "topics.txt"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        read_topics(path)


def test_trec_files_must_exist(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    with pytest.raises(InputError, match="topics"):
        load_trec(folder / "corpus.jsonl", folder / "topics.txt", folder / "qrels" / "test.tsv")
