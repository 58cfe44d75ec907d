"""Files that appear whole or not at all, one by one or several at once."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from ground.artifacts import journals
from ground.artifacts.leftovers import partial_path
from ground.artifacts.streams import is_stream, open_stream
from ground.artifacts.trouble import output_errors
from ground.dry import refuse


@contextmanager
def atomic_text(path: Path) -> Iterator[TextIO]:
    """Write a text file (UTF-8) that appears whole or not at all."""
    with atomic_binary(path) as binary:
        stream = io.TextIOWrapper(binary, encoding="utf-8", newline="\n", write_through=True)
        yield stream
        stream.detach()


@contextmanager
def atomic_binary(path: Path) -> Iterator[BinaryIO]:
    """Write a file that appears whole or not at all.

    Inside a block of `ground.artifacts.journals.together` it appears with the others there.
    Devices and pipes are written to as they are.

    Raises:
        OutputError: it cannot be written there, for want of room for instance.
    """
    refuse(path)
    if is_stream(path):
        with output_errors(path), open_stream(path) as stream:
            yield stream
        return
    named, path = path, journals.real_file(path)
    partial = partial_path(path)
    with output_errors(named, partial, path), _aside(path, partial) as stream:
        yield stream


@contextmanager
def _aside(path: Path, partial: Path) -> Iterator[BinaryIO]:
    path.parent.mkdir(parents=True, exist_ok=True)
    journals.sweep(path)
    try:
        with partial.open("wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        journals.place(partial, path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Write a JSON file that appears whole or not at all."""
    with atomic_text(path) as stream:
        json.dump(value, stream, indent=1, ensure_ascii=False)
        stream.write("\n")
