"""Commands with an encoder of the hub: what is said without --online, and what is done with it."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest
from commandline import Collection, Esplade
from fake_hub import COMMIT, FakeHub, fake_hub
from foreign_models import masked_lm, save

from esplade.cli.again import typed_with
from harness.vectors import vectors_facts

NAME = "lab/splade-tiny"


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeHub:
    hub = fake_hub(tmp_path / "cache", monkeypatch)
    hub.publish(NAME, save(*masked_lm("bert"), tmp_path / "published"))
    return hub


@pytest.mark.parametrize(
    "command",
    [
        "encode --encoder NAME --dataset DATA --out OUT",
        "sweep --encoder NAME --dataset DATA --out OUT --quiet",
        "inspect --encoder NAME 'a text'",
        "stats --encoder NAME --dataset DATA",
        "mine --encoder NAME --dataset DATA --split test --out OUT",
        "export-encoder --encoder NAME --out OUT",
        "finetune --from NAME --dataset DATA --out OUT",
        "vocab --wordpieces NAME --out OUT",
        "pretrain --from NAME --dataset DATA --out OUT",
    ],
)
def test_every_command_says_what_to_type(
    command: str, esplade: Esplade, hub: FakeHub, collection: Collection, tmp_path: Path
) -> None:
    names = {"NAME": NAME, "DATA": str(collection.folder), "OUT": str(tmp_path / "out")}
    words = [names.get(word, word) for word in shlex.split(command)]
    answer = esplade(*words)
    assert answer.code == 2
    wanted = f"To download it, type: {shlex.join(['esplade', *words, '--online'])}\n"
    assert answer.err.endswith(wanted) and answer.err.count("\n") == 1
    assert str(tmp_path / "cache") in answer.err
    assert hub.asked == [] and not (tmp_path / "out").exists()


def test_an_option_is_added_where_it_is_still_one() -> None:
    typed = typed_with(["inspect", "--encoder", "a/b", "--", "-x y"], "--online")
    assert typed == "esplade inspect --encoder a/b --online -- '-x y'"


def test_one_command_for_somebody_elses_model(
    esplade: Esplade, hub: FakeHub, collection: Collection, tmp_path: Path
) -> None:
    common = ("--dataset", collection.folder, "--encoder", NAME, "--grid", "0:0", "--language")
    answer = esplade("sweep", *common, "en", "--out", tmp_path / "sweep", "--online")
    assert answer.code == 0, answer.err
    assert f"Downloading {NAME}" in answer.err and "splade-tiny" in answer.out
    vectors = tmp_path / "sweep" / "vectors" / "splade-tiny"
    for part in ("docs", "queries"):
        facts = vectors_facts(vectors / part)["encoder"]
        assert (facts["hub"], facts["commit"]) == (NAME, COMMIT)
    index = tmp_path / "index"
    assert esplade("index", "--vectors", vectors / "docs", "--index", index).code == 0
    for command in (
        ("search", "--text", "the t3", "--json"),
        ("explain", "--text", "the t3", "--doc", "d003", "--json"),
        ("cost", "--dataset", collection.folder, "--repeats", 0, "--json"),
    ):
        # In the cache by now: no option is needed, and nothing is asked for.
        asked = len(hub.asked)
        answer = esplade(*command, "--index", index, "--encoder", NAME)
        assert answer.code == 0 and json.loads(answer.out), answer.err
        assert len(hub.asked) == asked
    answer = esplade("search", "--text", "x", "--index", index, "--encoder", "lab/other")
    assert answer.code == 2 and "--encoder lab/other --online" in answer.err
