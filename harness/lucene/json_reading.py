"""JSON Lines of vectors, read by the kernel while Python does something else.

Nothing heavy is imported here: a command begins to read before it loads what it needs later.
"""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ground.artifacts import MANIFEST, output_errors, scratch_folder
from ground.reading.jsonlines import SUFFIXES, jsonl_files
from harness.lucene.jvm import java_path, kernel, lucene_errors, start
from harness.vectors.account import Account, count

_FIRST_POLL, _POLL = 0.001, 0.02
_BRIEF_BYTES = 200 << 20
"""Below this size of JSON (compressed, a fifth of it) an index is built in seconds."""


class JsonReading:
    """A reading that goes on in the background, and beside it a count of the files' own.

    Attributes:
        files: what is read.
        folder: where the kernel puts ``columns`` and ``weights``.

    Args:
        files: JSON Lines, plain or ``.gz``, in the order of the documents.
        folder: an empty folder.
        doing: what for, named in errors.
    """

    def __init__(self, files: Sequence[Path], folder: Path, doing: str) -> None:
        self.files = list(files)
        self.folder = folder
        self._doing = doing
        self._counted: list[Account | str] = []
        self._stop = threading.Event()
        with lucene_errors(doing):
            names = "\n".join(map(_kernel_name, files)).encode(errors="surrogateescape")
            self._reading = kernel("JsonVectors")(names, java_path(folder))
        self._counting = threading.Thread(target=self._count, daemon=True)
        self._counting.start()

    def _count(self) -> None:
        for path in self.files:
            self._counted.append(count(path, self._stop))

    def result(self, progress: Callable[[int], None] | None = None) -> bytes | None:
        """Wait for the end.

        Args:
            progress: called with the number of vectors read since the last call.

        Returns:
            What the kernel packed; None if something in the files is out of the ordinary.

        Raises:
            LuceneError: the disk is full, for instance.
        """
        done, pause = 0, _FIRST_POLL
        while self._reading.isRunning():
            time.sleep(pause)
            pause = min(2 * pause, _POLL)
            if progress and (rows := self._reading.rows()) > done:
                progress(rows - done)
                done = rows
        with lucene_errors(self._doing):
            packed = self._reading.result()
        return None if packed is None else bytes(packed.tostring())

    def counted(self) -> list[Account | str]:
        """What each file holds by `count`, which does not look at what the kernel reads."""
        self._counting.join()
        return self._counted

    def close(self) -> None:
        """Stop counting."""
        self._stop.set()
        self._counting.join()


def _kernel_name(path: Path) -> str:
    """An absolute path with the name's own ending, which a link's target need not have."""
    return f"{java_path(path.parent)}{os.sep}{path.name}"


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
    arrays = scratch_folder(out, "reading")
    begun = None
    try:
        with output_errors(out, arrays):
            shutil.rmtree(arrays, ignore_errors=True)
            arrays.mkdir(parents=True)
            begun = JsonReading(files, arrays, f"Building the index {out} (reading its vectors)")
            kernel("Rehearsal").begin()
            yield begun
    finally:
        if begun:
            begun.close()
        shutil.rmtree(arrays, ignore_errors=True)
