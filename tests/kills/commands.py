"""The commands that are disturbed, each with tiny inputs, and how those are made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from collection import write_collection
from disturbing import Workplace


@dataclass(frozen=True)
class Case:
    """A command.

    Attributes:
        command: its arguments; see `disturbing.Workplace.run`.
        before: a command whose result is there already, and replaced.
        in_place: whether that result is removed before the new one is made, which grows in its
            place so that it can be gone on from.
    """

    command: tuple[str, ...]
    before: tuple[str, ...] = ()
    in_place: bool = False


def _of(line: str, before: str = "", *, in_place: bool = False) -> Case:
    return Case(tuple(line.split()), tuple(before.split()), in_place)


_TRAIN = "--batch 8 --evaluate-every 2 --log-every 1 --threads 1"
_PRETRAIN = f"pretrain --dataset {{in}}/data --corpus {{in}}/data/general.txt {_TRAIN}"
_FRESH = "--vocab {in}/vocab.txt --layers 1 --hidden 16 --heads 2 --wordpieces 100"
_FINETUNE = f"finetune --dataset {{in}}/data --from {{in}}/encoder {_TRAIN} --start-terms 8"
_SWEEP = "sweep --dataset {in}/data --grid 0:0,2:3"
_INDEX = "index --index {work}/index"

CASES = {
    "vocab": _of("vocab --dataset {in}/data --out {work}/vocab.txt --size 30 --workers 1"),
    "pretrain": _of(f"{_PRETRAIN} {_FRESH} --steps 6 --out {{work}}/encoder"),
    "pretrain over another": _of(
        f"{_PRETRAIN} {_FRESH} --steps 3 --out {{work}}/encoder --overwrite",
        f"{_PRETRAIN} {_FRESH} --steps 2 --out {{work}}/encoder",
    ),
    "finetune": _of(f"{_FINETUNE} --steps 6 --out {{work}}/encoder"),
    "train": _of("train {in}/recipe.toml --out {work}/trained --threads 1"),
    "average": _of("average {in}/tuned {in}/tuned2 --out {work}/mean"),
    "export-encoder": _of("export-encoder --encoder {in}/tuned --out {work}/exported"),
    "export-encoder over another": _of(
        "export-encoder --encoder {in}/tuned --out {work}/exported --overwrite",
        "export-encoder --encoder {in}/encoder --out {work}/exported",
    ),
    "encode docs": _of("encode --dataset {in}/data --encoder {in}/tuned --out {work}/docs"),
    "encode queries": _of(
        "encode --dataset {in}/data --encoder {in}/tuned --part queries --out {work}/queries"
    ),
    "encode with workers": _of(
        "encode --dataset {in}/data --encoder {in}/tuned --workers 2 --out {work}/docs"
    ),
    "encode over another": _of(
        "encode --dataset {in}/data --encoder {in}/tuned --out {work}/docs --overwrite",
        "encode --dataset {in}/data --encoder {in}/encoder --out {work}/docs",
    ),
    "index from JSON": _of(f"{_INDEX} --vectors {{in}}/docs.jsonl"),
    "index from packed vectors": _of(f"{_INDEX} --vectors {{in}}/docs"),
    "index over another": _of(
        f"{_INDEX} --vectors {{in}}/docs --dk 3 --overwrite", f"{_INDEX} --vectors {{in}}/docs"
    ),
    "index for BM25": _of(f"{_INDEX} --bm25 --dataset {{in}}/data"),
    "search": _of("search --index {in}/index --queries {in}/queries --run {work}/r.trec"),
    "search over another": _of(
        "search --index {in}/index --queries {in}/queries --run {work}/r.trec --k 5 --overwrite",
        "search --index {in}/index --queries {in}/queries --run {work}/r.trec",
    ),
    "score": _of("score --run {in}/r.trec --dataset {in}/data --per-query {work}/values.parquet"),
    "compare": _of(
        "compare {in}/r.trec {in}/s.trec --dataset {in}/data --out {work}/table.html "
        "--figure {work}/figure"
    ),
    "report": _of(
        "report {in}/r.trec {in}/s.trec --dataset {in}/data --out {work}/page.html --title Page"
    ),
    "mine with BM25": _of("mine --dataset {in}/data --bm25 --out {work}/negatives.jsonl"),
    "mine with an encoder": _of(
        "mine --dataset {in}/data --encoder {in}/tuned --scores --out {work}/negatives.jsonl"
    ),
    "export": _of("export --index {in}/index --ciff {work}/index.ciff"),
    "export compressed": _of("export --index {in}/index --ciff {work}/index.ciff.gz"),
    "sweep": _of(f"{_SWEEP} --encoder {{in}}/tuned --out {{work}}/sweep"),
    "sweep over another": _of(
        f"{_SWEEP} --encoder {{in}}/tuned --out {{work}}/sweep --fields text --overwrite",
        f"{_SWEEP} --vectors {{in}}/docs --queries {{in}}/queries --out {{work}}/sweep",
        in_place=True,
    ),
    "choose": _of(
        "choose --dataset {in}/data --vectors {in}/docs --queries {in}/queries --margin 0.9 "
        "--query-rules 0,2 --doc-rules 0,3 --out {work}/choice"
    ),
    "study": _of("study {in}/study.toml --out {work}/study --threads 1"),
    "study-join": _of("study-join {in}/study {in}/study2 --out {work}/joined"),
    "study-report": _of("study-report {in}/study --out {work}/report --resamples 100"),
}

QUICK = {
    "vocab": CASES["vocab"],
    "encode": _of("encode --dataset {in}/data --encoder pydoc-tiny --out {work}/docs"),
}
"""Commands that need nothing made first."""

_INPUTS = {
    "vocab.txt": "vocab --dataset {in}/data --corpus {in}/data/general.txt --out {in}/vocab.txt",
    "encoder": f"{_PRETRAIN} {_FRESH} --steps 4 --out {{in}}/encoder",
    "tuned": f"{_FINETUNE} --steps 4 --out {{in}}/tuned",
    "tuned2": f"{_FINETUNE} --steps 4 --seed 7 --out {{in}}/tuned2",
    "docs": "encode --dataset {in}/data --encoder {in}/tuned --out {in}/docs",
    "queries": "encode --dataset {in}/data --encoder {in}/tuned --part queries --out {in}/queries",
    "index": "index --vectors {in}/docs --index {in}/index",
    "r.trec": "search --index {in}/index --queries {in}/queries --run {in}/r.trec",
    "s.trec": "search --index {in}/index --queries {in}/queries --run {in}/s.trec --qk 2",
    "study": "study {in}/study.toml --out {in}/study --threads 1",
    "study2": "study {in}/study.toml --out {in}/study2 --threads 1 --only 1/*",
}

_STUDY = """
name = "tiny"
dataset = { path = "DATA" }
corpus = { general = ["DATA/general.txt"], repeat_texts = 8, held_out = 4, lengths = "paragraphs" }
vocabulary = { size = 60, wordpieces = 100 }
model = { layers = 1, hidden = 16, heads = 2 }
pretrain = { steps = 2, batch = 8, max_length = 16, evaluate_every = 1, log_every = 1 }
dev = { pool = 20 }
sweep = { grid = "0:0,2:3", repeats = 1 }
seeds = { init = [1], order = [1] }

[finetune]
steps = 2
batch = 4
evaluate_every = 1
log_every = 1
start_terms = 8
query_max_length = 16
doc_max_length = 16

[factors.lr]
lr-l = { pretrain.lr = 1e-3 }
lr-h = { pretrain.lr = 2e-3 }
"""

_RECIPE = """
dataset = "DATA"
[vocab]
size = 60
[pretrain]
layers = 1
hidden = 16
wordpieces = 100
steps = 2
batch = 8
evaluate_every = 1
[mine]
teacher = ["bm25"]
depth = 3
scores = true
[finetune]
steps = 2
batch = 4
evaluate_every = 1
start_terms = 8
hard_negatives = 1
distillation = "kl"
average_last = 2
int8 = true
[sweep]
grid = "2:3"
"""


def make_inputs(place: Workplace, command: Iterable[str]) -> None:
    """Make all that a command line reads and that is not there yet."""
    for part in command:
        if part.startswith("{in}/"):
            _make(place, part.split("/")[1])


def _make(place: Workplace, name: str) -> None:
    path = place.given / name
    if path.exists():
        return
    if name == "data":
        write_collection(path)
    elif name == "study.toml":
        _make(place, "data")
        path.write_text(_STUDY.replace("DATA", str(place.given / "data")))
    elif name == "recipe.toml":
        _make(place, "data")
        path.write_text(_RECIPE.replace("DATA", str(place.given / "data")))
    elif name == "docs.jsonl":
        _make(place, "docs")
        shards = sorted((place.given / "docs").glob("*.jsonl"))
        path.write_bytes(b"".join(shard.read_bytes() for shard in shards))
    else:
        command = _INPUTS[name].split()
        make_inputs(place, [part for part in command if part != f"{{in}}/{name}"])
        ended = place.run(command)
        assert ended.code == 0, ended.err


def points(changes: list[str], most: int, seed: int) -> list[int]:
    """Numbers of changes to be killed at: all of them, or some, with every rename and what follows.

    A kill comes before its change; the last number is behind all changes, where nothing is killed.
    """
    every = range(len(changes) + 1)
    if len(changes) < most:
        return list(every)
    renames = {n for n, line in enumerate(changes) if line.startswith(("rename", "exchange"))}
    around = sorted({m for n in renames for m in (n, n + 1)})
    rng = np.random.default_rng(seed)
    if len(around) > most * 2 // 3:
        around = sorted(rng.choice(around, most * 2 // 3, replace=False).tolist())
    others = sorted(set(every) - set(around))
    some = rng.choice(others, min(len(others), most - len(around)), replace=False).tolist()
    return sorted({*around, *some})
