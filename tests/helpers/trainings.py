"""Trainings of a tiny encoder as processes of their own, to be killed or to work side by side."""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import sys
from dataclasses import replace
from functools import cache
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

import torch
from tiny_encoder import tiny_encoder

from encoders.finetuning.finetune import finetune
from encoders.finetuning.pairs import RankingData
from encoders.pretraining.pretrain import pretrain
from encoders.training.settings import FinetuneSettings, PretrainSettings
from encoders.training.trainer import EncoderTrainer

WORDS = "cat dog garden file disk list number print read write sort open street gate old large"


def sentences(count: int) -> list[str]:
    """Sentences of different words and lengths."""
    words = WORDS.split()
    return [
        " ".join(words[(i * step + i) % len(words)] for step in range(1, 3 + i % 4))
        for i in range(count)
    ]


def ranking_data() -> RankingData:
    """Twenty pairs with hard negatives of different numbers, and a teacher's scores of some."""
    texts = sentences(20)
    names = range(20)
    return RankingData(
        {f"q{i}": " ".join(texts[i].split()[:2]) for i in names},
        {f"d{i}": f"{texts[i]} {i}" for i in names},
        {f"q{i}": [f"d{i}"] for i in names},
        {f"q{i}": [f"d{(i + 1 + k) % 20}" for k in range(i % 4)] for i in names},
        {f"q{i}": {f"d{(i + k) % 20}": 3.0 - k for k in range(4)} for i in names if i % 3},
    )


EMLM = PretrainSettings(steps=11, batch=12, evaluate_every=3, log_every=2, max_length=16)
ESPLADE = FinetuneSettings(
    steps=11,
    batch=6,
    evaluate_every=4,
    log_every=3,
    start_terms=8,
    query_top_k=10,
    doc_top_k=20,
    lr=5e-3,
    joint_flops=0.05,
    doc_flops=0.01,
    hard_negatives=2,
)


def train(kind: str, out: Path, settings: dict[str, Any], dropout: float = 0.1) -> None:
    """One training."""
    model = tiny_encoder(dropout=dropout)
    if kind == "pretrain":
        pretrain(model, sentences(60), out, replace(EMLM, **settings))
    else:
        data = ranking_data()
        finetune(model, data, data, out, replace(ESPLADE, **settings))


def start(*arguments: Any, environment: dict[str, str] | None = None, kill: str = "") -> Any:
    """Start a training in a process of its own; arguments are those of `train`.

    Args:
        arguments: of `train`.
        environment: variables to set in it.
        kill: a step at which it kills itself; "8:saving" does while it writes a checkpoint.
    """
    _start_server()
    process = _SERVER.Process(target=_run, args=(arguments, environment or {}, kill))
    process.start()
    return process


def run(*arguments: Any, kill: str = "") -> int:
    """Train in a process of its own, and return its exit code."""
    process = start(*arguments, kill=kill)
    process.join()
    return int(process.exitcode)


def side_by_side(count: int, *arguments: Any, kill: str = "") -> list[int]:
    """Train in some processes together, as torchrun would start them; return their exit codes."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    common = {"WORLD_SIZE": count, "LOCAL_WORLD_SIZE": count, "MASTER_PORT": port}
    processes = []
    for rank in range(count):
        own = {"RANK": rank, "LOCAL_RANK": rank, **common}
        environment = {name: str(value) for name, value in own.items()}
        environment["MASTER_ADDR"] = "127.0.0.1"
        processes.append(start(*arguments, environment=environment, kill=kill))
    for process in processes:
        process.join()
    return [int(process.exitcode) for process in processes]


def _run(arguments: tuple[Any, ...], environment: dict[str, str], kill: str) -> None:
    os.environ.update(environment)
    torch.set_num_threads(1)
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        if kill:
            _kill_at(*kill.split(":"))
        train(*arguments)


def _kill_at(step: str, when: str = "step") -> None:
    """Kill this process as ``kill -9`` does, in a step or half-way through a checkpoint."""
    name = {"step": "report", "saving": "_save_rng_state"}[when]
    original = getattr(EncoderTrainer, name)

    def dying(self: EncoderTrainer, *args: Any, **kwargs: Any) -> Any:
        if self.state.global_step >= int(step):
            os.kill(os.getpid(), signal.SIGKILL)
        return original(self, *args, **kwargs)

    setattr(EncoderTrainer, name, dying)


# A clean process that has imported everything once; trainings are forks of it.
_SERVER = multiprocessing.get_context("forkserver")


@cache
def _start_server() -> None:
    """Start it with this process's import path, which it would not have of itself."""
    _SERVER.set_forkserver_preload(["trainings"])
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(sys.path)
    try:
        forkserver.ensure_running()
    finally:
        if before is None:
            del os.environ["PYTHONPATH"]
        else:
            os.environ["PYTHONPATH"] = before
