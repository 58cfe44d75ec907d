from __future__ import annotations

from pathlib import Path

import pytest

from ground.errors import InputError
from harness.pruning import NONE, Rule
from harness.sweep.grid import DEFAULT_GRID, Pruning, parse_grid
from harness.sweep.state import SweepFolder


def test_the_papers_grid() -> None:
    assert parse_grid(DEFAULT_GRID) == (
        Pruning(NONE, NONE),
        Pruning(Rule.top(7), Rule.top(20)),
        Pruning(Rule.top(5), Rule.top(20)),
        Pruning(Rule.top(5), Rule.top(10)),
    )
    assert str(parse_grid(" 5 : 10 ")[0]) == "5:10"


@pytest.mark.parametrize("text", ["", "5", "5:", "5:x", "-1:3", "5:10,,"])
def test_not_a_grid(text: str) -> None:
    with pytest.raises(InputError, match="no operating point"):
        parse_grid(text)


def test_rules_in_a_grid() -> None:
    plain, rules = parse_grid("7:20, top:7 / ratio:0.1+top:20")
    assert (str(plain), str(rules)) == ("7:20", "7/ratio:0.1+top:20")
    assert rules.document.steps == (("ratio", 0.1), ("top", 20.0))
    assert parse_grid("none/mass:.5")[0] == Pruning(NONE, Rule((("mass", 0.5),)))
    with pytest.raises(InputError, match="twice"):
        parse_grid("7:20,top:7/20")


def test_a_point_twice() -> None:
    with pytest.raises(InputError, match="twice"):
        parse_grid("5:10,5:10")


def test_a_folder_holds_one_subject(tmp_path: Path) -> None:
    out = tmp_path / "sweep"
    SweepFolder(out, {"dataset": "a", "split": "test"})
    SweepFolder(out, {"dataset": "a", "split": "test"})
    with pytest.raises(InputError, match="dataset 'a', not 'b'"):
        SweepFolder(out, {"dataset": "b", "split": "test"})
    (out / "extra").write_text("")
    SweepFolder(out, {"dataset": "b", "split": "test"}, overwrite=True)
    assert not (out / "extra").exists()


def test_foreign_folders_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("precious")
    with pytest.raises(InputError, match="left alone"):
        SweepFolder(tmp_path, {"dataset": "a"}, overwrite=True)
    assert (tmp_path / "mine.txt").exists()
