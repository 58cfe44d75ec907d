"""Opening a text file: its place, its compression, its encoding, and how far it could be read."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ground.errors import InputError
from ground.reading.compression import unpacked
from ground.reading.damage import COPY_AGAIN, Damage
from ground.reading.encodings import HEAD, without_mark

_OTHER_SUFFIXES = (".bz2", ".xz", ".zst", ".lz4", ".zip", ".Z")
_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


@dataclass
class Taken:
    """How much of a file was read, for an account of it.

    Attributes:
        bytes: of the file as it lies on disk.
        text_bytes: of its text, which is what it holds when unpacked.
    """

    bytes: int = 0
    text_bytes: int = 0


def existing(path: Path) -> Path:
    """The path itself, or the one with ``.gz``, whichever exists.

    Raises:
        InputError: neither does, or what is there is no file.
    """
    found = optional(path)
    if found is not None:
        return found
    for suffix in _OTHER_SUFFIXES:
        if path.with_name(path.name + suffix).exists():
            raise InputError(
                f"{path} does not exist; {path.name}{suffix} does, and is compressed in a way that "
                f"is not read here. Unpack it, or compress it with gzip."
            )
    raise InputError(f"{path} does not exist (nor does {path.name}.gz). Check the path.")


def optional(path: Path) -> Path | None:
    """The path itself, or the one with ``.gz``, or None.

    Raises:
        InputError: both are there; what is there is no file, or cannot be reached.
    """
    packed = path.with_name(path.name + ".gz")
    for candidate in (path, packed):
        mode = _mode(candidate)
        if mode is not None:
            _refuse_other_kinds(candidate, mode)
            if candidate == path and os.path.lexists(packed):
                raise InputError(
                    f"{path} and {packed.name} both exist, and only one of them would be read. "
                    f"Remove the one that is not meant."
                )
            return candidate
        if os.path.lexists(candidate):
            raise InputError(f"{candidate} is a link that leads nowhere. Mend or remove it.")
    return None


def whole(path: Path) -> bytes:
    """The content of a text file as `blocks` gives it, in one piece."""
    return b"".join(blocks(path))


def blocks(path: Path, taken: Taken | None = None) -> Iterator[bytes]:
    """The bytes of a text file: unpacked where they are gzip, whatever its name; without a BOM.

    Args:
        path: the file.
        taken: to be told, at the end, how much was read.

    Raises:
        InputError: it does not exist, is no file, cannot be read; is damaged, cut off or
            compressed otherwise; is in UTF-16 or UTF-32; holds a NUL byte. With the line that it
            could be read to.
    """
    mode = _mode(path)
    if mode is None:
        raise InputError(f"{path} does not exist. Check the path.")
    _refuse_other_kinds(path, mode)
    lines = 0
    try:
        for block in _text(path, taken or Taken()):
            nul = block.find(b"\0")
            if nul >= 0:
                # What stands before is whole: a fault in it comes first.
                start = block.rfind(b"\n", 0, nul) + 1
                yield block[:start]
                raise _nul(path, lines + block.count(b"\n", 0, nul) + 1)
            yield block
            lines += block.count(b"\n")
    except Damage as damage:
        place = f"{path}, after line {lines}" if lines else f"{path}"
        raise InputError(f"{place}: {damage.what}. {damage.remedy}") from None
    except OSError as error:
        raise _unreadable(path, error) from None


def _text(path: Path, taken: Taken) -> Iterator[bytes]:
    with path.open("rb") as stream:
        content = unpacked(stream, path.suffix == ".gz")
        head = b""
        for block in content:
            head += block
            if len(head) >= HEAD:
                break
        taken.text_bytes = len(head)
        yield without_mark(head)
        for block in content:
            taken.text_bytes += len(block)
            yield block
        taken.bytes = stream.tell()


def _mode(path: Path) -> int | None:
    """What kind of thing a path is, or None if nothing is there."""
    try:
        return os.stat(path).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return None
    except ValueError:  # a NUL in the name
        return None
    except OSError as error:
        raise _unreadable(path, error) from None


def _refuse_other_kinds(path: Path, mode: int) -> None:
    if stat.S_ISREG(mode):
        return
    kind = _KINDS.get(stat.S_IFMT(mode), "no file")
    remedy = "Give the file itself." if stat.S_ISDIR(mode) else "Write what it brings to a file."
    raise InputError(f"{path} is {kind}, where a file is needed. {remedy}")


def _unreadable(path: Path, error: OSError) -> InputError:
    remedy = "Check its permissions." if isinstance(error, PermissionError) else "Check the path."
    return InputError(f"{path} cannot be read: {error.strerror or error}. {remedy}")


def _nul(path: Path, line: int) -> InputError:
    return InputError(
        f"{path}, line {line}: a NUL byte, which no text holds; a crash or a full disk leaves "
        f"such. {COPY_AGAIN}"
    )
