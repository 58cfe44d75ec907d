"""Writes a study's report: page, Markdown, figures, and every table in every format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ground.artifacts import atomic_text, write_json
from ground.errors import InputError
from harness.report.drawing import style, write_pictures
from harness.report.renderings import RENDERERS
from harness.report.study.checks import controls
from harness.report.study.document import Section
from harness.report.study.judged import Judged
from harness.report.study.rendering import as_markdown, as_page
from harness.report.study.sections import SECTIONS
from harness.report.study.setting import caveat_section, doubt, lead, rule_section
from harness.report.tables import Table
from harness.study.verdicts.results import read_results
from harness.study.verdicts.settings import Settings

FORMATS = {"md": "md", "csv": "csv", "json": "json", "latex": "tex"}
"""Format of a table's rendering and the suffix of its file."""


def write_study_report(
    out: Path, report: Path | None = None, settings: Settings | None = None
) -> Judged:
    """Write the whole report of a study.

    Every number comes from the results folder; what it does not hold (yet) is said to be
    missing, so a study may be reported on while it runs.

    Args:
        out: what ``esplade study --out`` wrote, or its ``results`` folder.
        report: folder to write; ``report`` beside ``results`` by default.
        settings: margins, levels and resamples of the verdicts.

    Returns:
        The study with its verdicts.

    Raises:
        InputError: there is no study, or a file of it cannot be understood.
    """
    judged = Judged(read_results(out), settings or Settings())
    folder = report or default_folder(judged)
    title = f"Pre-training study {judged.results.name}"
    with style():
        sections = [make(judged) for make in SECTIONS.values()]
        sections.append(caveat_section(judged.evidence))
        sections.append(rule_section(judged.settings))
        write_sections(sections, folder)
    said = f"{lead(judged.results)}{doubt(judged.evidence)}"
    _write(folder / "report.md", as_markdown(title, said, sections))
    _write(folder / "report.html", as_page(title, said, sections, folder))
    write_json(folder / "report.json", summary(judged))
    return judged


def summary(judged: Judged) -> dict[str, Any]:
    """What was found, for programs: data set, controls, verdicts with every number, settings."""
    results = judged.results
    return {
        "name": results.name,
        "dataset": results.study.get("dataset"),
        "seeds": results.seeds,
        "cells": list(results.levels()),
        "settings": asdict(judged.settings),
        "controls": [asdict(control) for control in controls(judged.evidence)],
        "verdicts": [verdict.to_dict() for verdict in judged.verdicts],
    }


def write_one_section(judged: Judged, key: str, folder: Path) -> Section:
    """Write the files of one section: its tables and figures, without a page.

    Raises:
        InputError: there is no such section.
    """
    if key not in SECTIONS:
        raise InputError(f"There is no part {key!r}. Choose one of: {', '.join(SECTIONS)}.")
    with style():
        section = SECTIONS[key](judged)
        write_sections([section], folder)
    return section


def default_folder(judged: Judged) -> Path:
    """``report`` beside a folder called ``results``, else within the folder."""
    folder = judged.results.folder
    return (folder.parent if folder.resolve().name == "results" else folder) / "report"


def write_sections(sections: Sequence[Section], folder: Path) -> None:
    """Write the figures and tables of sections."""
    for section in sections:
        for picture in section.pictures:
            write_pictures(picture.figure, folder / picture.stem)
        for stem, table in section.tables.items():
            write_table(table, folder / stem)


def write_table(table: Table, stem: Path) -> None:
    """Write a table in every format."""
    for kind, suffix in FORMATS.items():
        _write(stem.with_name(f"{stem.name}.{suffix}"), RENDERERS[kind](table))


def _write(path: Path, text: str) -> None:
    with atomic_text(path) as stream:
        stream.write(text)
