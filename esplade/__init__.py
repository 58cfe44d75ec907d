"""Which learned sparse encoder, pruned how hard, gives the most effectiveness for the least cost?

::

    import esplade

    dataset = esplade.load_dataset("pydoc")
    sweep = esplade.sweep(dataset, "pydoc-small", grid="0:0,7:20,5:10", out="runs/local/first")
    sweep.table()

Everything that the command line does can be called here, under the same names. Nothing heavy is
imported before it is used: neither torch nor Java comes with ``import esplade``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from harness import __version__

if TYPE_CHECKING:
    from esplade.calibrating import calibrate
    from esplade.choices import Chosen, choose
    from esplade.comparing import compare
    from esplade.comparison import Comparison
    from esplade.dataset import Dataset
    from esplade.datasets import check_dataset, load_dataset
    from esplade.encoder import Encoder
    from esplade.encoding import encode
    from esplade.exporting import export_encoder
    from esplade.health import doctor
    from esplade.indexes import Index
    from esplade.indexing import bm25, index
    from esplade.inspecting import inspect
    from esplade.logits import statistics
    from esplade.progress import quiet, set_verbosity
    from esplade.quantisation import quantisation_loss
    from esplade.reports import report
    from esplade.results import Result, describe_result, find_results, remove_results
    from esplade.runs import Run
    from esplade.scoring import Scores, score
    from esplade.studies import Study
    from esplade.sweeps import Sweep, sweep
    from esplade.vectors import Vectors
    from ground.dry import Plan, dry_run
    from ground.errors import InputError, IntegrityError

_PLACES = {
    "Chosen": "esplade.choices",
    "Comparison": "esplade.comparison",
    "Dataset": "esplade.dataset",
    "Encoder": "esplade.encoder",
    "Index": "esplade.indexes",
    "InputError": "ground.errors",
    "IntegrityError": "ground.errors",
    "Plan": "ground.dry",
    "Result": "esplade.results",
    "Run": "esplade.runs",
    "Scores": "esplade.scoring",
    "Study": "esplade.studies",
    "Sweep": "esplade.sweeps",
    "Vectors": "esplade.vectors",
    "bm25": "esplade.indexing",
    "calibrate": "esplade.calibrating",
    "check_dataset": "esplade.datasets",
    "choose": "esplade.choices",
    "compare": "esplade.comparing",
    "describe_result": "esplade.results",
    "doctor": "esplade.health",
    "dry_run": "ground.dry",
    "encode": "esplade.encoding",
    "export_encoder": "esplade.exporting",
    "find_results": "esplade.results",
    "index": "esplade.indexing",
    "inspect": "esplade.inspecting",
    "load_dataset": "esplade.datasets",
    "quantisation_loss": "esplade.quantisation",
    "quiet": "esplade.progress",
    "report": "esplade.reports",
    "remove_results": "esplade.results",
    "score": "esplade.scoring",
    "set_verbosity": "esplade.progress",
    "statistics": "esplade.logits",
    "sweep": "esplade.sweeps",
}
"""Where each public name is at home."""

__all__ = [
    "Chosen",
    "Comparison",
    "Dataset",
    "Encoder",
    "Index",
    "InputError",
    "IntegrityError",
    "Plan",
    "Result",
    "Run",
    "Scores",
    "Study",
    "Sweep",
    "Vectors",
    "__version__",
    "bm25",
    "calibrate",
    "check_dataset",
    "choose",
    "compare",
    "describe_result",
    "doctor",
    "dry_run",
    "encode",
    "export_encoder",
    "find_results",
    "index",
    "inspect",
    "load_dataset",
    "quantisation_loss",
    "quiet",
    "report",
    "remove_results",
    "score",
    "set_verbosity",
    "statistics",
    "sweep",
]


def __getattr__(name: str) -> Any:
    if name == "train":
        return import_module("esplade.train")
    if name not in _PLACES:
        raise AttributeError(f"module 'esplade' has no attribute {name!r}")
    value = getattr(import_module(_PLACES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
