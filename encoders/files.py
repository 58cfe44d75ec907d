"""Files and folders that appear whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import platform
import re
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from encoders.errors import EncoderInputError

_MARK = re.compile(r"\.(?:partial|old)-(?:([0-9a-f]{8})-)?(\d+)$")
FILLING = ".esplade.placing"
"""In a folder that cannot be renamed, while its new files move in."""
_OWN = re.compile(r"/dev/(stdout|stderr|fd/\d+)")
_DAY = 86400.0
_NO_PLACE = (
    errno.ENOSPC,
    errno.EDQUOT,
    errno.EFBIG,
    errno.EROFS,
    errno.EACCES,
    errno.ENAMETOOLONG,
    errno.ENOTDIR,
)
_FULL = (
    "No space left on device",
    "Disk quota exceeded",
    "File too large",
    "Read-only file system",
)


@contextmanager
def atomic_text(path: Path) -> Iterator[TextIO]:
    """Write a text file (UTF-8, LF) that appears whole or not at all; a device as it is.

    Raises:
        EncoderInputError: it cannot be written there, for want of room for instance.
    """
    with output_errors(path):
        own = _OWN.fullmatch(str(path))
        if own or (path.exists() and not path.is_dir() and not path.is_file()):
            number = {"stdout": 1, "stderr": 2}.get(own[1]) or int(own[1][3:]) if own else None
            # To open a redirected output by its name would cut the file that it goes to.
            place = path if number is None else os.dup(number)
            with open(place, "w", encoding="utf-8", newline="\n") as stream:
                yield stream
            return
        file = _real(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        sweep(file)
        partial = file.with_name(f".{file.name}.partial-{_mark()}")
        try:
            with partial.open("w", encoding="utf-8", newline="\n") as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            partial.replace(file)
        finally:
            partial.unlink(missing_ok=True)


@contextmanager
def atomic_folder(out: Path) -> Iterator[Path]:
    """Fill a sibling of ``out`` that takes its place, whole, when the block ends well.

    A link to a folder stays a link. A folder that cannot be renamed, such as a container's volume,
    gets the new files one by one, and loses those that it had.

    Raises:
        EncoderInputError: it cannot be written there, for want of room for instance.
    """
    with output_errors(out):
        folder = _real(out)
        folder.parent.mkdir(parents=True, exist_ok=True)
        put_back(folder)
        sweep(folder)
        home = folder / "esplade" if os.path.ismount(folder) else folder
        partial = home.with_name(f".{home.name}.partial-{_mark()}")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir()
        try:
            yield partial
            for path in (*partial.rglob("*"), partial):
                sync(path)
            _replace(partial, folder)
        finally:
            shutil.rmtree(partial, ignore_errors=True)


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Write a JSON file that appears whole or not at all."""
    with atomic_text(path) as stream:
        json.dump(value, stream, indent=1, ensure_ascii=False)
        stream.write("\n")


def put_back(out: Path) -> None:
    """Restore the folder that a process was replacing when it was killed."""
    if out.exists() or not out.parent.is_dir():
        return
    for old in sorted(out.parent.glob(f".{_escaped(out.name)}.old-*")):
        if not out.exists() and _is_left(old):
            old.rename(out)


def sweep(path: Path) -> None:
    """Remove what killed processes left of a file or folder that they were writing."""
    name = _escaped(path.name)
    for pattern in (f".{name}.partial-*", f".{name}.old-*"):
        for left in path.parent.glob(pattern):
            if not _is_left(left):
                continue
            if left.is_dir():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Make sure that a file or a folder survives a loss of power, where it can be asked for."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno != errno.EINVAL:  # some file systems do not sync folders
            raise
    finally:
        os.close(handle)


@contextmanager
def output_errors(out: Path) -> Iterator[None]:
    """Say what is wrong with the place of an output, instead of a bare number or a library's name.

    Raises:
        EncoderInputError: in the place of an error that says that nothing can be written there.
    """
    try:
        yield
    except EncoderInputError:
        raise
    except Exception as error:  # safetensors and tokenizers have classes of their own
        number = error.errno if isinstance(error, OSError) else None
        if number not in _NO_PLACE and not any(words in str(error) for words in _FULL):
            if out.parent.is_dir():
                raise
            raise EncoderInputError(
                f"{out} cannot be written: {out.parent} has gone meanwhile. Run the command again."
            ) from error
        what = os.strerror(number) if number else str(error)
        raise EncoderInputError(
            f"{out} cannot be written: {what}. Make room there, or choose another place that you "
            f"may write to, and run the command again; what was there before is unchanged."
        ) from error


def _replace(partial: Path, folder: Path) -> None:
    old = folder.with_name(f".{folder.name}.old-{_mark()}")
    replaces = folder.exists()
    if replaces:
        try:
            if partial.parent == folder:
                raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))
            folder.rename(old)
        except OSError as error:
            if error.errno not in (errno.EBUSY, errno.EXDEV):
                raise
            _fill(partial, folder)
            return
    try:
        partial.rename(folder)
    except OSError:
        if replaces:
            old.rename(folder)
        raise
    if replaces:
        # Under another name first: what is half removed must never be put back.
        old.rename(partial)


def _fill(partial: Path, folder: Path) -> None:
    """Let files take the place of those in a folder; the mark says that this is not finished."""
    mark = folder / FILLING
    mark.touch()
    for entry in folder.iterdir():
        if entry in (partial, mark) or entry.name == "lost+found":
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
    for entry in sorted(partial.iterdir()):
        shutil.move(entry, folder / entry.name)
    mark.unlink()


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path)) if path.is_symlink() else path


def _is_left(path: Path) -> bool:
    """Whether the process whose number a name holds is no more; another machine's: by age."""
    mark = _MARK.search(path.name)
    if mark is None:
        return False
    if mark[1] not in (None, _host()):
        return time.time() - path.stat().st_mtime > _DAY
    try:
        os.kill(int(mark[2]), 0)
    except (ProcessLookupError, OverflowError):
        return True
    except PermissionError:
        return False
    return False


def _mark() -> str:
    return f"{_host()}-{os.getpid()}"


def _host() -> str:
    return hashlib.sha256(platform.node().encode()).hexdigest()[:8]


def _escaped(name: str) -> str:
    return re.sub(r"([*?\[])", r"[\1]", name)
