"""Readers of our own results: what they give is what was written, or they refuse.

Nobody edits these files, so there is nothing to be read out of a damaged one: a digest or a
schema finds it, or the damage was in what nobody reads.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import result_formats
import scipy.sparse as sp
from products import plain_vectors
from readers import Reader

SUBJECT = {"dataset": "mine", "split": "test", "fields": "title"}


def write_vectors(folder: Path) -> None:
    from harness.vectors import writing_vectors

    matrix = sp.csr_array(np.array([[1.25, 2, 0], [0, 3, 0.5], [7, 0, 1]], dtype=np.float32))
    facts = {"encoder": {"name": "e", "fingerprint": "f"}, "side": "doc"}
    with writing_vectors(folder, ["a", "b", "셋"], facts=facts, key="k") as writer:
        writer.write(["d1", "d2"], matrix[:2])
        writer.write(["d3"], matrix[2:])


def write_values(folder: Path) -> None:
    from harness.runs.perquery import make_values
    from harness.runs.perquery import write_values as write

    table = make_values(["q1", "q2", "q3"], {"RR@10": [0.5, 1, 0], "postings": [7, 8, 1234]})
    folder.mkdir(parents=True)
    write(folder / "perquery.parquet", table)


def write_sweep(folder: Path) -> None:
    from harness.sweep.state import SweepFolder

    sweep = SweepFolder(folder, SUBJECT)
    facts = {"index_bytes": 1234, "latency_mean_ms": 1.5, "notes": []}
    for name in ("tiny-7-20", "bm25"):
        write_values(folder / "points" / name)
        (folder / "points" / name / "facts.json").write_text(json.dumps(facts))
        point = {"name": name, "system": name, "qk": 7, "dk": 20, "pruning": "7:20"}
        sweep.add({**point, "facts": facts})


def _vectors(path: Path) -> Any:
    from harness.vectors import read_vectors

    found = read_vectors(_root(path, "MANIFEST"))
    return [(n, {t: w for t, w in v.items() if w}) for n, v in plain_vectors(found)[0]]


def _manifest(path: Path) -> Any:
    from harness.vectors import vectors_facts

    found = vectors_facts(path.parent)
    return {name: found[name] for name in ("encoder", "rows", "terms", "nnz", "side")}


def _values(path: Path) -> Any:
    from harness.runs.perquery import read_values

    return [tuple(row) for row in read_values(path).itertuples(index=False)]


def _points(path: Path) -> Any:
    from harness.report.points import load_points

    return [
        (p.name, p.system, p.qk, p.dk, p.rules, dict(p.facts), p.values.to_numpy().tolist())
        for p in load_points(_root(path, "sweep.json"))
    ]


def _sweep(path: Path) -> Any:
    from harness.sweep.state import SweepFolder

    return SweepFolder(path.parent, SUBJECT).subject


def _facts(path: Path) -> Any:
    from harness.sweep.point import read_facts

    return read_facts(path.parent)


def write_study(folder: Path) -> None:
    """The results of two cells of a study, as `harness.study.results` writes them."""
    from harness.runs.perquery import write_columns
    from harness.study.results import PER_QUERY

    folder.mkdir(parents=True)
    rows = [(cell, 1, "0:0", q, "RR@10", v) for cell in "ab" for q, v in (("q1", 1.0), ("q2", 0.5))]
    table = pd.DataFrame(rows, columns=list(PER_QUERY))
    write_columns(folder / "perquery.parquet", table, PER_QUERY)
    (folder / "cells.csv").write_text("cell,seed,longer_of,accuracy\na,1,,0.5\nb,1,a,0.25\n")
    (folder / "study.json").write_text(
        json.dumps({"schema": 1, "name": "s", "measures": ["RR@10"]})
    )


def _panels(path: Path) -> Any:
    from harness.study.verdicts.panel import build_panels

    return {m: (dict(p.rows), p.values.tolist()) for m, p in build_panels(path).items()}


def _cells(path: Path) -> Any:
    from harness.study.verdicts.results import read_results

    cells = read_results(path.parent).cells
    return list(zip(cells["cell"], cells["seed"], cells["longer_of"], strict=True))


def _root(path: Path, name: str) -> Path:
    """The folder above a file that holds the file of this name."""
    return next(parent for parent in path.parents if (parent / name).exists())


DEFINED = {
    "points: sweep.json": result_formats.points,
    "facts of a point: points/bm25/facts.json": result_formats.facts,
    "study: cells.csv": result_formats.cells,
}
"""Files of ours in which every value may be another, as long as it is of its type."""
FOLDERS: dict[str, tuple[Callable[[Path], None], dict[str, tuple[Callable[[Path], Any], str]]]] = {
    "vectors": (
        write_vectors,
        {
            "MANIFEST": (_vectors, "json"),
            "packed/indptr.npy": (_vectors, "blob"),
            "packed/indices.npy": (_vectors, "blob"),
            "packed/weights.npy": (_vectors, "blob"),
            "packed/ids.txt": (_vectors, "blob"),
            "packed/terms.txt": (_vectors, "blob"),
        },
    ),
    "facts of vectors": (write_vectors, {"MANIFEST": (_manifest, "json")}),
    "values": (write_values, {"perquery.parquet": (_values, "blob")}),
    "sweep": (write_sweep, {"sweep.json": (_sweep, "json")}),
    "points": (
        write_sweep,
        {"sweep.json": (_points, "json"), "points/bm25/perquery.parquet": (_points, "blob")},
    ),
    "study": (
        write_study,
        {"perquery.parquet": (_panels, "blob"), "cells.csv": (_cells, "blob")},
    ),
    "facts of a point": (write_sweep, {"points/bm25/facts.json": (_facts, "json")}),
}


def own_results(folder: Path) -> Iterator[Reader]:
    """Readers of results that are written, whole, below a folder."""
    for name, (write, files) in FOLDERS.items():
        place = folder / name
        write(place)
        content = {
            f.relative_to(place).as_posix(): f.read_bytes() for f in place.rglob("*") if f.is_file()
        }
        for file, (read, shape) in files.items():
            wanted = read(place / file)
            yield Reader(
                f"{name}: {file}",
                file,
                content[file],
                read,
                DEFINED.get(f"{name}: {file}", lambda data, wanted=wanted: wanted),
                shape,
                packed=False,
                lines=False,
                around={other: c for other, c in content.items() if other != file},
                ours=True,
            )


NAMES = tuple(f"{name}: {file}" for name, (_, files) in FOLDERS.items() for file in files)
"""Of all readers of `own_results`."""
