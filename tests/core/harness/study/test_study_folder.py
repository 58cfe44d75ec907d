"""The folder of a study: shared by processes, gone on from, and nothing of others touched."""

from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from small_study import small_plan
from studies import FakeEncoders

from ground.errors import InputError
from harness.study.building import Builder
from harness.study.plan import Plan
from harness.study.run import Runner, claim
from harness.study.stages import Busy, file_lock


@pytest.fixture
def made(tmp_path: Path) -> Plan:
    return small_plan(tmp_path)


def test_a_process_leaves_alone_what_another_is_doing(made: Plan) -> None:
    titles = made.titles
    titles.folder.parent.mkdir(parents=True)
    with titles.locked(), pytest.raises(Busy), titles.locked():
        pass


def test_other_settings_wait_until_a_running_study_has_ended(tmp_path: Path) -> None:
    one, two = small_plan(tmp_path), small_plan(tmp_path, sweep={"grid": "0:0"})
    out = tmp_path / "out"
    with ExitStack() as first:
        claim(one, first)
        with ExitStack() as second:
            claim(one, second)
        with ExitStack() as second, pytest.raises(InputError, match="with other settings"):
            claim(two, second)
    with ExitStack() as later:
        claim(two, later)
    assert json.loads((out / "study.json").read_text())["config"]["sweep"]["grid"] == "0:0"


def test_what_is_not_complete_is_made_again(made: Plan) -> None:
    emlm, encoders = made.units[0].stages["emlm"], FakeEncoders()
    runner = Runner(made, Builder(made, encoders, lambda text: None), lambda text: None)
    with ExitStack() as stack:
        claim(made, stack)
        runner._ensure(emlm)
    # As if killed when the encoder was saved, and its stage not finished.
    model = emlm.folder.with_name(f".{emlm.folder.name}.partial-key-{emlm.key[:16]}") / "model"
    emlm.folder.rename(model.parent)
    (model.parent / "MANIFEST").unlink()
    with ExitStack() as stack:
        claim(made, stack)
        assert (model / "model.safetensors").is_file()
        # And where a file of it is gone all the same, it is trained again.
        (model / "model.safetensors").unlink()
        runner._ensure(emlm)
    assert emlm.ready and encoders.calls == ["pretrain 8", "pretrain 8"]


def test_what_a_changed_study_leaves_unfinished_is_removed(tmp_path: Path) -> None:
    one, two = small_plan(tmp_path), small_plan(tmp_path, sweep={"grid": "0:0"})
    sweep, emlm = (one.units[0].stages[kind].folder for kind in ("sweep", "emlm"))
    for folder in (sweep, emlm):
        partial = folder.with_name(f".{folder.name}.partial-key-{folder.name}")
        (partial / "model.unfinished").mkdir(parents=True)
    (one.root / "study.json").write_text("{}")
    with ExitStack() as stack:
        claim(two, stack)
    assert not list(sweep.parent.iterdir()) and len(list(emlm.parent.iterdir())) == 1


def test_a_folder_of_something_else_is_left_alone(made: Plan) -> None:
    made.root.mkdir()
    (made.root / "thesis.tex").write_text("x")
    with ExitStack() as stack, pytest.raises(InputError, match="not a study's"):
        claim(made, stack)


def test_processes_that_start_at_once_enter_together(tmp_path: Path) -> None:
    plans = [small_plan(tmp_path) for _ in range(4)]

    def enter(plan: Plan) -> None:
        with ExitStack() as stack:
            claim(plan, stack)

    with ThreadPoolExecutor(len(plans)) as pool:
        for _ in range(10):
            list(pool.map(enter, plans))
            shutil.rmtree(plans[0].root)


def test_locks_end_with_their_block(tmp_path: Path) -> None:
    with file_lock(tmp_path / "l", wait=False):
        pass
    with file_lock(tmp_path / "l", shared=True), file_lock(tmp_path / "l", shared=True):
        pass
