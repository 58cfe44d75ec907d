"""Results of different data do not stand in one table; what differs is named."""

from __future__ import annotations

import json

import pytest
from compared_runs import QUERIES, run_of, write_qrels

from esplade.comparing import compare
from ground.errors import InputError
from harness.report.points import Point, write_sweep_file
from harness.report.sources import HeldRun
from harness.report.subjects import Subject, require_one_subject, subject_of
from harness.runs.metadata import describe
from harness.runs.perquery import make_values, write_values
from harness.runs.runfile import write_run


def searched(path, tag="t", queries=QUERIES, **collection):
    """A run of ours, whose metadata say what it was searched in."""
    data = {"test collection": collection} if collection else {}
    write_run(path, run_of(queries, tag=tag), {"tag": tag, **describe(method={}, data=data)})
    return path


def stored(folder, queries=QUERIES, runs=False, **subject):
    one = Point("tiny", "tiny", make_values(queries, {"RR@10": [0.5] * len(queries)}))
    write_values(folder / "points" / "tiny" / "perquery.parquet", one.values)
    if runs:
        write_run(folder / "points" / "tiny" / "run.trec", run_of(queries))
    write_sweep_file(folder, [one], **({"subject": subject} if subject else {}))
    return folder


def test_what_is_known_to_differ():
    one = Subject("d", "test", "1")
    assert one.differs(Subject("renamed", "test", "1")) == []
    assert one.differs(Subject("d", "test", "2")) == ["the content"]
    assert one.differs(Subject("e", "dev", "2")) == ["the data set", "the split"]
    assert one.differs(Subject("d", "", "")) == one.differs(Subject()) == []
    assert one.differs(Subject("e", "test", "")) == ["the data set"]


def test_lone_runs_of_ours_are_asked(tmp_path):
    qrels = write_qrels(tmp_path)
    a = searched(tmp_path / "a.trec", name="d", split="test", digest="1" * 64)
    b = searched(tmp_path / "b.trec", name="d", split="dev", digest="2" * 64)
    plain = searched(tmp_path / "plain.trec")
    with pytest.raises(InputError) as refused:
        compare([plain, a, b], qrels=qrels, measures="RR@10")
    said = str(refused.value)
    assert said.startswith(
        f"{b} and {a} are of different data and do not belong in one table: the content and the "
        f"split differ. {b} is of d (split dev, digest 222222222222, 40 queries such as 'q01'); "
        f"{a} of d (split test, digest 111111111111, 40 queries such as 'q01')."
    )
    assert "--other-data" in said and "\n" not in said
    found = compare([a, b, plain], qrels=qrels, measures="RR@10", other_data=True)
    noted = [row.notes for row in found.rendered.rows]
    words = f"By its metadata it is of other data than {a}: the content and the split differ."
    assert noted == [(), (words,), ()]


def test_runs_sweeps_and_runs_in_memory_are_asked_alike(tmp_path):
    digests = {"name": "d", "split": "test", "digest": "1"}
    sweep = stored(tmp_path / "sweep", runs=True, dataset="d", split="test", digest="1")
    run = searched(tmp_path / "a.trec", **digests)
    held = HeldRun(
        "held", run_of(QUERIES), make_values([], {}), {}, {}, {"test collection": digests}
    )
    assert {subject_of(s) for s in (sweep, run, held)} == {Subject("d", "test", "1")}
    require_one_subject([sweep, run, held], "")
    other = searched(tmp_path / "b.trec", **{**digests, "digest": "2"})
    for one in (sweep, run, held):
        with pytest.raises(InputError, match="the content differs"):
            require_one_subject([one, other], "")


def test_metadata_of_a_run_that_was_replaced_say_nothing(tmp_path):
    a = searched(tmp_path / "a.trec", name="d", digest="1")
    b = searched(tmp_path / "b.trec", name="d", digest="2")
    b.write_text(b.read_text().replace(" t\n", " theirs\n"))
    require_one_subject([a, b], "")
    require_one_subject([b, a], "")


def test_stored_values_need_the_same_queries(tmp_path):
    one = stored(tmp_path / "one")
    other = stored(tmp_path / "other", [f"z{i}" for i in range(3)])
    with pytest.raises(InputError) as refused:
        compare([one, other], measures="RR@10")
    assert "share no query: the one has values for 3 (z0, z1, z2), the other for 40" in str(
        refused.value
    )


def test_runs_that_share_no_query_with_the_judgments(tmp_path):
    qrels = write_qrels(tmp_path)
    other = searched(tmp_path / "a.trec", queries=["z1", "z2"])
    with pytest.raises(InputError, match=r"the run has 2 \(z1, z2\), the judgments 40 \(q01"):
        compare([other], qrels=qrels, measures="RR@10")


def test_other_data_without_judgments_stays_refused(tmp_path):
    one = stored(tmp_path / "one", dataset="d", split="test", digest="1")
    other = stored(tmp_path / "other", dataset="d", split="test", digest="2")
    for allowed in (False, True):
        with pytest.raises(InputError, match="give the judgments with --qrels or --dataset, and"):
            compare([one, other], measures="RR@10", other_data=allowed)


def test_a_study_is_asked_too(tmp_path):
    from synthetic_study import write_study

    study = write_study(tmp_path / "study", seeds=(1,), queries=40)
    assert subject_of(study) == Subject("toy", "test", "abc")
    assert json.loads((study / "results" / "study.json").read_text())["dataset"]["digest"] == "abc"
    sweep = stored(tmp_path / "sweep", [f"q{i:04}" for i in range(40)], dataset="toy", digest="x")
    with pytest.raises(InputError, match="the content differs"):
        compare([study, sweep], measures="RR@10")
