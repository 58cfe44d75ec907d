"""Terms of a query log: where they come from, what stays, and what keys know of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp

import esplade
from esplade.rules import pruning_rule, read_grid
from ground.errors import InputError
from harness.pruning import Rule
from harness.retrieval.indexing import IndexSettings
from harness.sweep.grid import Pruning, checked_grid, grid_contents, parse_grid
from harness.vectors.model import Vectors

DOCUMENTS = esplade.Vectors.from_dicts(
    {"d1": {"sort": 2.0, "list": 1.0}, "d2": {"read": 1.0, "list": 0.5}}
)
KEPT = {"d1": {"sort": 2.0}, "d2": {"read": 1.0}}


def test_a_file_with_a_term_a_line(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    log.write_text("sort\n\n  read \nunheard-of\nsort\n")
    assert DOCUMENTS.prune(f"asked:{log}").to_dicts() == KEPT
    assert str(Rule.parse(f"asked:{log}+top:5")) == f"asked:{log}+top:5"


def test_vectors_of_queries(tmp_path: Path) -> None:
    queries = esplade.Vectors.from_dicts({"q1": {"sort": 1.0}, "q2": {"read": 0.5, "z": 1.0}})
    queries.write(tmp_path / "queries")
    (tmp_path / "queries.jsonl").write_text('{"id": "q", "vector": {"sort": 1, "read": 2}}\n')
    for given in (tmp_path / "queries", tmp_path / "queries.jsonl"):
        assert DOCUMENTS.prune(f"asked:{given}").to_dicts() == KEPT
    assert DOCUMENTS.prune(Rule.asked(queries.packed)).to_dicts() == KEPT


def test_terms_given_in_python() -> None:
    rule = Rule.asked({"sort", "read"})
    assert DOCUMENTS.prune(rule).to_dicts() == KEPT
    assert rule.by_row and str(rule) == "asked:terms"
    assert DOCUMENTS.prune(rule + Rule.parse("share:0.5")).to_dicts() == {
        "d1": {"sort": 2.0},
        "d2": {},
    }
    grid = checked_grid([(Rule.top(3), rule), (Rule.top(3), Rule.asked({"sort"}))])
    assert [str(point) for point in grid] == ["3/asked:terms", "3/asked:terms"]
    assert grid[0].identity != grid[1].identity
    assert grid[0].document.file_name != grid[1].document.file_name
    assert read_grid([(7, rule), ("top:5", "share:0.4")]) == (
        Pruning(Rule.top(7), rule),
        *parse_grid("5/share:0.4"),
    )
    assert pruning_rule(rule, 0, "--dk") is rule


def test_keys_know_what_a_file_holds_and_not_its_name(tmp_path: Path) -> None:
    one, other = tmp_path / "one.txt", tmp_path / "other.txt"
    one.write_text("sort\nread\n")
    other.write_text("read\nsort\n")
    rules = [Rule.parse(f"asked:{path}") for path in (one, other)]
    assert rules[0] == rules[1] and rules[0].identity == rules[1].identity
    assert len({IndexSettings(rule).key("v") for rule in rules}) == 1
    with pytest.raises(InputError, match="twice"):
        parse_grid(f"3/asked:{one},3/asked:{other}")
    before = grid_contents(f"0:0,3/asked:{one}")
    assert list(before) == [f"asked:{one}"] and grid_contents("0:0,3/top:5") == {}
    one.write_text("sort\n")
    changed = Rule.parse(f"asked:{one}")
    assert IndexSettings(changed).key("v") != IndexSettings(rules[0]).key("v")
    assert grid_contents(f"0:0,3/asked:{one}") != before
    assert changed.file_name != rules[0].file_name


def test_names_of_folders_are_good_everywhere(tmp_path: Path) -> None:
    log = tmp_path / "a log (1).txt"
    log.write_text("sort\n")
    rule = Rule.parse(f"asked:{log}+common:5:0.4+ratio:0.1")
    assert rule.file_name == f"asked{rule.steps[0][1].identity[:12]}+common5-0.4+ratio0.1"
    (point,) = parse_grid(f"5 / asked:{log} + top:3")
    assert str(point) == f"5/asked:{log}+top:3"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("sort\nread a file\n", r"line 2: 'read a file' is no term"),
        ("\n \n", "holds no term"),
        ("other\n", r"None of the 1 terms of .*'other'.*one of the vectors' 3"),
    ],
)
def test_logs_that_are_none(tmp_path: Path, text: str, words: str) -> None:
    log = tmp_path / "log.txt"
    log.write_text(text)
    with pytest.raises(InputError, match=words):
        DOCUMENTS.prune(f"asked:{log}")


def test_no_file_and_no_names_of_terms(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is no file .*nowhere.txt with the terms"):
        Rule.parse(f"asked:{tmp_path / 'nowhere.txt'}")
    matrix = sp.csr_array(np.ones((1, 2), dtype=np.float32))
    with pytest.raises(InputError, match="columns have no names"):
        Rule.asked({"a"}).apply(matrix)
    assert Rule.asked({"b"}).prune(Vectors(["d"], ["a", "b"], matrix)).nnz == 1
