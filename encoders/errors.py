"""Errors that an encoder or a training run reports to the user."""

from __future__ import annotations


class EncoderInputError(ValueError):
    """Something the user gave cannot be used; the command line prints it and exits with 2."""


class TrainingStopped(RuntimeError):
    """Training cannot usefully go on (collapse, NaN); says at which step and what to change."""
