from __future__ import annotations

import pytest

from encoders.devices.choosing import Sight, choose, choose_all, described, look, remark
from ground.errors import InputError

NONE = Sight(torch="2.13.0+cpu")
TWO = Sight(("NVIDIA A", "NVIDIA B"), torch="2.13.0+cu130")
APPLE = Sight(mps=True, torch="2.13.0")
DRIVER = Sight(torch="2.13.0+cpu", driver="/dev/nvidia0")


@pytest.mark.parametrize(
    ("asked", "sight", "found"),
    [
        ("auto", NONE, ("cpu",)),
        ("auto", TWO, ("cuda:0", "cuda:1")),
        ("auto", APPLE, ("mps",)),
        ("cpu", TWO, ("cpu",)),
        ("cuda", TWO, ("cuda:0", "cuda:1")),
        ("cuda:1", TWO, ("cuda:1",)),
        ("cuda:01", TWO, ("cuda:1",)),
        ("mps", APPLE, ("mps",)),
    ],
)
def test_what_is_asked_for_is_found(asked: str, sight: Sight, found: tuple[str, ...]) -> None:
    assert choose_all(asked, sight) == found
    assert choose(asked, sight) == found[0]


@pytest.mark.parametrize(
    ("asked", "sight", "said"),
    [
        ("cuda", NONE, r"torch 2.13.0\+cpu sees the CPU alone. Compute with --device cpu"),
        ("cuda:0", APPLE, "sees mps, the CPU. Give one of these"),
        ("cuda:2", TWO, r"sees cuda:0 \(NVIDIA A\), cuda:1 \(NVIDIA B\), the CPU. Give one"),
        ("mps", TWO, "--device mps: torch"),
        ("cuda", DRIVER, r"driver of a GPU \(/dev/nvidia0\), so this torch is built for the CPU"),
        *((name, TWO, "none of auto, cpu") for name in ("gpu", "", "CUDA", "cuda:", "cuda:x")),
        *((name, TWO, "none of auto, cpu") for name in ("cpu:0", "cuda:-1", "mps:0", "auto:0")),
    ],
)
def test_what_is_not_there_is_refused(asked: str, sight: Sight, said: str) -> None:
    with pytest.raises(InputError, match=said):
        choose(asked, sight)


def test_a_person_is_told_what_is_not_expected() -> None:
    assert remark("auto", "cpu", NONE) is None
    assert remark("cpu", "cpu", DRIVER) is None
    said = "computing on cuda:0 (NVIDIA A); 1 more GPU is here (esplade encode --workers auto)."
    assert remark("auto", "cuda:0", TWO) == said
    assert remark("cuda:1", "cuda:1", TWO) == "computing on cuda:1 (NVIDIA B)."
    assert remark("auto", "mps", APPLE) == "computing on mps."
    assert "torch 2.13.0+cpu sees none" in str(remark("auto", "cpu", DRIVER))
    assert described("cpu", TWO) == "cpu"


def test_this_machine_has_a_device() -> None:
    sight = look()
    assert sight.torch and choose("auto") == choose("auto", sight)
