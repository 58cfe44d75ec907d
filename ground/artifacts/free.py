"""Whether a folder is free for a result: said before any work, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ground.artifacts import fixed
from ground.artifacts.journals import real_file
from ground.artifacts.leaving import clear
from ground.artifacts.manifest import is_complete, read_manifest
from ground.artifacts.names import MANIFEST
from ground.artifacts.places import Named, check_folder
from ground.artifacts.recovery import put_back, recover
from ground.errors import InputError


def check_free(out: Path, kind: str, overwrite: bool, inputs: Iterable[Named] = ()) -> None:
    """Check, before any work, that a result can go to a folder, and refuse to lose anything.

    Args:
        out: the folder.
        kind: what is to be there.
        overwrite: whether a finished result of this kind may be replaced.
        inputs: what the command reads.

    Raises:
        InputError: the folder holds a finished result and ``overwrite`` is off, or files that
            are not a result of this kind (those are never replaced); or see `check_folder`.
    """
    check_folder(out, inputs)
    put_back(real_file(out))
    if not out.exists() or not fixed.content(out) or fixed.is_being_filled(out):
        return
    if not is_complete(out, kind):
        raise InputError(
            f"{out} holds files that are not esplade's {kind}{_why(out, kind)}; they are left "
            f"alone. Choose another output folder, or empty this one."
        )
    if not overwrite:
        clear(out)
        raise InputError(
            f"{out} holds a finished result already. Add --overwrite to replace it, "
            f"or choose another output folder."
        )
    inner = [name for name in sorted(fixed.content(out)) if (out / name / MANIFEST).is_file()]
    if inner:
        raise InputError(
            f"{out} holds another finished result, {inner[0]}, which would be lost with it. Move "
            f"that one elsewhere, or choose another output folder."
        )


def check_free_for(
    out: Path, mark: str, what: str, overwrite: bool, inputs: Iterable[Named] = ()
) -> None:
    """`check_free` of a folder that other tools read, and that has no manifest of ours.

    Args:
        out: the folder.
        mark: a file that only such a folder holds.
        what: is to be there, such as "a data set", in messages.
        overwrite: whether such a folder may be replaced.
        inputs: what the command reads.

    Raises:
        InputError: the folder holds something that may not be replaced; or see `check_folder`.
    """
    check_folder(out, inputs)
    recover(out)
    if not out.exists() or not fixed.content(out) or fixed.is_being_filled(out):
        return
    if not (out / mark).is_file():
        raise InputError(
            f"{out} holds files that are not {what}; they are left alone. Choose another output "
            f"folder."
        )
    if not overwrite:
        clear(out)
        raise InputError(
            f"{out} holds {what} already. Add --overwrite to replace it, or choose another output "
            f"folder."
        )


def _why(out: Path, kind: str) -> str:
    """Why a folder with a manifest is no result, in brackets; nothing where it has none."""
    if not (out / MANIFEST).is_file():
        return ""
    try:
        read_manifest(out, kind)
    except InputError as error:
        return f" ({str(error).partition('. ')[0]})"
    return ""
