"""What goes wrong while output is written, in words: the path, what happened, the remedy."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ground.errors import InputError

_FULL = "Make room there (df -h shows what is left), or choose another place"
_FORBIDDEN = "Choose a place that you may write to"
_REMEDIES = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EFBIG: "Raise the limit on the size of a file (ulimit -f), or choose another disk",
    errno.EROFS: _FORBIDDEN,
    errno.EACCES: _FORBIDDEN,
    errno.EPERM: _FORBIDDEN,
    errno.ENAMETOOLONG: "Give a shorter name",
    errno.ENOTDIR: "Choose a place that is not below a file",
    errno.EISDIR: "Give the name of a file, not of a folder",
    errno.ELOOP: "Give a path without links that lead back to themselves",
    errno.EBUSY: "Choose a place that nothing else holds",
    errno.EXDEV: "Choose a place within one disk",
    errno.EIO: "The disk may be failing; choose another",
    errno.ENOENT: "Choose a folder that is there, and that nothing removes meanwhile",
    errno.EINVAL: "Choose a name that this disk allows",
    errno.EILSEQ: "Choose a name that this disk allows",
    errno.ESTALE: "The file server has lost the folder; mount it again",
}
_OF_WRITING = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS}
"""What only writing can meet, so that the output is what it is about."""
_WORDS = {os.strerror(number): number for number in _OF_WRITING}


class OutputError(InputError):
    """Output cannot be written where it was asked for; what was there before is still there."""


@contextmanager
def output_errors(out: Path, *aside: Path) -> Iterator[None]:
    """Say what is wrong with the place of an output, instead of a bare number.

    Args:
        out: the output, as the user named it.
        aside: where it is being made; failures at other files are not of the output.

    Raises:
        OutputError: in the place of an `OSError` of the output's, or of another library's error
            that says that the disk is full.
    """
    try:
        yield
    except OSError as error:
        number = _number(error)
        nameless = error.filename is None and number == errno.EACCES
        if number in _OF_WRITING or nameless or _is_about(error, (out, *aside)):
            raise OutputError(_explain(out, error, number)) from error
        raise
    except InputError:
        raise
    except Exception as error:  # Java's, pyarrow's and others' own classes
        number = _number(error)
        if number is None and not out.parent.is_dir():
            raise OutputError(
                f"{out} cannot be written: {out.parent} has gone meanwhile. Run the command again."
            ) from error
        if number is None:
            raise
        raise OutputError(_explain(out, error, number)) from error


def explain(error: BaseException) -> str | None:
    """One paragraph on an error that can only come from writing, wherever; None for others."""
    number = _number(error)
    if number not in _OF_WRITING:
        return None
    named = getattr(error, "filename", None)
    return _explain(named if isinstance(named, str) else "The output", error, number)


def _explain(out: Path | str, error: BaseException, number: int | None) -> str:
    what = os.strerror(number) if number else str(error)
    remedy = _REMEDIES.get(number or 0, "Choose another place")
    return (
        f"{out} cannot be written: {what}. {remedy}, and run the command again; what was there "
        f"before is unchanged."
    )


def _number(error: BaseException) -> int | None:
    """The system's number of an error; libraries keep at least its words."""
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno
    text = str(error)
    if isinstance(error, OSError) and "requested and" in text and "written" in text:
        return errno.ENOSPC  # numpy's words
    return next((number for words, number in _WORDS.items() if words in text), None)


def _is_about(error: OSError, places: tuple[Path, ...]) -> bool:
    names = [os.fspath(name) for name in (error.filename, error.filename2) if name is not None]
    named = [os.path.abspath(os.fsdecode(name)) for name in names if not isinstance(name, int)]
    for place in places:
        root = os.path.abspath(place)
        if any(name == root or name.startswith(root + os.sep) for name in named):
            return True
        if any(root.startswith(name + os.sep) for name in named):
            return True  # a folder above it
    return False
