from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from encoders.candidates import read_candidates
from encoders.errors import EncoderInputError

GOOD = """\
{"query_id": "q1", "positives": [{"id": "d4", "score": 9.1}], "negatives": [{"id": "d7", "score": \
-3}, "d9"]}

{"query_id": "q2", "negatives": ["d1", {"id": "d2"}]}
{"query_id": "q3"}
"""


@pytest.mark.parametrize("suffix", [".jsonl", ".jsonl.gz"])
def test_ids_and_scores(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"negatives{suffix}"
    path.write_bytes(gzip.compress(GOOD.encode()) if suffix.endswith("gz") else GOOD.encode())
    found = read_candidates(path)
    assert found.negatives == {"q1": ["d7", "d9"], "q2": ["d1", "d2"], "q3": []}
    assert found.scores == {"q1": {"d4": 9.1, "d7": -3}}


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{", "is no JSON"),
        ("[]", "is no JSON object"),
        ('{"negatives": []}', 'has no "query_id"'),
        ('{"query_id": "q1"}', "repeats the query 'q1'"),
        ('{"query_id": "q9", "negatives": "d1"}', 'a "negatives" that is no list'),
        ('{"query_id": "q9", "positives": [{"score": 1}]}', 'an entry of "positives" without'),
        ('{"query_id": "q9", "negatives": [{"id": "d", "score": NaN}]}', "NaN is no number"),
        ('{"query_id": "q9", "negatives": [{"id": "d", "score": "1"}]}', "score '1'"),
        ('{"query_id": "q9", "negatives": [{"id": "d", "score": true}]}', "score True"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str, why: str) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text('{"query_id": "q1"}\n' + line + "\n")
    with pytest.raises(EncoderInputError) as error:
        read_candidates(path)
    assert why in str(error.value) and "line 2" in str(error.value)


def test_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_text("\n")
    with pytest.raises(EncoderInputError, match="holds no line"):
        read_candidates(tmp_path / "empty.jsonl")
