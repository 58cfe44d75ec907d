"""The choice of fields is held against the documents before anything is built of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from counted_letters import Letters, Tiny

from ground.errors import InputError
from harness.datasets import Document
from harness.datasets.contents import Contents, Queries
from harness.datasets.fields import chosen_fields
from harness.encoding.parts import encode_part, encoding_notes
from harness.vectors import vectors_facts


class Given(Tiny):
    """Documents d0, d1, ... of (title, text)."""

    name = "given"

    def __init__(self, documents: Sequence[tuple[str, str]], queries: dict[str, str] | None = None):
        self.documents = documents
        self.asked = queries or {}
        self.read = 0

    def docs(self) -> Iterator[Document]:
        for number, (title, text) in enumerate(self.documents):
            self.read += 1
            yield Document(f"d{number}", title, text)

    def queries(self, split: str = "test") -> dict[str, str]:
        return self.asked


TITLED = [("", "x"), ("a title", "x"), ("", "y")]
PASSAGES = [("", "a passage"), ("  ", "another")]


@pytest.mark.parametrize(
    ("documents", "asked", "usual", "expected"),
    [
        (TITLED, None, "title", "title"),
        (TITLED, None, "text", "text"),
        (TITLED, "title+text", "title", "title+text"),
        (PASSAGES, None, "title", "text"),
        (PASSAGES, None, "title+text", "title+text"),
        (PASSAGES, "text", "title", "text"),
        ([("only", "")], None, "text", "title"),
    ],
)
def test_what_is_taken(
    documents: list[tuple[str, str]], asked: str | None, usual: str, expected: str
) -> None:
    assert chosen_fields(Given(documents), asked, usual) == expected


@pytest.mark.parametrize(
    ("documents", "asked", "message"),
    [
        (PASSAGES, "title", "None of the 2 documents of given has a title.*give --fields text"),
        ([("t", "")], "text", "None of the 1 documents of given has a text.*give --fields title"),
        ([("", ""), (" ", "\t")], None, "2 documents and none has a title or a text.*--fields"),
        ([("", "")], "title+text", "none has a title or a text.*--fields"),
        ([], None, "collection is empty"),
        (TITLED, "abstract", "--fields 'abstract' is not one of title, text, title\\+text"),
    ],
)
def test_nothing_to_take(documents: list[tuple[str, str]], asked: str | None, message: str) -> None:
    with pytest.raises(InputError, match=message):
        chosen_fields(Given(documents), asked)


def test_the_check_stops_at_the_first_document_that_has_the_fields() -> None:
    data = Given([("", "x"), ("a", "b"), *[("c", "d")] * 100])
    chosen_fields(data, "title")
    assert data.read == 2


def test_documents_without_content_are_counted(tmp_path: Path) -> None:
    data = Given(TITLED)
    encode_part(Letters(), data, "docs", tmp_path / "v")
    facts = vectors_facts(tmp_path / "v")
    assert facts["fields"] == "title"
    assert facts["contents"] == {"documents": 3, "empty": 2, "half_characters": 0}
    notes = encoding_notes(facts)
    assert notes == ["2 of 3 documents have no title: nothing finds them."]
    with pytest.raises(InputError, match="--fields text"):
        encode_part(Letters(), Given(PASSAGES), "docs", tmp_path / "w")
    assert [path.name for path in tmp_path.iterdir()] == ["v"]


def test_half_characters_are_mended_and_counted(tmp_path: Path) -> None:
    asked = {"q": "\ud83d b", "r": "b", "s": " "}
    data = Given([("caf\udce9", ""), ("\ud83d", ""), ("café 🙂", "")], asked)
    contents = Contents(data, "title")
    assert list(contents) == [("d0", "caf?"), ("d1", "?"), ("d2", "café 🙂")]
    assert contents.facts() == {"documents": 3, "empty": 0, "half_characters": 2}
    assert list(contents) and contents.documents == 3, "each pass counts anew"
    assert "2 texts held halves of characters" in contents.notes()[0]
    queries = Queries(data, "test")
    assert dict(queries) == {"q": "? b", "r": "b", "s": " "}
    encode_part(Letters(), data, "queries", tmp_path / "v")
    recorded = vectors_facts(tmp_path / "v")["contents"]
    assert recorded == {"queries": 3, "empty": 1, "half_characters": 1} == queries.facts()
    notes = encoding_notes(vectors_facts(tmp_path / "v"))
    assert notes[0] == "1 of 3 queries are empty: they find nothing."


def test_counts_of_a_resumed_encoding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from harness.encoding import parts as encoding

    monkeypatch.setattr(encoding, "SHARD", 2)
    documents = [("", "x"), ("a", ""), ("\ud83d", ""), ("", ""), ("b", ""), ("", "y")]

    class Killed(Counting):
        def encode_counting(self, texts: Sequence[str], side: str, progress: object) -> object:
            if "b" in texts:
                raise KeyboardInterrupt
            return super().encode_counting(texts, side, progress)

    with pytest.raises(KeyboardInterrupt):
        encode_part(Killed(), Given(documents), "docs", tmp_path / "v")
    for name in ("v", "whole"):
        encode_part(Counting(), Given(documents), "docs", tmp_path / name)
        facts = vectors_facts(tmp_path / name)
        assert facts["contents"] == {"documents": 6, "empty": 3, "half_characters": 1}
        assert facts["lengths"] == {"limit": 0, "longer": 3, "texts": 6}
    assert _files(tmp_path / "v") == _files(tmp_path / "whole")
    assert encoding_notes(vectors_facts(tmp_path / "v"))[-1] == (
        "3 of 6 documents were longer than 0 tokens; what follows was not encoded."
    )


class Counting(Letters):
    """Calls every text that is not empty too long."""

    def encode_counting(self, texts: Sequence[str], side: str, progress: object) -> object:
        return self.encode(texts, side, progress), sum(map(bool, texts))  # type: ignore[arg-type]

    def longest(self, side: str) -> int:
        return 0


def _files(folder: Path) -> dict[str, bytes]:
    found = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}
    return {n: p.read_bytes() for n, p in found.items() if n not in ("MANIFEST", ".verified")}
