"""An encoder for worker processes, which import it by name; it dies or fails when it is told to."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp

from ground.errors import InputError


class Spawned:
    """Counts letters; the text "die" kills its process, "fail" is an error, "once:FILE" a death
    unless FILE exists, which it then does."""

    name = "spawned"
    fingerprint = "e" * 64
    precision = "float32"
    terms = ("c", "b", "a")

    def encode(
        self, texts: Sequence[str], side: str, progress: Callable[[int], None]
    ) -> sp.csr_array:
        for text in texts:
            self._obey(text)
        counts = [[text.count(term) for term in self.terms] for text in texts]
        progress(len(texts))
        return sp.csr_array(np.asarray(counts, np.float32) * (2 if side == "doc" else 1))

    def _obey(self, text: str) -> None:
        if text == "fail":
            raise InputError("A text says fail.")
        if text.startswith("once:") and not Path(text[5:]).exists():
            Path(text[5:]).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        if text == "die":
            os.kill(os.getpid(), signal.SIGKILL)


class Spread(Spawned):
    """Has two devices; each process leaves a file DEVICE in a folder and waits for the other's."""

    devices = ("cuda:0", "cuda:1")
    shards_ahead = 3

    def __init__(self, folder: Path, device: str = "cuda:0") -> None:
        self.folder, self.device = folder, device

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        (self.folder / self.device).touch()
        until = time.monotonic() + 60
        while not all((self.folder / device).exists() for device in self.devices):
            assert time.monotonic() < until
            time.sleep(0.01)

    def for_worker(self, number: int) -> Spread:
        return Spread(self.folder, self.devices[number % 2])

    def computing(self, workers: int) -> dict[str, Any]:
        return {"torch": "0", "device": ", ".join(self.devices[:workers])}

    def encode_shards(
        self, shards: Iterable[Sequence[str]], side: str, progress: Callable[[int], None]
    ) -> Iterator[tuple[sp.csr_array, None]]:
        for texts in shards:
            yield self.encode(texts, side, progress), None
