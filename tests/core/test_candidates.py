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
        ('{"query_id": "q9", "negatives": [{"id": "d", "score": 1e400}]}', "score inf"),
        ('{"query_id": "q9", "negatives": [{"id": "d", "score": 1' + "0" * 400 + "}]}", "score 10"),
        ('{"query_id": "q9", "negatives": [{"id": "d", "score": 1' + "0" * 5000 + "}]}", "no JSON"),
        ('{"query_id": "q9", "query_id": "q9"}', "the name 'query_id' stands twice"),
        (
            '{"query_id": "q9", "negatives": [{"id": "d", "i\\u0064" : "e"}]}',
            "the name 'id' stands",
        ),
        ('{"query_id": "q9", "negatives": ' + "[" * 100_000 + "}", "nested too deeply"),
        ('{"query_id": "q9", "negatives": ["\\ud83d"]}', "half a character"),
        ('{"query_id": "q9", "negatives": [""]}', 'an entry of "negatives" without'),
        ('{"query_id": "q9", "negatives": [{"id": 7}]}', 'an entry of "negatives" without'),
        ('{"query_id": "q9", "negatives": {"d": 1}}', 'a "negatives" that is no list'),
        (
            '{"query_id": "q9", "positives": [{"id": "d", "score": 1}], '
            '"negatives": [{"id": "d", "score": 2}]}',
            "gives 'd' two scores",
        ),
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
