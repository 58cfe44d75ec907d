"""The ways a job can fail: the user's input, ourselves, or a training that cannot go on."""

from __future__ import annotations


class InputError(ValueError):
    """Something the user gave cannot be used; the command line prints it and exits with 2.

    The message is one paragraph: what is wrong, where (file, line, id), and the remedy.
    """


class IntegrityError(RuntimeError):
    """A result does not agree with what it was built from; the command line exits with 1."""


class TrainingStopped(RuntimeError):
    """Training cannot usefully go on (collapse, NaN); says at which step and what to change."""
