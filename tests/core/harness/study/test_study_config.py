"""A study file: what it means, and that every mistake in it is one that is named."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from repository import ROOT
from studies import CONTENT, content, plan, study

from esplade.studies.encoders import KINDS
from ground.errors import InputError
from harness.study.cells import cells_of
from harness.study.config import expanded, parse_study, read_study

RUNS = ROOT / "runs"
PAPER = [
    f"{corpus}-{sampling}-{lr}"
    for corpus in ("overlap", "indep")
    for sampling in ("repeat", "uniq")
    for lr in ("lr-l", "lr-h")
]


def test_the_papers_grid_has_the_papers_names() -> None:
    cells = cells_of(study())
    assert [cell.name for cell in cells] == PAPER
    last = cells[-1]
    assert last.levels == {"corpus": "indep", "sampling": "uniq", "lr": "lr-h"}
    assert (last.settings.corpus.source, last.settings.pretrain.lr) == ("general", 0.002)
    assert last.settings.finetune == cells[0].settings.finetune


def test_further_factors_are_appended() -> None:
    factors = {**CONTENT["factors"], "size": {"u1": {"vocabulary": {"size": 9}}, "u2": {}}}
    cells = cells_of(study(factors=factors))
    assert [cell.name for cell in cells[:3]] == [
        *("overlap-repeat-lr-l-u1", "overlap-repeat-lr-l-u2", "overlap-repeat-lr-h-u1")
    ]
    assert [cell.settings.vocabulary.size for cell in cells[:2]] == [9, 50]


def test_longer_trainings_go_on_from_shorter_ones() -> None:
    cells = {c.name: c for c in cells_of(study(longer={"indep-uniq-lr-h": [10, 16]}))}
    one, two = cells["indep-uniq-lr-h-long10"], cells["indep-uniq-lr-h-long16"]
    assert (one.parent, one.longer_of) == ("indep-uniq-lr-h", "indep-uniq-lr-h")
    assert (two.parent, two.longer_of) == (one.name, "indep-uniq-lr-h")
    assert (one.settings.pretrain.steps, one.steps, two.steps_before, two.steps) == (6, 10, 10, 16)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"datset": {}}, "'datset'. Did you mean dataset?"),
        ({"pretrain": {"step": 3}}, r"\[pretrain\] has no setting 'step'. Did you mean steps?"),
        ({"pretrain": {"steps": "3"}}, r"\[pretrain\], steps: '3' is not a whole number"),
        ({"pretrain": {"steps": True}}, "True is not a whole number"),
        ({"pretrain": {"lr": float("inf")}}, r"\[pretrain\], lr: inf is no finite number"),
        ({"pretrain": {"lr": float("nan")}}, r"\[pretrain\], lr: nan is no finite number"),
        ({"pretrain": {"lr": 10**400}}, r"\[pretrain\], lr: 10{79}... is too large"),
        ({"pretrain": {"steps": 0}}, r"\[pretrain\], steps: 0 is too small"),
        ({"finetune": {"batch": -3}}, r"\[finetune\], batch: -3 is too small"),
        ({"vocabulary": {"size": 0}}, r"\[vocabulary\], size: 0 is too small"),
        ({"model": {"layers": -1}}, r"\[model\], layers: -1 is too small"),
        ({"model": {"hidden": 9}}, r"\[model\]: a hidden size of 9 cannot be shared by 2"),
        ({"model": {"dropout": 1.5}}, r"\[model\], dropout: 1.5 is too large"),
        ({"seeds": {"init": [-1]}}, r"\[seeds\]: init: a seed is 0 to 2147483647, not -1"),
        ({"seeds": {"order": [2**31]}}, r"\[seeds\]: order: a seed is 0 to"),
        ({"seeds": {"order": [1.0]}}, r"\[1.0\] is not a list, each item a whole number"),
        ({"corpus": {"seed": -1}}, r"\[corpus\], seed: -1 is too small"),
        ({"factors": []}, r"\[factors\] must be a table, not \[\]"),
        ({"factors": {"lr": [{}]}}, r"\[factors.lr\] must be a table"),
        ({"factors": {"lr": {"a": 3}}}, r"\[factors.lr\], a must be a table, not 3"),
        ({"factors": {"lr": {"a": {"pretrain": 3}}}}, "a, pretrain must be a table, not 3"),
        ({"factors": {"lr": {"a": {"pretrain": {"lr": float("inf")}}}}}, "lr: inf is no finite"),
        (
            {"factors": {"h": {"a": {"model": {"hidden": 9}}}}},
            r"factors.h\], a: a hidden size of 9",
        ),
        ({"longer": [3]}, r"\[longer\] must be a table"),
        ({"name": "a" * 101}, "at most 100"),
        ({"name": ["a" * 200]}, r"not \['a{78}\.\.\.\.$"),
        ({"pretrain": {"lr": -1}}, r"\[pretrain\], lr: -1.0 is too small: give 0 or more"),
        ({"pretrain": {"decay": "slow"}}, "'slow' is none of 'linear'"),
        ({"pretrain": {"seed": 3}}, r"pretrain.seed has no place here. Seeds are those of \[seeds"),
        ({"corpus": {"source": "web"}}, "'web' is none of 'titles', 'general'"),
        ({"corpus": {"general": "a.txt"}}, "'a.txt' is not a list, each item a text"),
        ({"dataset": 3}, "must be a table, not 3"),
        ({"seeds": {"init": [1, 2], "order": [1, 2, 3]}}, "init has 2 seeds and order 3"),
        ({"seeds": {"init": [1, 1], "order": [1]}}, "two runs would have the same seeds"),
        ({"keep": ["all"]}, "give a list of weights, vectors, indexes, runs"),
        ({"name": "a b"}, "name must be letters, digits and dashes"),
        ({"factors": {"lr": {}}}, r"\[factors.lr\] has no levels"),
        ({"factors": {"lr": {"a": {"lr": 3}}}}, "'lr' is no stage that a factor may override"),
        ({"factors": {"lr": {"a": {"sweep": {}}}}}, "'sweep' is no stage"),
        ({"factors": {"lr": {"a": {"pretrain": {"x": 3}}}}}, "a, pretrain has no setting 'x'"),
        ({"longer": {"x": [3, 2]}}, "give total numbers of steps, ascending"),
    ],
)
def test_mistakes_are_named(change: dict[str, Any], why: str) -> None:
    with pytest.raises(InputError, match=why):
        parse_study(content(**change) if change != {"dataset": 3} else CONTENT | change, KINDS)


def test_what_lacks_is_named() -> None:
    with pytest.raises(InputError, match=r"lacks \[dataset\]"):
        parse_study({"name": "x"}, KINDS)
    with pytest.raises(InputError, match=r"\[dataset\] lacks 'path'"):
        parse_study({"name": "x", "dataset": {}}, KINDS)


def test_finetuning_may_not_differ_with_pretraining() -> None:
    level = {"pretrain": {"lr": 0.002}, "finetune": {"joint_flops": 0.01}}
    factors = {"lr": {"lr-l": {"pretrain": {"lr": 0.001}}, "lr-h": level}}
    with pytest.raises(InputError) as error:
        study(factors=factors)
    message = str(error.value)
    assert "[factors.lr] varies pretrain and fine-tuning together" in message
    assert "finetune.joint_flops is 0.003 in lr-l, 0.01 in lr-h" in message


def test_finetuning_may_be_a_factor_of_its_own() -> None:
    levels = {"weak": {"finetune": {"joint_flops": 0.001}}, "strong": {}}
    cells = cells_of(study(factors={**CONTENT["factors"], "regulariser": levels}))
    assert len(cells) == 16
    # The same value in all levels is no difference.
    both = {
        name: {"pretrain": {"lr": n}, "finetune": {"lr": 0.1}} for name, n in (("a", 1), ("b", 2))
    }
    assert len(cells_of(study(factors={"lr": both}))) == 2


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"longer": {"other": [9]}}, "there is no cell other"),
        ({"longer": {"indep-uniq-lr-h": [4]}}, "has 4 steps already"),
        (
            {"factors": {"a": {"x": {}, "x-y": {}}, "b": {"y-z": {}, "z": {}}}},
            "Two cells are called",
        ),
        (
            {
                "factors": {
                    "a": {"x": {"model": {"hidden": 6}}},
                    "b": {"y": {"model": {"heads": 8}}},
                }
            },
            r"\[factors\], x-y: a hidden size of 6 cannot be shared by 8",
        ),
        ({"corpus": {"repeat_texts": 6}}, "no whole number of passes over 6 texts"),
        ({"corpus": {"repeat_texts": 12}}, "no whole number of passes over 12 texts"),
    ],
)
def test_grids_that_cannot_be(tmp_path: Path, change: dict[str, Any], why: str) -> None:
    with pytest.raises(InputError, match=why):
        plan(tmp_path, **change)


def test_variables_in_paths(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_DATA", "/data")
    assert expanded("$SOME_DATA/x") == expanded("${SOME_DATA}/x") == "/data/x"
    monkeypatch.delenv("SOME_DATA")
    with pytest.raises(InputError, match="environment variable SOME_DATA, which is not set"):
        expanded("$SOME_DATA/x")


@pytest.mark.parametrize("file", sorted(RUNS.glob("*.toml")), ids=lambda path: path.stem)
def test_published_studies_can_be_read(file: Path) -> None:
    read = read_study(file, KINDS)
    assert read.name == file.stem
    assert {cell.name for cell in cells_of(read)} >= set(PAPER)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        read_study(tmp_path / "none.toml", KINDS)
    (tmp_path / "bad.toml").write_text("a = [")
    with pytest.raises(InputError, match="is no TOML file"):
        read_study(tmp_path / "bad.toml", KINDS)


START = b'name = "x"\n[dataset]\npath = "p"\n'


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"a = " + b"[" * 100_000 + b"]" * 100_000, "is nested too deep"),
        (b"a = " + b"{a = " * 100_000, "is nested too deep"),
        (START + b"[pretrain]\nlr." + b"a." * 100_000 + b"a = 1\n", "is nested too deep"),
        (START + b"[pretrain]\nlr." + b"a." * 20 + b"a = 1\n", r"lr: .* is not a number"),
        (b"[" + b"'a' . " * 100_000 + b"a]\n", "is nested too deep"),
        (START + b"[pretrain]\nsteps = " + b"9" * 5000, "is no TOML file"),
        (START + b"[pretrain]\nlr = 1e400", "lr: inf is no finite number"),
        (START + b"[[pretrain]]\nlr = 1.0", r"\[pretrain\] must be a table, not \[\{"),
        (START + b"[pretrain]\nlr = 1.0\nlr = 2.0", "is no TOML file: Cannot overwrite"),
        (START + b"[factors.a.b.pretrain.lr]\nx = 1", "b, pretrain, lr: .*is not a number"),
        (START + b"[pretrain]\nlr = 2020-01-01", "lr: datetime.date.* is not a number"),
        (b"pretrain = 3\n" + START, r"\[pretrain\] must be a table, not 3"),
        (b"factors = 3\n" + START, r"\[factors\] must be a table, not 3"),
        (b"keep = [[]]\n" + START, "keep: give a list of"),
        (b'name = "caf\xe9"', "UTF-8"),
        (b"name = \0", "NUL"),
        ("name = 'x'".encode("utf-16"), "UTF-16"),
        (b"", "lacks .dataset"),
    ],
)
def test_hostile_files(tmp_path: Path, content: bytes, why: str) -> None:
    (tmp_path / "hostile.toml").write_bytes(content)
    with pytest.raises(InputError, match=why) as error:
        read_study(tmp_path / "hostile.toml", KINDS)
    assert "hostile.toml" in str(error.value) and len(str(error.value)) < 600


def test_a_byte_order_mark_is_no_part_of_a_study(tmp_path: Path) -> None:
    (tmp_path / "marked.toml").write_bytes(b"\xef\xbb\xbf" + START)
    assert read_study(tmp_path / "marked.toml", KINDS).name == "x"


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="is a pipe"):
        read_study(tmp_path / "pipe", KINDS)
    with pytest.raises(InputError, match="is a folder"):
        read_study(tmp_path, KINDS)
