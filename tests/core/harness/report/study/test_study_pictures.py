"""Pictures of a study: what is drawn, and where its names stand."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest
from matplotlib.text import Annotation
from reported import judged

from harness.report.drawing import style
from harness.report.study.curves import curve_pictures, line_of
from harness.report.study.judged import Judged
from harness.report.study.lists import list_pictures
from harness.report.study.spots import Spot, apart, highest, line_ends
from harness.report.study.styles import Looks
from harness.report.study.tradeoff import tradeoff_pictures

# Drawing one whole report takes seconds.
pytestmark = pytest.mark.slow


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
