"""What a study needs and does not find, or cannot do, is named before the work."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from small_study import small_plan
from studies import study, write_collection

from ground.errors import InputError
from harness.study.inputs import check_evaluation, find_inputs, read_inputs
from harness.study.records import differences
from harness.study.sample import open_dataset
from harness.study.sections import DatasetSection


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
    small_plan(tmp_path)
    (tmp_path / "data" / "qrels" / "dev.tsv").unlink()
    with pytest.raises(InputError, match=r"no dev split.*it has: train, test"):
        small_plan(tmp_path)
    small_plan(tmp_path, finetune={"patience": 0})


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
