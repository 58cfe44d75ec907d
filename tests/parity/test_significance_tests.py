"""The same p-values, corrections and power as scipy, statsmodels and ranx, to the last digit."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from harness.evaluation.significance import Settings, compare, compare_all
from harness.evaluation.significance.corrections import CORRECTIONS
from harness.evaluation.significance.equivalence import tost
from harness.evaluation.significance.power import (
    detectable_effect,
    queries_needed,
    t_test_power,
)
from harness.evaluation.significance.tests import (
    paired_t_test,
    permutation_test,
    wilcoxon_test,
)

SAME = {"rel": 1e-13, "abs": 1e-300}


def reciprocal_ranks(seed, queries, shift=0.0):
    """Values as measures have them: few different ones, many alike."""
    rng = np.random.default_rng(seed)
    ranks = np.minimum(rng.geometric(0.35 + shift, queries), 11)
    return np.where(ranks > 10, 0.0, 1 / ranks)


SAMPLES = [(reciprocal_ranks(s, n), reciprocal_ranks(s + 50, n, 0.1)) for s, n in enumerate(
    (6, 12, 30, 51, 200, 1159)
)]  # fmt: skip


@pytest.mark.parametrize(("a", "b"), SAMPLES)
def test_paired_tests_are_those_of_scipy(a, b):
    assert paired_t_test(a, b) == pytest.approx(stats.ttest_rel(a, b).pvalue, **SAME)
    assert wilcoxon_test(a, b) == pytest.approx(stats.wilcoxon(a, b).pvalue, **SAME)


def test_signed_ranks_without_ties_are_exact():
    rng = np.random.default_rng(5)
    a, b = rng.random(25), rng.random(25)
    expected = stats.wilcoxon(a, b, method="exact").pvalue
    assert wilcoxon_test(a, b) == pytest.approx(expected, **SAME)


def test_permutation_is_that_of_scipy_where_exact():
    a, b = SAMPLES[1]
    found = stats.permutation_test(
        (a - b,), np.sum, permutation_type="samples", vectorized=True, n_resamples=np.inf
    )
    assert permutation_test(a, b) == pytest.approx(found.pvalue, **SAME)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("size", [1, 2, 7, 100])
def test_corrections_are_those_of_statsmodels(seed, size):
    from statsmodels.stats.multitest import multipletests

    p = np.random.default_rng(seed).random(size) ** 3
    p[: size // 3] = p[0]  # equal ones
    for ours, theirs in {"holm": "holm", "bonferroni": "bonferroni", "bh": "fdr_bh"}.items():
        expected = multipletests(p, method=theirs)[1]
        assert CORRECTIONS[ours](p.tolist()) == pytest.approx(expected, **SAME)
    assert CORRECTIONS["bh"](p.tolist()) == pytest.approx(stats.false_discovery_control(p), **SAME)


@pytest.mark.parametrize(("a", "b"), SAMPLES)
@pytest.mark.parametrize("margin", [0.01, 0.1])
def test_equivalence_is_that_of_statsmodels(a, b, margin):
    from statsmodels.stats.weightstats import ttost_paired

    p, (_, below, _), (_, above, _) = ttost_paired(a, b, -margin, margin)
    found = tost(a, b, margin)
    # Theirs is of a - b - margin, ours of (mean - margin): the last digits of t differ by that.
    assert found == pytest.approx((below, above), rel=1e-11)
    assert found.p == pytest.approx(p, rel=1e-11)


@pytest.mark.parametrize("alpha", [0.05, 0.01])
@pytest.mark.parametrize("queries", [5, 50, 551, 1159, 43_000])
def test_power_is_that_of_statsmodels(queries, alpha):
    from statsmodels.stats.power import TTestPower

    theirs, effect = TTestPower(), detectable_effect(queries, alpha)
    for size in (effect / 3, effect, 1.1 * effect):
        expected = theirs.power(size, queries, alpha)
        assert t_test_power(size, queries, alpha) == pytest.approx(expected, rel=1e-12)
    solved = theirs.solve_power(nobs=queries, alpha=alpha, power=0.8)
    assert effect == pytest.approx(solved, rel=1e-4)  # they stop at that
    needed = theirs.solve_power(effect_size=0.13, alpha=alpha, power=0.8)
    assert queries_needed(0.13, alpha) == math.ceil(needed)


@pytest.mark.slow
def test_tests_and_letters_are_those_of_ranx():
    ranx = pytest.importorskip("ranx")
    from ranx.statistical_tests import fisher_randomization_test, paired_student_t_test

    a, b = SAMPLES[3]
    assert paired_t_test(a, b) == pytest.approx(paired_student_t_test(a, b)[0], **SAME)
    # Theirs is of random permutations, too: four standard errors of both.
    expected = permutation_test(a, b)
    error = 4 * math.sqrt(2 * expected / 10_000)
    found = float(fisher_randomization_test(a, b, 10_000)[0])
    assert found == pytest.approx(expected, abs=error)
    ranks = {name: np.random.default_rng(i).integers(1, 3 + 2 * i, 60) for i, name in enumerate(
        ("one", "two", "three", "four")
    )}  # fmt: skip
    qrels = ranx.Qrels.from_dict({f"q{i:02}": {"rel": 1} for i in range(60)})
    runs = [_run(ranx, name, found) for name, found in ranks.items()]
    report = ranx.compare(qrels, runs, ["mrr"], stat_test="student", max_p=0.05)
    systems = {
        name: {"mrr": {f"q{i:02}": 1 / rank for i, rank in enumerate(found)}}
        for name, found in ranks.items()
    }
    pairs = compare_all(systems, ["mrr"], settings=Settings("t", "none"))
    assert len(pairs) == 6
    for pair in pairs:
        theirs = report.comparisons[frozenset([pair.system, pair.baseline])]["mrr"]
        assert pair.p_t == pytest.approx(theirs["p_value"], rel=1e-9)
        assert pair.significant == theirs["significant"]
        counts = report.win_tie_loss[pair.system, pair.baseline]["mrr"]
        assert counts == {"W": pair.wins, "T": pair.ties, "L": pair.losses}


def _run(ranx, name, ranks):
    found = {
        f"q{i:02}": {**{f"d{j}": 100.0 - j for j in range(1, rank)}, "rel": 100.0 - rank}
        for i, rank in enumerate(ranks.tolist())
    }
    return ranx.Run.from_dict(found, name=name)


def test_one_comparison_has_all_of_them():
    a, b = SAMPLES[4]
    named = {
        name: {"m": {f"{i:04}": float(x) for i, x in enumerate(values)}}
        for name, values in (("b", b), ("a", a))
    }
    (found,) = compare(named, "b", ["m"])
    assert found.p_t == pytest.approx(stats.ttest_rel(a, b).pvalue, **SAME)
    assert found.p_wilcoxon == pytest.approx(stats.wilcoxon(a, b).pvalue, **SAME)
    assert found.p("permutation") == permutation_test(a, b)
