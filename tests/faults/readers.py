"""Every reader of the product: a valid file, how it is read, and what it should give.

``read`` is the product's; ``strict`` is ours, from the definition of the format. Both give plain
values that can be compared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import formats
import products
import settings_formats
import text_formats
import topic_formats
import valid


@dataclass(frozen=True)
class Reader:
    """One reader.

    Attributes:
        name: of what it reads.
        file: the file's name in its folder.
        valid: its content.
        read: the product, given the file's path.
        strict: the oracle, given the file's bytes, unpacked.
        shape: json lines, json, tabs, blanks, settings, or text: which values are damaged, and how.
        packed: whether it reads ``.gz``.
        lines: whether its refusals name a line.
        around: other files of the folder.
        harmful: what is no harmless damage to it.
        fast: whether its parser is.
        optional: whether it may be missing.
        ours: whether it is a result of ours, which may also be named by its folder.
    """

    name: str
    file: str
    valid: bytes
    read: Callable[[Path], Any]
    strict: Callable[[bytes], Any]
    shape: str
    packed: bool = True
    lines: bool = True
    around: Mapping[str, bytes] = field(default_factory=dict)
    harmful: frozenset[str] = frozenset()
    fast: bool = True
    optional: bool = False
    ours: bool = False


def _study(data: bytes) -> Any:
    from esplade.studies.encoders import KINDS
    from harness.study.config import parse_study

    defaults = parse_study({"name": "x", "dataset": {"path": ""}}, KINDS).to_dict()
    return settings_formats.study(defaults, data)


def _lines(name: str, file: str, of: bytes, read: Any, strict: Any, **others: Any) -> Reader:
    return Reader(name, file, of, read, strict, "json lines", **others)


def _topics(form: str, file: str, of: bytes, strict: Any, shape: str) -> Reader:
    return Reader(f"topics as {form}", file, of, products.topics, strict, shape)


def _document(name: str, file: str, of: bytes, read: Any, strict: Any, **others: Any) -> Reader:
    others = {"shape": "json", **others}
    return Reader(name, file, of, read, strict, packed=False, lines=False, **others)


READERS = (
    _lines("corpus", "corpus.jsonl", valid.CORPUS, products.corpus, formats.corpus),
    _lines("queries", "queries.jsonl", valid.QUERIES, products.queries, formats.queries),
    Reader("judgments in 3", "test.tsv", valid.HEADED, products.qrels, formats.qrels, "tabs"),
    Reader("judgments in 4", "a.qrels", valid.COLUMNS, products.qrels, formats.qrels, "blanks"),
    Reader("run", "run.trec", valid.RUN, products.run, formats.run, "blanks"),
    _topics("lines", "topics.tsv", valid.TOPICS, topic_formats.tabbed, "tabs"),
    _topics("JSON", "topics.jsonl", valid.QUERIES, formats.queries, "json lines"),
    _topics("blocks", "topics.txt", valid.BLOCKS, topic_formats.blocks, "text"),
    _topics("XML", "topics.xml", valid.XML, topic_formats.xml, "text"),
    _lines("negatives", "n.jsonl", valid.NEGATIVES, products.candidates, text_formats.candidates),
    _lines("vectors", "vectors.jsonl", valid.VECTORS, products.vectors, formats.vectors),
    Reader(
        *(
            "vocabulary",
            "words.txt",
            valid.WORDS,
            products.vocabulary,
            text_formats.vocabulary,
            "text",
        ),
        packed=False,
        harmful=frozenset({"blank lines"}),
    ),
    Reader(
        *("running text", "general.txt", valid.TEXT, products.paragraphs),
        *(text_formats.paragraphs, "text", True, False),
    ),
    Reader(
        *(
            "running text beside",
            "general.txt",
            valid.TEXT,
            products.general,
            text_formats.paragraphs,
        ),
        *("text", True, False, valid.FOLDER),
        optional=True,
    ),
    _document(
        *("card", "dataset.json", valid.CARD, products.card, text_formats.card),
        around=valid.FOLDER,
        optional=True,
    ),
    _document(
        *("metadata", "run.trec.metadata.yaml", valid.METADATA, products.metadata),
        settings_formats.metadata,
        harmful=frozenset({"blank lines"}),  # of blanks and a tab
        fast=False,
        optional=True,
    ),
    _document(
        *("study", "study.toml", valid.STUDY, products.study, _study), shape="settings", fast=False
    ),
)
