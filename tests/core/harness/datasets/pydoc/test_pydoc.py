"""pydoc on small sources made by hand, and (slow) on the installed ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from repository import ROOT

from ground.artifacts import file_digest
from ground.errors import InputError
from harness.datasets import load_dataset, pydoc, read_qrels, read_topics
from harness.datasets.check import check
from harness.datasets.pydoc import builder, locate
from harness.datasets.pydoc.collection import choose_queries, entries, split_of, suits
from harness.datasets.pydoc.general import general_texts
from harness.datasets.pydoc.locate import SourceFile
from harness.datasets.pydoc.names import Names, readable
from harness.datasets.pydoc.prose import blocks, sentences, split_summary
from harness.datasets.pydoc.source import Scan, scan

NUMPY_STYLE = """Matrix or vector norm.

This function can return one of eight :ref:`matrix norms <norms>`, e.g. the `Frobenius` norm.
It depends on the value of ``ord``.

.. versionadded:: 1.7.0

Parameters
----------
x : array_like
    Input array of any shape.

Notes
-----
For values of ord below one, the result is not a mathematical norm.

.. math:: x = y

    >>> norm(a)
    7.7

* first item
"""


def read(tmp_path: Path, files: dict[str, str]) -> list[Scan]:
    """Scan sources given by path inside a package ``pkg``."""
    scans = []
    for name, source in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
        module = name.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        package = name.endswith("__init__.py")
        scans.append(scan(SourceFile("pkg", module, str(path), package)))
    return scans


def documented(tmp_path: Path, files: dict[str, str]) -> dict[str, str]:
    return Names(read(tmp_path, files)).documented()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("numpy.linalg.norm", "numpy linalg norm"),
        ("sklearn.linear_model.HuberRegressor", "sklearn linear model Huber Regressor"),
        ("http.server.HTTPServer", "http server HTTP Server"),
        ("torch.nn.Conv2d", "torch nn Conv2d"),
        ("scipy.signal.tf2sos", "scipy signal tf2sos"),
        ("sklearn.cluster.OPTICS", "sklearn cluster OPTICS"),
    ],
)
def test_readable(name: str, words: str) -> None:
    assert readable(name) == words


def test_prose_leaves_out_parameters_code_and_mathematics() -> None:
    found = [(b.kind, b.text) for b in blocks(NUMPY_STYLE)]
    assert found == [
        ("prose", "Matrix or vector norm."),
        (
            "prose",
            "This function can return one of eight matrix norms, e.g. the Frobenius norm. "
            "It depends on the value of ord.",
        ),
        ("described", "x : array_like Input array of any shape."),
        ("prose", "For values of ord below one, the result is not a mathematical norm."),
        ("item", "first item"),
    ]


def test_google_style_sections_are_described() -> None:
    doc = "Load it.\n\nArgs:\n    path: where it lies.\n\nReturns:\n    A thing.\n\nIt is prose."
    assert [b.kind for b in blocks(doc)] == ["prose", "described", "described", "prose"]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("One thing. Another thing.", 2),
        ("It is used, e.g. In tests. Then it ends.", 2),
        ("Rounds to x. Then stops.", 2),
        ("Ends with a question? Yes.", 2),
        ("See J. Doe for more", 1),
    ],
)
def test_sentences(text: str, count: int) -> None:
    assert len(sentences(text)) == count


def test_summary_skips_the_signature() -> None:
    doc = "abs(input, *, out=None) -> Tensor\n\nComputes the absolute value. Of each element."
    summary, rest = split_summary(doc)
    assert summary == "Computes the absolute value"
    assert [b.text for b in rest] == ["Of each element."]
    assert split_summary("zeros(shape, dtype=None)\n--\n\nReturn zeros.")[0] == "Return zeros"
    assert split_summary("S.insert(i, v) -- insert value before i")[0] == "insert value before i"


def test_objects_are_named_where_users_find_them(tmp_path: Path) -> None:
    docs = documented(
        tmp_path,
        {
            "pkg/__init__.py": "from pkg.sub import *\nfrom ._private import Shown as Renamed\n",
            "pkg/_private.py": (
                'class Shown:\n    """A shown class."""\n'
                '    def method(self):\n        """A method."""\n'
                '    def _hidden(self):\n        """No."""\n'
                'class Unshown:\n    """Nobody imports me."""\n'
            ),
            "pkg/sub/__init__.py": "from ._impl import work\n__all__ = ['work']\n",
            "pkg/sub/_impl.py": 'def work():\n    """Do the work."""\n',
        },
    )
    assert docs == {
        "pkg.Renamed": "A shown class.",
        "pkg.Renamed.method": "A method.",
        "pkg.work": "Do the work.",
    }


def test_star_import_cycles_end(tmp_path: Path) -> None:
    files = {
        "pkg/__init__.py": "from .a import *\nfrom .b import *\n",
        "pkg/a.py": "from .b import *\n",
        "pkg/b.py": 'from .a import *\ndef f():\n    """It works."""\n',
    }
    assert documented(tmp_path, files) == {"pkg.f": "It works."}


def test_docstrings_added_to_compiled_functions(tmp_path: Path) -> None:
    docs = documented(
        tmp_path,
        {
            "torch/__init__.py": "",
            "torch/_docs.py": (
                "import torch\n"
                'add_docstr(torch.abs, r"""abs(x)\n\nThe absolute value {x}.""".format(x=1))\n'
                'add_docstr_all("neg", "The negation.")\n'
            ),
            "torch/ops.py": 'solve = _add_docstr(c.solve, "Solve it.")\n',
        },
    )
    assert docs["torch.abs"].endswith("The absolute value {x}.")
    assert docs["torch.Tensor.neg"] == "The negation."
    assert docs["torch.ops.solve"] == "Solve it."


def test_a_file_that_cannot_be_parsed_says_nothing(tmp_path: Path) -> None:
    assert documented(tmp_path, {"pkg/__init__.py": "def f(:\n"}) == {}


def test_entries_leave_out_pointers_signatures_and_boilerplate() -> None:
    docs = {f"p.M{i}.forward": "Runs the forward pass." for i in range(5)}
    docs |= {"p.a": "See torch.abs.", "p.b": "Word.", "p.c": "x : int", "p.d": "Sort the list."}
    assert [e.title for e in entries(docs)] == ["p d: Sort the list"]


@pytest.mark.parametrize(
    ("sentence", "good"),
    [
        ("Every worker process receives an equal share of the remaining tasks.", True),
        ("Too short a sentence.", False),
        ("Every worker process receives x = 3 tasks from the parent.", False),
        ("See the documentation of worker processes for further details here.", False),
        ("Sort the list of numbers in place quickly.", False),  # repeats the title
        ("every worker process receives an equal share of remaining tasks.", False),
        ("Every worker process receives an equal share of remaining tasks:", False),
    ],
)
def test_suits(sentence: str, good: bool) -> None:
    assert suits(sentence, {"sort", "list", "numbers", "place"}) is good


def test_a_sentence_of_two_titles_is_nobodys_query() -> None:
    own = "Equal elements keep their former order relative to each other."
    shared = "Temporary memory grows linearly with the number of elements."
    docs = {"p.sort": f"Sort a list.\n\n{shared} {own}", "p.rank": f"Rank a list.\n\n{shared}"}
    found = entries(docs)
    choose_queries(found)
    queries = {e.name: e.queries for e in found}
    assert queries == {"p.sort": [own], "p.rank": []}
    assert {e.name: e.text() for e in found} == {"p.sort": shared, "p.rank": shared}


def test_same_title_shares_split_and_queries() -> None:
    sentence = "Equal elements keep their former order relative to each other."
    doc = f"Sort a list.\n\n{sentence}"
    found = entries({"p.list_sort": doc, "p.ListSort": doc})
    choose_queries(found)
    assert [e.queries for e in found] == [[sentence], [sentence]]
    assert len({e.split for e in found}) == 1


def test_splits_follow_the_hash() -> None:
    counts = {"train": 0, "dev": 0, "test": 0}
    for number in range(5000):
        counts[split_of(f"title {number}")] += 1
    assert counts["train"] == pytest.approx(3600, abs=120)
    assert counts["dev"] == pytest.approx(400, abs=80)
    assert split_of("title 1") == split_of("title 1")


def test_general_text_holds_no_query_and_no_body_outside_train() -> None:
    sentence = "Equal elements keep their former order relative to each other."
    rest = "The algorithm needs linear memory and is used by many others."
    docs = {f"p.f{i}": f"Sort a list {i}.\n\n{sentence[:-1]} {i}. {rest} {i}" for i in range(40)}
    found = entries(docs)
    choose_queries(found)
    texts = list(general_texts([], found, {}))
    taken = {q for e in found for q in e.queries}
    assert not any(q in t for q in taken for t in texts)
    kept = {e.name for e in found if e.split == "train"}
    assert 0 < len(kept) < 40
    for entry in found:
        mine = any(t.endswith(f" {entry.name[3:]}") and rest in t for t in texts)
        assert mine == (entry.name in kept)


@pytest.mark.slow
def test_nothing_is_imported() -> None:
    import subprocess
    import sys

    code = (
        "import sys\n"
        "from harness.datasets.pydoc import builder\n"
        "builder.versions(); builder.locate.package_files('torch')\n"
        "print([m for m in ('torch', 'sklearn', 'transformers', 'scipy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.slow
def test_build_of_a_small_world_is_reproducible(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "pkg.py"
    source.write_text(
        '"""A module about sorting.\n\nEqual elements keep their order relative to others.\n"""\n'
    )
    file = SourceFile(locate.STDLIB, "pkg", str(source), False)
    monkeypatch.setattr(locate, "stdlib_files", lambda: [file])
    monkeypatch.setattr(locate, "package_files", lambda name: [])
    for name in ("one", "two"):
        builder.build(tmp_path / name, processes=1)
    for path in ("corpus.jsonl", "queries.jsonl", "general.txt.gz", "dataset.json"):
        assert (tmp_path / "one" / path).read_bytes() == (tmp_path / "two" / path).read_bytes()
    dataset = load_dataset(tmp_path / "one")
    assert [d.title for d in dataset.docs()] == ["pkg: A module about sorting"]
    assert dataset.language == "en"


@pytest.mark.slow
def test_the_installed_packages() -> None:
    dataset = load_dataset("pydoc")
    assert pydoc.is_built()
    documents = {d.id: d for d in dataset.docs()}
    assert 10_000 < len(documents) < 30_000
    assert documents["numpy.linalg.norm"].title == "numpy linalg norm: Matrix or vector norm"
    assert "torch.nn.Linear" in documents and "json.dumps" in documents
    assert 800 < len(dataset.queries("test")) <= 1500
    assert len(dataset.queries("train")) > 4000
    relevant = {s: set(dataset.qrels(s)["doc_id"]) for s in dataset.splits}
    assert not relevant["train"] & relevant["test"] and not relevant["dev"] & relevant["test"]
    assert sum(len(t) for t in dataset.general_texts()) > 2_000_000
    assert check(pydoc.cache_folder()).errors == 0
    card = json.loads((pydoc.cache_folder() / "dataset.json").read_text())
    assert card["counts"]["documents"] == len(documents)


@pytest.mark.long
def test_the_installed_packages_give_the_same_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = load_dataset("pydoc").digest()
    monkeypatch.setenv("ESPLADE_CACHE", str(tmp_path))
    assert not pydoc.is_built()
    assert load_dataset("pydoc").digest() == built
    assert pydoc.is_built() and pydoc.cache_folder().parent == tmp_path


def test_the_published_card_fits_its_files() -> None:
    published = ROOT / "qrels" / "pydoc"
    card = json.loads((published / "card.json").read_text(encoding="utf-8"))
    assert file_digest(published / "test.tsv") == card["sha256"]["qrels/test.tsv"]
    judged = read_qrels(published / "test.tsv")
    assert len(judged) == card["counts"]["judgments"]["test"]
    assert set(read_topics(published / "topics.test.tsv")) == set(judged["query_id"])


@pytest.mark.slow
def test_a_cache_that_cannot_be_written(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("ESPLADE_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(InputError, match="file/cache.*ESPLADE_CACHE"):
        builder.cached()
    monkeypatch.delenv("ESPLADE_CACHE")

    def nobody():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", nobody)
    with pytest.raises(InputError, match="no home folder.*ESPLADE_CACHE"):
        builder.cached()
