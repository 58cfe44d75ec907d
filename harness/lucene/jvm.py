"""Start the JVM inside this process, with Anserini's and our classes, and without its chatter."""

from __future__ import annotations

import errno
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import util
from pathlib import Path
from typing import Any

from ground.errors import InputError
from harness.lucene.boot import (
    environment,
    extra_classpath,
    java_options,
    locale_of_names,
    quiet_boot,
)
from harness.lucene.java import Java, Tried, find_java

KERNEL_JAR = Path(__file__).with_name("kernel.jar")
KERNEL_CLASS = "esplade.Index"

_START_FIRST = (
    "Call harness.lucene.jvm.start() before anything imports pyserini or jnius: pyserini then "
    "uses the same JVM"
)


class LuceneError(OSError):
    """Lucene failed at something that should have worked (a full disk, a broken file)."""


@dataclass(frozen=True)
class Jvm:
    """The JVM of this process.

    Attributes:
        java: the runtime chosen; None if the JVM was started by somebody else.
        tried: every place where a runtime was looked for.
        pid: the process it lives in; a JVM does not survive a fork.
    """

    java: Java | None
    tried: list[Tried]
    pid: int


_running: Jvm | None = None


def anserini_jar() -> Path:
    """Anserini's jar: in the folder ANSERINI_CLASSPATH, else in the installed pyserini.

    Raises:
        InputError: there is none.
    """
    folder = os.environ.get("ANSERINI_CLASSPATH")
    if folder is None:
        spec = util.find_spec("pyserini")
        if spec is None or not spec.submodule_search_locations:
            raise InputError(
                "pyserini is not installed, and its jar holds Lucene. Remedy: "
                f"`{sys.executable} -m pip install pyserini`."
            )
        folder = str(Path(next(iter(spec.submodule_search_locations))) / "resources" / "jars")
    jars = sorted(Path(folder).glob("anserini-*-fatjar.jar"), key=anserini_version)
    if not jars:
        raise InputError(
            f"There is no anserini-*-fatjar.jar in {folder}. Install pyserini again, or unset "
            f"ANSERINI_CLASSPATH if it is set."
        )
    return jars[-1]


def anserini_version(jar: Path) -> tuple[int, ...]:
    """The version in a jar's name: (1, 7, 1) for anserini-1.7.1-fatjar.jar."""
    return tuple(int(number) for number in re.findall(r"\d+", jar.name))


def preferred_java(jar: Path) -> int | None:
    """The Java release to prefer: Anserini 1's Lucene 9 maps index files best on 21."""
    return 21 if anserini_version(jar) < (2,) else None


def start(brief: bool = False) -> Jvm:
    """Start the JVM, once; a JVM that somebody else started is used as it is.

    Args:
        brief: the process will do only a few seconds of work: code is compiled quickly, not well.

    Raises:
        InputError: no suitable Java, no pyserini, an unusable ESPLADE_HEAP, a running JVM that
            does not know our classes, or a process that was forked off one with a JVM.
    """
    global _running
    if _running is None:
        _running = _adopt() if _is_running() else _boot(brief)
        _hush()
    if _running.pid != os.getpid():
        raise InputError(
            "This process was forked from one that runs Java, and a JVM does not survive that. "
            "Start worker processes with multiprocessing.get_context('spawn'), or search with "
            "threads."
        )
    return _running


def java_class(name: str) -> Any:
    """A Java class by its full name; starts the JVM when it is not running."""
    start()
    return _autoclass(name)


@cache
def _autoclass(name: str) -> Any:
    from jnius import autoclass

    return autoclass(name)


def kernel(name: str) -> Any:
    """A class of our kernel by its short name."""
    return java_class(f"esplade.{name}")


def java_path(path: Path) -> str:
    """A path for Java, absolute.

    Raises:
        InputError: its bytes are no UTF-8: Java has no name for such a file.
    """
    name = str(path.resolve())
    try:
        name.encode()
    except UnicodeEncodeError:
        raise InputError(
            f"The path {name!r} holds bytes that are no UTF-8 text, and Java has no name for such "
            f"a file. Rename the folder, or work in another one."
        ) from None
    return name


@contextmanager
def lucene_errors(doing: str) -> Iterator[None]:
    """Turn Java exceptions into one sentence of what failed.

    Raises:
        LuceneError: with ``doing``, the exception's class and its message.
    """
    start()  # importing jnius first would start a JVM without our settings
    from jnius import JavaException

    try:
        yield
    except JavaException as error:
        text = error.innermessage or str(error)
        if os.strerror(errno.ENOSPC) in text:
            text = f"the disk is full ({text})"
        elif error.classname == "java.nio.file.InvalidPathException":
            text = f"{text}; the locale has no such characters, set LC_ALL=C.UTF-8"
        elif error.classname == "java.lang.OutOfMemoryError":
            text = f"{text}; give Java more memory with ESPLADE_HEAP, 8g for instance"
        raise LuceneError(f"{doing} failed: {error.classname}: {text}") from error


def _is_running() -> bool:
    config = sys.modules.get("jnius_config")
    return bool(config and config.vm_running)


def _boot(brief: bool) -> Jvm:
    jar = anserini_jar()
    java, tried = find_java(preferred_java(jar))
    import jnius_config

    own = jnius_config.get_options()
    options = java_options(java, own, brief)
    jnius_config.set_options(*(o for o in options if o not in own), *own)
    jnius_config.add_classpath(*map(str, (KERNEL_JAR, jar)), *extra_classpath())
    places = {"JAVA_HOME": str(java.home), "JVM_PATH": str(java.library)}
    with environment(**places, **locale_of_names()), quiet_boot():
        import jnius  # noqa: F401  importing it starts the JVM
    return Jvm(java, tried, os.getpid())


def _adopt() -> Jvm:
    """Use a JVM that runs already, if it can load our classes."""
    from jnius import JavaException, autoclass

    try:
        autoclass(KERNEL_CLASS)
    except JavaException as error:
        raise InputError(
            f"Java was started in this process before esplade could add its classes "
            f"({error.classname or 'the class'}: {KERNEL_CLASS} not found). {_START_FIRST}."
        ) from None
    return Jvm(None, [], os.getpid())


def _hush() -> None:
    """Silence what Lucene logs about the runtime below the level of an error."""
    from jnius import autoclass

    logger = autoclass("java.util.logging.Logger").getLogger("org.apache.lucene")
    logger.setLevel(autoclass("java.util.logging.Level").SEVERE)
    _loggers.append(logger)


_loggers: list[Any] = []  # java.util.logging forgets the level of a logger that nobody holds


def search_software() -> dict[str, Any]:
    """What searches: versions of Java, Lucene and Anserini, the heap, and the latency protocol."""
    return {
        "java": str(java_class("java.lang.System").getProperty("java.version")),
        "lucene": str(kernel("Index").luceneVersion()),
        "anserini": ".".join(map(str, anserini_version(anserini_jar()))),
        "latency": "1 thread, inside Lucene, first pass discarded",
    }
