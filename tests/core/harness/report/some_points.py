"""Points of four queries each."""

from __future__ import annotations

import numpy as np

from harness.report.points import Point
from harness.runs.perquery import (
    make_values,
)

QUERIES = [f"q{i:02}" for i in range(40)]


def point(name, system, rr, postings, **more):
    values = make_values(
        QUERIES,
        {"RR@10": np.full(40, rr), "postings": np.arange(40) + postings, "query_terms": [4] * 40},
    )
    return Point(name, system, values, **more)


BM25 = point("bm25", "BM25", 0.25, 100, facts={"index_bytes": 2_500_000})


FULL = point("tiny-0-0", "tiny", 0.5, 5000, qk=0, dk=0, facts={"document_terms": 88.0})


HARD = point("tiny-5-10", "tiny", 0.2, 50, qk=5, dk=10)
