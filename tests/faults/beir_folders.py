"""A BEIR folder of given lines."""

from __future__ import annotations

from pathlib import Path

GOOD = '{"_id": "d1", "title": "one"}\n'


HEADER = "query-id\tcorpus-id\tscore\n"


def folder_of(
    tmp_path: Path,
    corpus: str = GOOD,
    queries: str = '{"_id": "q1", "text": "x"}\n',
    qrels: str = HEADER + "q1\td1\t1\n",
) -> Path:
    (tmp_path / "qrels").mkdir(exist_ok=True)
    (tmp_path / "corpus.jsonl").write_text(corpus, encoding="utf-8")
    (tmp_path / "queries.jsonl").write_text(queries, encoding="utf-8")
    (tmp_path / "qrels" / "test.tsv").write_text(qrels, encoding="utf-8")
    return tmp_path
