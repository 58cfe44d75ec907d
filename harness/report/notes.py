"""What has to be said of the values in a table: what they do not cover, and what differs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.report.points import Point

_SHOWN = 5


def shared_notes(notes: Mapping[str, Sequence[str]]) -> list[str]:
    """The notes of several rows, each sentence once with the rows that it is true of.

    Args:
        notes: name of a row to its sentences, with all rows of the table.
    """
    rows: dict[str, list[str]] = {}
    for name, sentences in notes.items():
        for sentence in dict.fromkeys(sentences):
            rows.setdefault(sentence, []).append(name)
    return [f"{_names(names, len(notes))}: {sentence}" for sentence, names in rows.items()]


def query_notes(
    points: Sequence[Point], measures: Sequence[str], baseline: str | None = None
) -> list[str]:
    """Where systems have values for different queries, so that their means are of other things."""
    notes: dict[str, None] = {}
    for measure in measures:
        queries = {p.name: found for p in points if (found := set(p.by_query(measure).index))}
        if not queries or all(one == next(iter(queries.values())) for one in queries.values()):
            continue
        shared = len(set.intersection(*queries.values()))
        counts = [f"{name} {len(found):,}" for name, found in queries.items()]
        notes[
            f"The systems have values for different queries ({_few(counts)}; {shared:,} in "
            f"common): each mean is over a system's own, each test over those that both have."
        ] = None
        apart = [
            n for n, found in queries.items() if found.isdisjoint(queries.get(baseline or n, found))
        ]
        if apart:
            notes[f"Without any query of {baseline}, and so not tested: {_few(apart)}."] = None
    return list(notes)


def _names(names: Sequence[str], rows: int) -> str:
    return "All systems" if len(names) == rows > 1 else _few(names)


def _few(items: Sequence[str]) -> str:
    more = len(items) - _SHOWN
    return ", ".join(items[:_SHOWN]) + (f" and {more:,} more" if more > 0 else "")
