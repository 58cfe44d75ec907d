"""Which device computes: what was asked for, against what torch sees on this machine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ground.errors import InputError

AUTO, CPU, CUDA, MPS = "auto", "cpu", "cuda", "mps"
_DRIVERS = ("/dev/nvidia0", "/dev/kfd")
"""What a driver of NVIDIA's or AMD's leaves, whether torch can use it or not."""


@dataclass(frozen=True)
class Sight:
    """What torch sees of a machine.

    Attributes:
        gpus: names of the GPUs that are called cuda:0, cuda:1, ... (AMD's too).
        mps: whether there is a GPU of Apple's.
        torch: version of torch, as it calls itself.
        driver: trace of a GPU that torch cannot use, if there is one.
    """

    gpus: tuple[str, ...] = ()
    mps: bool = False
    torch: str = ""
    driver: str = ""

    def __str__(self) -> str:
        """What is there, for a sentence."""
        found = [f"cuda:{number} ({name})" for number, name in enumerate(self.gpus)]
        found += ["mps"] if self.mps else []
        return ", ".join([*found, "the CPU"]) if found else "the CPU alone"


def look() -> Sight:
    """Ask torch what is there; no memory of a device is taken."""
    import torch

    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    gpus = tuple(torch.cuda.get_device_name(number) for number in range(count))
    driver = "" if gpus else next((path for path in _DRIVERS if Path(path).exists()), "")
    return Sight(gpus, torch.backends.mps.is_available(), torch.__version__, driver)


def choose(asked: str, sight: Sight | None = None) -> str:
    """The device that is meant: ``cpu``, ``cuda:N`` or ``mps``.

    Args:
        asked: ``auto`` (the first GPU, or else the CPU), ``cpu``, ``cuda`` (the first one),
            ``cuda:N`` or ``mps``.
        sight: what torch sees; looked for when None.

    Raises:
        InputError: another name, or a device that torch does not see.
    """
    return choose_all(asked, sight)[0]


def choose_all(asked: str, sight: Sight | None = None) -> tuple[str, ...]:
    """The devices that several processes may share out: all GPUs for ``auto`` and ``cuda``.

    See `choose`, which takes the first of them.
    """
    kind, colon, number = asked.partition(":")
    if kind not in (AUTO, CPU, CUDA, MPS) or (colon and (kind != CUDA or not number.isdecimal())):
        raise InputError(f"--device {asked!r} is none of auto, cpu, cuda, cuda:N and mps.")
    if kind == CPU:
        return (CPU,)
    seen = sight or look()
    gpus = tuple(f"{CUDA}:{n}" for n in range(len(seen.gpus)))
    if kind == AUTO:
        return gpus or ((MPS,) if seen.mps else (CPU,))
    wanted = (f"{CUDA}:{int(number)}",) if colon else gpus if kind == CUDA else (MPS,)
    there = (*gpus, MPS) if seen.mps else gpus
    if not wanted or not set(wanted) <= set(there):
        raise InputError(_missing(asked, seen))
    return wanted


def _missing(asked: str, seen: Sight) -> str:
    said = f"--device {asked}: torch {seen.torch} sees {seen}."
    if seen.gpus or seen.mps:
        return f"{said} Give one of these, or auto."
    if seen.driver:
        return (
            f"{said} There is a driver of a GPU ({seen.driver}), so this torch is built for the "
            f"CPU or for another driver: install one that fits (pytorch.org/get-started), or "
            f"compute with --device cpu."
        )
    return f"{said} Compute with --device cpu, or on a machine with a GPU and a torch built for it."


def described(device: str, sight: Sight) -> str:
    """A device with the name of its maker's, for a person: ``cuda:0 (NVIDIA H100)``."""
    kind, _, number = device.partition(":")
    return f"{device} ({sight.gpus[int(number)]})" if kind == CUDA else device


def remark(asked: str, device: str, sight: Sight) -> str | None:
    """What a person should know of the device that was taken; None if it is what one expects."""
    if device != CPU:
        more = len(sight.gpus) - 1 if asked in (AUTO, CUDA) else 0
        are = "GPU is" if more == 1 else "GPUs are"
        others = f"; {more} more {are} here (esplade encode --workers auto)" if more > 0 else ""
        return f"computing on {described(device, sight)}{others}."
    if asked == AUTO and sight.driver:
        return (
            f"computing on the CPU: there is a driver of a GPU ({sight.driver}), but torch "
            f"{sight.torch} sees none. Install a torch that fits it (pytorch.org/get-started)."
        )
    return None
