"""Query texts from a file, whichever form it has."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from ground.errors import InputError
from ground.reading import clean_id, existing, lines
from harness.datasets.beir import check_new, read_queries
from harness.datasets.topics_sgml import parse_blocks
from harness.datasets.topics_xml import parse_xml

FORMS = (
    'lines of qid<TAB>text, JSON Lines of {"_id", "text"}, TREC\'s <top> blocks, or TREC\'s XML '
    "(<topics>)"
)
Topic = tuple[int, str, str]
"""Line number, query id, text."""

_TAG = re.compile(r"<(top|topic)\b[^<>]*>", re.IGNORECASE)


def read_topics(path: str | Path) -> dict[str, str]:
    """Query text by id, in file order; the form is told by the content (see `FORMS`).

    Raises:
        InputError: missing file, a line or topic without id or text, a duplicate id, text outside
            of topics, no topics.
    """
    path = existing(Path(path))
    first = next((line for _, line in lines(path) if line.strip()), None)
    if first is None:
        raise InputError(f"{path} holds no topics.")
    if first.lstrip().startswith("{"):
        return read_queries(path)
    rows = list(lines(path))
    seen: dict[str, int] = {}
    topics = {}
    for number, query_id, text in _topics(path, first, rows):
        check_new(seen, clean_id(query_id, path, number), path, number)
        topics[query_id] = text
    return topics


def _topics(path: Path, first: str, rows: list[tuple[int, str]]) -> Iterable[Topic]:
    tags = (_TAG.match(line.lstrip()) for _, line in rows)
    tag = next(filter(None, tags), None)
    if tag is None and not first.lstrip().startswith("<"):
        return _tabbed(path, rows)
    if tag is not None and tag[1].lower() == "top":
        return parse_blocks(path, rows)
    return parse_xml(path, rows)


def _tabbed(path: Path, rows: list[tuple[int, str]]) -> Iterator[Topic]:
    for number, line in rows:
        if not line.strip():
            continue
        query_id, tab, text = line.partition("\t")
        if not tab or not text.strip():
            raise InputError(f"{path}, line {number}: not a topic. Write {FORMS}.")
        yield number, query_id.strip(" "), text.strip()
