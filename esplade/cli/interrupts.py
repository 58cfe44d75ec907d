"""Ctrl-C: a command stops wherever it is, and says so."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_asked = False


@contextmanager
def listening() -> Iterator[None]:
    """Raise KeyboardInterrupt on Ctrl-C, and remember it (see `check`).

    A process that was started deaf to it (``nohup``, a shell's background job) stays so.
    """
    global _asked
    _asked = False
    here = threading.current_thread() is threading.main_thread()
    if not here or signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        yield
        return
    before = signal.signal(signal.SIGINT, _interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def check() -> None:
    """Stop now if Ctrl-C was pressed before and the exception was lost.

    Python drops what is raised while it calls a destructor, and some libraries catch everything
    while they are imported: the command would work on as if nobody had asked it to stop.
    """
    if _asked:
        raise KeyboardInterrupt


def _interrupt(number: int, frame: FrameType | None) -> None:
    global _asked
    _asked = True
    raise KeyboardInterrupt
