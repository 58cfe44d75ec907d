"""``--dry-run``: a command checks what it checks before its work, and says what that would be."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from ground.dry import Plan

_NAME = "dry_run"
_OPTION = Annotated[
    bool,
    typer.Option("--dry-run", help="Check everything, show what would be done, and write nothing."),
]


def can_run_dry(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the option; it is not called with it.

    What it calls ends a dry run where its work begins (see `ground.dry`).
    """
    signature = inspect.signature(command, eval_str=True)

    @wraps(command)
    def run(*arguments: Any, **given: Any) -> None:
        from ground.dry import dry_run

        if not given.pop(_NAME):
            command(*arguments, **given)
            return
        with dry_run() as plan:
            command(*arguments, **given)
        show_plan(plan, bool(given.get("as_json")))

    option = inspect.Parameter(
        _NAME, inspect.Parameter.KEYWORD_ONLY, default=False, annotation=_OPTION
    )
    own = list(signature.parameters.values())
    run.__signature__ = signature.replace(parameters=[*own, option])  # type: ignore[attr-defined]
    run.__annotations__ = {}
    return run


def show_plan(plan: Plan, as_json: bool) -> None:
    """Print what would be done."""
    from esplade.cli.console import answer

    if as_json:
        answer(plan.to_dict())
        return
    print("Dry run: nothing was written.")
    width = max((len(name) for name in plan.counts), default=0)
    for name, count in plan.counts.items():
        print(f"{name.ljust(width)}  {count:,}")
    for what, state in plan.steps:
        print(f"{state:<7}  {what}")
    for path in plan.writes:
        print(f"writes   {path}")
    for sentence in plan.unknown:
        print(f"Not known before: {sentence}")
