"""JSON Lines of vectors, read by the kernel while Python does something else.

Nothing heavy is imported here: a command begins to read before it loads what it needs later.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from harness.artifacts import MANIFEST
from harness.jsonlines import SUFFIXES, jsonl_files
from harness.lucene.jvm import java_path, kernel, lucene_errors, start

_POLL = 0.02
_BRIEF_BYTES = 200 << 20
"""Below this size of JSON (compressed, a fifth of it) an index is built in seconds."""


class JsonReading:
    """A reading that goes on in the background.

    Attributes:
        folder: where the kernel puts ``columns`` and ``weights``.

    Args:
        files: JSON Lines, plain or ``.gz``, in the order of the documents.
        folder: an empty folder.
        doing: what for, named in errors.
    """

    def __init__(self, files: Sequence[Path], folder: Path, doing: str) -> None:
        self.folder = folder
        self._doing = doing
        with lucene_errors(doing):
            names = "\n".join(map(java_path, files))
            self._reading = kernel("JsonVectors")(names.encode(), java_path(folder))

    def result(self, progress: Callable[[int], None] | None = None) -> bytes | None:
        """Wait for the end.

        Args:
            progress: called with the number of vectors read since the last call.

        Returns:
            What the kernel packed; None if something in the files is out of the ordinary.

        Raises:
            LuceneError: the disk is full, for instance.
        """
        done = 0
        while self._reading.isRunning():
            time.sleep(_POLL)
            if progress and (rows := self._reading.rows()) > done:
                progress(rows - done)
                done = rows
        with lucene_errors(self._doing):
            packed = self._reading.result()
        return None if packed is None else bytes(packed.tostring())


def jsonl_sources(path: Path) -> list[Path]:
    """The JSON Lines files that a path to vectors means; none if it is something else."""
    if path.is_file():
        return [path] if path.name.endswith(SUFFIXES) else []
    if not path.is_dir() or (path / MANIFEST).exists():
        return []
    return jsonl_files(path)


@contextmanager
def reading(path: Path, out: Path) -> Iterator[JsonReading | None]:
    """Begin to read vectors from JSON Lines, and to rehearse the writing of an index.

    Args:
        path: a file or a folder of vectors.
        out: the index to be. The arrays lie beside it, under a name that its next build
            would clear away, and are gone after the block; what is mapped into memory then stays
            until it is let go.

    Yields:
        The reading; None if there are no JSON Lines to read.
    """
    files = jsonl_sources(path)
    if not files or any("\n" in str(file) or not file.is_file() for file in files):
        yield None
        return
    sizes = [file.stat().st_size * (5 if file.suffix == ".gz" else 1) for file in files]
    start(brief=sum(sizes) < _BRIEF_BYTES)
    arrays = out.with_name(f".{out.name}.partial-reading-{os.getpid()}")
    shutil.rmtree(arrays, ignore_errors=True)
    arrays.mkdir(parents=True)
    try:
        begun = JsonReading(files, arrays, f"Building the index {out} (reading its vectors)")
        kernel("Rehearsal").begin()
        yield begun
    finally:
        shutil.rmtree(arrays, ignore_errors=True)
