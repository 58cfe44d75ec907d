from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import scipy.sparse as sp
from counted_letters import Letters, Tiny

from ground.errors import InputError
from harness.encoding import parts as encoding
from harness.encoding.parts import encode_part, encode_texts
from harness.vectors import read_vectors, vectors_facts


def test_documents_and_queries_apart(tmp_path: Path) -> None:
    data = Tiny(["abc", "", "cc"])
    encode_part(Letters(), data, "docs", tmp_path / "docs")
    docs = read_vectors(tmp_path / "docs")
    assert docs.ids == ["d0", "d1", "d2"]
    assert docs.terms == ["a", "b", "c"]
    assert docs.matrix.toarray().tolist() == [[2, 2, 2], [0, 0, 0], [0, 0, 4]]
    encode_part(Letters(), data, "queries", tmp_path / "queries")
    assert read_vectors(tmp_path / "queries").matrix.toarray().tolist() == [[1, 1, 0]]
    facts = vectors_facts(tmp_path / "docs")
    expected = {"name": "letters", "fingerprint": "f" * 64, "precision": "float32"}
    assert facts["encoder"] == expected
    assert (facts["part"], facts["fields"], facts["split"]) == ("docs", "title", None)


def test_fields_are_a_choice(tmp_path: Path) -> None:
    encode_part(Letters(), Tiny(["b"]), "docs", tmp_path / "v", fields="title+text")
    assert read_vectors(tmp_path / "v").matrix.toarray().tolist() == [[6, 2, 0]]


def test_a_killed_encoding_repeats_no_shard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoding, "SHARD", 2)
    data = Tiny(["a", "b", "c", "ab", "bc"])
    encoder = Letters()

    class Killed(Letters):
        def encode(
            self, texts: Sequence[str], side: str, progress: Callable[[int], None]
        ) -> sp.csr_array:
            if encoder.calls == 2:
                raise KeyboardInterrupt
            return encoder.encode(texts, side, progress)

    with pytest.raises(KeyboardInterrupt):
        encode_part(Killed(), data, "docs", tmp_path / "v")
    assert not (tmp_path / "v").exists()
    encode_part(encoder, data, "docs", tmp_path / "v")
    assert encoder.calls == 3
    encode_part(Letters(), data, "docs", tmp_path / "whole")
    for name in ("part-00000.jsonl", "part-00001.jsonl", "part-00002.jsonl"):
        assert (tmp_path / "v" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def test_nothing_to_encode(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="empty"):
        encode_part(Letters(), Tiny([]), "docs", tmp_path / "v")
    assert list(tmp_path.iterdir()) == []


def test_texts_in_memory() -> None:
    vectors = encode_texts(Letters(), {"x": "cab"}, "query")
    assert (vectors.ids, vectors.terms) == (["x"], ["a", "b", "c"])
    assert vectors.matrix.toarray().tolist() == [[1, 1, 1]]
