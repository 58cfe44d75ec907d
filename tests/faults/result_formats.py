"""What files of ours say whose values may be others, as long as they are of their types."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

from strict import Refused, floats, is_number, is_whole, parse, parse_object, text_of

NUMBERS = ("index_bytes", "document_terms", "latency_mean_ms", "latency_p95_ms", "flops")
"""Facts of a point that are numbers, or not there."""
VALUES = [
    *(["q1", "RR@10", 0.5], ["q2", "RR@10", 1.0], ["q3", "RR@10", 0.0]),
    *(["q1", "postings", 7.0], ["q2", "postings", 8.0], ["q3", "postings", 1234.0]),
]


def cells(data: bytes) -> Any:
    if not data:
        return []
    try:
        names, *rows = csv.reader(io.StringIO(text_of(data), newline=""), strict=True)
    except csv.Error as error:
        raise Refused(str(error)) from None
    if any(len(row) != len(names) for row in rows) or len(set(names)) < len(names):
        raise Refused("a row of another length")
    if not {"cell", "seed", "longer_of"} <= set(names):
        raise Refused("a column is missing")
    found = [dict(zip(names, row, strict=True)) for row in rows]
    if not all(re.fullmatch(r"[+-]?[0-9]+(\.0*)?|", row["seed"].strip()) for row in found):
        raise Refused("a seed that is no number")
    return [(r["cell"], int(float(r["seed"] or -1)), r["longer_of"]) for r in found]


def points(data: bytes) -> Any:
    """The points of a sweep; their values are those of `write_values`."""
    found = parse(text_of(data))
    entries = found.get("points") if isinstance(found, dict) else found
    if not isinstance(entries, list) or not entries:
        raise Refused("no points")
    points = [_point(entry) for entry in entries]
    if len({point[0] for point in points}) < len(points):
        raise Refused("a point stands twice")
    return points


def _point(entry: Any) -> Any:
    if not isinstance(entry, dict):
        raise Refused("a point is no object")
    texts = {name: entry.get(name) for name in ("name", "system", "pruning", "run", "perquery")}
    terms = [entry.get(name) for name in ("qk", "dk")]
    facts = {} if entry.get("facts") is None else entry["facts"]
    if not all(one is None or isinstance(one, str) for one in texts.values()):
        raise Refused("a name that is no text")
    if not all(one is None or (is_whole(one) and one >= 0) for one in terms):
        raise Refused("no number of terms")
    if not isinstance(facts, dict) or not all(
        facts.get(name) is None or is_number(facts[name]) for name in NUMBERS
    ):
        raise Refused("facts that are no numbers")
    for name in ("notes", "made"):
        notes = [] if facts.get(name) is None else facts[name]
        if not isinstance(notes, list) or not all(isinstance(note, str) for note in notes):
            raise Refused("notes that are no texts")
    if texts["name"] not in ("tiny-7-20", "bm25") or not texts["system"] or texts["perquery"]:
        raise Refused("no such point")
    return (texts["name"], texts["system"], *terms, texts["pruning"] or "", floats(facts), VALUES)


def facts(data: bytes) -> Any:
    facts = floats(parse_object(text_of(data)))
    notes = facts.setdefault("notes", [])
    if not isinstance(notes, list) or not all(isinstance(note, str) for note in notes):
        raise Refused("notes that are no texts")
    return facts
