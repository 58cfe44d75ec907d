"""The ``esplade`` command: runs a command and turns its end into an exit code.

0 done, 1 failed (our fault or the machine's), 2 wrong arguments or input, 130 interrupted.

Nothing but the standard library is imported here before Ctrl-C is listened for.
"""

from __future__ import annotations

import os
import sys

from esplade.cli import interrupts, streams


def main() -> None:
    """Run the command line and exit with its code."""
    streams.open_missing()
    with interrupts.listening():
        try:
            _run()
        except KeyboardInterrupt:
            print("esplade: interrupted.", file=sys.stderr)
            _logged(130)
            sys.exit(130)
        except SystemExit as stop:
            _logged(stop.code)
            raise
        except Exception as error:
            code = _failed(error)
            _logged(code, error)
            sys.exit(code)
        _logged(0)


def _run() -> None:
    from esplade.cli.app import app, command
    from esplade.cli.defaults.giving import arguments_with_defaults
    from esplade.cli.groups import Passed
    from esplade.progress import on_progress

    on_progress(interrupts.check)
    try:
        command()(**arguments_with_defaults(app, sys.argv[1:]))
    except Passed as passed:
        raise passed.error from None
    except SystemExit as stop:
        if stop.code == 130:  # typer's own answer to Ctrl-C, before a command runs
            raise KeyboardInterrupt from None
        # Tables end the process with 1 when their reader has left.
        if isinstance(stop.__context__, BrokenPipeError):
            raise stop.__context__ from None
        raise
    finally:
        # What cannot be written has to fail here, where it can still be told.
        sys.stdout.flush()


def _logged(code: object, error: Exception | None = None) -> None:
    """End the log that was asked for, if any."""
    logs = sys.modules.get("esplade.cli.logs")
    if logs is None:
        return
    number = code if isinstance(code, int) else int(code is not None)
    if error is not None:
        logs.failed(error, number)
    logs.end(number)


def _failed(error: Exception) -> int:
    """Say what went wrong, and with which code the process ends."""
    from esplade.cli import everywhere, logs
    from ground.artifacts import explain
    from ground.errors import InputError, IntegrityError, TrainingStopped

    if isinstance(error, BrokenPipeError):
        return streams.reader_left()
    if everywhere.debug:
        _logged(1, error)
        raise error
    if isinstance(error, InputError):
        return _tell(str(error), 2)
    if said := explain(error):  # no room, somewhere: the message says where, and what to do
        return _tell(said, 2)
    if isinstance(error, TrainingStopped) and os.environ.get("RANK", "0") != "0":
        # Processes that train together stop together, and one of them says why.
        return 1
    if isinstance(error, TrainingStopped):
        return _tell(str(error), 1)
    if isinstance(error, (IntegrityError, OSError, MemoryError)):
        return _tell(f"{error or type(error).__name__} {logs.remedy()}", 1)
    # The last resort: an internal fault never looks like success.
    what = f"internal error: {type(error).__name__}: {error or type(error).__name__}"
    return _tell(f"{what} (--debug shows where) {logs.remedy()}", 1)


def _tell(message: str, code: int) -> int:
    print(f"esplade: {message}", file=sys.stderr)
    return code


if __name__ == "__main__":
    main()
