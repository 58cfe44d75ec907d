"""TREC's XML topics: ``<topics><topic number="1"><query>...</query></topic></topics>``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from xml.parsers import expat

from ground.errors import InputError

_IDS = ("number", "num", "id", "qid", "topicid", "topic_id")
_TEXTS = ("query", "title")
_DECLARATION = re.compile(r"<\?xml[^<>]*\?>")
_DOCTYPE = re.compile("<!DOCTYPE", re.IGNORECASE)
_INSTEAD = "Write lines of qid<TAB>text instead."


class _Handler:
    """Collects topics from the events of a parser."""

    def __init__(self, path: Path, parser: expat.XMLParserType):
        self.path, self.parser = path, parser
        self.topics: list[tuple[int, str, str]] = []
        self.open: list[str] = []
        self.start = 0
        self.inside = 0
        self.fields: dict[str, list[str]] = {}
        parser.StartElementHandler = self.begin
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.text
        parser.buffer_text = True

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        name = name.lower()
        if name == "topic":
            if self.inside:
                raise self._fault(f"a <topic> in the one of line {self.start}. End that before.")
            self.start, self.inside = self.parser.CurrentLineNumber, len(self.open) + 1
            self.fields = {}
            for key, value in attributes.items():
                self.fields.setdefault(f"@{key.lower()}", []).append(value)
        elif self.inside and len(self.open) == self.inside:
            if name in self.fields and name in (*_IDS, *_TEXTS):
                raise self._fault(f"a second <{name}> in the topic of line {self.start}.")
            self.fields[name] = []
        self.open.append(name)

    def end(self, _: str) -> None:
        if len(self.open) == self.inside:
            self.topics.append((self.start, *self._topic()))
            self.inside = 0
        self.open.pop()

    def text(self, text: str) -> None:
        if self.inside:
            child = self.open[self.inside] if len(self.open) > self.inside else ""
            self.fields.setdefault(child, []).append(text)
        elif text.strip():
            raise self._fault(f"text outside of topics ({text.strip()[:40]!r}). Remove it.")

    def _topic(self) -> tuple[str, str]:
        ids = {self._content(key) for name in _IDS for key in (f"@{name}", name)} - {""}
        texts = [text for name in (*_TEXTS, "") if (text := self._content(name))]
        children = ", ".join(f"<{name}>" for name in self.fields if name[:1] not in ("", "@"))
        if len(ids) != 1:
            what = f"the ids {', '.join(sorted(ids))}" if ids else "no number"
            raise self._of_topic(f"has {what}. Give it one, as <topic number=...> or <number>.")
        if not texts:
            raise self._of_topic(
                f"has no <query> or <title>; it has {children or 'nothing'}. {_INSTEAD}"
            )
        if children and self._content(""):
            raise self._of_topic(f"has text beside {children}. {_INSTEAD}")
        return ids.pop(), texts[0]

    def _content(self, name: str) -> str:
        return " ".join("".join(self.fields.get(name, [])).split())

    def _of_topic(self, what: str) -> InputError:
        return InputError(f"{self.path}, line {self.start}: this topic {what}")

    def _fault(self, what: str) -> InputError:
        return InputError(f"{self.path}, line {self.parser.CurrentLineNumber}: {what}")


def parse_xml(path: Path, rows: list[tuple[int, str]]) -> Iterator[tuple[int, str, str]]:
    """(line, id, query) of every topic: its ``<query>``, ``<title>``, or bare text.

    The number is an attribute or an element. Several roots are one file, as some years have them.

    Args:
        path: for messages.
        rows: all lines with their numbers.

    Raises:
        InputError: malformed XML; a DOCTYPE; a topic without number or query; text outside of
            topics; no topics.
    """
    text = "\n" * (rows[0][0] - 1) + "\n".join(line for _, line in rows)
    parser = expat.ParserCreate("utf-8")
    handler = _Handler(path, parser)
    try:
        # A root of ours around it all, on the first line, so that line numbers stay what they are.
        parser.Parse("<esplade>" + _DECLARATION.sub("", text, count=1) + "</esplade>", True)
    except expat.ExpatError as error:
        raise InputError(f"{path}, line {error.lineno}: {_why(text, error)}") from None
    if not handler.topics:
        raise InputError(f"{path} is marked up, but holds neither <top> nor <topic>. {_INSTEAD}")
    yield from handler.topics


def _why(text: str, error: expat.ExpatError) -> str:
    if doctype := _DOCTYPE.search(text.split("\n")[error.lineno - 1]):
        # Within our root none is allowed, so that no entity can be defined.
        return f"{doctype[0]}, which is not read (it can define entities). Remove it."
    what = expat.errors.messages[error.code]
    return (
        f"malformed XML ({what}). Correct it (& is &amp; and < is &lt; in XML), or write lines of "
        f"qid<TAB>text."
    )
