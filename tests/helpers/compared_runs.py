"""The commands score and compare as an application, and runs for them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import typer
from typer.testing import CliRunner

from esplade.cli import compare, score
from harness.runs.runfile import Run

QUERIES = [f"q{i:02}" for i in range(1, 41)]


APP = typer.Typer()
APP.command()(score.score)
APP.command()(compare.compare)


def write_qrels(tmp_path):
    path = tmp_path / "qrels.txt"
    path.write_text("".join(f"{q} 0 rel 1\n" for q in QUERIES))
    return path


def run_of(queries, docs=("x", "rel"), tag="t"):
    scores = np.tile(np.arange(len(docs), 0, -1), len(queries))
    offsets = np.arange(len(queries) + 1) * len(docs)
    return Run(list(queries), offsets, np.array(list(docs) * len(queries), object), scores, tag)


def invoke(*args, code=0):
    result = CliRunner().invoke(APP, [str(arg) for arg in args])
    assert result.exit_code == code, (result.output, result.exception)
    return result


def judged(*documents, query="q01"):
    rows = [(query, doc, 1) for doc in documents]
    return pd.DataFrame(rows, columns=["query_id", "doc_id", "relevance"])
