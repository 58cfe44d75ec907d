"""A study with encoders that learn nothing: stages, controls, results, and what is left on disk."""

from __future__ import annotations

import csv
import gzip
import json
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from studies import FakeEncoders, study, write_collection

from ground.errors import InputError
from harness.study.building import Builder
from harness.study.controls import refused
from harness.study.inputs import check_evaluation, find_inputs, read_inputs
from harness.study.joined_controls import SAME
from harness.study.plan import Plan
from harness.study.records import differences
from harness.study.results import write_results
from harness.study.run import Runner, claim
from harness.study.sample import open_dataset
from harness.study.sections import DatasetSection
from harness.study.stages import Busy, file_lock

SMALL: dict[str, Any] = {
    "corpus": {"repeat_texts": 8, "held_out": 4, "lengths": "titles"},
    "pretrain": {"steps": 8, "batch": 4, "max_length": 16},
    "seeds": {"init": [1], "order": [1]},
}


@pytest.fixture
def made(tmp_path: Path) -> Plan:
    return _plan(tmp_path)


def _plan(tmp_path: Path, **changes: Any) -> Plan:
    folder = tmp_path / "data"
    if not folder.exists():
        write_collection(folder)
    read = study(dataset={"path": str(folder)}, **{**SMALL, **changes})
    return Plan(read, read_inputs(read), tmp_path / "out")


def _run(made: Plan, encoders: FakeEncoders | None = None) -> tuple[dict[str, Any], FakeEncoders]:
    encoders = encoders or FakeEncoders()
    builder = Builder(made, encoders, lambda text: None)
    Runner(made, builder, lambda text: None).run(made.units)
    return write_results(made, builder.dataset, made.root / "results"), encoders


@pytest.mark.slow
def test_results_are_there_after_every_cell(made: Plan) -> None:
    builder = Builder(made, FakeEncoders(), lambda text: None)
    published: list[int] = []

    def publish() -> None:
        found = write_results(made, builder.dataset, made.root / "results")
        published.append(found["cells_done"])

    Runner(made, builder, lambda text: None, publish).run(made.units[:3])
    assert published == [1, 2, 3]
    Runner(made, builder, lambda text: None, publish).run(made.units[:3])
    assert published == [1, 2, 3]


def _rows(made: Plan, name: str) -> list[dict[str, str]]:
    with (made.root / "results" / name).open(newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.slow
def test_a_whole_study(made: Plan) -> None:
    found, encoders = _run(made)
    assert found["complete"] and found["cells_done"] == found["cells_planned"] == 8
    assert found["grid"] == ["0:0", "2:3"] and found["seeds"] == [1]
    assert not found["impossible"]
    assert set(SAME) <= {control["name"] for control in found["controls"]}
    cells = _rows(made, "cells.csv")
    assert len(cells) == 8 and cells[0]["cell"] == "overlap-repeat-lr-l"
    assert cells[0]["logit-score-std"] == "5.5" and cells[0]["converged"] == "true"
    assert len(_rows(made, "points.csv")) == 1 + 8 * 2
    assert _rows(made, "points.csv")[0]["cell"] == "bm25"
    assert _rows(made, "curves.csv")[0]["step"] == "8"
    assert _rows(made, "devcurves.csv")[0]["nonzeros_doc"] == "3"
    _check_per_query(made)
    _check_accounting(found)
    assert not [c for c in found["controls"] if not c["holds"] and c["name"] != "equal tokens seen"]
    # Nothing needs weights any more, and vectors, indexes and runs are gone.
    left = {p.name for p in made.root.rglob("*")}
    assert not left & {"model.safetensors", "vectors", "indexes", "run.trec"}
    count = len(encoders.calls)
    _run(made, encoders)
    assert len(encoders.calls) == count


def _check_per_query(made: Plan) -> None:
    import pyarrow.parquet as pq

    table = pq.ParquetFile(made.root / "results" / "perquery.parquet").read()
    names = ["cell", "seed", "pruning", "query", "measure", "value"]
    assert table.column_names == names and str(table.schema.field("seed").type) == "int32"
    values = table.to_pandas()
    # 10 test queries, 6 measures, 8 cells at 2 points and BM25.
    assert len(values) == 10 * 6 * 17
    assert set(values["measure"]) == {
        *("RR@10", "R@10", "nDCG@10", "postings", "query_terms", "latency_ms")
    }
    assert set(values[values["cell"] == "bm25"]["seed"]) == {-1}


def _check_accounting(found: dict[str, Any]) -> None:
    entries = {entry["name"]: entry for entry in found["accounting"]}
    assert set(entries) == {"overlap-repeat", "overlap-uniq", "indep-repeat", "indep-uniq"}
    assert {entry["texts"] for entry in entries.values()} == {32}
    assert (entries["overlap-repeat"]["passes"], entries["overlap-uniq"]["passes"]) == (4, 1)
    assert entries["overlap-repeat"]["distinct_texts"] == 8
    # All titles have two words, so all tokens are equal.
    assert entries["overlap-repeat"]["tokens_seen"] == entries["overlap-uniq"]["tokens_seen"] == 64
    # Of 36 titles that are not held out all 10 of training are there; 32 are seen.
    assert 0.5 < entries["overlap-uniq"]["overlap_share"] <= 1
    assert entries["indep-uniq"]["overlap_share"] == 0


@pytest.mark.slow
def test_too_small_a_collection_is_impossible_and_said_so(tmp_path: Path) -> None:
    made = _plan(tmp_path, pretrain={"steps": 10, "batch": 4, "max_length": 16})
    found, _ = _run(made)
    assert found["impossible"] == {
        "overlap-uniq": "it needs 40 distinct titles to see once each, and only 36 with a word of "
        "U are there"
    }
    assert found["complete"] and found["cells_planned"] == 6


@pytest.mark.slow
def test_weights_stay_where_they_are_to_be_kept_or_needed(tmp_path: Path) -> None:
    made = _plan(tmp_path, keep=["weights", "runs"])
    _, encoders = _run(made)
    assert len(list(made.root.rglob("model.safetensors"))) == 1 + 8 + 8
    assert len(list(made.root.rglob("run.trec"))) == 17
    calls = len(encoders.calls)
    # With weights at hand another grid trains nothing.
    _run(_plan(tmp_path, sweep={"grid": "0:0"}, keep=["weights"]), encoders)
    assert len(encoders.calls) == calls


@pytest.mark.slow
def test_records_that_differ_are_found(made: Plan) -> None:
    found, _ = _run(made, FakeEncoders(tuned={"joint_flops": 0.5}))
    control = found["controls"][0]
    assert not control["holds"] and "joint_flops is" in control["detail"]
    assert "0.5 in" in refused(found["controls"])


def test_a_process_leaves_alone_what_another_is_doing(made: Plan) -> None:
    titles = made.titles
    titles.folder.parent.mkdir(parents=True)
    with titles.locked(), pytest.raises(Busy), titles.locked():
        pass


def test_other_settings_wait_until_a_running_study_has_ended(tmp_path: Path) -> None:
    one, two = _plan(tmp_path), _plan(tmp_path, sweep={"grid": "0:0"})
    out = tmp_path / "out"
    with ExitStack() as first:
        claim(one, first)
        with ExitStack() as second:
            claim(one, second)
        with ExitStack() as second, pytest.raises(InputError, match="with other settings"):
            claim(two, second)
    with ExitStack() as later:
        claim(two, later)
    assert json.loads((out / "study.json").read_text())["config"]["sweep"]["grid"] == "0:0"


def test_what_is_not_complete_is_made_again(made: Plan) -> None:
    emlm, encoders = made.units[0].stages["emlm"], FakeEncoders()
    runner = Runner(made, Builder(made, encoders, lambda text: None), lambda text: None)
    with ExitStack() as stack:
        claim(made, stack)
        runner._ensure(emlm)
    # As if killed when the encoder was saved, and its stage not finished.
    model = emlm.folder.with_name(f".{emlm.folder.name}.partial-key-{emlm.key[:16]}") / "model"
    emlm.folder.rename(model.parent)
    (model.parent / "MANIFEST").unlink()
    with ExitStack() as stack:
        claim(made, stack)
        assert (model / "model.safetensors").is_file()
        # And where a file of it is gone all the same, it is trained again.
        (model / "model.safetensors").unlink()
        runner._ensure(emlm)
    assert emlm.ready and encoders.calls == ["pretrain 8", "pretrain 8"]


def test_what_a_changed_study_leaves_unfinished_is_removed(tmp_path: Path) -> None:
    one, two = _plan(tmp_path), _plan(tmp_path, sweep={"grid": "0:0"})
    sweep, emlm = (one.units[0].stages[kind].folder for kind in ("sweep", "emlm"))
    for folder in (sweep, emlm):
        partial = folder.with_name(f".{folder.name}.partial-key-{folder.name}")
        (partial / "model.unfinished").mkdir(parents=True)
    (one.root / "study.json").write_text("{}")
    with ExitStack() as stack:
        claim(two, stack)
    assert not list(sweep.parent.iterdir()) and len(list(emlm.parent.iterdir())) == 1


def test_a_folder_of_something_else_is_left_alone(made: Plan) -> None:
    made.root.mkdir()
    (made.root / "thesis.tex").write_text("x")
    with ExitStack() as stack, pytest.raises(InputError, match="not a study's"):
        claim(made, stack)


def test_processes_that_start_at_once_enter_together(tmp_path: Path) -> None:
    plans = [_plan(tmp_path) for _ in range(4)]

    def enter(plan: Plan) -> None:
        with ExitStack() as stack:
            claim(plan, stack)

    with ThreadPoolExecutor(len(plans)) as pool:
        for _ in range(10):
            list(pool.map(enter, plans))
            shutil.rmtree(plans[0].root)


def test_locks_end_with_their_block(tmp_path: Path) -> None:
    with file_lock(tmp_path / "l", wait=False):
        pass
    with file_lock(tmp_path / "l", shared=True), file_lock(tmp_path / "l", shared=True):
        pass


def test_missing_data_is_named(tmp_path: Path) -> None:
    write_collection(tmp_path / "data")
    there = {"path": str(tmp_path / "data")}
    read = study(dataset=there, corpus={"general": ["$NOT_SET_AT_ALL/x"]})
    _, missing = find_inputs(read)
    assert len(missing) == 1 and "NOT_SET_AT_ALL" in missing[0]
    with pytest.raises(InputError, match="NOT_SET_AT_ALL, which is not set"):
        read_inputs(read)


@pytest.mark.parametrize("find", [find_inputs, read_inputs])
def test_places_that_cannot_be_read_are_named(tmp_path: Path, find: Callable[..., Any]) -> None:
    write_collection(tmp_path / "data")
    there = {"path": str(tmp_path / "data")}
    with pytest.raises(InputError, match=r"^x.toml, \[dataset\]: .*is not a folder"):
        find(study(dataset={"path": str(tmp_path / "no")}), "x.toml")
    (tmp_path / "latin").write_bytes(b"caf\xe9\n")
    (tmp_path / "empty").touch()
    (tmp_path / "cut.gz").write_bytes(gzip.compress(b"some words\n" * 99)[:-9])
    for name, why in (
        ("nothing", "is nothing, where a file of general text is needed"),
        ("data", "is a folder, where a file of general text is needed"),
        ("latin", "line 1: .*UTF-8"),
        ("empty", "holds no text"),
        ("cut.gz", "cut"),
    ):
        read = study(dataset=there, corpus={"general": [str(tmp_path / name)]})
        with pytest.raises(InputError, match=rf"^x.toml, \[corpus\], general: .*{name}.*{why}"):
            find(read, "x.toml")


def test_missing_splits_are_named(tmp_path: Path) -> None:
    _plan(tmp_path)
    (tmp_path / "data" / "qrels" / "dev.tsv").unlink()
    with pytest.raises(InputError, match=r"no dev split.*it has: train, test"):
        _plan(tmp_path)
    _plan(tmp_path, finetune={"patience": 0})


@pytest.mark.parametrize(
    "sweep",
    [
        {"grid": "7"},
        {"quantise": "x"},
        {"measures": "RR@x"},
        {"algorithm": "fast"},
        {"language": "xx"},
    ],
)
def test_sweeps_that_cannot_be(sweep: dict[str, str]) -> None:
    with pytest.raises(InputError, match=rf"^study, \[sweep\], {next(iter(sweep))}: "):
        check_evaluation(study(sweep=sweep))


def test_differences_say_who_has_what() -> None:
    records = [("a", {"lr": 1, "x": 2}), ("b", {"lr": 3, "x": 2}), ("c", {"lr": 1, "x": 2})]
    assert differences(records) == ["lr is 1 in a and 1 more, 3 in b"]


def test_a_sampled_data_set_is_a_data_set(tmp_path: Path) -> None:
    write_collection(tmp_path / "data")
    whole = open_dataset(DatasetSection(path=str(tmp_path / "data")))
    some = open_dataset(DatasetSection(path=str(tmp_path / "data"), documents=10))
    kept = {d.id for d in some.docs()}
    assert len(kept) == 10 and kept < {d.id for d in whole.docs()}
    found = {d for split in some.splits for d in some.qrels(split)["doc_id"]}
    assert found <= kept and set(some.queries("test")) == set(some.qrels("test")["query_id"])
    assert some.digest() != whole.digest()
    assert list(some.general_texts()) == list(whole.general_texts())
