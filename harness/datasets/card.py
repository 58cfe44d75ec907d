"""The card of a data set's folder, ``dataset.json``: its name and language."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ground.errors import InputError
from ground.reading import json_document

CARD = "dataset.json"


@dataclass(frozen=True)
class Card:
    """What a card says; None where it says nothing."""

    name: str | None = None
    language: str | None = None


def read_card(folder: Path) -> Card:
    """The card of a folder; an empty one where there is none.

    Raises:
        InputError: it is no JSON object, or gives a name or language that is no line of text.
    """
    path = folder / CARD
    if not os.path.lexists(path):
        return Card()
    content = json_document(path)
    return Card(_text(content, "name", path), _text(content, "language", path))


def _text(content: dict[str, Any], key: str, path: Path) -> str | None:
    value = content.get(key)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise InputError(
            f'{path}: "{key}" is {_named(value)}, where a text is needed, for example '
            f'{{"name": "my collection", "language": "en"}}. Correct it.'
        )
    if not value.isprintable() or not value.strip():
        raise InputError(
            f'{path}: "{key}" is {value[:40]!r}; it must be a line of text that can be shown, '
            f"without line ends or control characters. Correct it."
        )
    return value


def _named(value: Any) -> str:
    names = {bool: "true or false", dict: "an object", list: "a list"}
    return names.get(type(value), f"the number {str(value)[:20]}")
