"""``esplade --log FILE COMMAND``: all that one needs to know of what happened, fit to be sent.

Versions, machine and Java, the command, its settings and where they come from, what was said,
warnings, what each stage took, and the traceback of a fault. The home folder is ``~``, and what
looks like a token or a password is ``***``.
"""

from __future__ import annotations

import logging
import os
import re
import shlex
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TextIO

VARIABLE = "ESPLADE_LOG"
LOGGER = logging.getLogger("esplade")
_SHOWN = re.compile(
    r"ESPLADE_\w+|HF_HOME|HF_HUB_\w+|JAVA_\w+|OMP_\w+|CUDA_VISIBLE_DEVICES|RANK|WORLD_SIZE|LANG"
)
"""Variables of the environment that change what happens."""

_handler: logging.Handler | None = None
_path: Path | None = None
_began = 0.0
_show_warning: Callable[..., None] | None = None


class _Sendable(logging.Formatter):
    """Lines without what is nobody's business."""

    def format(self, record: logging.LogRecord) -> str:
        return sendable(super().format(record))


def sendable(text: str) -> str:
    """A text with ``~`` for the home folder and asterisks for secrets."""
    from ground.secrets import without_secrets

    for home in _homes():
        text = re.sub(rf"{re.escape(home)}(?![\w.-])", "~", text)
    return without_secrets(text)


def _homes() -> list[str]:
    try:
        home = str(Path.home())
    except RuntimeError:
        return []
    found = {home, os.path.realpath(home)}
    return sorted((one for one in found if len(one) > 1), key=len, reverse=True)


def asked(option: Path | None) -> Path | None:
    """The file that ``--log`` or the environment names."""
    named = os.environ.get(VARIABLE)
    return option or (Path(named) if named else None)


def begin(path: Path) -> None:
    """Write to a file from now on; what is in it stays.

    Raises:
        InputError: it is a folder.
        OutputError: it cannot be written.
    """
    global _handler, _path, _began, _show_warning
    from ground.artifacts import output_errors
    from ground.errors import InputError

    if path.is_dir():
        raise InputError(f"--log {path} is a folder. Give the name of a file.")
    with output_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(_Sendable("%(asctime)s %(process)d %(levelname)-7s %(message)s"))
    LOGGER.addHandler(handler)
    LOGGER.setLevel(logging.DEBUG)
    _handler, _path, _began = handler, path, time.monotonic()
    _show_warning, warnings.showwarning = warnings.showwarning, _warned
    _tell_machine()


def settings(options: dict[str, Any], context: Any, entries: dict[str, Any]) -> None:
    """Write every setting of the command, and where it comes from.

    Args:
        options: of the command, by name.
        context: `typer.Context`.
        entries: places in files of defaults, by parameter.
    """
    if _handler is None:
        return
    for option in {one.name: one for one in options.values()}.values():
        source = context.get_parameter_source(option.parameter)
        entry = entries.get(option.parameter)
        names = {"COMMANDLINE": "typed", "DEFAULT_MAP": entry.where if entry else "a file"}
        origin = names.get(source.name if source else "", "built in")
        value = context.params.get(option.parameter, option.default)
        LOGGER.info("setting --%s = %s (%s)", option.name, value, origin)


def failed(error: BaseException, code: int) -> None:
    """Write an error, with its traceback unless the input is to blame."""
    if _handler is not None:
        trace = error if code == 1 else None
        LOGGER.error("%s: %s", type(error).__name__, error, exc_info=trace)


def end(code: int) -> None:
    """Write how it ended, and close the file."""
    global _handler, _path, _show_warning
    if _handler is None:
        return
    LOGGER.info("ended with exit code %s after %.2f s", code, time.monotonic() - _began)
    LOGGER.removeHandler(_handler)
    LOGGER.setLevel(logging.NOTSET)
    _handler.close()
    if _show_warning is not None:
        warnings.showwarning = _show_warning
    _handler = _path = _show_warning = None


def remedy() -> str:
    """Where the log is, or how to make one."""
    if _path is not None:
        return f"(The log of it is in {_path}.)"
    return "(`esplade --log FILE COMMAND ...` writes a log of it that can be sent.)"


def _tell_machine() -> None:
    from esplade.health import look

    LOGGER.info("command %s", shlex.join(["esplade", *sys.argv[1:]]))
    LOGGER.info("folder %s", os.getcwd())
    for finding in look():
        LOGGER.info("%s %s %s", finding.name, finding.value, finding.remedy)
    for name, value in _environment():
        LOGGER.info("environment %s=%s", name, value)


def _environment() -> Iterator[tuple[str, str]]:
    from ground.secrets import HIDDEN, is_of_a_secret

    for name, value in sorted(os.environ.items()):
        if _SHOWN.fullmatch(name):
            yield name, HIDDEN if is_of_a_secret(name) else value


def _warned(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    LOGGER.warning("%s: %s (%s:%s)", category.__name__, message, filename, lineno)
    if _show_warning is not None:
        _show_warning(message, category, filename, lineno, file, line)
