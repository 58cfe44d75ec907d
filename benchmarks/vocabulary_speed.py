"""Counting words for a vocabulary: speed by processes, peak memory by size of the text.

The text is the general English and Korean text of ESPLADE_DATA, over and over, with new rare words
in every line, so that the number of distinct words grows without end, as in real collections.

    python -m benchmarks.vocabulary_speed [--megabytes 100,400,1600]
"""

from __future__ import annotations

import argparse
import gzip
import json
import multiprocessing
import resource
import time
from collections.abc import Iterator
from itertools import cycle
from typing import Any

from benchmarks.material import DATA
from benchmarks.measuring import Spread, ratio, save, take_turns

SIZE = 100_000
RARE_A_LINE = 2


def text(megabytes: float) -> Iterator[str]:
    """Lines of about so many megabytes (UTF-8)."""
    lines: list[str] = []
    for language in ("en", "ko"):
        with gzip.open(DATA / "general" / f"{language}.txt.gz", "rt", encoding="utf-8") as stream:
            lines += [line.strip() for line in stream][:50_000]
    sizes = [len(line.encode()) for line in lines]
    written, rare = 0.0, 0
    for line, size in cycle(zip(lines, sizes, strict=True)):
        if written >= megabytes * 1e6:
            return
        new = " ".join(f"w{rare + i:x}" for i in range(RARE_A_LINE))
        rare += RARE_A_LINE
        written += size + len(new) + 2
        yield f"{line} {new}"


def count(megabytes: float, workers: int, most: int) -> dict[str, Any]:
    """Count in this process and ``workers`` others; what it took."""
    from encoders.vocabulary.counting import count_all

    start = time.perf_counter()
    with count_all(text(megabytes), workers=workers, most=most) as counts:
        runs = counts.runs
        chosen = counts.vocabulary(size=SIZE)
    return {
        "seconds": round(time.perf_counter() - start, 2),
        "runs_on_disk": runs,
        "words": len(chosen),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "peak_mb_of_a_worker": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024,
    }


def apart(megabytes: float, workers: int, most: int) -> dict[str, Any]:
    """`count` in a process of its own, so that the peak is its own."""
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_send, args=(sender, megabytes, workers, most))
    process.start()
    found: dict[str, Any] = receiver.recv()
    process.join()
    return found


def _send(sender: Any, megabytes: float, workers: int, most: int) -> None:
    sender.send(count(megabytes, workers, most))


def main() -> None:
    """Measure, print and save."""
    from encoders.vocabulary.word_counts import MOST_WORDS

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", default="100,400,1600")
    parser.add_argument("--speed-megabytes", type=float, default=60)
    parser.add_argument("--most", type=int, default=MOST_WORDS)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    memory = {}
    for megabytes in map(int, options.megabytes.split(",")):
        memory[megabytes] = apart(megabytes, 2, options.most)
        print(f"{megabytes:,} MB: {json.dumps(memory[megabytes])}", flush=True)
    size = options.speed_megabytes
    contenders = {f"{n}": lambda n=n: apart(size, n, options.most)["seconds"] for n in (1, 2)}
    taken = take_turns(contenders, options.rounds)
    facts = {
        "rounds": options.rounds,
        "most_words_in_memory": options.most,
        "by_megabytes": memory,
        "megabytes_per_second": {
            n: Spread.of([size / s for s in seconds]).to_dict() for n, seconds in taken.items()
        },
        "one_process_over_two": ratio(taken["1"], taken["2"]).to_dict(),
    }
    print(json.dumps(facts, indent=1))
    save("vocabulary_speed", facts)


if __name__ == "__main__":
    main()
