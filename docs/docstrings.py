"""Docstrings in Google's style as Markdown."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

SECTIONS = ("Args", "Attributes", "Returns", "Yields", "Raises", "Example")
_NAMED = ("Args", "Attributes", "Raises")
_TITLES = {"Args": "Arguments", "Attributes": "Attributes", "Returns": "Returns"}
_ENTRY = re.compile(r"\*{0,2}(\w[\w.]*): (.*)", re.DOTALL)


def markdown(docstring: str | None) -> str:
    """A docstring as Markdown: sections become bold words and lists, examples become code."""
    parts = list(sections(inspect.cleandoc(docstring or "")))
    return "\n\n".join(_shown(title, text) for title, text in parts if text) + "\n"


def sections(text: str) -> Iterator[tuple[str, str]]:
    """Title ("" for what comes first) and dedented text of the parts of a docstring."""
    title, lines = "", list[str]()
    for line in text.split("\n"):
        if line.endswith(":") and line[:-1] in SECTIONS:
            yield title, inspect.cleandoc("\n" + "\n".join(lines))
            title, lines = line[:-1], []
        else:
            lines.append(line)
    yield title, inspect.cleandoc("\n" + "\n".join(lines))


def _shown(title: str, text: str) -> str:
    if title == "":
        return prose(text)
    if title == "Example":
        return f"```pycon\n{text}\n```"
    if title in _NAMED:
        return f"**{_TITLES.get(title, title)}**\n\n" + "\n".join(map(_item, _entries(text)))
    return f"**{title}**: {prose(text)}"


def _entries(text: str) -> list[str]:
    """The entries of a list: one begins at every line that is not indented."""
    found: list[str] = []
    for line in text.split("\n"):
        if line.startswith(" ") and found:
            found[-1] += " " + line.strip()
        elif line.strip():
            found.append(line.strip())
    return found


def _item(entry: str) -> str:
    match = _ENTRY.fullmatch(entry)
    return f"- `{match[1]}`: {prose(match[2])}" if match else f"- {prose(entry)}"


def prose(text: str) -> str:
    """Sentences of a docstring: code in two backquotes, names in one, all as Markdown has it."""
    return re.sub(r"``([^`]+)``", r"`\1`", text)
