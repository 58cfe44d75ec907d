"""What looking a data set over found: kinds of faults, how often, and where first."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

EXAMPLES = 20
"""How many examples of a fault are kept."""


@dataclass
class Fault:
    """One kind of fault: how often, and where first."""

    kind: str
    severity: str
    count: int = 0
    examples: list[str] = field(default_factory=list)


@dataclass
class Report:
    """What `harness.datasets.check.check` found.

    Attributes:
        counts: documents, queries, judgments by split.
        faults: by kind, in the order of their first occurrence.
    """

    name: str
    counts: dict[str, Any] = field(default_factory=dict)
    faults: dict[str, Fault] = field(default_factory=dict)

    def add(self, severity: str, kind: str, where: str) -> None:
        """Count a fault, and keep its place while there are few."""
        fault = self.faults.setdefault(kind, Fault(kind, severity))
        fault.count += 1
        if len(fault.examples) < EXAMPLES:
            fault.examples.append(where)

    def as_dict(self) -> dict[str, Any]:
        """The report as plain values, for programs."""
        return {
            "name": self.name,
            **self.counts,
            "errors": self.errors,
            "warnings": self.warnings,
            "faults": [asdict(fault) for fault in self.faults.values()],
        }

    @property
    def errors(self) -> int:
        """How many faults keep the data set from being used."""
        return sum(f.count for f in self.faults.values() if f.severity == "error")

    @property
    def warnings(self) -> int:
        """How many oddities were found that do not."""
        return sum(f.count for f in self.faults.values() if f.severity == "warning")


@dataclass(frozen=True)
class Part:
    """A file, or a part of a catalogue, whose lines or records are looked at.

    Attributes:
        report: where faults go.
        name: of the file or the data set.
        unit: line, document, query or judgment.
    """

    report: Report
    name: str
    unit: str = "line"

    def add(self, severity: str, kind: str, number: int, what: str) -> None:
        """Report a fault of the record with this number."""
        self.report.add(severity, kind, f"{self.name}, {self.unit} {number}: {what}")
