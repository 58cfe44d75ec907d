"""Results are found by what is in them, told apart from others' files, and deleted whole."""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path

import pytest

import esplade
from ground.artifacts import building, noting_begun
from ground.artifacts.begun import read_begun
from ground.errors import InputError

OURS = """implementation:
  executable: {cmd: esplade search --run a.trec}
  esplade: 0.1.0
  created: '2026-02-01T00:00:00+00:00'
method: {system: tiny}
data: {test collection: {name: pydoc, split: dev}}
"""


def a_result(folder: Path, kind: str = "vectors", **facts: object) -> Path:
    with building(folder, kind, key="k") as build:
        (build.path / "part-0.jsonl").write_text("x" * 100)
        build.facts.update(facts)
    return folder


def a_run(path: Path) -> Path:
    path.write_text("q Q0 d 1 1 t\n")
    path.with_name(path.name + ".metadata.yaml").write_text(OURS)
    path.with_name(path.name + ".perquery.parquet").write_bytes(b"1234")
    return path


def a_sweep(folder: Path) -> Path:
    a_result(folder / "points" / "bm25", "sweep point")
    point = {"name": "bm25", "system": "BM25", "path": "points/bm25", "created": "2026-01-01"}
    subject = {"dataset": "pydoc", "split": "test", "fields": "title"}
    record = {"schema": 1, "subject": subject, "points": [point]}
    (folder / "sweep.json").write_text(json.dumps(record))
    (folder / "report.html").write_text("page")
    return folder


def an_encoder(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "config.json").write_text('{"model_type": "esplade"}')
    sources = {"dataset": {"name": "pydoc", "split": "train"}}
    made = {"created": "2026-03-01T00:00:00+00:00", "command": ["esplade", "finetune"]}
    (folder / "training.json").write_text(json.dumps({"sources": sources, "made": made}))
    return folder


def found(folder: Path, **chosen: str) -> dict[str, esplade.Result]:
    results = esplade.find_results(folder, **chosen)
    return {one.path.relative_to(folder).as_posix(): one for one in results}


def test_each_kind_is_known_by_its_files(tmp_path: Path) -> None:
    a_result(tmp_path / "deep" / "docs", encoder={"name": "tiny"}, dataset={"name": "pydoc"})
    a_run(tmp_path / "a.trec")
    a_sweep(tmp_path / "sweep")
    an_encoder(tmp_path / "tuned")
    (tmp_path / "foreign.trec").write_text("q Q0 d 1 1 t\n")
    (tmp_path / "foreign.trec.metadata.yaml").write_text("method: {}\n")
    a_result(tmp_path / ".hidden" / "docs")
    os.symlink(tmp_path / "sweep", tmp_path / "link")
    all_of_it = found(tmp_path)
    assert set(all_of_it) == {"deep/docs", "a.trec", "sweep", "tuned"}
    docs, run, sweep = (all_of_it[name] for name in ("deep/docs", "a.trec", "sweep"))
    assert (docs.kind, docs.dataset, docs.systems) == ("vectors", "pydoc", ("tiny",))
    assert (run.kind, run.split, run.created[:10]) == ("run", "dev", "2026-02-01")
    assert run.bytes == 13 + len(OURS) + 4
    assert (sweep.kind, sweep.state, sweep.systems) == ("sweep", "finished", ("BM25",))
    assert esplade.describe_result(tmp_path / "tuned")["command"] == "esplade finetune"
    assert set(found(tmp_path, kind="sweep")) == {"sweep"}
    assert set(found(tmp_path, dataset="pydoc")) == set(all_of_it)
    assert found(tmp_path, dataset="other") == {}


def test_studies_and_their_results(tmp_path: Path) -> None:
    config = {"config": {"dataset": {"path": "data/pydoc", "split": "test"}}, "name": "grid"}
    made = {"provenance": {"created": "2026-04-01", "command": ["esplade", "study", "s.toml"]}}
    results = {**config, **made, "cells_done": 1, "complete": False, "dataset": {"name": "pydoc"}}
    for folder in ("study", "study/results", "joined"):
        (tmp_path / folder).mkdir()
    (tmp_path / "study" / "study.json").write_text(json.dumps(config))
    (tmp_path / "study" / "stages.csv").write_text("stage,of,folder\n")
    (tmp_path / "study" / "results" / "study.json").write_text(json.dumps(results))
    (tmp_path / "joined" / "study.json").write_text(json.dumps({**results, "complete": True}))
    both = found(tmp_path)
    assert {name: (one.kind, one.state, one.dataset) for name, one in both.items()} == {
        "study": ("study", "unfinished", "pydoc"),
        "joined": ("study", "finished", "pydoc"),
    }
    assert both["study"].resume == "esplade study s.toml"
    assert esplade.describe_result(tmp_path / "joined")["command"] == "esplade study s.toml"
    assert esplade.remove_results([tmp_path / "joined", tmp_path / "study"]) > 0
    assert list(tmp_path.iterdir()) == []


def test_newest_first(tmp_path: Path) -> None:
    a_run(tmp_path / "a.trec")
    a_sweep(tmp_path / "sweep")
    an_encoder(tmp_path / "tuned")
    assert list(found(tmp_path)) == ["tuned", "a.trec", "sweep"]


def test_unfinished_work_says_what_goes_on_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["/bin/esplade", "sweep", "--out", "a b", "--x=hf_abcdefghij"])
    with (
        pytest.raises(KeyboardInterrupt),
        building(tmp_path / "docs", "vectors", key="k", resume=True),
    ):
        raise KeyboardInterrupt
    a_sweep(tmp_path / "sweep")
    with pytest.raises(KeyboardInterrupt), noting_begun(tmp_path / "sweep"):
        raise KeyboardInterrupt
    left = found(tmp_path)
    assert {name: one.state for name, one in left.items()} == {
        "docs": "unfinished",
        "sweep": "unfinished",
    }
    line = f"cd {tmp_path} && esplade sweep --out 'a b' '--x=***'"
    assert left["docs"].resume == left["sweep"].resume == line
    with noting_begun(tmp_path / "sweep"):
        pass
    assert found(tmp_path)["sweep"].state == "finished"
    assert esplade.remove_results(["docs"]) > 0
    assert sorted(os.listdir(tmp_path)) == ["sweep"]


def test_a_refused_command_leaves_no_note(tmp_path: Path) -> None:
    with pytest.raises(InputError), noting_begun(tmp_path / "new"):
        raise InputError("no")
    assert not (tmp_path / "new").exists()
    with pytest.raises(KeyboardInterrupt), noting_begun(tmp_path / "old"):
        raise KeyboardInterrupt
    before = read_begun(tmp_path / "old")
    with pytest.raises(InputError), noting_begun(tmp_path / "old"):
        raise InputError("no")
    assert before is not None and read_begun(tmp_path / "old") == before


def test_a_finished_result_has_no_note(tmp_path: Path) -> None:
    with building(tmp_path / "docs", "vectors", key="k", resume=True) as build:
        assert read_begun(build.path) is not None
    assert os.listdir(tmp_path / "docs") == ["MANIFEST"]


def test_removing_takes_what_belongs_to_it(tmp_path: Path) -> None:
    a_run(tmp_path / "a.trec")
    docs = a_result(tmp_path / "docs")
    (tmp_path / "note.txt").write_text("mine")
    size = sum(file.stat().st_size for file in (*tmp_path.glob("a.*"), *docs.iterdir()))
    assert esplade.remove_results([tmp_path / "a.trec", docs]) == size
    assert os.listdir(tmp_path) == ["note.txt"]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda folder: folder.mkdir(), "no result of esplade's"),
        (lambda folder: None, "There is no"),
        (lambda folder: (a_result(folder) / "thesis.docx").write_text("x"), "thesis.docx"),
        (lambda folder: a_result(folder / "points" / "x"), "no result of esplade's"),
        (lambda folder: os.symlink(a_result(folder.with_name("real")), folder), "is a link"),
    ],
)
def test_what_is_not_ours_is_left_alone(tmp_path: Path, make: object, words: str) -> None:
    place, other = tmp_path / "place", a_result(tmp_path / "other")
    make(place)  # type: ignore[operator]
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(InputError, match=words):
        esplade.remove_results([other, place])
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("lock", [".docs.partial-lock", "docs/.inner.partial-lock"])
def test_what_is_in_use_is_left_alone(tmp_path: Path, lock: str) -> None:
    docs = a_result(tmp_path / "docs")
    with (tmp_path / lock).open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert found(tmp_path)["docs"].state == "being made"
        with pytest.raises(InputError, match="in use"):
            esplade.remove_results([docs])
    assert (docs / "MANIFEST").exists()
    esplade.remove_results([docs])
    assert not docs.exists()


def test_nothing_looks_finished_while_it_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    docs = a_result(tmp_path / "docs")

    def killed(path: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("ground.artifacts.removing.shutil.rmtree", killed)
    with pytest.raises(KeyboardInterrupt):
        esplade.remove_results([docs])
    assert not docs.exists()
    assert [one.state for one in esplade.find_results(tmp_path)] == ["unfinished"]


def test_a_folder_that_one_stands_in_is_emptied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    docs = a_result(tmp_path / "docs")
    monkeypatch.chdir(docs)
    esplade.remove_results([docs])
    assert os.listdir(docs) == []
