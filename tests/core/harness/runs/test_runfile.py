from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from ground.errors import InputError
from harness.runs.metadata import describe, metadata_path, read_metadata
from harness.runs.runfile import Run, read_run, write_run


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def as_lists(run: Run) -> dict[str, list[tuple[str, float]]]:
    return {q: list(zip(d.tolist(), s.tolist(), strict=True)) for q, d, s in run}


def make_run(results: dict[str, list[tuple[str, float]]], dtype: type = np.int64) -> Run:
    lengths = [len(hits) for hits in results.values()]
    hits = [hit for each in results.values() for hit in each]
    docs = np.empty(len(hits), dtype=object)
    docs[:] = [document for document, _ in hits]
    scores = np.array([score for _, score in hits], dtype=dtype)
    return Run(list(results), np.concatenate([[0], np.cumsum(lengths)]), docs, scores, "sys")


def test_orders_by_score_then_document_id(tmp_path):
    path = write(
        tmp_path / "run.trec",
        "q2 Q0 b 1 3 sys\nq1 Q0 z 1 7 sys\nq2 Q0 a 2 3 sys\nq1 Q0 y 2 9 sys\nq2 Q0 c 3 4 sys\n",
    )
    run = read_run(path)
    assert as_lists(run) == {"q2": [("c", 4), ("a", 3), ("b", 3)], "q1": [("y", 9), ("z", 7)]}
    assert run.query_ids == ["q2", "q1"]
    assert run.offsets.tolist() == [0, 3, 5]
    assert run.scores.dtype == np.int64
    assert run.tag == "sys"


def test_ties_follow_code_points_not_utf16(tmp_path):
    # U+FF21 sorts before U+1F600 by code point and UTF-8, after it by UTF-16 units.
    path = write(tmp_path / "r", "q Q0 \U0001f600 1 1 t\nq Q0 \uff21 2 1 t\nq Q0 가 3 1 t\n")
    assert read_run(path).doc_ids.tolist() == ["가", "\uff21", "\U0001f600"]


def test_one_fraction_makes_scores_float(tmp_path):
    run = read_run(write(tmp_path / "r", "q Q0 a 1 2 t\nq Q0 b 2 -1.5e0 t\n"))
    assert run.scores.dtype == np.float64
    assert run.scores.tolist() == [2.0, -1.5]


def test_reads_tabs_blank_lines_carriage_returns_and_comments(tmp_path):
    text = "# ir_metadata.start\n# tag: x\n\nq\tQ0\ta\t1\t2\tt\r\n\r\n  q  Q0 b 2 1 t"
    assert as_lists(read_run(write(tmp_path / "r", text))) == {"q": [("a", 2), ("b", 1)]}


def test_unicode_spaces_do_not_separate(tmp_path):
    run = read_run(write(tmp_path / "r", "q Q0 a\u3000b 1 2 t\n"))
    assert run.doc_ids.tolist() == ["a\u3000b"]


@pytest.mark.parametrize("name", ["run.trec", "run.trec.gz"])
def test_what_is_written_is_read_again(tmp_path, name):
    run = make_run({"q1": [("d2", 12), ("d10", 7), ("d9", 7)], "q2": [("d1", 3)]})
    write_run(tmp_path / name, run, describe(method={"qk": 5}))
    assert as_lists(read_run(tmp_path / name)) == as_lists(run)
    data = (tmp_path / name).read_bytes()
    text = gzip.decompress(data).decode() if name.endswith("gz") else data.decode()
    assert text == ("q1 Q0 d2 1 12 sys\nq1 Q0 d10 2 7 sys\nq1 Q0 d9 3 7 sys\nq2 Q0 d1 1 3 sys\n")


@settings(max_examples=30, deadline=None)
@given(
    st.dictionaries(
        st.text("abc가|#", min_size=1, max_size=3),
        st.dictionaries(st.text("xyz가😀", min_size=1, max_size=3), st.floats(-1e9, 1e9)),
        min_size=1,
    ).filter(lambda results: any(results.values()))
)
def test_any_run_survives_a_round_trip(tmp_path_factory, results):
    ordered = {
        query: sorted(hits.items(), key=lambda hit: (-hit[1], hit[0]))
        for query, hits in results.items()
        if hits
    }
    path = tmp_path_factory.mktemp("runs") / "r.trec"
    write_run(path, make_run(ordered, np.float64))
    assert as_lists(read_run(path)) == ordered


def test_metadata_follow_the_schema(tmp_path):
    path = tmp_path / "run.trec"
    block = describe(
        method={"qk": np.int64(5), "dk": 20, "quantisation": "scale:100"},
        data={"test collection": {"name": "pydoc"}},
    )
    write_run(path, make_run({"q": [("d", 1)]}), block)
    found = read_metadata(path)
    assert found == yaml.safe_load(metadata_path(path).read_text())
    assert list(found)[0] == "tag" and found["tag"] == "sys"
    assert {"platform", "implementation", "method", "actor", "data"} <= set(found)
    assert found["method"]["qk"] == 5 and found["method"]["automatic"] is True
    assert found["data"]["test collection"]["name"] == "pydoc"
    assert found["platform"]["hardware"]["cpu"]["number of cores"] >= 1


def test_replacing_a_run_drops_the_metadata_of_the_old_one(tmp_path):
    path = tmp_path / "run.trec"
    run = make_run({"q": [("d", 1)]})
    write_run(path, run, describe(method={}))
    with pytest.raises(InputError, match="--overwrite"):
        write_run(path, run)
    write_run(path, run, overwrite=True)
    assert read_metadata(path) == {}
    assert sorted(p.name for p in tmp_path.iterdir()) == ["run.trec"]
