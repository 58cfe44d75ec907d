"""Runs: ranked results of queries, what finding them cost, and their forms in other tools."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ground.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from harness.retrieval.outcome import Outcome
    from harness.runs.runfile import Run as Ranking

COLUMNS = ("qid", "docno", "score", "rank")
"""PyTerrier's names; ranks are from 0, as PyTerrier counts them."""


class Run:
    """The results of a set of queries, best first; equal scores by document id.

    Example:
        >>> import esplade
        >>> run = esplade.Run.from_dicts({"q1": {"d1": 2.0, "d2": 3.0}})
        >>> run.to_pandas()["docno"].tolist()
        ['d2', 'd1']
    """

    def __init__(
        self,
        ranking: Ranking,
        outcome: Outcome | None = None,
        method: Mapping[str, Any] | None = None,
        data: Mapping[str, Any] | None = None,
        path: Path | None = None,
    ) -> None:
        self.ranking = ranking
        self.outcome = outcome
        self.method = dict(method or {})
        self._data = dict(data or {})
        self.path = path

    @classmethod
    def read(cls, path: str | Path) -> Run:
        """Read a TREC run file (.gz too).

        Raises:
            InputError: what is wrong with it, and in which line.
        """
        from harness.runs.runfile import read_run

        return cls(read_run(Path(path)), path=Path(path))

    @classmethod
    def from_frame(cls, frame: Any, tag: str = "run") -> Run:
        """A run from a frame with ``qid``, ``docno`` and ``score`` (or ir_measures' names).

        Results are ordered by score, and equal scores by document id; ranks are not looked at.

        Raises:
            InputError: a column is missing, a score is no number, a document stands twice.
        """
        from harness.runs.frames import run_from_frame

        return cls(run_from_frame(frame, tag))

    @classmethod
    def from_dicts(cls, run: Mapping[str, Mapping[str, float]], tag: str = "run") -> Run:
        """A run from score by document by query, as ranx and pytrec_eval have them.

        Raises:
            InputError: as `from_frame`.
        """
        import pandas as pd

        rows = [(q, d, score) for q, found in run.items() for d, score in found.items()]
        return cls.from_frame(pd.DataFrame(rows, columns=["qid", "docno", "score"]), tag)

    @property
    def tag(self) -> str:
        """Name of the system."""
        return self.ranking.tag

    @property
    def data(self) -> dict[str, Any]:
        """What it was searched in, as its metadata have it; empty where nothing says it."""
        from harness.runs.metadata import metadata_path, read_metadata

        if self._data or self.path is None or not metadata_path(self.path).exists():
            return self._data
        block = read_metadata(self.path)
        found = block.get("data") if block.get("tag") in (None, self.tag) else None
        return found if isinstance(found, dict) else {}

    @property
    def queries(self) -> list[str]:
        """Ids of the queries that have results."""
        return self.ranking.query_ids

    def to_pandas(self) -> pd.DataFrame:
        """The results as PyTerrier has them: ``qid``, ``docno``, ``score``, ``rank`` from 0."""
        from harness.runs.frames import frame_of_run

        return frame_of_run(self.ranking)

    def to_dicts(self) -> dict[str, dict[str, float]]:
        """Score by document by query, as ranx (``Run.from_dict``) and pytrec_eval take them."""
        return {
            query: dict(zip(documents.tolist(), scores.tolist(), strict=True))
            for query, documents, scores in self.ranking
        }

    def cost(self, calibration: str | Path | None = None) -> dict[str, Any]:
        """What the search cost: postings a query, FLOPS, list lengths, latency, index size.

        Where this machine was calibrated (`esplade.calibrate`), also what the mean latency is
        predicted to be from the counts, as ``predicted``: beside the measured one, if it was timed.

        Args:
            calibration: file of another machine's calibration, to predict its times.

        Raises:
            InputError: the run was not searched here, and nothing beside its file says it; the
                calibration cannot be used.
        """
        from harness.calibration.kept import calibration_of

        machine, facts = calibration_of(calibration), self._facts()
        predicted = machine.predicted(facts) if machine else None
        return {**facts, "predicted": predicted} if predicted else facts

    def _facts(self) -> dict[str, Any]:
        if self.outcome is not None:
            return self.outcome.facts()
        from harness.runs.metadata import read_metadata

        found = read_metadata(self.path).get("resources") if self.path else None
        if not isinstance(found, dict):
            raise InputError(
                "Nothing says what this run cost: it was not searched with esplade, or the files "
                "beside it (.metadata.yaml) are gone."
            )
        return found

    def costs(self) -> pd.DataFrame:
        """Costs per query: columns ``query``, ``measure``, ``value``; empty where unknown."""
        from harness.runs.perquery import find_sidecar, make_values, read_values

        if self.outcome is not None:
            return self.outcome.costs()
        sidecar = find_sidecar(self.path) if self.path else None
        return read_values(sidecar) if sidecar else make_values([], {})

    def write(self, path: str | Path, *, overwrite: bool = False) -> Path:
        """Write a TREC run, and beside it its metadata and its costs per query, if known.

        Raises:
            InputError: the file exists, or an id holds white space.
        """
        from harness.retrieval.outcome import write_outcome
        from harness.runs.runfile import write_run

        path = Path(path)
        if self.outcome is None:
            write_run(path, self.ranking, overwrite=overwrite)
        else:
            write_outcome(
                path, self.outcome, method=self.method, data=self._data, overwrite=overwrite
            )
        return path

    def write_lsr_benchmark(
        self, out: str | Path, *, dataset: str | None = None, overwrite: bool = False
    ) -> Path:
        """Write the folder that lsr-benchmark and TIREx have of a run.

        ``run.txt.gz``, and ``retrieval-metadata.yml`` with time, processor time and memory of the
        search in the fields of their tracker. `read` takes such folders' runs, ours and theirs.

        Args:
            out: folder to write.
            dataset: name of the test collection, which lsr-benchmark judges the run by; sweeps
                record their own.
            overwrite: replace such a folder.

        Raises:
            InputError: nothing says how the run was made; ``out`` is not free.
        """
        from ground.artifacts import atomic_folder, check_free_for
        from ground.dry import planned
        from harness.runs.metadata import write_block
        from harness.runs.runfile import write_run
        from harness.runs.tracked import RETRIEVAL, RUNS

        place, block = Path(out), self._metadata()
        if dataset is not None:
            block["data"] = {**(block.get("data") or {}), "test collection": {"name": dataset}}
        check_free_for(place, RETRIEVAL, "a run of lsr-benchmark", overwrite)
        planned(counts={"queries": len(self)}, writes=place)
        with atomic_folder(place) as folder:
            write_run(folder / RUNS[0], self.ranking)
            write_block(folder / RETRIEVAL, {"tag": self.tag, **block})
        return place

    def _metadata(self) -> dict[str, Any]:
        from harness.runs.metadata import describe, read_metadata

        if self.outcome is not None:
            resources = self.outcome.resources()
            return describe(method=self.method, data=self._data, resources=resources)
        found = read_metadata(self.path) if self.path else {}
        if not found:
            raise InputError(
                "Nothing says how this run was made: it was not searched with esplade, or the "
                "files beside it (.metadata.yaml) are gone."
            )
        return found

    def __len__(self) -> int:
        return len(self.ranking)

    def __repr__(self) -> str:
        results = len(self.ranking.doc_ids)
        return f"Run({self.tag!r}: {len(self):,} queries, {results:,} results)"
