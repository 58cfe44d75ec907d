"""Data sets, vectors and runs: in memory, on disk, and in the forms of other tools."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

import esplade

Frames = tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]


def test_the_import_is_light() -> None:
    code = (
        "import sys, time; start = time.perf_counter(); import esplade; "
        "took = time.perf_counter() - start; "
        "heavy = {'torch', 'jnius', 'pandas', 'numpy', 'scipy'} & set(sys.modules); "
        "assert not heavy, heavy; assert set(esplade.__all__) <= set(dir(esplade)); print(took)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_every_name_is_there() -> None:
    for name in esplade.__all__:
        assert getattr(esplade, name) is not None
    for name in esplade.train.__all__:
        assert getattr(esplade.train, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        esplade.nothing  # noqa: B018


def test_a_data_set_of_frames_dictionaries_and_files_is_one(
    frames: Frames, dataset: esplade.Dataset, tmp_path: Path
) -> None:
    docs, queries, qrels = frames
    for name, frame in (("docs", docs), ("queries", queries), ("qrels", qrels)):
        frame.to_csv(tmp_path / f"{name}.csv", index=False)
        frame.to_parquet(tmp_path / f"{name}.parquet")
    docs.to_csv(tmp_path / "docs.tsv", index=False, sep="\t")
    of_files = [
        esplade.Dataset.from_files(
            tmp_path / f"docs.{kind}", tmp_path / "queries.csv", tmp_path / f"qrels.{other}"
        )
        for kind, other in (("csv", "parquet"), ("tsv", "csv"), ("parquet", "csv"))
    ]
    titles = {r.docno: {"title": r.title, "text": r.text} for r in docs.itertuples()}
    grades: dict[str, dict[str, int]] = {}
    for row in qrels.itertuples():
        grades.setdefault(row.qid, {})[row.docno] = row.label
    held = esplade.Dataset.from_dicts(titles, dict(zip(*queries.T.values, strict=True)), grades)
    written = esplade.load_dataset(dataset.write(tmp_path / "folder"))
    for other in (*of_files, held, written):
        assert list(other.docs()) == list(dataset.docs())
        assert other.queries() == dataset.queries()
        pd.testing.assert_frame_equal(other.qrels(), dataset.qrels())
    assert written.name == "small" and written.language == "en"
    assert held.digest() == of_files[0].digest() == dataset.digest()


@pytest.mark.parametrize(
    ("docs", "message"),
    [
        ({"docno": ["a", "a"], "title": ["x", "y"]}, "id 'a' was on document 1 already"),
        ({"docno": ["a", None], "title": ["x", "y"]}, "row 2: the id in column 'docno' is nan"),
        ({"docno": ["a b"], "title": ["x"]}, "holds white space"),
        ({"docno": ["a"], "title": [3]}, "row 1: the title is a int, where a text is needed"),
        ({"name": ["a"], "title": ["x"]}, "no column 'doc_id' or 'docno'"),
        ({"docno": ["a"], "body": ["x"]}, "no column 'title' or 'text'"),
        ({"docno": [], "title": []}, "holds no documents"),
    ],
)
def test_frames_that_are_no_collection(docs: dict[str, list[object]], message: str) -> None:
    with pytest.raises(esplade.InputError, match=message):
        esplade.Dataset.from_frames(pd.DataFrame(docs))


def test_columns_can_be_named_and_ids_may_be_numbers() -> None:
    docs = pd.DataFrame({"number": [1, 2], "headline": ["one", "two"]})
    columns = {"doc_id": "number", "title": "headline"}
    dataset = esplade.Dataset.from_frames(docs, columns=columns)
    assert [(d.id, d.title) for d in dataset.docs()] == [("1", "one"), ("2", "two")]
    with pytest.raises(esplade.InputError, match="'heading'"):
        esplade.Dataset.from_frames(docs, columns={**columns, "title": "heading"})
    with pytest.raises(esplade.InputError, match="what can be named"):
        esplade.Dataset.from_frames(docs, columns={"docid": "number"})


def test_an_id_may_be_named_for_one_table_alone() -> None:
    docs = pd.DataFrame({"url": ["d1"], "title": ["one"]})
    queries = pd.DataFrame({"number": ["q1"], "query": ["one"]})
    qrels = pd.DataFrame({"qid": ["q1"], "docno": ["d1"], "label": [1]})
    columns = {"doc_id": "url", "query_id": "number"}
    dataset = esplade.Dataset.from_frames(docs, queries, qrels, columns=columns)
    assert dataset.queries() == {"q1": "one"}
    assert len(dataset.qrels()) == 1
    with pytest.raises(esplade.InputError, match="there is no column 'nummer' for query_id"):
        esplade.Dataset.from_frames(docs, queries, columns={**columns, "query_id": "nummer"})


def test_a_data_set_is_counted_once() -> None:
    dataset = esplade.Dataset.from_dicts({"d1": "one", "d2": "two"})
    assert len(dataset) == 2
    dataset._source = None  # type: ignore[assignment]
    assert len(dataset) == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("docno,title\nd1\n", "line 2: 1 cells, where the header names 2"),
        ("docno,docno\na,b\n", "column 'docno' stands twice"),
        ('docno,title\nd1,"x\n', "not a row of a table|cells"),
    ],
)
def test_tables_that_are_none(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text)
    with pytest.raises(esplade.InputError, match=message):
        esplade.Dataset.from_files(path)


def test_vectors_go_out_and_come_back(tmp_path: Path) -> None:
    given = {"d1": {"b": 1.5, "a": 0.25}, "d2": {}, "d3": {"a": 3.0}}
    vectors = esplade.Vectors.from_dicts(given)
    assert vectors.to_dicts() == given
    written = vectors.write(tmp_path / "vectors")
    assert written.to_dicts() == given
    matrix = vectors.to_scipy()
    again = esplade.Vectors.from_scipy(matrix, vectors.ids, vectors.terms)
    assert (again.to_scipy() != matrix).nnz == 0
    swapped = esplade.Vectors.from_scipy(sp.csc_array(matrix)[:, [1, 0]], vectors.ids, ["b", "a"])
    assert swapped.to_dicts() == given
    assert vectors.quantise("scale:4").to_dicts()["d1"] == {"b": 6, "a": 1}
    assert vectors.quantise("scale:4").write(tmp_path / "impacts").quantise("none").nnz == 3


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"d1": {"a": -1.0}}, "'d1' gives the term 'a' the weight -1.0"),
        ({"d1": {"a": float("nan")}}, "the weight nan"),
        ({"d 1": {"a": 1.0}}, "white space"),
        ({"d1": {"a b": 1.0}}, "white space"),
        ({"d1": {"a": "x"}}, "'x' is no number"),
    ],
)
def test_weights_that_are_none(given: dict[str, dict[str, float]], message: str) -> None:
    with pytest.raises(esplade.InputError, match=message):
        esplade.Vectors.from_dicts(given)


def test_a_run_is_ordered_whatever_it_comes_from(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"qid": ["q2", "q1", "q1", "q1"], "docno": ["x", "b", "c", "a"], "score": [1.0, 2, 3, 2]}
    )
    run = esplade.Run.from_frame(frame)
    assert run.to_dicts() == {"q2": {"x": 1.0}, "q1": {"c": 3.0, "a": 2.0, "b": 2.0}}
    assert run.to_pandas()["rank"].tolist() == [0, 0, 1, 2]
    run.write(tmp_path / "r.trec")
    pd.testing.assert_frame_equal(
        esplade.Run.read(tmp_path / "r.trec").to_pandas().sort_values(["qid", "rank"]),
        run.to_pandas().sort_values(["qid", "rank"]),
        check_index_type=False,
        check_dtype=False,
    )
    with pytest.raises(esplade.InputError, match="document 'b' stands twice"):
        esplade.Run.from_frame(pd.concat([frame, frame[1:2]]))
    with pytest.raises(esplade.InputError, match="no finite number"):
        esplade.Run.from_frame(frame.assign(score=np.nan))


def test_what_is_told_can_be_switched_off(capsys: pytest.CaptureFixture[str]) -> None:
    from esplade.progress import progress, say

    with esplade.quiet(), progress("work") as advance:
        advance(1)
        say("nothing")
    assert capsys.readouterr().err == ""
    say("something")
    assert capsys.readouterr().err == "something\n"
    with pytest.raises(esplade.InputError, match="'loud' is no verbosity"):
        esplade.set_verbosity("loud")


def test_a_notebook_gets_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from esplade import progress

    monkeypatch.setattr(progress, "in_notebook", lambda: True)
    monkeypatch.setattr(time, "monotonic", iter(range(10, 100)).__next__)
    with progress.progress("Encoding", 20) as advance:
        advance(10)
        advance(10)
    shown = capsys.readouterr().err
    assert shown.endswith("\rEncoding: 20 of 20\n") and shown.count("\n") == 1


def test_dictionaries_may_be_documents_alone() -> None:
    for judged in (None, {}):
        dataset = esplade.Dataset.from_dicts({"d1": "one"}, {"q1": "first"}, judged)
        assert dataset.splits == () and dataset.queries() == {"q1": "first"}
