"""What files of topics say, by the definitions of their forms: oracles as those of `formats`."""

from __future__ import annotations

import html
import re
import xml.etree.ElementTree as ET
from html.entities import html5

from formats import identity
from strict import Refused, lines_of, text_of

Topics = list[tuple[str, str]]
_FIELDS = {"top", "num", "title", "desc", "narr"}
_TAG = re.compile(r"(<(/?)([A-Za-z][\w.-]*)(?:\s[^<>]*)?/?>)")
_LABEL = re.compile(r"\s*(Number|Topic|Description|Narrative)\s*:\s*", re.IGNORECASE)
_IDS = ("number", "num", "id", "qid", "topicid", "topic_id")


def _added(found: dict[str, str], name: str, text: str, line: int) -> None:
    if identity(name, line) in found:
        raise Refused(f"{name!r} stands twice", line)
    found[name] = text


def tabbed(data: bytes) -> Topics:
    """Topics as ``qid<TAB>text``."""
    found: dict[str, str] = {}
    for line, text in lines_of(data):
        name, tab, words = text.partition("\t")
        if not tab or not words.strip() or "\r" in text:
            raise Refused("no topic", line)
        _added(found, name.strip(), words.strip(), line)
    return _some(found)


def _some(found: dict[str, str]) -> Topics:
    if not found:
        raise Refused("nothing in it")
    return list(found.items())


def blocks(data: bytes) -> Topics:
    """Topics as ``<top>`` blocks, the end tags of whose fields may be left out."""
    found: dict[str, str] = {}
    fields: dict[str, list[str]] | None = None
    name, start, last = "", 0, 1
    text = re.sub(r"<!--.*?-->|^[ \t]*<[?!][^<>]*>", _ends, text_of(data), flags=re.S | re.M)
    for last, line in enumerate(text.split("\n"), 1):
        line, before = line.rstrip("\r"), ""
        if "\r" in line:
            raise Refused("a CR in a line", last)
        for piece, closing, tag in _tokens(line, name):
            if not tag and piece.strip():
                if fields is None or not name:
                    raise Refused("text outside of fields", last)
                fields.setdefault(name, []).append(piece.strip())
            elif tag == "top":
                if (fields is None) == closing:
                    raise Refused("blocks in each other", last)
                if closing:
                    _added(found, *_topic(fields or {}, start), start)
                fields, name, start = (None if closing else {}), "", last
            elif tag:
                name = "" if closing or fields is None else tag
            before += piece
    if fields is not None:
        raise Refused("a block without an end", start)
    return _some(found)


def _ends(match: re.Match[str]) -> str:
    return "\n" * match[0].count("\n")


def _tokens(line: str, name: str) -> list[tuple[str, bool, str]]:
    """Pieces of a line: text with an empty name, or tags with theirs and whether they close."""
    tokens, at = [], 0
    for match in _TAG.finditer(line):
        tag, closing = match[3].lower(), bool(match[2])
        first = not line[: match.start()].strip()
        if tag in _FIELDS or first or (closing and tag == name):
            tokens += [(line[at : match.start()], False, ""), (match[1], closing, tag)]
            at = match.end()
            name = "" if closing or tag == "top" else tag
    return [*tokens, (line[at:], False, "")]


def _topic(fields: dict[str, list[str]], line: int) -> tuple[str, str]:
    name, title, query = (_content(fields.get(key, [])) for key in ("num", "title", "query"))
    if not name or not (title or query):
        raise Refused("no number or no title", line)
    return name, title or query


def _content(pieces: list[str]) -> str:
    text = " ".join(pieces)
    label = _LABEL.match(text)
    text = text[label.end() :] if label else text
    numbered = r"&(#[0-9]+|#[xX][0-9a-fA-F]+);"
    text = re.sub(
        rf"{numbered}|&[A-Za-z][A-Za-z0-9]*;",
        lambda one: html.unescape(one[0]) if one[1] else html5.get(one[0][1:], one[0]),
        text,
    )
    return " ".join(text.split())


def xml(data: bytes) -> Topics:
    """Topics as XML: ``<topic number="1"><query>...</query></topic>``."""
    text = re.sub(r"<\?xml[^<>]*\?>", "", text_of(data), count=1)
    try:
        root = ET.fromstring(f"<root>{text}</root>")
    except ET.ParseError as error:
        raise Refused(str(error), error.position[0]) from None
    found: dict[str, str] = {}
    _walk(root, found)
    return _some(found)


def _walk(node: ET.Element, found: dict[str, str]) -> None:
    """Topics below a node that is none, in which no text stands."""
    if (node.text or "").strip() or any((child.tail or "").strip() for child in node):
        raise Refused("text outside of topics", 1)
    for child in node:
        if child.tag.lower() == "topic":
            _added(found, *_of_element(child), 1)
        else:
            _walk(child, found)


def _of_element(topic: ET.Element) -> tuple[str, str]:
    own = [topic.text or "", *(child.tail or "" for child in topic)]
    children = {child.tag.lower(): " ".join("".join(child.itertext()).split()) for child in topic}
    attributes = {name.lower(): " ".join(value.split()) for name, value in topic.attrib.items()}
    names = [child.tag.lower() for child in topic]
    if any(one.tag.lower() == "topic" for child in topic for one in child.iter()) or any(
        names.count(name) > 1 for name in (*_IDS, "query", "title")
    ):
        raise Refused("a topic in a topic, or a field twice", 1)
    ids = {one for name in _IDS for one in (attributes.get(name), children.get(name)) if one}
    bare = " ".join("".join(own).split())
    texts = [one for one in (children.get("query"), children.get("title"), bare) if one]
    if len(ids) != 1 or not texts or (children and bare):
        raise Refused("no number, or no text of its own", 1)
    return ids.pop(), texts[0]
