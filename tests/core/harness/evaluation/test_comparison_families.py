"""Families of comparisons: corrections, all pairs, and what is marked as found."""

from __future__ import annotations

import math

import pytest

from ground.errors import InputError
from harness.evaluation.significance import Settings, compare, compare_all
from harness.evaluation.significance.corrections import (
    benjamini_hochberg,
    bonferroni,
    holm,
    uncorrected,
)

EIGHT = [f"q{i}" for i in range(8)]


def system(*values):
    return {"m": dict(zip(EIGHT, values, strict=True))}


# Differences from "low": 8 wins of different size; 6 wins, a loss and a tie.
SYSTEMS = {
    "low": system(*[0.0] * 8),
    "high": system(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8),
    "mixed": system(0.0, -0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7),
}


def test_holm_by_hand():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.5, 0.9]) == [1.0, 1.0]
    assert holm([]) == []


def test_bonferroni_and_none_by_hand():
    assert bonferroni([0.01, 0.04, 0.5]) == pytest.approx([0.03, 0.12, 1.0])
    assert uncorrected([0.01, 0.5]) == [0.01, 0.5]
    assert bonferroni([]) == uncorrected([]) == []


def test_benjamini_hochberg_by_hand():
    # Sorted 0.01, 0.03, 0.04: times 3/1, 3/2, 3/3 is 0.03, 0.045, 0.04; the second may not be
    # above the third.
    assert benjamini_hochberg([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.04, 0.04])
    assert benjamini_hochberg([0.9, 0.8]) == pytest.approx([0.9, 0.9])
    assert benjamini_hochberg([]) == []


def test_signs_are_flipped_by_hand():
    # All 8 differ, one way: 2 of 2^8 sign patterns are as extreme. Of 7 that differ, the loss is
    # the smallest: the patterns with all signs alike reach 2.8, those with only the smallest
    # turned reach 2.6, which is the observed sum: 4 of 2^7.
    high, mixed = compare(SYSTEMS, "low", ["m"])
    assert (high.wins, high.ties, high.losses) == (8, 0, 0)
    assert (mixed.wins, mixed.ties, mixed.losses) == (6, 1, 1)
    assert high.p_permutation == 2 / 256 and mixed.p_permutation == 4 / 128
    # Ranks of Wilcoxon's test are the same patterns here.
    assert high.p_wilcoxon == pytest.approx(2 / 256)
    assert high.p_holm == high.p_corrected == pytest.approx(4 / 256)
    assert high.significant and mixed.significant


def test_the_chosen_test_is_corrected_and_marked():
    found = compare(SYSTEMS, "low", ["m"], settings=Settings("permutation", "bonferroni", 0.02))
    assert [c.p_corrected for c in found] == pytest.approx([4 / 256, 8 / 128])
    assert [c.significant for c in found] == [True, False]
    assert [c.p_holm for c in found] == pytest.approx([4 / 256, 4 / 128])
    by_t = compare(SYSTEMS, "low", ["m"], settings=Settings("t", "none"))
    assert [c.p_corrected for c in by_t] == [c.p_t for c in by_t]
    assert compare(SYSTEMS, "low", ["m"], settings=Settings("wilcoxon", "none"))[
        0
    ].p_corrected == pytest.approx(2 / 256)


def test_all_pairs_are_one_family():
    found = compare_all(SYSTEMS, ["m"], settings=Settings(correction="bonferroni"))
    assert [(c.system, c.baseline) for c in found] == [
        ("high", "low"),
        ("mixed", "low"),
        ("mixed", "high"),
    ]
    # high - mixed: 0.1, 0.3 and six times 0.1, all one way.
    assert found[2].p_permutation == 2 / 256
    assert [c.p_corrected for c in found] == pytest.approx([6 / 256, 12 / 128, 6 / 256])


def test_the_interval_follows_alpha():
    wide, narrow = (
        compare(SYSTEMS, "low", ["m"], settings=Settings(alpha=alpha))[0] for alpha in (0.01, 0.5)
    )
    assert wide.ci_low < narrow.ci_low < wide.difference < narrow.ci_high < wide.ci_high


def test_equivalence_is_corrected_over_the_family():
    found = compare(SYSTEMS, "low", ["m"], settings=Settings(margin=2.0))
    assert all(c.equivalent and c.not_worse and c.margin == 2.0 for c in found)
    close = compare(SYSTEMS, "low", ["m"], settings=Settings(margin=0.01))
    assert not any(c.equivalent for c in close) and all(c.not_worse for c in close)
    assert all((c.p_tost or 0) > 0.9 for c in close)
    plain = compare(SYSTEMS, "low", ["m"])[0].to_dict()
    assert plain["margin"] is plain["p_tost"] is plain["equivalent"] is None


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"test": "z"}, "no test 'z'.*permutation, t, wilcoxon"),
        ({"correction": "x"}, "no correction 'x'.*holm, bonferroni, bh, none"),
        ({"alpha": 1.0}, "--alpha is between 0 and 1"),
        ({"alpha": math.nan}, "--alpha is between 0 and 1"),
        ({"margin": 0.0}, "--margin is a difference above 0"),
        ({"margin": math.inf}, "--margin is a difference above 0"),
    ],
)
def test_settings_that_mean_nothing(values, words):
    with pytest.raises(InputError, match=words):
        Settings(**values)
