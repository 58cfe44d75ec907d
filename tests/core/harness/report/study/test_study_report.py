from __future__ import annotations

import csv
import json
import re
import xml.etree.ElementTree as ET
from itertools import combinations
from pathlib import Path

import pytest
from matplotlib.text import Annotation
from synthetic_study import GRID, indep_high, names, write_study
from typer.testing import CliRunner

from ground.errors import InputError
from harness.report.drawing import style
from harness.report.study import write_study_report
from harness.report.study.checks import controls
from harness.report.study.curves import curve_pictures, line_of
from harness.report.study.judged import Judged
from harness.report.study.lists import list_pictures, short_number
from harness.report.study.sections import SECTIONS
from harness.report.study.setting import caveat_section
from harness.report.study.side_by_side import agreement, numbers_table, outcome_table
from harness.report.study.spots import Spot, apart, highest, line_ends
from harness.report.study.styles import Looks
from harness.report.study.tables import plus_minus
from harness.report.study.tradeoff import tradeoff_pictures
from harness.report.study.words import p_text
from harness.study.verdicts.results import read_results
from harness.study.verdicts.rules import CONTRADICTED, NOT_TESTED, SUPPORTED, UNDECIDED
from harness.study.verdicts.settings import Settings

# Drawing one whole report takes seconds.
pytestmark = pytest.mark.slow

QUICK = Settings(resamples=200, permutations=200)
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


def rate(corpus: str, sampling: str, lr: str) -> float:
    return (lr == "lr-h") * (2.0 if corpus == "indep" else 1.0)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Judged]:
    out = tmp_path_factory.mktemp("study")
    write_study(
        out, queries=60, query_noise=0.03, effect=indep_high(0.05), cost=indep_high(0.3),
        accuracy=indep_high(-0.03), spread=rate, longer=3000,
    )  # fmt: skip
    return out, write_study_report(out, settings=QUICK)


def judged(out: Path, **truth: object) -> Judged:
    write_study(out, **truth)  # type: ignore[arg-type]
    return Judged(read_results(out), QUICK)


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


def test_labels_do_not_overlap(finished: tuple[Path, Judged]) -> None:
    evidence = finished[1].evidence
    with style():
        for picture in [*tradeoff_pictures(evidence)[:1], *curve_pictures(evidence)]:
            picture.figure.canvas.draw()
            for axes in picture.figure.axes:
                notes = [t for t in axes.texts if isinstance(t, Annotation)]
                boxes = [super(Annotation, n).get_window_extent() for n in notes]
                overlaps = [(a, b) for a, b in combinations(boxes, 2) if a.overlaps(b)]
                assert not overlaps, picture.stem


def test_prunings_are_named_at_line_ends_where_costs_cross() -> None:
    near = [Spot("a", "0:0", 9.0, 0.4, 1, 0), Spot("a", "5:10", 2.0, 0.3, 1, 0)]
    other = [Spot("b", "0:0", 8.0, 0.5, 1, 0), Spot("b", "5:10", 1.0, 0.2, 1, 0)]
    assert apart([*near, *other])
    assert [(s.cell, s.pruning) for s in highest([*near, *other])] == [("b", "0:0"), ("a", "5:10")]
    crossing = [*near, Spot("b", "5:10", 8.5, 0.2, 1, 0), Spot("b", "0:0", 10.0, 0.2, 1, 0)]
    assert not apart([*crossing, Spot("c", "0:0", 5.0, 0.1, 1, 0)])
    assert [s.cost for s in line_ends(crossing)] == [2.0, 9.0, 8.5, 10.0]


def test_models_below_bm25_are_said_to_be_weak(tmp_path: Path) -> None:
    study = judged(tmp_path, queries=40, seeds=(1,), query_noise=0.01, effect=lambda *levels: -0.3)
    assert "8 of 8 cells are below BM25" in str(caveat_section(study.evidence))


def test_looks_are_of_factors(finished: tuple[Path, Judged]) -> None:
    looks = Looks(finished[1].results)
    one, other = looks.of("indep-uniq-lr-h"), looks.of("indep-repeat-lr-l")
    assert one.colour == other.colour != looks.of("overlap-uniq-lr-h").colour
    assert one.line == looks.of("overlap-repeat-lr-h").line != other.line
    assert one.marker == looks.of("overlap-uniq-lr-l").marker != other.marker
    longer = looks.of("indep-uniq-lr-h-long3000")
    assert longer.colour == one.colour and not longer.filled


def test_a_longer_curve_begins_where_its_cell_ends(finished: tuple[Path, Judged]) -> None:
    steps, mean, low, high = line_of(finished[1].results, "indep-uniq-lr-h-long3000", "accuracy")
    assert steps[0] == 800 and steps[-1] == 3000 and (low <= mean).all() and (mean <= high).all()


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


def test_no_curves_and_no_lists_are_no_error(tmp_path: Path) -> None:
    study = judged(tmp_path, queries=20, seeds=(1,))
    for table, column in (
        (study.results.points, "list_variance"),
        (study.results.points, "covariance_share"),
        (study.results.cells, "logit-score-std"),
    ):
        table.pop(column)
    with style():
        assert list_pictures(study.evidence, study.relations) == []
        assert [picture.stem for picture in curve_pictures(study.evidence)] == [
            "figure2",
            "figure3",
            "finetuning",
        ]


def test_agreement() -> None:
    assert agreement([SUPPORTED, SUPPORTED, UNDECIDED]) == "agree"
    assert agreement([SUPPORTED, CONTRADICTED]) == "conflict"
    assert agreement([SUPPORTED, NOT_TESTED]) == "one decides"
    assert agreement([UNDECIDED, UNDECIDED]) == "open"


def test_studies_side_by_side(finished: tuple[Path, Judged], tmp_path: Path) -> None:
    other = judged(tmp_path, name="other", queries=60, query_noise=0.03, effect=indep_high(-0.05))
    table = outcome_table([finished[1], other])
    assert [column.label for column in table.columns][2:] == ["synthetic", "other", "agree?"]
    assert table.rows[0].values["agree"] == "conflict"
    numbers = numbers_table([finished[1], other])
    assert str(numbers.rows[0].values["study:other"]).startswith(CONTRADICTED)


def test_numbers_as_people_read_them() -> None:
    assert plus_minus([0.3, 0.4], 2) == "0.35 ± 0.07"
    assert plus_minus([1234.5], 0) == "1,234" and plus_minus([], 2) == "–"
    assert p_text(0.0004) == "<0.001" and p_text(0.0123) == "0.012"
    assert [short_number(x) for x in (12, 4_500, 2_300_000, 0)] == ["12", "4.5k", "2.3M", "0"]


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
