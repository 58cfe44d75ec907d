"""Examples of expansion as tables: texts and prunings by rows, encoders side by side.

The paper (arXiv 2605.01407) shows query expansions in its Table 1 and document expansions in its
Table 2, with the terms that each pruning leaves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from ground.errors import InputError
from ground.halves import mended
from harness.datasets import Dataset
from harness.datasets.contents import Contents
from harness.inspection.expansion import Expansion, Side
from harness.pruning import Rule
from harness.report.tables import Column, Row, Table

_NAMES = {"query": ("qk", "Query expansions"), "doc": ("dk", "Document expansions")}
_NOTE = (
    "Terms by weight; + marks terms that the text does not contain. In brackets: terms left, and "
    "their share of the vector's weight."
)


class Example(NamedTuple):
    """A query, and the document that answers it best."""

    query: str
    document: str


def draw_examples(data: Dataset, split: str, count: int, fields: str) -> list[Example]:
    """Queries spread evenly over a split, each with its most relevant document.

    Args:
        data: a test collection.
        split: whose queries.
        count: how many.
        fields: what of a document is shown, and encoded.

    Raises:
        InputError: no query has a relevant document with a text.
    """
    queries = data.queries(split)
    judged = data.qrels(split)
    # The last of a query's rows stays: the most relevant one, the first of those that tie.
    judged = judged[judged["relevance"] > 0][::-1].sort_values("relevance", kind="stable")
    best = dict(zip(judged["query_id"], judged["doc_id"], strict=True))
    names = [query for query in queries if query in best]
    names = names[:: max(1, len(names) // count)][:count]
    wanted = {best[name] for name in names}
    contents = {d.id: mended(d.content(fields)) for d in data.docs() if d.id in wanted}
    found = [
        Example(mended(queries[n]), text) for n in names if (text := contents.get(best[n], ""))
    ]
    if not found:
        raise InputError(
            f"No query of {data.name}'s {split} split has a relevant document with {fields}: "
            f"there is no example to show."
        )
    return found


def draw_apart(data: Dataset, count: int, fields: str) -> tuple[list[str], list[str]]:
    """Queries, if there are any, and documents of a collection that nobody has judged.

    Args:
        data: a collection, with or without queries.
        count: how many of each.
        fields: what of a document is shown, and encoded.
    """
    try:
        queries = list(data.queries().values())
    except InputError:
        queries = []
    queries = queries[:: max(1, len(queries) // count)][:count]
    some = (text for _, text in Contents(data, fields) if text.strip())
    return [mended(query) for query in queries], list(islice(some, count))


def expansion_table(
    found: Mapping[str, Sequence[Expansion]], side: Side, rules: Sequence[Rule]
) -> Table:
    """A row for each text and pruning, a column for each encoder.

    Args:
        found: by encoder, the expansions of the same texts under the same rules.
        side: of the texts.
        rules: the prunings, in the order of each expansion's ``left``.
    """
    short, caption = _NAMES[side]
    columns = [Column("text", "query" if side == "query" else "document"), Column("rule", short)]
    columns += [Column(name, name) for name in found]
    rows = []
    for number, first in enumerate(next(iter(found.values()))):
        for place, rule in enumerate(rules):
            cells = {name: _cell(listed[number], place) for name, listed in found.items()}
            text = first.text if place == 0 else ""
            rows.append(Row({"text": text, "rule": rule.short, **cells}))
    return Table(tuple(columns), tuple(rows), caption, (_NOTE,))


def _cell(expansion: Expansion, place: int) -> str:
    left = expansion.left[place]
    shown = [t for t in expansion.terms if t.term in left.terms]
    terms = ", ".join(f"{'' if t.own else '+'}{t.term} {t.weight:.2f}" for t in shown)
    rest = ", …" if len(shown) < len(left.terms) else ""
    return f"{terms}{rest} ({len(left.terms)}; {left.share:.0%})"
