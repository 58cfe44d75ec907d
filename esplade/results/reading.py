"""Files of results, read leniently: whoever looks around takes what cannot be read for nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


def inner(found: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A mapping inside of a mapping; an empty one where there is none."""
    value = found.get(name)
    return value if isinstance(value, dict) else {}


def json_of(path: Path) -> dict[str, Any]:
    """The object of a JSON file; an empty one if there is none, or it cannot be read."""
    return _read(path, json.loads)


def yaml_of(path: Path) -> dict[str, Any]:
    """The mapping of a YAML file; an empty one if there is none, or it cannot be read."""

    def parse(text: str) -> Any:
        import yaml

        try:
            return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        except yaml.YAMLError as error:
            raise ValueError(str(error)) from None

    return _read(path, parse)


def _read(path: Path, parse: Callable[[str], Any]) -> dict[str, Any]:
    try:
        if not path.is_file():
            return {}
        value = parse(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def changed(path: Path) -> str:
    """When a file or folder was changed last, as ISO 8601 in UTC."""
    try:
        seconds = path.stat().st_mtime
    except OSError:
        seconds = 0.0
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
