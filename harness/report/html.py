"""One self-contained page: figure, table, tests and the facts of every run. No network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from ground.artifacts import atomic_text, provenance
from ground.errors import InputError
from harness.evaluation.significance import Comparison
from harness.report.points import Point
from harness.report.renderings import to_html
from harness.report.tables import Table


def write_page(
    path: Path,
    table: Table,
    points: Sequence[Point],
    *,
    title: str,
    lead: str = "",
    figure_measures: Sequence[str] = (),
    comparisons: Sequence[Comparison] = (),
) -> None:
    """Write the page as one file that appears whole or not at all (see `render_page`)."""
    text = render_page(
        table,
        points,
        title=title,
        lead=lead,
        figure_measures=figure_measures,
        comparisons=comparisons,
    )
    with atomic_text(path) as stream:
        stream.write(text)


def render_page(
    table: Table,
    points: Sequence[Point],
    *,
    title: str,
    lead: str = "",
    figure_measures: Sequence[str] = (),
    comparisons: Sequence[Comparison] = (),
) -> str:
    """Render the page.

    Args:
        table: what to show first.
        points: their facts are listed a run; their values are drawn.
        title: heading of the page.
        lead: a sentence below it.
        figure_measures: a figure each, measure against postings; those for which nothing has
            costs are left out.
        comparisons: tests against the baseline, listed in full.

    Returns:
        HTML that loads nothing: the style is inside, the figures are SVG elements.
    """
    from jinja2 import Environment

    source = resources.files("harness.report").joinpath("page.html.j2").read_text("utf-8")
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["p"] = _p_value
    made = provenance()
    return environment.from_string(source).render(
        title=title,
        lead=lead,
        table=to_html(table),
        figures=list(_figures(points, figure_measures)),
        comparisons=comparisons,
        runs=[{"name": point.name, "facts": list(_facts(point))} for point in points],
        made=f"esplade {made['versions'].get('esplade', '')}, {made['created']}",
    )


def _p_value(p: float) -> str:
    """Four digits; a chance that is there is not shown as none."""
    return "<0.0001" if 0 <= p < 0.00005 else f"{p:.4f}"


def _figures(points: Sequence[Point], measures: Sequence[str]) -> Iterator[dict[str, str]]:
    from harness.report.figures import svg_text

    for measure in measures:
        try:
            svg = svg_text(points, measure)
        except InputError:
            continue  # a table of runs without costs is still a page
        yield {"svg": svg, "label": f"{measure} against mean postings per query, by system"}


def _facts(point: Point) -> Iterator[tuple[str, str]]:
    """What is known of a run: the point, its facts, and the metadata beside the run file."""
    yield "system", point.system
    if point.pruning:
        yield "qk:dk", point.pruning
    yield from _flat(point.facts)
    if point.run is not None:
        from harness.runs.metadata import read_metadata

        yield "run", str(point.run)
        yield from _flat(read_metadata(point.run))


def _flat(value: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, item in value.items():
        name = f"{prefix}{key}"
        if isinstance(item, Mapping):
            yield from _flat(item, f"{name} / ")
        elif isinstance(item, list | tuple):
            yield name, ", ".join(map(str, item))
        elif item is not None:
            yield name, f"{item:,}" if isinstance(item, int | float) else str(item)
