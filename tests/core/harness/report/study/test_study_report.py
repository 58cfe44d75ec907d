"""The report of a study, as people and programs read it."""

from __future__ import annotations

import csv
import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from reported import QUICK, judged
from synthetic_study import GRID, indep_high, names, write_study
from typer.testing import CliRunner

from ground.errors import InputError
from harness.report.drawing import style
from harness.report.study import write_study_report
from harness.report.study.checks import controls
from harness.report.study.judged import Judged
from harness.report.study.sections import SECTIONS
from harness.report.study.setting import caveat_section
from harness.report.study.tradeoff import tradeoff_pictures
from harness.study.verdicts.results import read_results
from harness.study.verdicts.rules import NOT_TESTED

# Drawing one whole report takes seconds.
pytestmark = pytest.mark.slow


TABLES = (
    "factors-within",
    "longer",
    "cells",
    "appendix-e",
    "appendix-h",
    "verdicts",
    "verdict-parts",
    "factors",
    "controls",
)


PICTURES = ("figure1", "figure1-r10", "figure1-ndcg10", "figure2", "figure3", "figure4")


def test_everything_is_written_beside_the_results(finished: tuple[Path, Judged]) -> None:
    report = finished[0] / "report"
    for stem in TABLES:
        for suffix in ("md", "csv", "json", "tex"):
            assert (report / f"{stem}.{suffix}").stat().st_size > 0
    for stem in (*PICTURES, "appendix-h", "appendix-h-flops"):
        ET.parse(report / f"{stem}.svg")
        assert (report / f"{stem}.png").read_bytes().startswith(b"\x89PNG")


def test_every_cell_at_every_pruning_is_in_the_table(finished: tuple[Path, Judged]) -> None:
    out, study = finished
    with (out / "report" / "cells.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    places = [(row["cell"], row["qk:dk"]) for row in rows]
    cells = [*names(), "indep-uniq-lr-h-long3000"]
    assert places == [("BM25", ""), *((cell, p) for cell in cells for p in GRID)]
    panel = study.results.panels["RR@10"]
    values = [panel.of("indep-uniq-lr-h", seed, "5:10") for seed in (1, 2, 3)]
    row = rows[places.index(("indep-uniq-lr-h", "5:10"))]
    means = [float(v.mean()) for v in values if v is not None]
    assert float(row["RR@10"]) == pytest.approx(sum(means) / 3)
    assert row["seeds"] == "3" and float(row["list_mean"]) == 50.0


def test_markdown_says_it_in_words(finished: tuple[Path, Judged]) -> None:
    text = (finished[0] / "report" / "report.md").read_text()
    assert "- **F1 supported.** The most effective models" in text
    assert "2 of the 2 best of 8 cells, 0.5 expected by chance, p = 0.036" in text
    assert "![RR@10 against" in text and "(figure1.png)" in text
    for heading in ("Verdicts", "Controls and corpora", "Caveats", "How a verdict is reached"):
        assert f"## {heading}\n" in text
    assert "N × FLOPS = mean postings per query | holds" in text
    assert "p = <" not in text and "nan" not in text.lower().replace("nonnegative", "")


def test_page_loads_nothing(finished: tuple[Path, Judged]) -> None:
    text = (finished[0] / "report" / "report.html").read_text()
    links = re.findall(r'\b(?:src|href)="([^"]*)"', text)
    assert links and all(link.startswith(("#", "data:")) for link in links)
    assert "<script" not in text and "@import" not in text
    assert text.count("<svg") == 9 and text.count("<section") == len(SECTIONS) + 2


def test_summary_for_programs(finished: tuple[Path, Judged]) -> None:
    text = (finished[0] / "report" / "report.json").read_text()
    found = json.loads(text, parse_constant=pytest.fail)
    assert [v["key"] for v in found["verdicts"]] == ["F1", "F2", "F3", "T", "E", "E2"]
    assert found["settings"]["margin"] == 0.01 and len(found["cells"]) == 8
    assert all(control["holds"] for control in found["controls"])


def test_one_seed_is_said(tmp_path: Path) -> None:
    study = judged(tmp_path, seeds=(1,), queries=30, query_noise=0.01, effect=indep_high(0.05))
    section = SECTIONS["verdicts"](study)
    text = str(section.blocks)
    assert "no interval" in text
    with style():
        pictures = tradeoff_pictures(study.evidence)
    assert "one seed, so there are no bars" in pictures[0].caption
    assert "One seed." in str(caveat_section(study.evidence))


def test_a_study_that_has_only_begun(tmp_path: Path) -> None:
    write_study(tmp_path, queries=20)
    for name in ("perquery.parquet", "points.csv", "curves.csv", "devcurves.csv", "cells.csv"):
        (tmp_path / "results" / name).unlink()
    study = write_study_report(tmp_path, settings=QUICK)
    assert {verdict.outcome for verdict in study.verdicts} == {NOT_TESTED}
    text = (tmp_path / "report" / "report.md").read_text()
    assert "The results hold nothing for this yet." in text and "0 cells, 0 seeds" in text


def test_a_control_that_fails_is_said_first(tmp_path: Path) -> None:
    study = judged(tmp_path, queries=20, skip=[("indep-uniq-lr-h", 2)])
    points = study.results.points
    points.loc[points["cell"] == "indep-uniq-lr-h", "flops"] *= 1.1
    found = {control.name: control for control in controls(study.evidence)}
    assert found["N × FLOPS = mean postings per query"].holds is False
    balanced = found["Every cell is trained with every seed"]
    assert balanced.holds is False and "indep-uniq-lr-h seed 2" in balanced.detail


def test_impossible_cells_are_listed(tmp_path: Path) -> None:
    write_study(tmp_path, queries=20, skip=[("overlap-uniq-lr-l", s) for s in (1, 2, 3)])
    path = tmp_path / "results" / "study.json"
    value = json.loads(path.read_text())
    value["impossible"] = {"overlap-uniq": "the corpus has too few texts"}
    path.write_text(json.dumps(value))
    section = SECTIONS["setting"](Judged(read_results(tmp_path), QUICK))
    assert "too few texts" in str(section.blocks)


def invoke(*args: object, code: int = 0) -> str:
    from esplade.cli.app import app

    result = CliRunner().invoke(app, ["study-report", *map(str, args)])
    if code:
        assert isinstance(result.exception, InputError), result.output
        return str(result.exception)
    assert result.exit_code == 0, (result.output, result.exception)
    return result.stdout


def test_one_part_from_the_command_line(finished: tuple[Path, Judged], tmp_path: Path) -> None:
    out = tmp_path / "part"
    found = json.loads(
        invoke(finished[0], "--only", "appendix-e", "--out", out, "--json", "--resamples", 200)
    )
    rows = found["tables"]["appendix-e"]["rows"]
    assert rows[0]["values"]["cell"] == "overlap-repeat-lr-l"
    assert sorted(p.name for p in out.iterdir()) == [
        f"appendix-e.{suffix}" for suffix in ("csv", "json", "md", "tex")
    ]
    text = invoke(finished[0], "--only", "cells", "--out", out)
    assert "indep-uniq-lr-h" in text and "±" in text


def test_mistakes_on_the_command_line(finished: tuple[Path, Judged], tmp_path: Path) -> None:
    assert "no part 'figure9'" in invoke(finished[0], "--only", "figure9", code=2)
    assert "--out DIR" in invoke(finished[0], finished[0], code=2)
    assert "different names" in invoke(finished[0], finished[0], "--out", tmp_path, code=2)
    assert "holds no study" in invoke(tmp_path, code=2)
    assert "100 resamples" in invoke(finished[0], "--resamples", 5, code=2)
