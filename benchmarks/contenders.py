"""Contenders in a process of their own each, so that time and peak memory are theirs alone."""

from __future__ import annotations

import multiprocessing
import os
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple


class Round(NamedTuple):
    """What one round took.

    Attributes:
        seconds: wall time.
        cpu_seconds: processor time of all threads.
        peak_mb: most resident memory so far, above what the built contender held.
        result: what the round returned.
    """

    seconds: float
    cpu_seconds: float
    peak_mb: float
    result: Any


class Contender:
    """Built once in a fresh process, then asked for one round after the other.

    Args:
        build: importable function that returns what a round calls.
        args: its arguments.
    """

    def __init__(self, build: Callable[..., Callable[[], Any]], *args: Any) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, build, args), daemon=True)
        self._process.start()
        theirs.close()
        self._pipe.recv()
        self.rounds: list[Round] = []

    def __call__(self) -> float:
        """One round; its wall time in seconds."""
        self._pipe.send(True)
        self.rounds.append(Round(*self._pipe.recv()))
        return self.rounds[-1].seconds

    @property
    def peak_mb(self) -> float:
        """Most resident memory of all rounds, above what the built contender held."""
        return self.rounds[-1].peak_mb

    def close(self) -> None:
        """End the process."""
        self._pipe.close()
        self._process.join()


def converted(theirs: Any) -> Any:
    """A BertForMaskedLM as an encoder of ours that shares its output layer; no position is special.

    SpladePooling pools special tokens too, so that they have to count here.
    """
    from encoders.model.model import EspladeConfig, EspladeModel

    head = theirs.cls.predictions
    size = len(head.decoder.bias)
    model = EspladeModel(EspladeConfig(backbone_config=theirs.config, output_size=size))
    model.backbone.load_state_dict(theirs.bert.state_dict())
    model.head.dense.load_state_dict(head.transform.dense.state_dict())
    model.head.norm.load_state_dict(head.transform.LayerNorm.state_dict())
    model.head.weight.data = head.decoder.weight.data
    model.head.bias.data = head.decoder.bias.data
    return model


def _serve(pipe: Any, build: Callable[..., Callable[[], Any]], args: tuple[Any, ...]) -> None:
    work = build(*args)
    _forget_peak()
    base = _status_mb("VmRSS")
    pipe.send("ready")
    while _asked(pipe):
        start, began = time.perf_counter(), time.process_time()
        result = work()
        seconds, cpu = time.perf_counter() - start, time.process_time() - began
        pipe.send((seconds, cpu, _status_mb("VmHWM") - base, result))


def _asked(pipe: Any) -> bool:
    try:
        return bool(pipe.recv())
    except EOFError:
        return False


def _forget_peak() -> None:
    """Start the kernel's record of the peak anew, so that building does not count."""
    clear = Path("/proc/self/clear_refs")
    if clear.exists() and os.access(clear, os.W_OK):
        clear.write_text("5")


def _status_mb(name: str) -> float:
    """VmRSS or VmHWM of this process; elsewhere than on Linux the peak stands for both."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    lines = status.read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{name}:"))
