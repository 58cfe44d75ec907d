"""Readers of data sets, with values worked out by hand."""

from __future__ import annotations

import gzip
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from repository import DATA

from ground.errors import InputError
from harness.datasets import Document, load_dataset, load_trec, read_qrels, read_topics
from harness.datasets.check import check

CORPUS = (
    '{"_id": "d1", "title": "Blue car", "text": "It drives."}\n'
    '{"_id": 2, "title": "", "text": "No title"}\n\n'
    '{"_id": "d3", "title": "\\ud55c\\uad6d\\uc5b4"}\n'
)
QUERIES = (
    '{"_id": "q2", "text": "second"}\n{"_id": "q1", "text": "first"}\n{"_id": "q9", "text": "-"}\n'
)
QRELS = "query-id\tcorpus-id\tscore\nq1\td1\t2\nq2\t2\t0\nq1\td3\t1\nq1\td1\t2\n"


def write(folder: Path, packed: bool = False, **extra: str) -> Path:
    parts = {"corpus.jsonl": CORPUS, "queries.jsonl": QUERIES, "qrels/test.tsv": QRELS, **extra}
    for name, text in parts.items():
        path = folder / (name + (".gz" if packed else ""))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(text.encode()) if packed else text.encode())
    return folder


@pytest.mark.parametrize("packed", [False, True])
def test_beir_folder(tmp_path: Path, packed: bool) -> None:
    dataset = load_dataset(write(tmp_path / "cars", packed))
    assert dataset.name == "cars"
    assert dataset.language is None
    assert dataset.splits == ("test",)
    assert list(dataset.docs()) == [
        Document("d1", "Blue car", "It drives."),
        Document("2", "", "No title"),
        Document("d3", "한국어", ""),
    ]
    assert list(dataset.queries("test").items()) == [("q2", "second"), ("q1", "first")]
    rows = list(dataset.qrels("test").itertuples(index=False, name=None))
    assert rows == [("q1", "d1", 2), ("q2", "2", 0), ("q1", "d3", 1)]
    assert list(dataset.general_texts()) == []


def test_content_never_substitutes() -> None:
    document = Document("d", "", "text")
    assert document.content() == ""
    assert document.content("text") == "text"
    assert document.content("title+text") == "text"
    assert Document("d", "a", "b").content("title+text") == "a b"
    assert Document("d", "a", "").content("title+text") == "a"
    with pytest.raises(InputError, match="title\\+text"):
        document.content("body")


def test_card_and_language(tmp_path: Path) -> None:
    card = {"dataset.json": '{"name": "Cars", "language": "ko"}'}
    folder = write(tmp_path, **card)
    assert load_dataset(folder).name == "Cars"
    assert load_dataset(folder).language == "ko"
    assert load_dataset(folder, language="en").language == "en"


def test_digest_follows_the_content(tmp_path: Path) -> None:
    one, two = write(tmp_path / "one"), write(tmp_path / "two")
    assert load_dataset(one).digest() == load_dataset(two).digest()
    (two / "corpus.jsonl").write_text(CORPUS.replace("Blue", "Red"))
    assert load_dataset(one).digest() != load_dataset(two).digest()


def test_general_text(tmp_path: Path) -> None:
    folder = write(tmp_path, **{"general.txt": "one line\n\nanother\n"})
    assert list(load_dataset(folder).general_texts()) == ["one line", "another"]


@pytest.mark.parametrize(
    "text",
    [
        "q1 0 d1 1\nq1 0 d2 0\n",
        "q1\t0\td1\t1\nq1 0   d2 0\n",
        "query-id\tcorpus-id\tscore\nq1\td1\t1\nq1\td2\t0\n",
        "q1\td1\t1\nq1\td2\t0\n",
        "q1\td1\t1\r\nq1\td2\t0\r\n",
    ],
)
def test_qrels_forms(tmp_path: Path, text: str) -> None:
    path = tmp_path / "qrels.gz"
    path.write_bytes(gzip.compress(text.encode()))
    frame = read_qrels(path)
    assert list(frame.itertuples(index=False, name=None)) == [("q1", "d1", 1), ("q1", "d2", 0)]
    assert frame["relevance"].dtype == "int64"


def test_negative_grades(tmp_path: Path) -> None:
    path = tmp_path / "qrels"
    path.write_text("q1 0 d1 -2\n")
    assert read_qrels(path)["relevance"].tolist() == [-2]


TOPICS = """<top>
<num> Number: 301
<title> International Organized Crime

<desc> Description:
Identify organizations.
</top>

<top><num>302</num><title>Poliomyelitis
and Post-Polio</title></top>
"""


def test_trec_topics(tmp_path: Path) -> None:
    path = tmp_path / "topics.txt"
    path.write_text(TOPICS)
    expected = {"301": "International Organized Crime", "302": "Poliomyelitis and Post-Polio"}
    assert read_topics(path) == expected
    path.write_text("301\tInternational Organized Crime\n302\tPoliomyelitis and Post-Polio\n")
    assert read_topics(path) == expected


def test_trec_pieces(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "topics.txt").write_text("q1\tfirst\nq7\tseventh\n")
    (tmp_path / "qrels.txt").write_text("q1 0 d1 1\n")
    dataset = load_trec(
        tmp_path / "corpus.jsonl", tmp_path / "topics.txt", tmp_path / "qrels.txt", language="en"
    )
    assert dataset.splits == ("test",)
    assert dataset.queries("test") == {"q1": "first"}
    assert [d.id for d in dataset.docs()] == ["d1", "2", "d3"]
    assert dataset.name == "topics" and dataset.language == "en"
    assert len(dataset.digest()) == 64


class FakeCatalogue(ModuleType):
    """As much of ir_datasets as is used."""

    def load(self, name: str) -> SimpleNamespace:
        if name not in ("tiny", "tiny/test"):
            raise KeyError(name)
        document = SimpleNamespace(doc_id="d1", text="body", default_text=lambda: "body")
        query = SimpleNamespace(query_id="q1", default_text=lambda: "first")
        return SimpleNamespace(
            has_docs=lambda: True,
            has_queries=lambda: True,
            has_qrels=lambda: name == "tiny/test",
            docs_lang=lambda: "en",
            docs_iter=lambda: iter([document]),
            queries_iter=lambda: iter([query]),
            qrels_iter=lambda: iter(
                [SimpleNamespace(query_id="q1", doc_id="d1", relevance=1)],
            ),
        )


def test_irds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ir_datasets", FakeCatalogue("ir_datasets"))
    for name in ("irds:tiny", "irds:tiny/test"):
        dataset = load_dataset(name)
        assert dataset.splits == ("test",)
        assert dataset.queries("test") == {"q1": "first"}
        assert list(dataset.docs()) == [Document("d1", "", "body")]
        assert dataset.language == "en"
    with pytest.raises(InputError, match="does not know 'large'"):
        load_dataset("irds:large")


def shared_datasets() -> list[Path]:
    return sorted(p.parent.resolve() for p in DATA.glob("*/corpus.jsonl*"))


@pytest.mark.slow
def test_data_sets_at_hand_have_no_errors() -> None:
    folders = shared_datasets()
    if not folders:
        pytest.skip("no data sets: set ESPLADE_DATA to a folder of them")
    for folder in folders:
        report = check(folder)
        assert report.errors == 0, report.faults
        dataset = load_dataset(folder)
        assert report.counts["documents"] == sum(1 for _ in dataset.docs())
        assert all(len(dataset.queries(s)) > 0 for s in dataset.splits)


def test_a_file_and_its_packed_twin_are_one_too_many(tmp_path: Path) -> None:
    (tmp_path / "corpus.jsonl").write_text('{"_id": "a", "title": "x"}\n')
    (tmp_path / "corpus.jsonl.gz").write_bytes(gzip.compress(b'{"_id": "b", "title": "y"}\n'))
    with pytest.raises(InputError, match=r"corpus\.jsonl and corpus\.jsonl\.gz both exist"):
        load_dataset(tmp_path)
