"""`device=` and `--device`: settled once, said, refused; encoders on GPUs that are pretended."""

from __future__ import annotations

import pickle
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from commandline import Esplade
from fake_devices import FakeDevice

import esplade
from encoders.devices import choosing
from encoders.devices.choosing import Sight
from encoders.encoding import shards
from esplade import devices
from esplade.devices import check_asked, settle, settle_workers
from esplade.folder_encoder import FolderEncoder
from esplade.loading import check_device
from ground import machine
from ground.errors import InputError
from harness.encoding import parts
from harness.vectors import vectors_facts

TWO = Sight(("NVIDIA A", "NVIDIA B"), torch="2.13.0+cu130")
TITLES = {"d1": "sort a list", "d2": "read a file", "d3": "", "d4": "open a socket and wait"}


@pytest.fixture
def two_gpus(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[FakeDevice]]:
    """A machine that seems to have two GPUs; encoders on them compute on the CPU as fakes do."""
    made: list[FakeDevice] = []

    def fake(place: Any) -> FakeDevice:
        made.append(FakeDevice())
        return made[-1]

    monkeypatch.setattr(choosing, "look", lambda: TWO)
    monkeypatch.setattr(devices, "_said", set())
    monkeypatch.setattr(shards, "place", lambda model, device, precision="float32": model)
    monkeypatch.setattr(shards, "device_at", fake)
    yield made


def _titles() -> Any:
    return esplade.Dataset.from_dicts(TITLES, {"q1": "sort"}, {"q1": {"d1": 1}}, name="titles")


def test_a_gpu_is_taken_and_said_once(
    two_gpus: list[FakeDevice], capsys: pytest.CaptureFixture[str]
) -> None:
    assert settle("auto") == ("cuda:0", ("cuda:0", "cuda:1"))
    assert settle("auto")[0] == "cuda:0"
    said = capsys.readouterr().err
    assert said.count("computing on cuda:0 (NVIDIA A)") == 1
    assert settle("cpu") == ("cpu", ("cpu",))
    assert settle("cuda:1") == ("cuda:1", ("cuda:1",))


def test_int8_goes_to_the_cpu_and_says_so(
    two_gpus: list[FakeDevice], capsys: pytest.CaptureFixture[str]
) -> None:
    assert settle("auto", "int8") == ("cpu", ("cpu",))
    assert "on the CPU: int8 is not to be had on cuda:0" in capsys.readouterr().err
    with pytest.raises(InputError, match="int8 computes on the CPU only, and the device is cuda:1"):
        esplade.Encoder.load("pydoc-tiny", device="cuda:1", precision="int8")


def test_the_cpu_is_taken_without_a_word(capsys: pytest.CaptureFixture[str]) -> None:
    assert settle("cpu") == ("cpu", ("cpu",))
    assert capsys.readouterr().err == ""


def test_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "usable_processors", lambda: 16)
    gpus = ("cuda:0", "cuda:1")
    assert settle_workers("auto", gpus, 100_000, 8192) == 2
    assert settle_workers("auto", gpus, 8192, 8192) == 1
    assert settle_workers("auto", ("cuda:1",), 100_000, 8192) == 1
    assert settle_workers("auto", ("mps",), 100_000, 8192) == 1
    assert settle_workers("auto", ("cpu",), 100_000, 8192) == 4
    assert settle_workers("auto", ("cpu",), 0, 8192) == 1
    assert settle_workers("3", ("cpu",), 0, 8192) == settle_workers(3, gpus, 0, 8192) == 3
    for bad in ("many", 0, "0", "-1", 1000):
        with pytest.raises(InputError, match="--workers"):
            settle_workers(bad, ("cpu",), 0, 8192)


def test_vectors_of_a_gpu_are_those_of_the_cpu(
    two_gpus: list[FakeDevice], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "SHARD", 1)
    there = esplade.encode("pydoc-tiny", _titles(), tmp_path / "gpu")
    here = esplade.encode("pydoc-tiny", _titles(), tmp_path / "cpu", device="cpu")
    assert len(two_gpus) == 1 and two_gpus[0].batches
    gpu, cpu = there.packed.matrix, here.packed.matrix
    np.testing.assert_array_equal(gpu.indices, cpu.indices)
    np.testing.assert_allclose(gpu.data, cpu.data, atol=1e-4)
    of_gpu, of_cpu = vectors_facts(tmp_path / "gpu"), vectors_facts(tmp_path / "cpu")
    assert of_gpu["key"] == of_cpu["key"]
    assert of_gpu["computing"] == {
        "torch": TWO.torch,
        "device": "cuda:0 (NVIDIA A)",
        "rows": {"cuda": 4},
    }
    assert of_cpu["computing"]["device"] == "cpu"


def test_processes_get_a_gpu_each_and_load_the_encoder_there(two_gpus: list[FakeDevice]) -> None:
    encoder: Any = esplade.Encoder.load("pydoc-tiny").text_encoder
    assert isinstance(encoder, FolderEncoder) and encoder.devices == ("cuda:0", "cuda:1")
    for number, device in ((0, "cuda:0"), (1, "cuda:1"), (2, "cuda:0")):
        there = pickle.loads(pickle.dumps(encoder.for_worker(number)))
        assert isinstance(there, FolderEncoder)
        assert (there.device, there.devices) == (device, (device,))
    again = pickle.loads(pickle.dumps(encoder))
    assert (again.device, again.devices) == ("cuda:0", ("cuda:0", "cuda:1"))
    assert encoder.computing(2)["device"] == "cuda:0 (NVIDIA A), cuda:1 (NVIDIA B)"
    one: Any = esplade.Encoder.load("pydoc-tiny", device="cuda:1").text_encoder
    assert one.devices == ("cuda:1",)


def test_nothing_is_moved_before_it_is_needed(
    two_gpus: list[FakeDevice], monkeypatch: pytest.MonkeyPatch
) -> None:
    moved: list[tuple[str, str]] = []

    def noted(model: Any, device: str, precision: str) -> Any:
        moved.append((device, precision))
        return model

    monkeypatch.setattr(shards, "place", noted)
    encoder: Any = esplade.Encoder.load("pydoc-tiny", precision="float16").text_encoder
    assert moved == []
    encoder.encode(["a list"], "doc")
    encoder.encode(["a list"], "doc")
    assert moved == [("cuda:0", "float16")]


def test_an_encoder_that_is_loaded_is_not_moved() -> None:
    encoder = esplade.Encoder.load("pydoc-tiny", device="cpu")
    assert esplade.Encoder.load(encoder) is esplade.Encoder.load(encoder, device="cpu") is encoder
    with pytest.raises(InputError, match=r"--device cuda: this FolderEncoder .* where it is \(cpu"):
        esplade.Encoder.load(encoder, device="cuda")

    class Placed:
        device = "cuda:0"

    check_device(Placed(), "cuda")
    check_device(Placed(), "cuda:0")
    with pytest.raises(InputError, match=r"where it is \(unknown\)"):
        check_device(object(), "cpu")


def test_a_device_that_nothing_would_use_is_refused() -> None:
    check_asked("auto", encoder=False)
    check_asked("cpu")
    with pytest.raises(InputError, match="none is given"):
        check_asked("cpu", encoder=False)


ENCODING = (
    ("encode", "--encoder", "pydoc-tiny", "--dataset", "none", "--out", "v"),
    ("sweep", "--encoder", "pydoc-tiny", "--dataset", "none", "--out", "v"),
    ("mine", "--encoder", "pydoc-tiny", "--dataset", "none", "--out", "v"),
    ("stats", "--encoder", "pydoc-tiny", "--dataset", "none"),
    ("inspect", "sort a list"),
)


@pytest.mark.parametrize("command", ENCODING, ids=lambda command: str(command[0]))
@pytest.mark.parametrize(
    ("device", "said"), [("cuda:7", "torch .* sees"), ("gpu", "none of auto, cpu, cuda, cuda:N")]
)
def test_commands_refuse_a_device_before_they_do_anything(
    command: tuple[str, ...],
    device: str,
    said: str,
    esplade: Esplade,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    ended = esplade(*command, "--device", device)
    assert ended.code == 2 and re.search(said, ended.err), ended.err
    assert list(tmp_path.iterdir()) == []
