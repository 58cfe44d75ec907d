"""What a machine was found to take for each count of work, and times predicted from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ground.errors import InputError
from harness.evaluation.work import COUNTS

KIND = "calibration"
CONSTANT = "constant"
IDENTITY = ("processor", "cores", "java", "lucene", "esplade", "kernel")
"""What a calibration is of: the machine, and the software that was timed on it."""


@dataclass(frozen=True)
class Errors:
    """Relative errors of predictions: how far predicted / measured is from 1.

    Attributes:
        median: half of them are no larger.
        p90: 90% of them are no larger.
        measurements: how many there are.
    """

    median: float
    p90: float
    measurements: int

    @classmethod
    def of(cls, predicted: ArrayLike, measured: ArrayLike) -> Errors:
        """Summarise; both of shape (n,), n > 0."""
        away = np.abs(np.asarray(predicted) / np.asarray(measured) - 1)
        median, p90 = np.percentile(away, [50, 90]).tolist()
        return cls(median, p90, len(away))


@dataclass(frozen=True)
class Fit:
    """What one algorithm takes.

    Attributes:
        milliseconds: of a query, and for each of the counts; none is negative.
        of_points: errors of mean times of queries of one length, searched to one depth, of the
            collections that were held out.
        of_queries: errors of single queries there.
        largest: the most of each count, in the mean over a point, that was measured.
    """

    milliseconds: Mapping[str, float]
    of_points: Errors
    of_queries: Errors
    largest: Mapping[str, float]

    def predict(self, counts: ArrayLike) -> NDArray[np.float64]:
        """Milliseconds of queries, shape (queries,).

        Args:
            counts: shape (queries, counts), as `harness.evaluation.work` has them; or their means,
                shape (counts,), for the mean time.
        """
        each = np.array([self.milliseconds[name] for name in COUNTS])
        times: NDArray[np.float64] = np.asarray(counts, dtype=np.float64) @ each
        return times + self.milliseconds[CONSTANT]

    def beyond(self, counts: Mapping[str, float]) -> list[str]:
        """Names of the mean counts that are larger than any that was measured."""
        return [name for name in COUNTS if counts[name] > self.largest[name]]


@dataclass(frozen=True)
class Calibration:
    """Times of one machine.

    Attributes:
        machine: see `IDENTITY`.
        created: ISO 8601.
        seconds: that it took.
        documents: of the largest collection that it searched.
        busy: how many times its undisturbed time a search took, in the median; well above 1 where
            other processes had a part of the machine.
        algorithms: name to what it takes.

    Example:
        >>> import esplade
        >>> made = esplade.calibrate("calibration.json", seconds=3)
        >>> sorted(made.algorithms)
        ['lucene', 'maxscore', 'memory', 'saat']
    """

    machine: Mapping[str, Any]
    created: str
    seconds: float
    documents: int
    busy: float
    algorithms: Mapping[str, Fit]

    def named(self) -> str:
        """Whose it is, and of when, in words."""
        machine = self.machine
        return (
            f"{machine['processor']}, {machine['cores']} cores, Java {machine['java']}, calibrated "
            f"{self.created[:10]}"
        )

    def predicted(self, facts: Mapping[str, Any]) -> dict[str, Any] | None:
        """The mean time of a search from its counts, with the error that predictions have.

        Args:
            facts: of the search, with ``work`` (mean counts) and ``priced_algorithm``.

        Returns:
            Plain values; None where the counts are not known, or the algorithm not calibrated.
        """
        algorithm, counts = str(facts.get("priced_algorithm")), facts.get("work")
        fit = self.algorithms.get(algorithm)
        if fit is None or not isinstance(counts, Mapping) or not _are_counts(counts):
            return None
        mean = float(fit.predict([counts[name] for name in COUNTS]))
        return {
            "mean_ms": mean,
            "error_median": fit.of_points.median,
            "error_p90": fit.of_points.p90,
            "beyond": fit.beyond(counts),
            "algorithm": algorithm,
            "machine": dict(self.machine),
            "calibrated": self.created,
        }

    def to_dict(self) -> dict[str, Any]:
        """Plain values, as they are kept in JSON."""
        fits = {
            name: {
                "milliseconds": dict(fit.milliseconds),
                "of_points": vars(fit.of_points),
                "of_queries": vars(fit.of_queries),
                "largest": dict(fit.largest),
            }
            for name, fit in self.algorithms.items()
        }
        facts = {"created": self.created, "seconds": self.seconds, "documents": self.documents}
        facts["busy"] = self.busy
        return {"kind": KIND, "schema": 1, "machine": dict(self.machine), **facts} | {
            "algorithms": fits
        }

    @classmethod
    def from_dict(cls, value: Mapping[str, Any], where: str) -> Calibration:
        """What `to_dict` gave.

        Args:
            value: plain values.
            where: what they are called in messages.

        Raises:
            InputError: they are not such values.
        """
        try:
            if value["kind"] != KIND or value["schema"] != 1:
                raise ValueError
            machine = {name: value["machine"][name] for name in IDENTITY}
            fits = {str(name): _fit(one) for name, one in value["algorithms"].items()}
            seconds, documents = float(value["seconds"]), int(value["documents"])
            busy = _number(value["busy"])
            return cls(machine, str(value["created"]), seconds, documents, busy, fits)
        except (KeyError, TypeError, ValueError, AttributeError):
            raise InputError(
                f"{where} is no calibration that this esplade can read. Make one: esplade "
                f"calibrate --out FILE."
            ) from None


def _fit(value: Mapping[str, Any]) -> Fit:
    times = {name: _number(value["milliseconds"][name]) for name in (CONSTANT, *COUNTS)}
    largest = {name: _number(value["largest"][name]) for name in COUNTS}
    return Fit(times, _errors(value["of_points"]), _errors(value["of_queries"]), largest)


def _errors(value: Mapping[str, Any]) -> Errors:
    return Errors(_number(value["median"]), _number(value["p90"]), int(value["measurements"]))


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < np.inf:
        raise ValueError(value)
    return float(value)


def _are_counts(value: Mapping[str, Any]) -> bool:
    return all(isinstance(value.get(name), int | float) for name in COUNTS)
