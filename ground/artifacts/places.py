"""Where output may go: checked before the work, so that no hour of it is lost to a wrong place.

Links are followed and stay links. A device is written to, never replaced; what a command reads is
never replaced by what it writes.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Sequence
from pathlib import Path

from ground.artifacts.fixed import is_mount, stands_still
from ground.artifacts.journals import check_new, is_unfinished, real_file
from ground.artifacts.names import MANIFEST
from ground.artifacts.streams import is_stream
from ground.artifacts.trouble import OutputError, output_errors
from ground.errors import InputError

Named = Path | str | None
_ASIDE = len(".perquery.parquet") + len("..partial-old-12345678-4194304") + 8
"""What the longest name aside has more than the name of the result, in bytes."""


def check_file(
    path: Path, overwrite: bool, inputs: Iterable[Named] = (), companions: Sequence[Path] = ()
) -> None:
    """Check, before any work, that a file can be written.

    Args:
        path: the file.
        overwrite: whether it may be there already.
        inputs: what the command reads: files, folders, or names that may be neither.
        companions: files that are written beside it.

    Raises:
        InputError: it is there, is an input or lies in one, or is a folder.
        OutputError: nothing can be written there.
    """
    with output_errors(path):
        _check_name(path)
        if is_stream(path):
            _check_stream(path, companions)
            return
        if path.is_dir():
            raise InputError(f"{path} is a folder, where the name of a file is needed.")
        file = real_file(path)
        _check_parent(file)
        if is_mount(file):
            raise OutputError(
                f"{path} is mounted by itself and cannot be replaced as a whole. Give a file in a "
                f"folder that is mounted."
            )
        for one in (path, *companions):
            _refuse_input(one, inputs)
        check_new(path, overwrite)


def check_together(paths: Sequence[Path], overwrite: bool, inputs: Iterable[Named] = ()) -> None:
    """`check_file` of files that are one result, known by the last of them.

    Where one of them is unfinished all are made again. The last is looked at first: with it goes
    what a process left that was killed when all were in their places.
    """
    given = list(inputs)
    for path in reversed(paths):
        check_file(path, overwrite or is_unfinished(paths[-1]), given)


def check_folder(out: Path, inputs: Iterable[Named] = ()) -> None:
    """Check, before any work, that a folder can be made or replaced, whatever may be in it now.

    Raises:
        InputError: it is a file, an input, holds an input, or lies in one that is a result.
        OutputError: nothing can be written there.
    """
    with output_errors(out):
        _check_name(out)
        if out.exists() and not out.is_dir():
            raise InputError(f"{out} is a file, where a folder is needed. Choose another name.")
        folder = real_file(out)
        if stands_still(folder):
            _check_writable(folder)
        else:
            _check_parent(folder)
        for given in inputs:
            _refuse_overlap(out, given)


def _check_name(path: Path) -> None:
    if path.name in ("", ".."):
        raise InputError(
            f"The output is {str(path)!r}, which is no name of its own (or is empty). Name a file "
            f"or a folder to write, such as {path / 'result'}."
        )
    if not path.is_absolute():
        try:
            os.getcwd()
        except FileNotFoundError:
            raise OutputError(
                f"{path} cannot be written: the working folder was removed. Change to one that is "
                f"there (cd), or give an absolute path."
            ) from None
    if path.is_symlink() and Path(os.path.realpath(path)).is_symlink():
        raise OutputError(f"{path} is a symbolic link that leads back to itself. Remove it.")


def _check_stream(path: Path, companions: Sequence[Path]) -> None:
    if companions:
        raise InputError(
            f"{path} is a device or a pipe, and {companions[0].name} could not lie beside it. "
            f"Give the name of a file."
        )
    if path.exists() and stat.S_ISBLK(path.stat().st_mode):
        raise InputError(f"{path} is a disk, which is never written to. Give the name of a file.")


def _check_parent(path: Path) -> None:
    """The nearest folder above that is there must be one, take new files, and long enough names."""
    above = path.parent
    while not above.exists() and above != above.parent:
        above = above.parent
    if not above.is_dir():
        raise OutputError(
            f"{path} cannot be written: {above} is a file, and nothing can lie below a file. "
            f"Choose another place for the output."
        )
    longest = os.pathconf(above, "PC_NAME_MAX") - _ASIDE
    for name in path.relative_to(above).parts:
        if len(os.fsencode(name)) > longest:
            raise OutputError(
                f"The name {name[:40]!r}... is too long: of {len(os.fsencode(name))} bytes, where "
                f"{longest} leave room for the names of what is written beside it. Shorten it."
            )
    _check_writable(above)


def _check_writable(folder: Path) -> None:
    if not os.access(folder, os.W_OK | os.X_OK):
        raise OutputError(
            f"{folder} cannot be written to: it is read-only, or belongs to another user. Choose "
            f"another place for the output."
        )


def _refuse_input(path: Path, inputs: Iterable[Named]) -> None:
    for given in inputs:
        if _same(path, given):
            raise InputError(
                f"{path} is an input of this command ({given}), and would be replaced by its "
                f"output. Choose another name for the output."
            )
        if given is not None and _is_below(path, Path(given)):
            _refuse_below(path, Path(given))


def _refuse_below(path: Path, folder: Path) -> None:
    if path.exists() or (folder / MANIFEST).exists():
        raise InputError(
            f"{path} lies in {folder}, which this command reads; it would change what is there. "
            f"Choose a place outside of it for the output."
        )


def _refuse_overlap(out: Path, given: Named) -> None:
    if given is None or not os.path.exists(given):
        return
    if _same(out, given) or _is_below(Path(given), out):
        raise InputError(
            f"{out} is, or holds, an input of this command ({given}), and would be replaced by "
            f"its output. Choose another folder for the output."
        )
    if (Path(given) / MANIFEST).exists() and _is_below(out, Path(given)):
        raise InputError(
            f"{out} lies in {given}, a finished result that this command reads. Choose a folder "
            f"outside of it for the output."
        )


def _same(path: Path, given: Named) -> bool:
    try:
        return given is not None and os.path.samefile(path, given)
    except (OSError, ValueError):
        return False


def _is_below(path: Path, folder: Path) -> bool:
    if not os.path.isdir(folder):
        return False
    real, root = os.path.realpath(path), os.path.realpath(folder)
    return real != root and os.path.commonpath([real, root]) == root
