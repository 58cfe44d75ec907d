"""Before and after a training: the place for its result, torch, and what is told of it."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from pathlib import Path

from esplade.hub import offline
from esplade.progress import say
from harness.encoding.lengths import length_note


def prepare(
    out: Path,
    threads: int,
    overwrite: bool,
    online: bool = False,
    inputs: Iterable[object] = (),
    device: str = "auto",
) -> None:
    """Check the output folder before any work, and set up torch, its memory, and the hub.

    Raises:
        InputError: the device is not there; ``out`` holds something, is an input, or cannot be
            written.
    """
    from ground.artifacts import check_free_for

    if not online:
        offline()  # before anything of the hub's is imported
    if not overwrite and (out / "training.json").is_file():
        from encoders.training.workfolder import clear_finished

        clear_finished(out)
    named = [one for one in inputs if isinstance(one, str | Path)]
    check_free_for(out, "training.json", "a trained encoder", overwrite, named)
    import torch

    from encoders.training import processes
    from encoders.training.memory import keep_freed_memory

    processes.use(device)

    keep_freed_memory()
    if threads:
        torch.set_num_threads(threads)


def tell(message: str) -> None:
    """Say something at the end, in one of the processes."""
    from encoders.training import processes

    if processes.is_main():
        say(message)


@contextmanager
def told() -> Iterator[None]:
    """Tell what is printed meanwhile: the Trainer prints its log to stdout, where answers go."""
    with redirect_stdout(_Told()):
        yield


class _Told(io.TextIOBase):
    """Tells whole lines."""

    def __init__(self) -> None:
        self._begun = ""

    def write(self, text: str) -> int:
        *lines, self._begun = (self._begun + text).split("\n")
        for line in lines:
            say(line)
        return len(text)


def tell_lengths(lengths: Mapping[str, Mapping[str, int]]) -> None:
    """Say how many documents and queries were longer than what was trained on."""
    for what, facts in lengths.items():
        if note := length_note(facts, what):
            tell(note)


def tell_cut_texts(out: Path, limit: int) -> None:
    """Say how many texts of a finished pre-training were longer than what it read of them."""
    from encoders.training import processes

    if not processes.is_main():
        return
    counts = json.loads((out / "training.json").read_text(encoding="utf-8"))["counts"]
    texts = counts["texts"] + counts["held_out"]
    facts = {"limit": limit, "longer": counts["longer"], "texts": texts}
    if note := length_note(facts, "texts"):
        say(note)
