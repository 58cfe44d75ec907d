"""``esplade doctor``: what is installed, which Java, what is missing and how to get it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from esplade.cli.options import AsJson

if TYPE_CHECKING:
    from esplade.health import Health


def doctor(
    as_json: AsJson = False,
    index: Annotated[
        list[Path] | None,
        typer.Option(help="Also compare all bytes of an index with their checksums; repeatable."),
    ] = None,
) -> None:
    """What is installed, which Java is used, what is missing and how to get it."""
    import esplade
    from esplade.cli.console import answer

    found = esplade.doctor(index or ())
    if as_json:
        findings = [vars(finding) for finding in found.findings]
        answer({"ok": found.ok, "findings": findings, "tried": found.tried})
    else:
        _print(found)
    raise typer.Exit(0 if found.ok else 1)


def _print(found: Health) -> None:
    for finding in found.findings:
        print(f"{'ok ' if finding.ok else 'NO '} {finding.name:<14}{finding.value}")
        if finding.remedy:
            print(f"    {'':<14}{finding.remedy}")
    if found.tried:
        print("\nJava, in the order in which it was looked for:")
    for place in found.tried:
        print(f"    {place['source']} ({place['path']}): {place['reason'] or 'chosen'}")
