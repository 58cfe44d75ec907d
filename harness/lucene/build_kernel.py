"""Build ``kernel.jar`` from ``kernel/*.java``: ``python -m harness.lucene.build_kernel``.

The jar is a part of the package, so that nobody needs a compiler to use it. It is made for Java
17 and holds nothing that depends on the time or the machine.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
import zipfile
from pathlib import Path
from shutil import which

from ground.artifacts import file_digest
from ground.errors import InputError
from harness.lucene.jvm import KERNEL_JAR, anserini_jar, anserini_version

SOURCES = Path(__file__).with_name("kernel")
RELEASE = 17
_MANIFEST = "META-INF/MANIFEST.MF"
_EPOCH = (1980, 1, 1, 0, 0, 0)


def build(jar: Path = KERNEL_JAR, javac: str = "javac") -> None:
    """Compile the kernel's sources and pack their classes.

    Args:
        jar: the file to write.
        javac: a compiler of version 17 or newer.

    Raises:
        InputError: there is no such compiler, it refuses the sources, or the installed pyserini
            is not of version 1.
    """
    if anserini_version(anserini_jar()) >= (2,):
        raise InputError(
            "The kernel is compiled against Lucene 9.9, so that its classes run with Lucene 9 and "
            "10. Build it where pyserini 1.6 is installed."
        )
    version = compiler_version(javac)
    if version is None:
        raise InputError(f"{javac} does not run. Install a JDK of version {RELEASE} or newer.")
    with tempfile.TemporaryDirectory() as folder:
        _compile(javac, Path(folder))
        _pack(jar, Path(folder), version)


def compiler_version(javac: str = "javac") -> str | None:
    """The compiler's feature release ("17"); None if there is no compiler."""
    if which(javac) is None:
        return None
    answer = subprocess.run([javac, "-version"], capture_output=True, text=True, check=False)
    found = re.search(r"javac (\d+)", answer.stdout + answer.stderr)
    return found.group(1) if found else None


def sources_digest() -> str:
    """SHA-256 of the sources, which the jar's manifest repeats."""
    return file_digest(*sorted(SOURCES.glob("*.java")))


def manifest(jar: Path = KERNEL_JAR) -> dict[str, str]:
    """The main attributes of a jar's manifest."""
    with zipfile.ZipFile(jar) as archive:
        lines = archive.read(_MANIFEST).decode().replace("\r\n ", "").splitlines()
    return dict(line.split(": ", 1) for line in lines if ": " in line)


def _compile(javac: str, out: Path) -> None:
    command = [javac, "--release", str(RELEASE), "-g:source,lines", "-Xlint:-path"]
    command += ["-encoding", "UTF-8", "-cp", str(anserini_jar()), "-d", str(out)]
    sources = [path.name for path in sorted(SOURCES.glob("*.java"))]
    done = subprocess.run(
        [*command, *sources], cwd=SOURCES, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise InputError(f"{javac} refused the kernel's sources:\n{done.stderr}")


def _pack(jar: Path, classes: Path, version: str) -> None:
    attributes = {
        "Manifest-Version": "1.0",
        "Created-By": f"javac {version}",
        "Sources-SHA256": sources_digest()[:48],  # a line of a manifest holds 72 bytes
    }
    text = "".join(f"{name}: {value}\r\n" for name, value in attributes.items()) + "\r\n"
    with zipfile.ZipFile(jar, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr(_entry(_MANIFEST), text)
        for path in sorted(classes.rglob("*.class")):
            archive.writestr(_entry(path.relative_to(classes).as_posix()), path.read_bytes())


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, date_time=_EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry


if __name__ == "__main__":
    build()
    print(f"{KERNEL_JAR}: {KERNEL_JAR.stat().st_size:,} bytes")
