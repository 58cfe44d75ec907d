"""Letters of what a system is above, and signs against a baseline."""

from __future__ import annotations

import numpy as np
import pytest
from some_points import BM25, FULL, HARD, QUERIES

from harness.evaluation.significance import Settings
from harness.report.comparison import build_table, compare_pairs, compare_points
from harness.report.differences import differences_table
from harness.report.marks import letters
from harness.report.points import Point
from harness.runs.perquery import make_values


def test_letters_go_on_after_z():
    names = [f"s{i}" for i in range(54)]
    found = list(letters(names).values())
    assert found[:2] + found[25:28] + found[52:] == ["a", "b", "z", "aa", "ab", "ba", "bb"]


def test_superscripts_name_what_a_system_is_above():
    """All of 40 queries differ one way (0.5 > 0.25 > 0.2): every pair is significant."""
    table = build_table([BM25, FULL, HARD], ["RR@10"], "bm25", lettered=True)
    assert [row.values["letter"] for row in table.rows] == ["a", "b", "c"]
    assert [row.marks.get("RR@10") for row in table.rows] == ["c", "ac", None]
    assert not any(row.baseline for row in table.rows)
    assert table.columns[0].key == "letter"
    assert table.legend[-1] == (
        "Superscripts: above the system of that letter, p < 0.05 (paired permutation test, "
        "10,000 sign flips, Holm over 3 comparisons, 40 queries)."
    )
    assert set(table.legend) <= set(table.notes)


def test_the_baseline_is_that_of_all_its_pairs():
    pairs = compare_pairs([BM25, FULL, HARD], ["RR@10"], baseline="tiny-0-0")
    assert [(c.system, c.baseline) for c in pairs] == [
        ("bm25", "tiny-0-0"),
        ("tiny-5-10", "tiny-0-0"),
        ("tiny-5-10", "bm25"),
    ]
    assert [c.p_corrected for c in pairs] == pytest.approx([3 / 10_001] * 3)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (Settings("t", "bh", 0.01), "p < 0.01 (paired t-test, Benjamini-Hochberg over 2 comp"),
        (
            Settings("wilcoxon", "none"),
            "signed-rank test without zero differences, 2 comparisons, ",
        ),
        (Settings("t", "bonferroni"), "Bonferroni over 2 comparisons, 40 queries)."),
    ],
)
def test_the_note_says_how_it_was_tested(settings, words):
    table = build_table([BM25, FULL, HARD], ["RR@10"], "bm25", settings=settings)
    assert words in table.legend[-1]


def near(name, shift):
    rng = np.random.default_rng(len(name))
    values = 0.4 + shift + rng.normal(0, 0.002, 40)
    return Point(name, name, make_values(QUERIES, {"RR@10": values}))


def test_signs_of_equivalence():
    """Differences of 0.000, -0.006 and 0.02 whose standard error is near 0.0005."""
    points = [near("base", 0.0), near("alike", 0.0), near("below", -0.006), near("above", 0.02)]
    settings = Settings(margin=0.01)
    table = build_table(points, ["RR@10"], "base", settings=settings)
    assert [row.marks.get("RR@10") for row in table.rows] == [None, "≈", "▼≈", "▲"]
    assert table.legend[-1].startswith("≈: equivalent to base within 0.01 (two one-sided paired")
    worse = build_table(
        [near("base", 0.0), near("wide", 0.0085)], ["RR@10"], "wide", settings=settings
    )
    assert worse.rows[0].marks["RR@10"] == "▼≈"


def test_equivalence_of_all_pairs_is_in_the_legend():
    points = [near("base", 0.0), near("alike", 0.0), near("above", 0.02)]
    table = build_table(points, ["RR@10"], settings=Settings(margin=0.01), lettered=True)
    assert table.legend[-1] == (
        "Equivalent within 0.01 (two one-sided paired t-tests, Holm over 3 comparisons): "
        "a-b in RR@10."
    )
    strict = build_table(points, ["RR@10"], settings=Settings(margin=1e-6), lettered=True)
    assert strict.legend[-1].endswith(": no pair.")


def test_the_tests_as_a_table():
    settings = Settings(margin=0.1)
    tests = compare_points([BM25, FULL, HARD], ["RR@10"], "bm25", settings)
    table = differences_table(tests, settings)
    first, second = table.rows
    assert first.values["record"] == "40/0/0" and second.values["record"] == "0/0/40"
    assert (first.values["within"], second.values["within"]) == ("not worse", "equivalent")
    labels = [column.label for column in table.columns]
    assert "95% from" in labels and "p (permutation)" in labels and "p (Holm)" in labels
    assert table.rows[0].values["queries_needed"] is None  # all differences are the same
    assert "80% power" in table.notes[0]
    short = differences_table(tests, Settings("t", "none", 0.01))
    assert "99% from" in [column.label for column in short.columns]
