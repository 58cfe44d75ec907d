"""A result is the same wherever a value came from, and says how to make it without the file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commandline import Collection, Esplade


def test_the_same_result_typed_and_from_a_file(
    esplade: Esplade, collection: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed, given = tmp_path / "typed", tmp_path / "given"
    words = ("index", "--vectors", collection.documents, "--index")
    assert esplade(*words, typed, "--dk", 4, "--quantise", "scale:50").code == 0
    (tmp_path / "esplade.toml").write_text("[index]\ndk = 4\nquantise = 'scale:50'\n")
    monkeypatch.setenv("ESPLADE_CONFIG", str(tmp_path / "esplade.toml"))
    answer = esplade(*words, given)
    assert answer.code == 0, answer.err
    one, other = (json.loads((path / "MANIFEST").read_text()) for path in (typed, given))
    assert one["key"] == other["key"] and one["postings"] == other["postings"]
    assert other["command"][-4:] == ["--dk", "4", "--quantize", "scale:50"]
