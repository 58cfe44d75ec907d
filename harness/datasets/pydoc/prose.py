"""From a docstring to prose: its summary, its paragraphs, its sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_RULE = re.compile(r"^\s*([-=~^*#])\1{2,}\s*$")
_SECTION = re.compile(r"^\s*(?:#+ )?([A-Z][\w ]{2,30}?)\s*:{1,2}\s*$")
_DIRECTIVE = re.compile(r"^\s*\.\.\s+([\w:-]+?)::\s*(.*)$")
_FIELD = re.compile(r"^\s*:(?:param|type|return|rtype|raise|keyword|var|ivar|arg)s?\b[^:]*:")
_ITEM = re.compile(r"^\s*(?:[-*+•]|\(?\d{1,2}[.)]|\[\d+\])\s+")
_SIGNATURE = re.compile(r"^[\w.]+\s*\(.*(?:\)|,|->.*|\.\.\.)(?:\s+--)?\s*$")
_SIGNED = re.compile(r"^[\w.]+\([^()]*\)(?: -> [\w ]+?)? --? (?=\w)")
_UNPROSE = {
    "parameters", "other parameters", "args", "arguments", "keyword args", "keyword arguments",
    "kwargs", "returns", "return", "yields", "yield", "receives", "raises", "warns", "see also",
    "references", "reference", "examples", "example", "attributes", "methods", "inputs", "input",
    "outputs", "output", "shape", "usage", "usage example", "example usage", "variables",
    "properties", "return value", "return values", "public functions", "todo", "history",
    "routine listings", "functions", "classes", "constants", "exceptions", "type parameters",
    "required parameters", "optional parameters", "members", "synopsis", "changelog",
}  # fmt: skip
_SPOKEN_DIRECTIVES = {"note", "warning", "important", "tip", "caution", "attention", "hint",
                      "admonition", "seealso"}  # fmt: skip
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|cf|al|resp|approx|eq|eqs|fig|sec|no|ref|refs|dept|ch|pp?|vol|"
    r"incl|max|min|dr|prof|st|jr|(?-i:[A-Z])))\.$",
    re.IGNORECASE,
)
_INLINE = (
    (re.compile(r":[\w:-]+:`~?([^`<]*?)\s*(?:<[^`>]*>)?`"), r"\1"),
    (re.compile(r"`([^`<]+?)\s*<[^`>]*>`__?"), r"\1"),
    (re.compile(r"!?\[([^\]]+)\]\([^)\s]*\)"), r"\1"),
    (re.compile(r"\s*\[\w{1,12}\]_"), ""),
    (re.compile(r"``?([^`]*?)``?_{0,2}"), r"\1"),
    (re.compile(r"(?<!\w)(\*{1,2})(?=\S)([^*]+?)(?<=\S)\1(?!\w)"), r"\2"),
    (re.compile(r"\|(\w+)\|_{0,2}"), r"\1"),
)
_MARKUP = re.compile(r"[`*|\[]")


@dataclass(frozen=True)
class Block:
    """One paragraph: running ``prose``, a list ``item``, or text of a ``described`` parameter."""

    kind: str
    text: str


def split_summary(doc: str) -> tuple[str, list[Block]]:
    """The first sentence of a docstring, without its full stop, and the paragraphs after it."""
    found = list(blocks(doc))
    if not found or found[0].kind != "prose":
        return "", found
    first, *others = sentences(found[0].text)
    rest = [Block("prose", " ".join(others))] if others else []
    return first.rstrip(" .:;"), rest + found[1:]


def blocks(doc: str) -> Iterator[Block]:
    """Paragraphs of a cleaned docstring; code, tables, mathematics and references left out."""
    paragraph: list[str] = []
    kind = "prose"
    for line_kind, line in _classified(doc.expandtabs().splitlines()):
        starts = line_kind != kind or line_kind == "item" or not line
        if starts and paragraph:
            yield from _block(kind, paragraph)
            paragraph = []
        kind = line_kind
        if line:
            paragraph.append(line)
    if paragraph:
        yield from _block(kind, paragraph)


def sentences(text: str) -> list[str]:
    """Split one paragraph into sentences (a full stop, and then a capital)."""
    found, start = [], 0
    for match in re.finditer(r"[.!?][\"')]*\s+(?=[A-Z\"'(0-9])", text):
        piece = text[start : match.end()].strip()
        if not _ABBREVIATION.search(piece.rstrip("\"')")):
            found.append(piece)
            start = match.end()
    if rest := text[start:].strip():
        found.append(rest)
    return found


def _block(kind: str, lines: list[str]) -> Iterator[Block]:
    text = " ".join(line.strip() for line in lines)
    if _MARKUP.search(text):
        for pattern, replacement in _INLINE:
            text = pattern.sub(replacement, text)
    text = _SIGNED.sub("", " ".join(text.split()))
    if text and not (kind == "prose" and _SIGNATURE.match(text)):
        yield Block(kind, text)


class _Reader:
    """The state of a pass over lines: which section, and down to which indent lines are code."""

    def __init__(self, lines: list[str]):
        self.lines = lines
        self.described = False
        self.section_indent: int | None = None
        self.skip_indent: int | None = None
        self.doctest = False
        self.fence = False
        self.spoken_indent: int | None = None
        self.item_indent: int | None = None

    def close(self, indent: int) -> None:
        """Leave the sections and blocks that end at a line of this indent."""
        if self.skip_indent is not None and indent <= self.skip_indent:
            self.skip_indent = None
        if self.spoken_indent is not None and indent <= self.spoken_indent:
            self.spoken_indent = None
        if self.section_indent is not None and indent <= self.section_indent:
            self.described, self.section_indent = False, None
        if self.item_indent is not None and indent <= self.item_indent:
            self.item_indent = None


def _classified(lines: list[str]) -> Iterator[tuple[str, str]]:
    """(kind, line) of the lines that belong to paragraphs; an empty line ends a paragraph."""
    state = _Reader(lines)
    for number, line in enumerate(lines):
        following = lines[number + 1] if number + 1 < len(lines) else ""
        kind = _kind(state, line, following)
        if kind == "code":
            yield "prose", ""
        else:
            yield kind, line.strip() if kind != "item" else _ITEM.sub("", line).strip()


def _kind(state: _Reader, line: str, following: str) -> str:
    text = line.strip()
    indent = len(line) - len(line.lstrip())
    if text.startswith("```"):
        state.fence = not state.fence
        return "code"
    if state.fence or not text:
        state.doctest = state.doctest and bool(text)
        return "code"
    state.close(indent)
    if text.startswith(">>>") or state.doctest:
        state.doctest = True
        return "code"
    if state.skip_indent is not None:
        return "code"
    return _heading(state, line, following, indent) or _running(state, line, indent)


def _heading(state: _Reader, line: str, following: str, indent: int) -> str | None:
    """Section titles, rules and directives; None for any other line."""
    if _RULE.match(line):
        return "code"
    if _RULE.match(following) and len(line.strip()) < 60:
        state.described = line.strip().rstrip(":").lower() in _UNPROSE
        state.section_indent = None
        return "code"
    if section := _SECTION.match(line):
        if section[1].lower() in _UNPROSE:
            state.described, state.section_indent = True, indent
            return "code"
        if section[1].lower() in _SPOKEN_DIRECTIVES | {"notes"}:
            state.spoken_indent = indent
            return "code"
    if directive := _DIRECTIVE.match(line):
        if directive[1] in _SPOKEN_DIRECTIVES:
            state.spoken_indent = indent
        else:
            state.skip_indent = indent
        return "code"
    if _FIELD.match(line) or line.lstrip().startswith((".. ", "|", "+-")):
        state.skip_indent = indent
        return "code"
    return None


def _running(state: _Reader, line: str, indent: int) -> str:
    if line.rstrip().endswith("::") or line.strip() == "::":
        state.skip_indent = indent
    if state.described:
        return "described"
    if _ITEM.match(line):
        state.item_indent = indent
        return "item"
    if state.item_indent is not None and indent > state.item_indent:
        return "described"
    allowed = 0 if state.spoken_indent is None else state.spoken_indent + 8
    return "prose" if indent <= allowed else "described"
