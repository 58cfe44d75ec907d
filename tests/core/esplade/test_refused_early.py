"""What cannot be measured or kept is refused before the work, and nothing is half done."""

from __future__ import annotations

import json

import pytest
import studies
from compared_runs import QUERIES, invoke, run_of, write_qrels

from ground.errors import InputError
from harness.datasets import load_dataset
from harness.runs.perquery import read_values
from harness.runs.runfile import write_run
from harness.study.inputs import check_evaluation, read_inputs
from harness.sweep import SweepSettings, parse_grid, prepare_folder


@pytest.mark.parametrize("command", [["score", "--run"], ["compare"]])
@pytest.mark.parametrize(
    ("measure", "words"),
    [
        ("ERR@5", r"qrels.txt, line 2: query 'q-1' and document 'd2' are judged 5.*above 4"),
        ("P@0", "cutoffs start at 1"),
        ("AP(rel=0)", "rel starts at 1"),
        ("IPrec@1.5", "recall is between 0 and 1"),
    ],
)
def test_what_cannot_be_measured_is_refused_before_runs_are_read(tmp_path, command, measure, words):
    (tmp_path / "qrels.txt").write_text("q-1 0 d1 1\nq-1 0 d2 5\n")
    (tmp_path / "r.trec").write_text("this is no run\n")
    args = [tmp_path / "r.trec", "--qrels", tmp_path / "qrels.txt", "--measures", measure]
    result = invoke(*command, *args, code=1)
    with pytest.raises(InputError, match=words):
        raise result.exception


@pytest.mark.parametrize("measure", ["P@0", "ERR@5", "AP(rel=0)"])
def test_a_sweep_refuses_before_it_leaves_anything(tmp_path, measure):
    folder = tmp_path / "data"
    (folder / "qrels").mkdir(parents=True)
    (folder / "corpus.jsonl").write_text('{"_id": "d1", "title": "sort rows"}\n')
    (folder / "queries.jsonl").write_text('{"_id": "q1", "text": "sort"}\n')
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td1\t5\n")
    settings = SweepSettings(grid=parse_grid("0:0"), measures=(measure,))
    with pytest.raises(InputError):
        prepare_folder(tmp_path / "out", load_dataset(str(folder)), settings)
    assert not (tmp_path / "out").exists()


def test_two_runs_of_one_name_do_not_share_a_file_of_values(tmp_path):
    qrels = write_qrels(tmp_path)
    for folder in ("a", "b"):
        write_run(tmp_path / folder / "x.trec", run_of(QUERIES))
    args = ["--run", tmp_path / "*" / "x.trec", "--qrels", qrels, "--per-query", tmp_path / "out"]
    result = invoke("score", *args, code=1)
    assert isinstance(result.exception, InputError) and "would both go to" in str(result.exception)
    assert not (tmp_path / "out").exists()


def test_a_broken_run_leaves_no_values_of_the_others(tmp_path):
    qrels = write_qrels(tmp_path)
    write_run(tmp_path / "a.trec", run_of(QUERIES))
    (tmp_path / "b.trec").write_text("no run\n")
    args = ["--run", tmp_path / "?.trec", "--qrels", qrels, "--per-query", tmp_path / "out"]
    assert isinstance(invoke("score", *args, code=1).exception, InputError)
    assert not (tmp_path / "out").exists()


def test_values_of_labels_that_are_nearly_alike_are_kept_apart(tmp_path):
    qrels = write_qrels(tmp_path)
    write_run(tmp_path / "a.trec", run_of(QUERIES))
    args = ["score", "--run", tmp_path / "a.trec", "--qrels", qrels]
    names = "IPrec@0.101 IPrec@0.104 IPrec@0.1 NumRet P(judged_only=True)@5 P@5"
    out = tmp_path / "values.parquet"
    found = invoke(*args, "--measures", names, "--per-query", out, "--json")
    values = json.loads(found.stdout)["runs"][0]["values"]
    stored = read_values(out)
    assert list(values) == names.split() == list(stored["measure"].unique())
    assert len(stored) == 6 * len(QUERIES)
    assert values == pytest.approx(
        dict(zip(names.split(), [0.5, 0.5, 0.5, 80, 0.2, 0.2], strict=True))
    )


@pytest.mark.parametrize("measures", ["P@0", "RR@10 AP(rel=0)", "IPrec@1.5", "R@5.0", "Judged@0"])
def test_a_study_refuses_a_measure_before_it_trains(measures):
    with pytest.raises(InputError, match="cutoffs start at 1|rel starts at 1|recall is between"):
        check_evaluation(studies.study(sweep={"measures": measures}))


def test_a_study_refuses_grades_before_it_trains(tmp_path):
    studies.write_collection(tmp_path)
    judged_five = (tmp_path / "qrels" / "test.tsv").read_text().replace("\t1\n", "\t5\n")
    (tmp_path / "qrels" / "test.tsv").write_text(judged_five)
    dataset = {"path": str(tmp_path)}
    read_inputs(studies.study(dataset=dataset, sweep={"measures": "nDCG@10"}))
    with pytest.raises(InputError, match="judged 5, and ERR@10 cannot be computed"):
        read_inputs(studies.study(dataset=dataset, sweep={"measures": "nDCG@10 ERR@10"}))


def test_a_measure_deeper_than_the_search_is_refused(tmp_path):
    words = "R@1000 looks at 1,000 results a query, and only 100 are searched for"
    with pytest.raises(InputError, match=words):
        check_evaluation(studies.study(sweep={"measures": "RR@10 R@1000", "k": 100}))
    check_evaluation(studies.study(sweep={"measures": "RR@10 R@1000 AP", "k": 1000}))
    studies.write_collection(tmp_path / "data")
    data = load_dataset(str(tmp_path / "data"))
    settings = SweepSettings(grid=parse_grid("0:0"), measures=("R@1000",), k=100)
    with pytest.raises(InputError, match=words):
        prepare_folder(tmp_path / "out", data, settings)
    assert not (tmp_path / "out").exists()
