"""Hard negatives that teachers find, by brute force over all documents."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.datasets import Dataset
    from harness.retrieval.mining import Answers


def mined_by_teachers(
    names: Sequence[str | Path],
    data: Dataset,
    split: str,
    answers: Answers,
    depth: int,
    skip_top: int,
    device: str = "auto",
) -> tuple[dict[str, list[str]], dict[str, dict[str, float]]]:
    """Search every query of a split.

    Args:
        names: of the teachers (see `esplade.train.teachers`).
        data: whose queries.
        split: which of them.
        answers: what must not become a negative; its contents are searched.
        depth: most negatives a query.
        skip_top: so many of the best are dropped.
        device: where dense teachers compute.

    Returns:
        Ids of negatives by query, and scores of negatives and answers by query.

    Raises:
        InputError: there is no such teacher.
    """
    import numpy as np

    from encoders.teaching.scores import TeacherScores
    from encoders.teaching.search import best_documents
    from esplade.progress import progress, say
    from esplade.train.teachers import teachers
    from harness.retrieval.mining import hard_negatives

    ids = sorted(answers.contents)
    texts = [answers.contents[name] for name in ids]
    queries = data.queries(split)
    opened, _ = teachers(names, texts, say, device)
    asked = list(queries.values())
    scores = TeacherScores([(one.queries(asked), one.documents(texts)) for one in opened])
    k = depth + skip_top + answers.most()
    with progress("Searching", len(asked)) as advance:
        ranked = [
            (query, [ids[number] for number in numbers])
            for query, (numbers, _) in zip(
                queries, best_documents(scores, len(asked), len(ids), k, advance), strict=True
            )
        ]
    found = hard_negatives(ranked, answers, depth=depth, skip_top=skip_top)
    place = {name: number for number, name in enumerate(ids)}
    given = {}
    for number, query in enumerate(queries):
        wanted = [d for d in (*answers.relevant.get(query, ()), *found[query]) if d in place]
        row = scores(np.array([number]), np.array([place[d] for d in wanted], dtype=np.int64))
        given[query] = dict(zip(wanted, map(float, row[0]), strict=True))
    return found, given
