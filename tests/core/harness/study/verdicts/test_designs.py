"""Which cells are held against which, and what is counted of them, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from ground.errors import InputError
from harness.study.verdicts.counts import count_top
from harness.study.verdicts.designs import (
    factor_effect,
    group_against_rest,
    interaction,
    single_pairs,
)
from harness.study.verdicts.panel import complete
from harness.study.verdicts.settings import Settings

PAPER_GRID = {
    f"{corpus}-{sampling}-{lr}": {"corpus": corpus, "sampling": sampling, "lr": lr}
    for corpus, sampling in (("overlap", "repeat"), ("indep", "repeat"), ("indep", "uniq"))
    for lr in ("lr-l", "lr-h")
}


def test_count_of_the_best_by_hand():
    cells = [f"c{i}" for i in range(8)]
    means = np.array([5.0, 4.0, 3.0, 2.0, 1.0, 0.5, 0.2, 0.1])
    draws = np.tile(means, (100, 1))
    draws[:10] = draws[:10, ::-1]
    found = count_top(cells, means, draws, ["c0", "c1"])
    assert (found.found, found.top, found.cells, found.expected) == (2, 2, 8, 0.5)
    assert found.p_chance == pytest.approx(1 / 28)  # one of the 28 pairs
    assert found.mostly == 0.9 and (found.low, found.high) == (0, 2)
    assert found.best == ("c0", "c1")
    one = count_top(cells, means, np.tile(means, (10, 1)), ["c1", "c2"])
    assert one.found == 1 and one.p_chance == pytest.approx(13 / 28)  # 1 - C(6,2) / C(8,2)
    assert one.mostly == 0.0 and (one.low, one.high) == (1, 1)


def test_a_tie_does_not_speak_for_the_kind():
    found = count_top(["a", "b"], np.array([1.0, 1.0]), np.ones((10, 2)), ["a"])
    assert found.found == 0 and found.mostly == 0.0


def test_effects_are_over_cells_that_differ_in_one_factor():
    lr = factor_effect(PAPER_GRID, "lr", "lr-h", "lr-l")
    assert lr is not None and lr.pairs == 3
    assert lr.weights["indep-uniq-lr-h"] == pytest.approx(1 / 3)
    # overlap-uniq is not in the grid, so indep-uniq has no twin in the other corpus.
    corpus = factor_effect(PAPER_GRID, "corpus", "indep", "overlap")
    assert corpus is not None and corpus.weights == {
        "indep-repeat-lr-l": 0.5,
        "overlap-repeat-lr-l": -0.5,
        "indep-repeat-lr-h": 0.5,
        "overlap-repeat-lr-h": -0.5,
    }
    given = factor_effect(PAPER_GRID, "sampling", "uniq", "repeat", {"lr": "lr-h"})
    assert given is not None and set(given.cells) == {"indep-uniq-lr-h", "indep-repeat-lr-h"}
    assert factor_effect(PAPER_GRID, "sampling", "uniq", "repeat", {"corpus": "overlap"}) is None
    assert factor_effect(PAPER_GRID, "colour", "red", "blue") is None


def test_interaction_and_groups():
    found = interaction(PAPER_GRID, ("lr", "lr-h", "lr-l"), ("corpus", "indep", "overlap"))
    assert found is not None and found.weights == {
        "indep-repeat-lr-h": 1.0,
        "indep-repeat-lr-l": -1.0,
        "overlap-repeat-lr-h": -1.0,
        "overlap-repeat-lr-l": 1.0,
    }
    group = group_against_rest(PAPER_GRID, {"corpus": "indep", "lr": "lr-h"})
    assert group is not None and sorted(set(group.weights.values())) == [-0.25, 0.5]
    assert group_against_rest(PAPER_GRID, {"corpus": "moon"}) is None
    pairs = single_pairs(PAPER_GRID, "sampling", "repeat", "uniq", {"corpus": "indep"})
    assert [pair.weights for pair in pairs][0] == {
        "indep-repeat-lr-l": 1.0,
        "indep-uniq-lr-l": -1.0,
    }


def test_complete_blocks_say_what_they_leave_out():
    assert complete({"a": [1, 2], "b": [1, 2]}) == (["a", "b"], [1, 2], "")
    cells, seeds, note = complete({"a": [1, 2, 3], "b": [1, 3], "c": []})
    assert (cells, seeds) == (["a", "b"], [1, 3]) and "seed 2" in note
    cells, seeds, note = complete({"a": [1], "b": [1], "c": [2]})
    assert (cells, seeds) == (["a", "b"], [1]) and "without c" in note
    assert complete({}) == ([], [], "")


def test_the_smaller_margin_counts():
    settings = Settings(margin=0.01, relative_margin=0.05)
    assert settings.margin_at(0.1) == pytest.approx(0.005)
    assert settings.margin_at(0.5) == 0.01
    with pytest.raises(InputError, match="margin"):
        Settings(margin=0)
