"""How a JVM is started: its options, the variables it reads, and without its chatter."""

from __future__ import annotations

import locale
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from harness.lucene.java import Java
from harness.lucene.memory import address_room, heap_size

_VECTOR_MODULE = "jdk.incubator.vector"

_EXPECTED_NOISE = re.compile(rb"WARNING: Using incubator modules: jdk\.incubator\.vector\r?\n")


def java_options(java: Java, own: Sequence[str] = (), brief: bool = False) -> list[str]:
    """Options for a JVM of this runtime.

    ``-Xrs`` leaves SIGINT and SIGTERM to Python, so that Ctrl-C cleans up.

    Args:
        java: the runtime.
        own: options that the user set with ``jnius_config``; they win.
        brief: leave the optimising compiler out: for the first seconds it costs more than it gives.
    """
    options = ["-Xrs", "-Djava.awt.headless=true"]
    if not any(option.startswith("-Xmx") for option in own):
        options.append(f"-Xmx{heap_size()}")
    if address_room() is not None:
        # Reserved whole at the start, where every gigabyte counts.
        options += ["-XX:CompressedClassSpaceSize=128m", "-XX:ReservedCodeCacheSize=128m"]
    if not _names_a_collector(own):
        # Indexing takes two thirds of the time that it takes with the default collector.
        options.append("-XX:+UseParallelGC")
    if brief:
        options.append("-XX:TieredStopAtLevel=1")
    if java.has_vector_module:
        options.append(f"--add-modules={_VECTOR_MODULE}")
    if java.major >= 22:
        options.append("--enable-native-access=ALL-UNNAMED")
    if java.major >= 23:
        options.append("--sun-misc-unsafe-memory-access=allow")
    return options


def _names_a_collector(own: Sequence[str]) -> bool:
    """Whether the user chose a garbage collector; a JVM refuses to start with two."""
    variables = ("JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS")
    options = [*own, *(os.environ.get(name, "") for name in variables)]
    return any(re.search(r"-XX:\+Use\w+GC\b", option) for option in options)


def extra_classpath() -> list[str]:
    """Further jars (analyzers, for instance) that the user wants on the class path."""
    return [path for path in os.environ.get("ESPLADE_CLASSPATH", "").split(os.pathsep) if path]


def locale_of_names() -> dict[str, str]:
    """A locale in which Java can write every file name that Python can.

    Python takes names for UTF-8 even under LANG=C, as containers and cron have it; Java would
    know ASCII alone.
    """
    if not hasattr(locale, "nl_langinfo") or sys.getfilesystemencoding() != "utf-8":
        return {}
    unicode = locale.nl_langinfo(locale.CODESET).lower().replace("-", "") == "utf8"
    return {} if unicode else {"LC_ALL": "C.UTF-8"}


@contextmanager
def environment(**values: str) -> Iterator[None]:
    """Set environment variables for a moment: child processes choose for themselves."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextmanager
def quiet_boot() -> Iterator[None]:
    """Hold back what the JVM prints at its start, and let through all but the expected."""
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as captured:
        os.dup2(captured.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            captured.seek(0)
            os.write(2, _EXPECTED_NOISE.sub(b"", captured.read()))
