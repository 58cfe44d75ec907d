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
) -> dict[str, list[str]]:
    """What is to be said of systems that have values for fewer queries than others.

    Args:
        points: what stands in the table.
        measures: its columns of effectiveness.
        baseline: name of the point that the others are tested against, if any.

    Returns:
        Name of a point to sentences; points without any value of a measure show a dash instead.
    """
    notes: dict[str, list[str]] = {}
    for measure in measures:
        queries = {p.name: found for p in points if (found := set(p.by_query(measure).index))}
        every = set().union(*queries.values())
        for name, found in queries.items():
            if len(found) < len(every):
                notes.setdefault(name, []).append(
                    f"It has values for {len(found):,} of the {len(every):,} queries that systems "
                    f"here have values for; its means are over those, tests over those that both "
                    f"have."
                )
            if baseline in queries and found.isdisjoint(queries[baseline]):
                notes[name].append(f"No query in common with {baseline}, so not tested.")
    return notes


def _names(names: Sequence[str], rows: int) -> str:
    return "All systems" if len(names) == rows > 1 else _few(names)


def _few(items: Sequence[str]) -> str:
    more = len(items) - _SHOWN
    return ", ".join(items[:_SHOWN]) + (f" and {more:,} more" if more > 0 else "")
