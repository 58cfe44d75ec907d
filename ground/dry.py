"""Dry runs: a command does what it does before its work, says what that would be, and ends there.

There is one seam. Functions say what they have found out with `note`, and call `planned` where
their work begins; in a dry run that ends the block of `dry_run`. Whatever tidies up, remembers or
writes asks `is_dry` and leaves it, and what makes results refuses to begin (`refuse`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TO_DO, KEPT, GOES_ON = "to do", "kept", "goes on"
"""States of a step: nothing is there, its finished result is, an unfinished one is."""


@dataclass
class Plan:
    """What a command would do.

    Attributes:
        counts: of what it reads and does, by what is counted.
        steps: results, in their order, and the state of each: to do, kept, or goes on.
        writes: files and folders that would be written.
        unknown: what cannot be known before, a sentence each.

    Example:
        >>> import esplade
        >>> vectors = esplade.Vectors.from_dicts({"d1": {"sort": 2.0, "list": 1.0}})
        >>> with esplade.dry_run() as plan:
        ...     index = esplade.index(vectors, "not-yet", dk=1)
        >>> plan.counts, plan.writes
        ({'vectors': 1, 'weights': 2}, ['not-yet'])
    """

    counts: dict[str, int] = field(default_factory=dict)
    steps: list[tuple[str, str]] = field(default_factory=list)
    writes: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """As plain values."""
        steps = [{"what": what, "state": state} for what, state in self.steps]
        return {
            "dry_run": True,
            "counts": dict(self.counts),
            "steps": steps,
            "writes": list(self.writes),
            "unknown": list(self.unknown),
        }


class Planned(BaseException):
    """Ends a dry run; nothing but `dry_run` catches it."""


_plan: Plan | None = None


def is_dry() -> bool:
    """Whether nothing may be written."""
    return _plan is not None


@contextmanager
def dry_run() -> Iterator[Plan]:
    """Let what is called in the block check everything, and stop where its work begins.

    Nothing is written, remembered or downloaded. Errors are those of the real call.

    Yields:
        The plan; it is complete after the block.
    """
    global _plan
    before, _plan = _plan, Plan()
    made = _plan
    try:
        yield made
    except Planned:
        pass
    finally:
        _plan = before


def note(
    *,
    counts: dict[str, int] | None = None,
    step: tuple[str, str] | None = None,
    writes: Path | str | None = None,
    unknown: str | None = None,
) -> None:
    """Say a part of what would be done; without a dry run nothing happens.

    Args:
        counts: by what is counted.
        step: a result, and its state.
        writes: a file or folder.
        unknown: a sentence on what cannot be known before.
    """
    if _plan is None:
        return
    _plan.counts.update(counts or {})
    if step is not None and step not in _plan.steps:
        _plan.steps.append(step)
    if writes is not None and str(writes) not in _plan.writes:
        _plan.writes.append(str(writes))
    if unknown is not None and unknown not in _plan.unknown:
        _plan.unknown.append(unknown)


def planned(**noted: Any) -> None:
    """Here the work begins: a dry run notes this, too, and ends.

    Args:
        noted: see `note`.
    """
    if _plan is not None:
        note(**noted)
        raise Planned


def refuse(what: object) -> None:
    """Refuse to make something in a dry run.

    Raises:
        RuntimeError: there is one; a seam is missing somewhere before.
    """
    if _plan is not None:
        raise RuntimeError(f"a dry run was about to write {what}")
