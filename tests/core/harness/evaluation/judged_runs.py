"""Runs and judgments from a few lines."""

from __future__ import annotations

import pandas as pd

from harness.runs.runfile import read_run


def run_of(tmp_path, text):
    path = tmp_path / "run.trec"
    path.write_text("".join(f"{line} t\n" for line in text.split("\n")), encoding="utf-8")
    return read_run(path)


def judgments(*rows):
    return pd.DataFrame(rows, columns=["query_id", "doc_id", "relevance"])


def value(values, query, measure):
    row = values[(values["query"] == query) & (values["measure"] == measure)]
    return row["value"].item()
