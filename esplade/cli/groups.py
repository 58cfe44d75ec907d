"""How ``esplade --help`` shows the commands, and what a name that is none is answered with."""

from __future__ import annotations

import difflib
from typing import Any

from typer.core import TyperGroup

GROUPS = {
    "Start": ("demo", "doctor", "calibrate"),
    "Data and vocabulary": ("data", "vocab"),
    "Train": ("train", "pretrain", "mine", "finetune", "average"),
    "Encode, index, search": ("encode", "index", "search"),
    "Score and compare": ("score", "cost", "compare", "sweep", "choose", "report", "serve"),
    "Study": ("study", "study-join", "study-report"),
    "Look inside": ("inspect", "explain", "stats", "quantisation"),
    "Results and settings": ("runs", "config"),
    "Exchange": ("export", "export-encoder"),
}


class Passed(Exception):
    """Carries what typer would answer for, in words of its own and with other exit codes."""

    def __init__(self, error: BaseException) -> None:
        super().__init__()
        self.error = error


class Commands(TyperGroup):
    """The commands in groups; their end is for `esplade.cli.main` to tell."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except (EOFError, KeyboardInterrupt, BrokenPipeError) as error:
            raise Passed(error) from error

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find a command; of a name that is none, say which ones are like it."""
        name = args[0] if args else ""
        if name and not name.startswith("-") and self.get_command(ctx, name) is None:
            near = difflib.get_close_matches(name, self.list_commands(ctx), n=3, cutoff=0.5)
            meant = f" Did you mean {' or '.join(near)}?" if near else ""
            ctx.fail(f"No such command '{name}'.{meant}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """List the commands by group, each with the whole of its first line."""
        known = dict.fromkeys(self.list_commands(ctx))
        groups = {title: [n for n in names if n in known] for title, names in GROUPS.items()}
        named = {name for names in groups.values() for name in names}
        groups["Other" if named else "Commands"] = [name for name in known if name not in named]
        width = max((len(name) for name in known), default=0)
        for title, names in groups.items():
            if not names:
                continue
            with formatter.section(title):
                formatter.write_dl([(n.ljust(width), self._summary(ctx, n)) for n in names])

    def _summary(self, ctx: Any, name: str) -> str:
        command = self.get_command(ctx, name)
        text = (command.help or command.short_help or "") if command is not None else ""
        return " ".join(text.partition("\n\n")[0].split())
