from __future__ import annotations

import gzip
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from encoders.finetuning.candidates import read_candidates
from ground.errors import InputError

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
        (
            '{"query_id": "q9", "negatives": [{"id": "d", "score": NaN}]}',
            "NaN, which JSON does not have",
        ),
        ('{"query_id": "q9", "negatives": [{"id": "d", "score": "1"}]}', "score '1'"),
        ('{"query_id": "q9", "negatives": [{"id": "d", "score": true}]}', "score True"),
        (
            '{"query_id": "q9", "negatives": [{"id": "d", "score": 1e400}]}',
            "the number 1e400 is too large",
        ),
        (
            '{"query_id": "q9", "negatives": [{"id": "d", "score": 1' + "0" * 400 + "}]}",
            "401 digits",
        ),
        ('{"query_id": "q9", "negatives": [{"id": "d", "score": 1' + "0" * 5000 + "}]}", "no JSON"),
        ('{"query_id": "q9", "query_id": "q9"}', 'the name "query_id" stands twice'),
        (
            '{"query_id": "q9", "negatives": [{"id": "d", "i\\u0064" : "e"}]}',
            'the name "id" stands',
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
    with pytest.raises(InputError) as error:
        read_candidates(path)
    assert why in str(error.value) and "line 2" in str(error.value)


def test_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_text("\n")
    with pytest.raises(InputError, match="holds no line"):
        read_candidates(tmp_path / "empty.jsonl")


@dataclass(frozen=True)
class _Pairs:
    """As much of what is trained on as negatives are added to."""

    queries: dict[str, str]
    documents: dict[str, str]
    negatives: dict[str, list[str]] = field(default_factory=dict)
    scores: dict[str, dict[str, float]] = field(default_factory=dict)


@pytest.mark.parametrize("name", ["negatives", "negatives.json", "negatives.jsonl", "negatives.gz"])
def test_the_content_tells_candidates_from_a_run(tmp_path: Path, name: str) -> None:
    from esplade.train.negatives import with_candidates

    pairs = _Pairs({"q1": "a", "q2": "b"}, {"d7": "x", "d9": "y", "d1": "z"})
    path = tmp_path / name
    pack = gzip.compress if name.endswith("gz") else bytes
    path.write_bytes(pack(b"\n" + GOOD.encode()))
    found = with_candidates(pairs, path)  # type: ignore[arg-type]
    assert found.negatives["q1"] == ["d7", "d9"] and found.scores["q1"] == {"d4": 9.1, "d7": -3}
    if name != "negatives.jsonl":
        path.write_bytes(pack(b"q1 Q0 d9 1 3 t\nq1 Q0 d7 2 1 t\n"))
        found = with_candidates(pairs, path)  # type: ignore[arg-type]
        assert found.negatives == {"q1": ["d9", "d7"]} and found.scores == {}
    path.write_bytes(pack(GOOD.encode().replace(b'"d', b'"e')))
    with pytest.raises(InputError, match="names no hard negative"):
        with_candidates(pairs, path)  # type: ignore[arg-type]
