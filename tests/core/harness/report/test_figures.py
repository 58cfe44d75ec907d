from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from ground.errors import InputError
from harness.report.drawing import style
from harness.report.figures import _draw, draw_figure, svg_text
from harness.report.points import Point
from harness.runs.perquery import make_values

GRID = ((0, 0, 0.38, 90_000), (7, 20, 0.37, 8_000), (5, 20, 0.36, 6_000), (5, 10, 0.33, 3_000))


def point(name, system, rr, postings, qk=None, dk=None):
    values = make_values(["q1", "q2"], {"RR@10": [rr, rr], "postings": [postings] * 2})
    return Point(name, system, values, qk, dk)


def sweep(system, shift=0.0):
    return [point(f"{system}-{q}-{d}", system, r + shift, p, q, d) for q, d, r, p in GRID]


BM25 = point("bm25", "BM25", 0.3, 2_600)
POINTS = [BM25, *sweep("indep-uniq-lr-h", 0.03), *sweep("overlap-repeat-lr-l")]


@pytest.mark.slow
def test_files_are_whole_and_reproducible(tmp_path):
    paths = draw_figure(POINTS, "RR@10", tmp_path / "v1.5" / "figure", "Title")
    assert [p.name for p in paths] == ["figure.png", "figure.svg"]
    again = draw_figure(POINTS, "RR@10", tmp_path / "again", "Title")
    for one, other in zip(paths, again, strict=True):
        assert one.read_bytes() == other.read_bytes()
    assert paths[0].read_bytes().startswith(b"\x89PNG")
    svg = paths[1].read_text()
    ET.fromstring(svg)
    assert "dc:date" not in svg and "<image" not in svg


def test_everything_is_named(tmp_path):
    text = svg_text(POINTS, "RR@10")
    assert text.startswith("<svg")
    words = re.findall(r"<text[^>]*>([^<]*)</text>", text)
    assert words.count("7:20") == 2 and words.count("0:0") == 2
    assert {"BM25", "indep-uniq-lr-h", "overlap-repeat-lr-l", "RR@10"} <= set(words)
    assert "mean postings per query (log scale)" in words


def test_scale_follows_the_range():
    with style():
        wide = _draw(POINTS, "RR@10", "").axes[0]
        narrow = _draw([BM25, *sweep("a")[1:]], "RR@10", "").axes[0]
    assert wide.get_xscale() == "log" and narrow.get_xscale() == "linear"


@pytest.mark.parametrize("points", [POINTS, [BM25, *sweep("a")], sweep("a"), sweep("a")[1:]])
def test_labels_do_not_overlap(points):
    with style():
        figure = _draw(points, "RR@10", "")
        figure.canvas.draw()
        axes = figure.axes[0]
        notes = [t for t in axes.texts if t.get_text()]
        boxes = [note.get_window_extent() for note in notes]
        bounds = figure.bbox
    expected = sum(bool(p.pruning) for p in points) + (BM25 in points)
    assert len(boxes) == expected
    for i, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[:i])
        assert bounds.x0 <= box.x0 and box.x1 <= bounds.x1 and box.y1 <= bounds.y1


def test_lines_run_by_cost():
    with style():
        axes = _draw(list(reversed(sweep("a"))), "RR@10", "").axes[0]
    assert np.all(np.diff(axes.lines[0].get_xdata()) > 0)


def test_runs_without_cost_are_left_out():
    bare = Point("x", "x", make_values(["q1"], {"RR@10": [1.0]}))
    assert "overlap" not in svg_text([BM25, bare], "RR@10")
    with pytest.raises(InputError, match="nothing to draw"):
        svg_text([bare], "RR@10")
