"""A process that has imported everything, and forks a child for each command that is disturbed.

It reads one JSON object a line and answers one a line. It never starts Java, which does not
survive a fork: every child starts its own.
"""

from __future__ import annotations

import atexit
import ctypes
import json
import os
import signal
import sys
import time
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, NoReturn

import numpy as np
import torch

import encoders.checkpoints.exporting
import encoders.encoding.encode
import encoders.finetuning.finetune
import encoders.pretraining.pretrain
import encoders.training.workfolder
import esplade.train.recipes.running
import ground.artifacts
import harness.encoding.parts
import harness.report.figures
import harness.report.study
import harness.retrieval.ciff
import harness.retrieval.indexing
import harness.retrieval.mining
import harness.retrieval.outcome
import harness.study.building
import harness.study.joining
import harness.study.run
import harness.sweep
from esplade.cli import main as command_line
from ground.artifacts import Usage

STILL = datetime(2026, 1, 1, tzinfo=UTC)


def stand_still() -> None:
    """Everything that a clock decides, and nothing else, is the same in every run.

    Creation times, seconds of trainings and of stages, latencies, processor time and memory. What
    Lucene makes of chance (the ids of segments) comes from a seed in ``JAVA_TOOL_OPTIONS``; its
    time stamps are left out when results are compared.
    """
    clock = SimpleNamespace(now=lambda zone=None: STILL)
    sys.modules[ground.artifacts.provenance.__module__].datetime = clock  # type: ignore[attr-defined]
    no_time = SimpleNamespace(monotonic=lambda: 0.0, sleep=time.sleep)
    encoders.training.workfolder.time = no_time  # type: ignore[assignment]
    began = encoders.training.workfolder.Checkpoints.__post_init__

    def not_yet(self: encoders.training.workfolder.Checkpoints) -> None:
        began(self)
        self.began = 0.0

    encoders.training.workfolder.Checkpoints.__post_init__ = not_yet  # type: ignore[method-assign]
    harness.study.building.time = no_time  # type: ignore[assignment]
    esplade.train.recipes.running.time = no_time  # type: ignore[assignment]

    def latency(measure: Any, repeats: int) -> Any:
        return np.ones_like(measure()) if repeats else np.empty((0, 0))

    harness.retrieval.outcome._latency = latency
    nothing = dict.fromkeys(("wall_seconds", "user_seconds", "system_seconds"), 0.0)
    Usage.since = lambda self: {**nothing, "peak_bytes": 0}  # type: ignore[method-assign]
    import transformers.trainer

    transformers.trainer.speed_metrics = lambda split, *_, **__: {f"{split}_runtime": 0.0}


def smaller_steps() -> None:
    """Forty documents are several shards."""
    harness.encoding.parts.SHARD = 16


def run(order: dict[str, Any]) -> NoReturn:
    """Run a command line in this process, disturbed as the order says; never returns."""
    for number, place in ((0, os.devnull), (1, order["out"]), (2, order["err"])):
        flags = os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        os.dup2(os.open(place, flags, 0o644), number)
    os.chdir(order["folder"])
    os.environ.update(order.get("environment", {}))
    stand_still()
    smaller_steps()
    journal = -1
    if order.get("journal"):
        journal = os.open(order["journal"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    sys.argv = ["esplade", *order["command"]]
    ctypes.CDLL(None).kills_arm(
        order["folder"].encode(), order["mode"], ctypes.c_long(order["at"]), journal
    )
    # Nobody handles this signal, so that the kernel ends the process wherever it is.
    signal.setitimer(signal.ITIMER_REAL, order.get("delay") or 0)
    code = 0
    try:
        command_line.main()
    except SystemExit as stop:
        code = int(stop.code or 0)
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def answer(order: dict[str, Any]) -> dict[str, Any]:
    """Fork, wait, and say how it ended: an exit code, or minus a signal."""
    began = time.monotonic()
    child = os.fork()
    if child == 0:
        try:
            run(order)
        finally:
            os._exit(99)
    _, status = os.waitpid(child, 0)
    return {"code": os.waitstatus_to_exitcode(status), "seconds": time.monotonic() - began}


def main() -> None:
    """Answer orders until the pipe is closed."""
    torch.set_num_threads(1)
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    print(json.dumps({"ready": True}), file=answers)
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), file=answers)


if __name__ == "__main__":
    main()
