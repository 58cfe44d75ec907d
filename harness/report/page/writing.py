"""The page as one file: its data, its style, its scripts."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from ground.artifacts import atomic_text, provenance
from harness.report.marks import BETTER
from harness.report.page.contents import Told
from harness.report.page.origins import machine_of
from harness.report.page.packing import packed
from harness.report.renderings import to_html

_VERSION = re.compile(r"v?(\d+\.\d+\.\d+)")


def write_page(path: Path, told: Told, *, title: str, lead: str = "", serve: str = "") -> None:
    """Write the page as one file that appears whole or not at all (see `render_page`)."""
    text = render_page(told, title=title, lead=lead, serve=serve)
    with atomic_text(path) as stream:
        stream.write(text)


def render_page(told: Told, *, title: str, lead: str = "", serve: str = "") -> str:
    """Render the page.

    Args:
        told: what it shows.
        title: its heading.
        lead: a sentence below it.
        serve: the command that opens the page with all of its queries.

    Returns:
        HTML that loads nothing, and whose browser is told to load nothing.
    """
    from jinja2 import Environment

    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    d3, plot = (_text("vendor", name) for name in ("d3.min.js", "plot.umd.min.js"))
    evidence = told.evidence
    return environment.from_string(_text("assets", "page.html.j2")).render(
        title=title,
        lead=lead,
        summary=told.summary(),
        table=to_html(told.table),
        # What its marks mean, the page says itself: it tests anew, against any baseline.
        notes=[note for note in told.table.notes if not note.startswith(BETTER)],
        evidence="" if evidence is None else f"the folder {evidence.name}",
        serve=serve or "esplade serve",
        data=packed(told.plain()),
        details=packed(told.details()),
        style=_text("assets", "style.css"),
        script=_script(),
        d3_source=d3,
        plot_source=plot,
        d3=_version(d3),
        plot=_version(plot),
        origins=[*told.origins, *machine_of()],
        made=_made(),
    )


def _script() -> str:
    """The page's scripts in the order of their names."""
    folder = resources.files("harness.report.page").joinpath("assets")
    names = sorted(one.name for one in folder.iterdir() if one.name.endswith(".js"))
    return "\n".join(_text("assets", name) for name in names)


@cache
def _text(*place: str) -> str:
    return resources.files("harness.report.page").joinpath(*place).read_text("utf-8")


def _version(source: str) -> str:
    """What a library's first line says of itself."""
    found: Any = _VERSION.search(source[:200])
    return str(found.group(1)) if found else ""


def _made() -> str:
    made = provenance()
    return f"esplade {made['versions'].get('esplade', '')}, {made['created']}"
