"""Tables in LaTeX, which compile and fit whatever systems are called."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from harness.report.latex import to_latex
from harness.report.latex_text import latex
from harness.report.tables import Column, Row, Table

DOCUMENT = r"""\documentclass{article}
\usepackage{booktabs,graphicx,amssymb}
\begin{document}
%s
\end{document}
"""
AWKWARD = (
    *(
        "a_b^c~d",
        "50% & #1 $x$ {y} \\z",
        "<q|'\"`>",
        "[new] *",
        "--x-- ,, '' ?` !`",
        "naïve Çédille",
    ),
    *(
        "straße łódź Åke",
        "한국어-모델",
        "αβγ ΔΩ → ≤ ±0.5 ×2",
        "日本 emoji 🙂 end",
        "tab\tand\nline",
    ),
    "a" * 90,
)


def table(names=("BM25", "tiny"), caption="", **more):
    columns = (
        Column("letter", "#"),
        Column("system", "system"),
        Column("rr", "RR@10", 3, True),
        Column("postings", "postings/query", 0, False),
        Column("terms", "terms/query", 1, minor=True),
    )
    rows = tuple(
        Row(
            {"letter": chr(97 + i), "system": name, "rr": 0.1 * i, "postings": 1000.0 * i},
            marks={"rr": "a"} if i else {},
        )
        for i, name in enumerate(names)
    )
    return Table(columns, rows, caption, **more)


def test_a_whole_table_by_hand():
    legend = "Superscripts: above the system of that letter, p < 0.05."
    found = to_latex(table(notes=(legend, "tiny: 100% seen."), legend=(legend,)))
    made, *lines = found.splitlines()
    assert made.startswith("% esplade ")
    assert lines == [
        r"% needs \usepackage{booktabs,graphicx,amssymb}",
        r"\begin{table}[t]",
        r"\centering",
        r"\caption{Effectiveness and cost. Superscripts: above the system of that letter, p $<$ "
        r"0.05. Best values are bold.}",
        r"\label{tab:comparison}",
        r"\setlength{\tabcolsep}{4pt}",
        r"\resizebox{\ifdim\width>\linewidth\linewidth\else\width\fi}{!}{%",
        r"\begin{tabular}{llr@{}lr}",
        r"\toprule",
        r"\# & system & \multicolumn{2}{c}{RR@10} & postings/query \\",
        r"\midrule",
        r"a & BM25 & 0.000 &  & \textbf{0} \\",
        r"b & tiny & \textbf{0.100} & \textsuperscript{a} & 1,000 \\",
        r"\bottomrule",
        r"\end{tabular}}",
        r"\end{table}",
        "% tiny: 100% seen.",
    ]


def test_signs_against_a_baseline():
    rows = (
        Row({"system": "a|b_<c>", "rr": 0.412}, marks={"rr": "▲≈"}),
        Row({"system": "base", "rr": 0.0004}, baseline=True),
    )
    found = to_latex(Table((Column("system", "s"), Column("rr", "RR", 3, True)), rows, "My Title"))
    assert r"a\textbar{}b\_$<$c$>$ & \textbf{0.412} & $^{\blacktriangle\approx}$ \\" in found
    assert r"base (baseline) & $<$0.001 &  \\" in found
    assert r"\label{tab:my-title}" in found and r"\caption{My Title. Best" in found


def test_text_by_hand():
    assert latex("a_b 5% {x}") == r"a\_b 5\% \{x\}"
    assert latex("é ç Å ñ") == r"\'{e} \c{c} \r{A} \~{n}"
    assert latex("x--y") == "x-{}-y" and latex("a - b-c") == "a - b-c"
    assert latex("≤ β Δ ▲") == r"$\leq$ $\beta$ $\Delta$ $\blacktriangle$"
    assert latex("η Ψ") == r"$\eta$ $\Psi$"
    assert latex("a 한국 b") == r"a {\ifdefined\Umathcode 한국\else U+D55C U+AD6D\fi} b"
    assert latex("one\n\ttwo") == "one two"
    assert latex("\\[*") == r"\textbackslash{}{[}{*}"


def _compiled(tmp_path, source):
    """What the compiler says of a document; skips where there is none."""
    (tmp_path / "paper.tex").write_text(DOCUMENT % source, encoding="utf-8")
    if shutil.which("pdflatex"):
        command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "paper.tex"]
    elif shutil.which("tectonic"):
        command = ["tectonic", "--keep-logs", "paper.tex"]
    else:
        pytest.skip("neither pdflatex nor tectonic is here")
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=600)
    log = (tmp_path / "paper.log").read_text(encoding="utf-8", errors="replace")
    assert done.returncode == 0, log[-3000:]
    assert (tmp_path / "paper.pdf").stat().st_size > 1000
    return log


@pytest.mark.slow
def test_it_compiles_and_fits_an_article(tmp_path):
    """Characters that mean something to TeX, others that it does not know, names without end."""
    names = [*AWKWARD, "plain"]
    legend = ("Superscripts mean 100% & more: ▲ ≈ ±0.01.",)
    tables = [table(names, "All_of it", notes=legend, legend=legend), table(), Table((), ())]
    tables = [one for one in tables if one.columns]
    log = _compiled(tmp_path, "\n".join(to_latex(one) for one in tables))
    assert not re.search(r"Overfull \\hbox", log), re.findall(r"Overfull.*", log)
    assert "Missing character" not in log
    assert "multiply defined" not in log
