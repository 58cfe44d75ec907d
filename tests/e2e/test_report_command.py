"""``esplade report``: a page of a sweep, of runs, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commandline import Collection, Esplade

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def swept(collection: Collection, tmp_path_factory: pytest.TempPathFactory) -> Path:
    import esplade

    out = tmp_path_factory.mktemp("report") / "sweep"
    return esplade.sweep(
        str(collection.folder),
        grid="0:0,2:2",
        out=out,
        vectors=collection.documents,
        queries=collection.queries,
        name="mine",
    ).path


def test_a_sweeps_page_is_made_again_without_its_data_set(esplade: Esplade, swept: Path) -> None:
    (swept / "report.html").unlink()
    answer = esplade("report", swept, "--json")
    assert answer.code == 0, answer.err
    assert json.loads(answer.out) == {"page": str(swept / "report.html")}
    assert "MB" in answer.err and (swept / "report.data" / "results.parquet").is_file()


def test_runs_of_others_have_a_page_too(
    esplade: Esplade, swept: Path, collection: Collection, tmp_path: Path
) -> None:
    run = tmp_path / "theirs.trec"
    run.write_text("q0 Q0 d000 1 2.5 theirs\nq1 Q0 d003 1 1.5 theirs\n")
    page = tmp_path / "both.html"
    answer = esplade(
        "report", run, swept, "--dataset", collection.folder, "--out", page, "--title", "Both"
    )
    assert answer.code == 0, answer.err
    text = page.read_text(encoding="utf-8")
    assert "<h1>Both</h1>" in text and "theirs" in text
    again = esplade("report", run, swept, "--dataset", collection.folder, "--out", page)
    assert again.code == 2 and "--overwrite" in again.err


def test_judgments_alone_make_a_page_without_texts(
    esplade: Esplade, swept: Path, collection: Collection, tmp_path: Path
) -> None:
    run = swept / "points" / "bm25" / "run.trec"
    page = tmp_path / "page.html"
    answer = esplade("report", run, "--qrels", collection.qrels, "--out", page)
    assert answer.code == 0, answer.err
    assert page.is_file() and not (tmp_path / "page.data").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["RUN", "--qrels", "QRELS"], "--out NAME.html"),
        (["RUN", "--qrels", "QRELS", "--out", "page.pdf"], "name the page *.html"),
        (["RUN", "--out", "page.html"], "judgments are needed"),
        (["SWEEP", "--baseline", "none"], "no point named 'none'"),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing(
    esplade: Esplade,
    swept: Path,
    collection: Collection,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    places = {"RUN": swept / "points/bm25/run.trec", "QRELS": collection.qrels, "SWEEP": swept}
    answer = esplade("report", *(places.get(one, one) for one in arguments))
    assert answer.code == 2 and said in answer.err, answer.err
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_report_is_not_served(esplade: Esplade, swept: Path, tmp_path: Path) -> None:
    answer = esplade("serve", tmp_path, "--no-browser")
    assert answer.code == 2 and "report.html is not there" in answer.err
    alone = tmp_path / "alone.html"
    alone.write_text((swept / "report.html").read_text())
    answer = esplade("serve", alone, "--no-browser")
    assert answer.code == 2 and "alone.data is not there" in answer.err
