"""The tables of docs/training-speed.md, from results: `python -m benchmarks.training_page`."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.measuring import RESULTS
from benchmarks.page import PAGE as PERFORMANCE
from benchmarks.page import _rows, _spread, filled, load

PAGE = PERFORMANCE.with_name("training-speed.md")


def tables() -> dict[str, str]:
    """Every table by the name of its place in the page; where a result is missing, that it is."""
    made: dict[str, tuple[str, Callable[[], str]]] = {
        "machine": ("head_speed", _machine),
        "head": ("head_speed", _head),
        "encode": ("encode_speed", _encode),
        "collections": ("encode_speed", _collections),
        "precision": ("precision_loss", _precision),
        "emlm": ("emlm_speed", _emlm),
        "memory": ("kept_memory", _memory),
        "vocabulary": ("vocabulary_speed", _vocabulary),
    }
    return {name: _table_of(result, make) for name, (result, make) in made.items()}


def _table_of(result: str, make: Callable[[], str]) -> str:
    if not (RESULTS / f"{result}.json").exists():
        return f"Not measured yet: `python -m benchmarks.{result}`.\n"
    return make()


def _machine() -> str:
    one = load("head_speed")
    facts = one["machine"]
    return (
        f"{facts['processor']}, {facts['cores']} cores, Python {facts['python']}, {one['date']}.\n"
    )


def _head() -> str:
    rows = []
    for one in load("head_speed")["results"]:
        for name, found in one["heads"].items():
            rows.append(
                [
                    one["name"],
                    name,
                    _spread(found["seconds"], 1),
                    _spread(found["times_ours"], 1),
                    _spread(found["cpu_times_ours"], 1),
                    f"{found['peak_mb']:,}",
                    f"{found['peak_times_ours']:.1f}",
                    f"{found['terms']:,.0f}",
                ]
            )
    head = ["batch", "head", "s a step", "times ours", "in processor time"]
    return _rows([*head, "peak MB", "times ours", "terms a document"], rows)


def _encode() -> str:
    rows = []
    found = load("encode_speed")
    for name, one in found["contenders"].items():
        rows.append(
            [
                name,
                _spread(one["documents_per_second"], 1),
                _spread(one["times_ours"]),
                _spread(one["cpu_times_ours"]),
                f"{one['largest_difference']:.0e}" if "largest_difference" in one else "–",
            ]
        )
    head = [f"{found['titles']} titles", "titles a second", "time against ours"]
    return _rows([*head, "processor time against ours", "largest difference"], rows)


def _collections() -> str:
    found = load("encode_speed")
    rows = [
        [
            f"{one['documents']:,}",
            str(one["workers"]),
            f"{one['documents_per_second']:,}",
            f"{one['peak_mb']:,}",
            f"{one['vectors_mb']:,}",
        ]
        for one in [*found["collections"], found["workers"]]
    ]
    head = ["documents", "workers", "documents a second", "peak MB", "MB written"]
    return _rows(head, rows)


def _precision() -> str:
    rows = [
        [
            name,
            f"{one['rr_at_10']:.4f}",
            f"{one['overlap_at_10']:.4f}",
            f"{one['terms_shared']:.4f}",
            f"{one['largest_weight_difference']:.0e}",
            f"{one['cpu_seconds_times_float32']:.2f}",
        ]
        for name, one in load("precision_loss")["precisions"].items()
    ]
    head = ["precision", "RR@10", "overlap of the ten best", "terms shared"]
    return _rows([*head, "largest difference", "processor time, times float32"], rows)


def _emlm() -> str:
    rows = [
        [
            name,
            _spread(one["steps_per_second"]),
            _spread(one["times_ours"], 1),
            _spread(one["cpu_times_ours"], 1),
            f"{one['peak_mb']:,}",
        ]
        for name, one in load("emlm_speed")["contenders"].items()
    ]
    head = ["masked LM", "steps a second", "time against ours", "processor time", "peak MB"]
    return _rows(head, rows)


def _memory() -> str:
    rows = [
        [
            step,
            name,
            _spread(found["seconds"]),
            _spread(found["times_kept"]),
            _spread(found["cpu_times_kept"]),
            f"{found['peak_mb']:,}",
        ]
        for step, both in load("kept_memory")["steps"].items()
        for name, found in both.items()
    ]
    head = ["step", "freed memory", "s a step", "time against kept", "processor time", "peak MB"]
    return _rows(head, rows)


def _vocabulary() -> str:
    rows = [
        [
            f"{int(size):,}",
            f"{one['seconds']:,.0f}",
            f"{int(size) / one['seconds']:.1f}",
            f"{one['peak_mb']:,}",
            f"{one['peak_mb_of_a_worker']:,}",
            str(one["runs_on_disk"]),
        ]
        for size, one in load("vocabulary_speed")["by_megabytes"].items()
    ]
    head = ["MB of text", "seconds", "MB a second", "peak MB", "peak MB of a worker"]
    return _rows([*head, "runs on disk"], rows)


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8"), tables()), encoding="utf-8")
    print(f"written: {PAGE}")
