"""The training commands as a user runs them: options, negatives, several processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from commandline import Esplade

TOPICS = ("sort a list", "read a file", "open the gate", "print numbers", "copy a folder")
KINDS = ("quickly", "slowly", "twice", "in place", "by name", "from disk", "safely", "at night")
SMALL = ("--batch", 8, "--evaluate-every", 4, "--log-every", 2, "--steps", 8)
TINY = (*SMALL, "--layers", 1, "--hidden", 16, "--wordpieces", 200, "--dropout", 0)


def _records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty documents, two of them alike, and queries that are words of theirs."""
    folder = tmp_path_factory.mktemp("dataset")
    titles = [f"{topic} {kind}" for topic in TOPICS for kind in KINDS]
    titles[1] = titles[0]
    documents = [{"_id": f"d{i:02d}", "title": title, "text": ""} for i, title in enumerate(titles)]
    queries = [{"_id": f"q{i:02d}", "text": f"how to {title}"} for i, title in enumerate(titles)]
    for name, records in (("corpus", documents), ("queries", queries)):
        lines = "".join(json.dumps(record) + "\n" for record in records)
        (folder / f"{name}.jsonl").write_text(lines)
    (folder / "qrels").mkdir()
    for split, numbers in (("train", range(30)), ("dev", range(30, 40))):
        judged = "".join(f"q{i:02d}\td{i:02d}\t1\n" for i in numbers)
        (folder / "qrels" / f"{split}.tsv").write_text("query-id\tcorpus-id\tscore\n" + judged)
    return folder


@pytest.fixture(scope="module")
def start(dataset: Path) -> Path:
    """A tiny encoder, pre-trained by the commands."""
    vocabulary, out = dataset / "vocabulary.txt", dataset / "start"
    for arguments in (
        ("vocab", "--dataset", dataset, "--out", vocabulary),
        ("pretrain", "--vocab", vocabulary, "--dataset", dataset, "--out", out, *TINY),
    ):
        command = [sys.executable, "-m", "esplade.cli.main", *map(str, arguments)]
        subprocess.run(command, check=True, capture_output=True)
    return out


@pytest.mark.slow
def test_pretraining_goes_on_from_an_encoder(
    esplade: Esplade, dataset: Path, start: Path, tmp_path: Path
) -> None:
    more = ("pretrain", "--dataset", dataset, "--out", tmp_path / "more", *SMALL)
    answer = esplade(*more, "--from", start, "--vocab", dataset / "vocabulary.txt")
    assert answer.code == 2 and "leave --vocab and --backbone out" in answer.err
    answer = esplade(*more)
    assert answer.code == 2 and "give --vocab FILE" in answer.err
    assert not list(tmp_path.iterdir())
    assert esplade(*more, "--from", start, "--lr", 0).code == 0
    old, new = (
        json.loads((folder / "training.json").read_text()) for folder in (start, tmp_path / "more")
    )
    assert new["sources"]["backbone"]["name"] == start.name
    # Without any learning it is where the other one ended.
    assert new["held_out"] == pytest.approx(old["held_out"], abs=1e-6)
    for name in ("tokenizer.json", "output_vocabulary.txt"):
        assert (tmp_path / "more" / name).read_bytes() == (start / name).read_bytes()
    tune = ("finetune", "--from", tmp_path / "more", "--dataset", dataset, *SMALL)
    assert esplade(*tune, "--own-words", 2, "--out", tmp_path / "tuned").code == 0
    record = json.loads((tmp_path / "tuned" / "training.json").read_text())
    assert record["sources"]["own_words"] == 2
    # 30 queries with one answer each, and one or two queries of each document's own words.
    assert 30 + 40 <= record["counts"]["pairs"] <= 30 + 80


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--from", "e", "--layers", 2, "--whole-words"), "--layers and --whole-words: only for a"),
        (("--vocab", "v", "--backbone", "b", "--hidden", 8), "with --backbone both are given"),
        (("--vocab", "pieces", "--whole-words"), "leave --whole-words out"),
        (("--from", "e", "--vocab", "pieces"), "leave --vocab and --backbone out"),
        ((), "give --vocab FILE"),
    ],
)
def test_options_without_effect_are_refused(
    esplade: Esplade, tmp_path: Path, options: tuple[object, ...], told: str
) -> None:
    answer = esplade("pretrain", "--dataset", "pydoc", "--out", tmp_path / "out", *options)
    assert answer.code == 2 and told in " ".join(answer.err.split())
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_mined_negatives_are_trained_on(
    esplade: Esplade, dataset: Path, start: Path, tmp_path: Path
) -> None:
    mined = tmp_path / "negatives.jsonl"
    mine = ("mine", "--dataset", dataset, "--out", mined)
    answer = esplade(*mine, "--bm25", "--depth", 3, "--skip-top", 1, "--json")
    assert json.loads(answer.out) == {"out": str(mined), "queries": 30, "negatives": 90}
    lines = _records(mined)
    assert {p.name for p in tmp_path.iterdir()} == {mined.name}
    by_query = {line["query_id"]: line["negatives"] for line in lines}
    # d01 has the content of d00; both queries' answers are left out.
    assert not {"d00", "d01"} & {*by_query["q00"], *by_query["q01"]}
    first = mined.read_bytes()
    assert esplade(*mine, "--bm25", "--depth", 3, "--skip-top", 1).code == 2  # it exists
    assert esplade(*mine, "--encoder", start, "--depth", 3, "--overwrite").code == 0
    second = mined.read_bytes()
    assert esplade(*mine, "--encoder", start, "--depth", 3, "--overwrite").code == 0
    assert mined.read_bytes() == second != first

    scored = tmp_path / "scored.jsonl"
    ask = ("mine", "--dataset", dataset, "--encoder", start, "--depth", 3, "--scores")
    assert esplade(*ask, "--out", scored).code == 0
    for line, plain in zip(_records(scored), _records(mined), strict=True):
        assert [one["id"] for one in line["negatives"]] == plain["negatives"]
        ranked = [one["score"] for one in line["negatives"]]
        assert ranked == pytest.approx(sorted(ranked, reverse=True), rel=0.02)  # as searched
        assert all(one["score"] >= 0 for one in line["positives"])
    refused = esplade("mine", "--dataset", dataset, "--bm25", "--scores", "--out", tmp_path / "x")
    assert refused.code == 2 and "give --encoder DIR" in refused.err

    tune = ("finetune", "--from", start, "--dataset", dataset, *SMALL, "--negatives", mined)
    options = ("--hard-negatives", 2, "--query-encoder", "inference-free", "--decay", "cosine")
    logs = ("--tensorboard", tmp_path / "logs")
    answer = esplade(*tune, *options, *logs, "--out", tmp_path / "out")
    assert answer.code == 0 and "rr_at_10" in answer.err
    record = json.loads((tmp_path / "out" / "training.json").read_text())
    assert record["settings"]["decay"] == "cosine" and record["settings"]["hard_negatives"] == 2
    assert record["sources"]["negatives"]["name"] == "negatives.jsonl"
    assert list((tmp_path / "logs").iterdir())
    assert esplade("inspect", "--encoder", tmp_path / "out", "sort a list").code == 0
    taught = ("--negatives", scored, "--hard-negatives", 2, "--distillation", "margin-mse")
    tune = ("finetune", "--from", start, "--dataset", dataset, *SMALL, *taught)
    assert esplade(*tune, "--out", tmp_path / "taught").code == 0


@pytest.mark.parametrize(
    "command",
    [
        pytest.param("finetune", marks=pytest.mark.slow),
        pytest.param("pretrain", marks=pytest.mark.long),
    ],
)
def test_two_processes(dataset: Path, start: Path, tmp_path: Path, command: str) -> None:
    arguments = {
        "finetune": ("--from", start, *SMALL),
        "pretrain": ("--vocab", dataset / "vocabulary.txt", *TINY),
    }[command]
    run = (command, "--dataset", dataset, "--out", tmp_path / "out", *arguments)
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    torchrun += ["--nproc-per-node", "2", "-m", "esplade.cli.main", *map(str, run)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(torchrun, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count(f"{tmp_path / 'out'}: ") == 1
    record = json.loads((tmp_path / "out" / "training.json").read_text())
    assert record["environment"]["processes"] == 2
    assert {p.name for p in tmp_path.iterdir()} == {"out"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--decay", "none"), ["--decay 'none' is none of linear"]),
        (("--negatives", "nowhere.jsonl"), ["no file nowhere.jsonl", "esplade mine"]),
        (("--hard-negatives", 1), ["none is known", "--negatives"]),
        (("--distillation", "kl"), ["needs a teacher's scores"]),
        (("--query-encoder", "both"), ["--query-encoder 'both' is none of shared"]),
        (("--batch", 99), ["30 pairs", "one batch of 99"]),
    ],
)
def test_bad_settings(
    esplade: Esplade,
    dataset: Path,
    start: Path,
    tmp_path: Path,
    options: tuple[object, ...],
    words: list[str],
) -> None:
    run = ("finetune", "--from", start, "--dataset", dataset, "--out", tmp_path / "out")
    answer = esplade(*run, *SMALL, *options)
    assert answer.code == 2
    assert all(word in answer.err for word in words), answer.err
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_negatives_of_another_collection(
    esplade: Esplade, dataset: Path, start: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.trec"
    other.write_text("q00 Q0 elsewhere 1 2.0 x\nq99 Q0 d01 1 1.0 x\n")
    run = ("finetune", "--from", start, "--dataset", dataset, "--out", tmp_path / "out", *SMALL)
    answer = esplade(*run, "--negatives", other, "--hard-negatives", 1)
    assert answer.code == 2 and "names no hard negative" in answer.err


def test_mining_needs_one_searcher(esplade: Esplade, tmp_path: Path) -> None:
    for both in ((), ("--bm25", "--encoder", "pydoc-tiny")):
        answer = esplade("mine", "--dataset", "pydoc", "--out", tmp_path / "x.jsonl", *both)
        assert answer.code == 2 and "--bm25, --encoder DIR or --teacher" in answer.err
