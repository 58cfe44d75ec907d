"""Files that are one JSON or YAML document: cards of data sets, metadata of runs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from ground.errors import InputError
from ground.reading.lines import text
from ground.reading.opening import whole
from ground.reading.strict_json import JsonFault, parse

_PLACE = re.compile(r"line (\d+) column \d+|at column \d+")


def json_document(path: Path) -> dict[str, Any]:
    """The JSON object that a file holds.

    Raises:
        InputError: the file cannot be read (see `ground.reading.opening.blocks`), is no strict
            JSON, or no object.
    """
    data = whole(path)
    try:
        value = parse(data)
    except JsonFault as fault:
        raise InputError(f"{path}{_line(data, str(fault))}: {fault}, or remove the file.") from None
    if not isinstance(value, dict):
        raise InputError(
            f"{path} holds a JSON {type(value).__name__}, where an object is needed. Correct it."
        )
    return value


def _line(data: bytes, fault: str) -> str:
    """The line of a fault, where it can be told."""
    if place := _PLACE.search(fault):
        return f", line {place[1] or 1}"
    if named := re.match(r'the name (".*") stands twice', fault):
        spelt = re.escape(named[1].encode()) + rb"\s*:"
        found = [match.start() for match in re.finditer(spelt, data)]
        if len(found) == 2:
            number = data.count(b"\n", 0, found[1]) + 1
            return f", line {number}"
    return ""


def yaml_document(path: Path) -> dict[str, Any]:
    """The YAML mapping that a file holds: plain values, no aliases, no key twice in a mapping.

    Raises:
        InputError: the file cannot be read (see `ground.reading.opening.blocks`), is no such
            YAML, or no mapping.
    """
    import yaml

    from ground.reading.strict_yaml import StrictLoader

    content = text(path)
    try:
        value = yaml.load(content, Loader=StrictLoader)
    except RecursionError:
        raise InputError(f"{path} is nested too deeply to be read. Correct or remove it.") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{path}, line {mark.line + 1}" if mark else str(path)
        what = error.problem or error.context or "no YAML"
        raise InputError(f"{place}: malformed YAML ({what}). Correct or remove it.") from None
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        what = " ".join(str(error).split())
        raise InputError(f"{path} cannot be read as YAML ({what}). Correct or remove it.") from None
    if not isinstance(value, dict):
        raise InputError(f"{path} holds no YAML mapping. Correct or remove it.")
    return value
