"""What a comparison puts into a table, and against which baseline it tests."""

from __future__ import annotations

import pytest
from some_points import BM25, FULL, HARD

from ground.errors import InputError
from harness.report.comparison import build_table, default_baseline


def test_build_table():
    table = build_table([BM25, FULL, HARD], ["RR@10"], "BM25")
    labels = [column.label for column in table.columns]
    assert labels == [
        "system",
        "qk:dk",
        "RR@10",
        "postings/query",
        "p95 postings",
        "terms/query",
        "terms/doc",
        "index MB",
    ]
    assert [row.values["pruning"] for row in table.rows] == ["", "0:0", "5:10"]
    assert [row.marks.get("RR@10") for row in table.rows] == [None, "▲", "▼"]
    assert [row.baseline for row in table.rows] == [True, False, False]
    assert table.rows[0].values["postings"] == 119.5
    assert table.rows[0].values["postings_p95"] == pytest.approx(100 + 0.95 * 39)
    assert table.rows[0].values["index_mb"] == 2.5
    assert "Holm over 2 comparisons" in table.notes[-1]


def test_build_table_without_baseline_has_no_marks():
    table = build_table([FULL, HARD], ["RR@10"])
    assert not any(row.marks or row.baseline for row in table.rows)


def test_baseline_must_be_clear():
    assert default_baseline([BM25, FULL]) == "bm25"
    assert default_baseline([FULL, HARD]) == "tiny-0-0"
    assert default_baseline([FULL]) is None
    with pytest.raises(InputError, match="2 points have the system 'tiny'"):
        build_table([BM25, FULL, HARD], ["RR@10"], "tiny")
    with pytest.raises(InputError, match="bm25, tiny-0-0"):
        build_table([BM25, FULL], ["RR@10"], "nope")
    with pytest.raises(InputError, match="--qrels"):
        build_table([BM25, FULL], ["AP"])
