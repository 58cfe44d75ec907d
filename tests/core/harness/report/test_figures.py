from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from matplotlib.text import Text

from ground.errors import InputError
from harness.report.drawing import inches, style
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


@pytest.mark.slow
def test_pdf_is_reproducible_and_has_its_fonts(tmp_path):
    (one,) = draw_figure(POINTS, "RR@10", tmp_path / "one", kinds=["pdf"])
    (other,) = draw_figure(POINTS, "RR@10", tmp_path / "other", kinds=["pdf"])
    content = one.read_bytes()
    assert content == other.read_bytes() and one.suffix == ".pdf"
    assert b"CreationDate" not in content
    assert b"/FontFile2" in content and b"/Type3" not in content


@pytest.mark.parametrize("names", [["a"], ["indep-uniq-lr-h", "tiny", "other"], ["x" * 40, "y"]])
def test_a_column_of_a_paper_is_legible(names):
    points = [BM25, *(p for i, name in enumerate(names) for p in sweep(name, i / 50))]
    width = inches("8cm")
    with style(width):
        figure = _draw(points, "RR@10", "Title", width)
        figure.canvas.draw()
    assert figure.get_size_inches()[0] == pytest.approx(3.1496, abs=1e-4)
    texts = [text for text in figure.findobj(Text) if text.get_text() and text.get_visible()]
    assert {"RR@10", "7:20", *names} <= {text.get_text() for text in texts}
    assert min(text.get_fontsize() for text in texts) >= 7
    axes, legend = figure.axes[0], figure.legends[0]
    assert legend.get_window_extent().y1 <= axes.get_tightbbox().y0 + 1
    assert axes.get_tightbbox().x1 <= figure.bbox.x1 + 1
    assert axes.get_window_extent().width > 0.6 * figure.bbox.width


def test_widths():
    assert inches("254mm") == pytest.approx(inches("25.4cm")) == 10.0
    assert inches("3.5in") == pytest.approx(3.5) and inches(" 252pt ") == pytest.approx(3.5)
    assert inches(8) == inches("8 cm") == pytest.approx(8 / 2.54)
    for wrong in ("", "wide", "1cm", "80cm", "-8cm", "8em"):
        with pytest.raises(InputError, match="no width of a figure"):
            inches(wrong)
