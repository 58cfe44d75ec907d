"""Running text for pre-training: documentation of packages whose objects are not documents."""

from __future__ import annotations

import ast
import sysconfig
from collections.abc import Iterable, Iterator, Mapping
from email.message import Message
from importlib import metadata
from pathlib import Path
from typing import cast

from harness.datasets.pydoc.collection import Entry
from harness.datasets.pydoc.prose import blocks, sentences
from harness.datasets.pydoc.source import Scan

_MIN_WORDS = 6


def general_texts(
    scans: Iterable[Scan], entries: Iterable[Entry], packages: Mapping[str, str]
) -> Iterator[str]:
    """Paragraphs, each once: of other packages, of Python's reference, of training objects.

    Args:
        scans: the modules of the packages in `GENERAL`.
        entries: the collection; only bodies of objects of the train split are used, without
            their titles. The sentences that became queries, of any split, are left out of all.
        packages: the packages in `GENERAL` that are installed, for their long descriptions.
    """
    entries = list(entries)
    taken = {query for entry in entries for query in entry.queries}
    seen = set()
    for paragraph in _paragraphs(scans, entries, packages):
        # Packages quote one another: a query's sentence may stand anywhere.
        text = " ".join(s for s in sentences(paragraph) if s not in taken)
        if len(text.split()) >= _MIN_WORDS and text not in seen:
            seen.add(text)
            yield text


def _paragraphs(
    scans: Iterable[Scan], entries: Iterable[Entry], packages: Mapping[str, str]
) -> Iterator[str]:
    for scan in scans:
        for doc in scan.docs.values():
            yield from (block.text for block in blocks(doc))
    for doc in _language_reference():
        yield from (block.text for block in blocks(doc))
    for doc in _descriptions(packages):
        yield from (block.text for block in blocks(doc))
    for entry in entries:
        if entry.split == "train":
            yield from (block.text for block in entry.paragraphs)


def _language_reference() -> list[str]:
    """The help topics that Python carries: the larger part of its language reference."""
    path = Path(sysconfig.get_paths()["stdlib"], "pydoc_data", "topics.py")
    try:
        tree = ast.parse(path.read_bytes())
    except OSError:
        return []
    found = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant)]
    return [text for text in found if isinstance(text, str) and len(text) > 200]


def _descriptions(packages: Mapping[str, str]) -> Iterator[str]:
    """Long descriptions (mostly the README) of distributions, from their metadata."""
    owners = metadata.packages_distributions()
    names = {n for p in packages for n in owners.get(p.partition(".")[0], [])[:1]}
    for name in sorted(names):
        described = cast("Message", metadata.metadata(name))
        yield str(described.get_payload() or "")
