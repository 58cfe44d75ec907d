"""TREC's ``<top>`` blocks: mark-up without a grammar, whose end tags are mostly left out."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.entities import html5
from pathlib import Path

from ground.errors import InputError

_FIELDS = ("top", "num", "title", "desc", "narr")
_ONCE = ("num", "title", "query")
_TAG = re.compile(r"<(?P<end>/?)(?P<name>[a-z][\w.-]*)(?:\s[^<>]*)?/?>", re.IGNORECASE)
_ASIDE = re.compile(r"<!--.*?-->|^[ \t]*<[?!][^<>]*>", re.DOTALL | re.MULTILINE)
_LABEL = re.compile(r"^\s*(?:Number|Topic|Description|Narrative)\s*:\s*", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#[0-9]+|#[xX][0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]*);")


@dataclass
class _Block:
    """A ``<top>`` that is being read."""

    start: int
    fields: dict[str, list[str]] = field(default_factory=dict)
    current: str = ""


def parse_blocks(path: Path, rows: list[tuple[int, str]]) -> Iterator[tuple[int, str, str]]:
    """(line, id, query) of every block: its title, or its query where it has none.

    Args:
        path: for messages.
        rows: all lines with their numbers.

    Raises:
        InputError: a block in a block, or that nothing ends, or without id or title; text that
            stands outside of blocks or fields.
    """
    block: _Block | None = None
    for number, line in _without_asides(rows):
        position = 0
        for tag in _TAG.finditer(line):
            if not _counts(tag, line, block):
                continue
            _add(path, number, block, line[position : tag.start()])
            position = tag.end()
            name, closing = tag["name"].lower(), bool(tag["end"])
            if name == "top":
                if block is not None and closing:
                    yield block.start, *_topic(path, block)
                block = _next(path, number, block, closing)
            elif block is not None:
                if not closing and name in _ONCE and name in block.fields:
                    raise InputError(
                        f"{path}, line {number}: a second <{name}> in the block of line "
                        f"{block.start}. Keep one of the two, or end the block before it."
                    )
                block.current = "" if closing else name
        _add(path, number, block, line[position:])
    if block is not None:
        raise InputError(f"{path}, line {block.start}: a <top> block that no </top> ends. Add it.")


def _counts(tag: re.Match[str], line: str, block: _Block | None) -> bool:
    """Whether something that looks like a tag is one, and no word of a text.

    Any is at the beginning of a line; further on only those that every file has, and the end of
    the field that is open.
    """
    name = tag["name"].lower()
    ends = bool(tag["end"]) and block is not None and block.current == name
    return name in _FIELDS or ends or not line[: tag.start()].strip()


def _next(path: Path, number: int, block: _Block | None, closing: bool) -> _Block | None:
    """What is open behind a ``<top>`` or ``</top>``."""
    if closing and block is None:
        raise InputError(f"{path}, line {number}: a </top> that ends no block. Remove it.")
    if not closing and block is not None:
        raise InputError(
            f"{path}, line {number}: a <top> in the block of line {block.start}, which no </top> "
            f"ended. Add it."
        )
    return None if closing else _Block(number)


def _add(path: Path, number: int, block: _Block | None, text: str) -> None:
    """Add a piece of text to the field that is open."""
    if not text.strip():
        return
    if block is None or not block.current:
        where = "a field" if block else "<top> blocks"
        raise InputError(
            f"{path}, line {number}: text outside of {where} ({text.strip()[:40]!r}). Put it into "
            f"one, or remove it."
        )
    block.fields.setdefault(block.current, []).append(text.strip())


def _without_asides(rows: list[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """The lines without comments, declarations and instructions, which may span lines."""
    text = "\n".join(line for _, line in rows)
    kept = _ASIDE.sub(lambda aside: "\n" * aside[0].count("\n"), text)
    yield from enumerate(kept.split("\n"), rows[0][0])


def _topic(path: Path, block: _Block) -> tuple[str, str]:
    query_id = _content(block, "num")
    title = _content(block, "title") or _content(block, "query")
    if not query_id or not title:
        missing = "<num>" if not query_id else "<title>"
        found = ", ".join(f"<{name}>" for name in block.fields) or "nothing"
        raise InputError(
            f"{path}, line {block.start}: this topic has no {missing}; it has {found}. Add it."
        )
    return query_id, title


def _content(block: _Block, name: str) -> str:
    text = _LABEL.sub("", " ".join(block.fields.get(name, []))).strip()
    return " ".join(_ENTITY.sub(_character, text).split())


def _character(entity: re.Match[str]) -> str:
    """The character of an entity; a name that there is not stays as it stands."""
    if entity[0].startswith("&#"):
        return html.unescape(entity[0])
    return html5.get(entity[0][1:], entity[0])
