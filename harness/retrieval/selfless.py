"""Rankings without the query itself, where queries are documents (ArguAna, Quora)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from harness.runs.runfile import Run

DROPPED = "The document with the query's own id is left out of its results."


def without_self(run: Run, k: int) -> tuple[Run, int]:
    """Drop the document with the query's own id from each ranking.

    Args:
        run: at least k + 1 results a query, where there are so many.
        k: results a query that stay at most.

    Returns:
        The run, and of how many queries a document was dropped.
    """
    counts = np.diff(run.offsets)
    asked = np.repeat(np.asarray(run.query_ids, dtype=object), counts)
    itself = np.asarray(run.doc_ids == asked, dtype=bool)
    rows = np.repeat(np.arange(len(counts)), counts)
    # The place of each result among those of its query that stay, from 0.
    left = np.concatenate([[0], np.cumsum(~itself)])
    place = left[:-1] - np.repeat(left[run.offsets[:-1]], counts)
    kept = ~itself & (place < k)
    offsets = np.concatenate([[0], np.cumsum(np.bincount(rows[kept], minlength=len(counts)))])
    changed = replace(
        run,
        offsets=offsets.astype(np.int64),
        doc_ids=run.doc_ids[kept],
        scores=run.scores[kept],
    )
    return changed, int(itself.sum())
