"""Folders of a sweep: ordinary names are those of ever, hostile ones are fit for every system."""

from __future__ import annotations

import re

import pytest

from harness.pruning import Rule
from harness.sweep.grid import parse_grid
from harness.sweep.naming import point_name, run_tag, system_folders


@pytest.mark.parametrize(
    ("grid", "name"),
    [
        ("0:0", "tiny-q0-d0"),
        ("7:20", "tiny-q7-d20"),
        ("7/share:0.4+top:5", "tiny-q7-d-share0.4+top5"),
        ("mass:0.9/ratio:0.1+top:20", "tiny-q-mass0.9-d-ratio0.1+top20"),
        ("common:5:0.4/quantile:0.3", "tiny-q-common5-0.4-d-quantile0.3"),
        ("threshold:1e-05/0", "tiny-q-threshold1e-05-d0"),
    ],
)
def test_ordinary_points_keep_their_names(grid: str, name: str) -> None:
    assert point_name("tiny", parse_grid(grid)[0]) == name


def test_many_steps_are_still_a_name() -> None:
    rules = [Rule.parse("+".join(f"ratio:0.{n}{end}" for n in range(1, 60))) for end in (1, 2)]
    names = [rule.file_name for rule in rules]
    assert len(set(names)) == 2 and all(len(name) <= 70 for name in names)


def test_systems_have_folders_of_their_own() -> None:
    found = system_folders(["a/b", "a-b", "BM25", "..", "con"])
    assert found["a-b"] == "a-b"
    assert len({one.casefold() for one in found.values()} - {"bm25"}) == 5
    assert all(re.fullmatch(r"[\w.~-]+", one) and one.strip(".") for one in found.values())


def test_a_tag_has_no_space() -> None:
    assert run_tag("my own  encoder-q0-d0") == "my_own_encoder-q0-d0"
