"""The verdict on one damaged file: the same content as by the definition, or one clear refusal."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from readers import Reader
from strict import Refused, unpacked

LONGEST = 2000
"""Characters of a refusal: it quotes from a file, but not a megabyte of it."""


class Outcome(NamedTuple):
    """What came of reading: ``read``, ``refused`` or ``raised``; the content or the message."""

    kind: str
    what: Any


def attempt(reader: Reader, path: Path) -> Outcome:
    """Let the product read."""
    from ground.errors import InputError

    try:
        return Outcome("read", reader.read(path))
    except InputError as error:
        return Outcome("refused", str(error))
    except Exception as error:
        return Outcome("raised", f"{type(error).__name__}: {str(error)[:200]}")


def put(reader: Reader, folder: Path, data: bytes | None, packed: bool = False) -> Path:
    """Lay a reader's file out with those around it; None lays out all but the file."""
    shutil.rmtree(folder, ignore_errors=True)
    for name, content in reader.around.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / (reader.file + ".gz" * packed)
    path.parent.mkdir(parents=True, exist_ok=True)
    if data is not None:
        path.write_bytes(data)
    return path


def verdict(reader: Reader, path: Path, data: bytes, outcome: Outcome) -> str | None:
    """What is wrong with an outcome; None if nothing is."""
    if outcome.kind == "raised":
        return f"internal error: {outcome.what}"
    wanted, line = None, None
    try:
        wanted = reader.strict(unpacked(data, path.suffix == ".gz"))
    except Refused as error:
        line = error.line
        if outcome.kind == "read":
            return f"accepted, though {error}: {str(outcome.what)[:200]}"
    if outcome.kind == "refused":
        names = (path.name, repr(path.name)[1:-1], *([str(path.parent)] if reader.ours else []))
        return unclear(names, outcome.what, reader.lines and line is not None)
    if outcome.what != wanted:
        return f"other content: {str(outcome.what)[:200]}, not {str(wanted)[:200]}"
    return None


def unclear(names: Sequence[str], message: str, needs_line: bool) -> str | None:
    """What a refusal lacks, which should hold one of these names; None if nothing."""
    if not any(name in message for name in names):
        return f"a refusal that names no file: {message[:300]}"
    if needs_line and not re.search(r"\bline \d", message):
        return f"a refusal that names no line: {message[:300]}"
    for name in names:
        message = message.replace(name, "FILE")
    if len(message.strip().splitlines()) != 1:
        return f"a refusal that is no paragraph: {message[:300]!r}"
    if len(message) > LONGEST:
        return f"a refusal of {len(message)} characters: {message[:100]}..."
    return None


def told(found: list[str], shown: int = 30) -> str:
    """Failures, some of them whole."""
    more = [f"... and {len(found) - shown} more"] if len(found) > shown else []
    return "\n".join([f"{len(found)} failures", *found[:shown], *more])
