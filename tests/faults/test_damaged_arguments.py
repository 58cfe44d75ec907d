"""Every argument that is a file, against damages, on the command line: exit 2, one paragraph that
names the file, and nothing left behind."""

from __future__ import annotations

import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import places
import pytest
import valid
from mutants import gzipped

import encoders

FILES = {
    **{f"set/{name}": data for name, data in valid.FOLDER.items()},
    **{f"set/qrels/{split}.tsv": valid.HEADED for split in ("train", "dev")},
    "set/dataset.json": valid.CARD,
    "set/general.txt": valid.TEXT,
    "run.trec": valid.RUN,
    "test.qrels": valid.COLUMNS,
    "topics.tsv": valid.TOPICS,
    "vectors.jsonl": valid.VECTORS,
    "queries.jsonl": valid.VECTORS,
    "study.toml": valid.STUDY,
    "words.txt": valid.WORDS,
    "text.txt": valid.TEXT,
    "negatives.jsonl": valid.NEGATIVES,
}
"""A folder in which every command below works."""
COMMANDS = {
    "score --run {} --qrels test.qrels": "run.trec",
    "score --run run.trec --qrels {}": "test.qrels",
    "compare {} --qrels test.qrels": "run.trec",
    "compare run.trec --qrels {} --out table.md": "test.qrels",
    "data check set": "set/corpus.jsonl",
    "data show set": "set/queries.jsonl",
    "data show  set": "set/dataset.json",
    "index --bm25 --dataset set --index made": "set/corpus.jsonl",
    "index --vectors {} --index made --quantise scale:100": "vectors.jsonl",
    "quantisation --vectors {} --queries queries.jsonl --quantise scale:100": "vectors.jsonl",
    "quantisation --vectors vectors.jsonl --queries {} --quantise scale:100": "queries.jsonl",
    "search --index built/impacts --queries {} --run made.trec": "queries.jsonl",
    "search --index built/impacts --queries queries.jsonl --vectors {} --run made": "vectors.jsonl",
    "search --index built/bm25 --queries {} --run made.trec": "topics.tsv",
    "search --index built/bm25 --dataset set --run made.trec": "set/qrels/test.tsv",
    "cost --index built/impacts --queries {}": "queries.jsonl",
    "explain --index built/impacts --doc d1 --queries {} --query d1": "queries.jsonl",
    "mine --dataset set --bm25 --split test --out made.jsonl": "set/corpus.jsonl",
    "vocab --dataset set --out made.txt": "set/corpus.jsonl",
    "vocab --corpus {} --out made.txt": "text.txt",
    "vocab --words {} --out made.txt": "words.txt",
    "study {} --dry-run": "study.toml",
    "encode --encoder pydoc-tiny --dataset set --out made": "set/corpus.jsonl",
    "encode --encoder pydoc-tiny --dataset set --part queries --out made": "set/queries.jsonl",
    "finetune --from ENCODER --dataset set --out made --negatives {}": "negatives.jsonl",
    "sweep --dataset set --encoder pydoc-tiny --grid 0:0 --out made": "set/qrels/test.tsv",
}
"""Commands, and the file that is damaged; ``{}`` stands for its path."""


def latin(data: bytes) -> bytes:
    """A letter in Latin-1 in the second line."""
    at = data.find(b"\n") + 3
    return data[:at] + b"\xe9" + data[at:]


def half(data: bytes) -> bytes:
    """Cut in the middle of the last line."""
    start = data.rstrip(b"\n").rfind(b"\n") + 1
    return data[: start + (len(data) - start) // 2]


HARMLESS = {
    ("data show  set", "missing"),
    ("search --index built/bm25 --dataset set --run made.trec", "missing"),
    ("sweep --dataset set --encoder pydoc-tiny --grid 0:0 --out made", "missing"),
    ("vocab --corpus {} --out made.txt", "deep"),
}
"""A card and judgments that nothing needs; a split that is not there; brackets are text."""
DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda data: b"",
    "NULs": lambda data: data.replace(b"\n", b"\n" + bytes(512) + b"\n", 1),
    "Latin-1": latin,
    "UTF-16": lambda data: data.decode().encode("utf-16"),
    "cut gzip": lambda data: gzipped(data)[:-9],
    "deep": lambda data: data.replace(b"\n", b"\n" + b"[" * 100_000 + b" ", 1),
}
PLACES = {
    place.__name__: place
    for place in (places.missing, places.folder, places.loop, places.dangling, places.pipe)
}


@pytest.fixture
def folder(tmp_path: Path, built: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of all files, with the indexes; the working folder of the commands."""
    for name, data in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (tmp_path / "built").symlink_to(built)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of each kind."""
    place = tmp_path_factory.mktemp("built")
    for name, data in FILES.items():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    vectors, indexes = place / "vectors.jsonl", (place / "impacts", place / "bm25")
    for command in (
        ["index", "--vectors", str(vectors), "--index", str(indexes[0]), "--quantise", "scale:100"],
        ["index", "--bm25", "--dataset", str(place / "set"), "--index", str(indexes[1])],
    ):
        assert run(command) == 0
    return place


def run(command: list[str]) -> int:
    """The exit code of a command, run in this process."""
    from esplade.cli.main import main

    before = sys.argv
    sys.argv = ["esplade", *command]
    try:
        main()
    except SystemExit as end:
        return int(end.code or 0)
    finally:
        sys.argv = before
    return 0


def damaged(path: Path) -> Iterator[str]:
    """Damage a file in one way after the other."""
    data = path.read_bytes()
    for name, damage in DAMAGES.items():
        path.write_bytes(damage(data))
        yield name
    for name, place in PLACES.items():
        path.unlink()
        place(path, data)
        yield name
        if path.is_dir() and not path.is_symlink():
            path.rmdir()
        path.unlink(missing_ok=True)
        path.write_bytes(data)


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_damaged_arguments(folder: Path, capfd: pytest.CaptureFixture[str], command: str) -> None:
    file = COMMANDS[command]
    stand = {"{}": file, "ENCODER": str(Path(encoders.__file__).parent / "pretrained/pydoc-tiny")}
    words = [stand.get(word, word) for word in command.split()]
    wrong = []
    for name in damaged(folder / file):
        if (command, name) in HARMLESS:
            continue
        before = sorted(folder.rglob("*"))
        # Whoever waits at a pipe is let go, and is found out by what it says then.
        timer = threading.Timer(places.SECONDS, places.release, [folder / file])
        timer.start()
        code = run(words)
        hangs = not timer.is_alive() and name == "pipe"
        timer.cancel()
        printed = capfd.readouterr()
        err = (printed.err if printed.err.strip() else printed.out).strip()
        left = sorted(set(folder.rglob("*")) - set(before))
        for path in left:
            path.unlink() if path.is_file() else shutil.rmtree(path, ignore_errors=True)
        named = Path(file).name in err
        if code != 2 or hangs or not named or "Traceback" in err or "internal error" in err or left:
            wrong.append(f"{name}: exit {code}, left {[p.name for p in left]}: {err[:300]}")
        if len([line for line in err.splitlines() if line.startswith("esplade: ")]) > 1:
            wrong.append(f"{name}: more than one paragraph: {err[:300]}")
    assert not wrong, "\n".join(wrong)
