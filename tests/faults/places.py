"""Where a reader's file may be instead: links, folders, pipes, odd names, nowhere.

Each function prepares a place in a folder and returns the path that the reader is given.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from judging import Outcome, attempt
from readers import Reader

SECONDS = 2.0
"""After which a reader hangs."""
NAMES = (
    *(
        "a\nb",
        "a\tb",
        " a ",
        "-a",
        "--help",
        "a'b\"c",
        "%s{0}",
        "*?[a]",
        "\u202ea",
        "e\u0301",
        "\ud55c",
    ),
    *("a\\nb", "~", "$HOME", "a:b", "a#b", os.fsdecode(b"caf\xe9"), "x" * 200),
)
"""Names that a file system allows, before the ending that says what the file is."""


def _file(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def link(path: Path, data: bytes) -> None:
    """A link to the file: the file."""
    path.symlink_to(_file(path.with_name("elsewhere") / "the file", data))


def link_to_link(path: Path, data: bytes) -> None:
    """Links that lead to the file at last."""
    link(path.with_name("between"), data)
    path.symlink_to(path.with_name("between"))


def dangling(path: Path, data: bytes) -> None:
    """A link that leads nowhere."""
    path.symlink_to(path.with_name("nowhere"))


def loop(path: Path, data: bytes) -> None:
    """A link that leads to itself."""
    path.symlink_to(path)


def loop_of_two(path: Path, data: bytes) -> None:
    """Two links that lead to each other."""
    path.symlink_to(path.with_name("other"))
    path.with_name("other").symlink_to(path)


def folder(path: Path, data: bytes) -> None:
    """An empty folder."""
    path.mkdir()


def full_folder(path: Path, data: bytes) -> None:
    """A folder that holds the file."""
    _file(path / path.name, data)


def link_to_folder(path: Path, data: bytes) -> None:
    """A link to a folder."""
    path.with_name("elsewhere").mkdir()
    path.symlink_to(path.with_name("elsewhere"))


def missing(path: Path, data: bytes) -> None:
    """Nothing."""


def null_device(path: Path, data: bytes) -> None:
    """A link to the device that is always empty."""
    path.symlink_to("/dev/null")


def socket_file(path: Path, data: bytes) -> None:
    """The file of a socket."""
    with socket.socket(socket.AF_UNIX) as one:
        here = os.getcwd()
        os.chdir(path.parent)
        try:
            one.bind(path.name)
        finally:
            os.chdir(here)


def pipe(path: Path, data: bytes) -> None:
    """A named pipe that nobody writes to."""
    os.mkfifo(path)


def written_pipe(path: Path, data: bytes) -> None:
    """A named pipe that somebody writes the file to, as a shell's ``<(...)``."""
    os.mkfifo(path)

    def write() -> None:
        # It may be closed before all was read.
        with suppress(OSError), path.open("wb") as stream:
            stream.write(data)

    threading.Thread(target=write, daemon=True).start()


SAME: tuple[Callable[[Path, bytes], None], ...] = (link, link_to_link)
"""Places in which the file is what it was."""
REFUSED = (
    *(dangling, loop, loop_of_two, folder, full_folder, link_to_folder, socket_file, pipe, missing),
)
"""Places in which there is no such file."""


def in_time(reader: Reader, path: Path) -> Outcome:
    """Let the product read, but not for ever: one that waits for a pipe hangs."""
    found: list[Outcome] = []
    thread = threading.Thread(target=lambda: found.append(attempt(reader, path)), daemon=True)
    thread.start()
    thread.join(SECONDS)
    hangs = thread.is_alive()
    release(path)
    thread.join(SECONDS)
    return Outcome("raised", "hangs") if hangs else found[0]


def release(path: Path) -> None:
    """End the wait of whoever opened a pipe, at either end."""
    for mode in (os.O_WRONLY, os.O_RDONLY):
        # Nobody may wait at the other end, and what is no pipe is left alone.
        with suppress(OSError):
            if path.is_fifo():
                os.close(os.open(path, mode | os.O_NONBLOCK))


@contextmanager
def vanished(path: Path) -> Iterator[None]:
    """A file that is still there when one looks, and gone when it is opened."""
    real = {name: getattr(Path, name) for name in ("is_file", "exists")}

    def seen(name: str) -> Callable[..., Any]:
        return lambda self, *args, **kw: self == path or real[name](self, *args, **kw)

    for name in real:
        setattr(Path, name, seen(name))
    try:
        yield
    finally:
        for name, method in real.items():
            setattr(Path, name, method)
