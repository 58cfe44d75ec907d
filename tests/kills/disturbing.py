"""Commands run in a folder of their own, disturbed at a chosen place, and what they leave there."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
OFF, COUNT, KILL, FULL, READ_ONLY, VANISH = range(6)
"""What is done at the chosen change; see killpoints.c."""
_JAVA = "-Dtests.seed=0123456789ABCDEF -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto"
_LUCENE = bytes.fromhex("ccceef7e69a8af711d2f26e3ed3cc5")
"""What every id begins with, by that seed."""
_NOISE = ("Picked up JAVA_TOOL_OPTIONS",)
Tree = dict[str, bytes]


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code or minus a signal, what it said, and the time it took."""

    code: int
    out: str
    err: str
    seconds: float


def compiled(folder: Path) -> Path | None:
    """The library that disturbs, or nothing where there is no C compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None or not sys.platform.startswith("linux"):
        return None
    library = folder / "killpoints.so"
    source = str(HERE / "killpoints.c")
    command = [compiler, "-shared", "-fPIC", "-O1", "-o", str(library), source, "-ldl"]
    return None if subprocess.run(command, check=False).returncode else library


class Workplace:
    """A folder ``work`` that commands write to, ``in`` that they read, and the forking process.

    Args:
        root: a new folder.
        library: from `compiled`.
    """

    def __init__(self, root: Path, library: Path) -> None:
        self.root, self.work, self.given = root, root / "work", root / "in"
        self.work.mkdir(parents=True)
        self.given.mkdir()
        environment = {
            **os.environ,
            "LD_PRELOAD": str(library),
            "PYTHONPATH": os.pathsep.join([str(HERE.parents[1]), *filter(None, sys.path)]),
            "OMP_NUM_THREADS": "1",
            "TOKENIZERS_PARALLELISM": "false",
            "HF_HUB_OFFLINE": "1",
            "ESPLADE_HEAP": "512m",
            "JAVA_TOOL_OPTIONS": _JAVA,
            "TMPDIR": str(root),
        }
        self._zygote = subprocess.Popen(
            [sys.executable, str(HERE / "zygote.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            text=True,
        )
        assert self._read() == {"ready": True}

    def close(self) -> None:
        """End the forking process."""
        assert self._zygote.stdin and self._zygote.stdout
        self._zygote.stdin.close()
        self._zygote.wait()
        self._zygote.stdout.close()

    def run(
        self,
        command: Sequence[object],
        mode: int = OFF,
        at: int = 0,
        delay: float | None = None,
        journal: Path | None = None,
    ) -> Ended:
        """Run a command line in ``work``.

        Args:
            command: its arguments; ``{in}`` and ``{work}`` stand for the folders.
            mode: what happens at the chosen change.
            at: the number of that change, from 0.
            delay: seconds after which the process is killed.
            journal: file that gets a line for each change, with mode COUNT.
        """
        out, err = self.root / "out.txt", self.root / "err.txt"
        order: dict[str, Any] = {
            "command": self.filled(command),
            "folder": str(self.work),
            "mode": mode,
            "at": at,
            "delay": delay,
            "journal": journal and str(journal),
            "out": str(out),
            "err": str(err),
        }
        assert self._zygote.stdin
        self._zygote.stdin.write(json.dumps(order) + "\n")
        self._zygote.stdin.flush()
        ended = self._read()
        lines = err.read_text().splitlines(keepends=True)
        said = "".join(line for line in lines if not line.startswith(_NOISE))
        return Ended(ended["code"], out.read_text(), said, ended["seconds"])

    def filled(self, command: Sequence[object]) -> list[str]:
        """A command line with the names of the folders in it."""
        places = {"{in}": str(self.given), "{work}": str(self.work)}
        return [re.sub(r"\{in\}|\{work\}", lambda m: places[m[0]], str(part)) for part in command]

    def restore(self, before: Path | None = None) -> None:
        """Make ``work`` what it was before, or empty."""
        for folder in (self.work, self.work.with_name("work.gone")):
            shutil.rmtree(folder, ignore_errors=True)
        if before is None:
            self.work.mkdir()
        else:
            shutil.copytree(before, self.work, symlinks=True)

    def changes(self, command: Sequence[object]) -> tuple[Ended, list[str]]:
        """Run a command undisturbed, and list what it changes in ``work``, in order."""
        with tempfile.TemporaryDirectory(dir=self.root) as folder:
            journal = Path(folder) / "journal"
            journal.touch()
            ended = self.run(command, COUNT, journal=journal)
            return ended, journal.read_text().splitlines()

    def tree(self) -> Tree:
        """What is in ``work``: bytes by path, folders included, but for what must differ."""
        found: Tree = {}
        for path in sorted(self.work.rglob("*")):
            name = path.relative_to(self.work).as_posix()
            found[name] = b"" if path.is_dir() else alike(path)
        return found

    def _read(self) -> dict[str, Any]:
        assert self._zygote.stdout
        line = self._zygote.stdout.readline()
        assert line, "the forking process has died"
        answer: dict[str, Any] = json.loads(line)
        return answer


def alike(path: Path) -> bytes:
    """The bytes of a file without what differs between two equal runs.

    Clocks stand still (see zygote.py), so only what Lucene makes of chance and of time is left:
    the ids of segments and commits (the seed decides but their last byte), the checksum over those
    at every file's end, and in a segment's description, when it was made, in which the order of
    the entries changes too.
    """
    content = path.read_bytes()
    if _LUCENE not in content:
        return content
    content = re.sub(re.escape(_LUCENE) + b".", _LUCENE, content, flags=re.DOTALL)[:-8]
    if path.suffix == ".si":
        content = bytes(sorted(re.sub(rb"(timestamp.)\d{13}", rb"\1", content)))
    return content


def state(tree: Mapping[str, bytes]) -> str:
    """Digest of what a killed process left; numbers of processes in names do not count."""
    found = hashlib.sha256()
    for name, content in sorted((re.sub(r"-\d+\b", "-", n), c) for n, c in tree.items()):
        found.update(f"{name}\n{len(content)}\n".encode() + content)
    return found.hexdigest()


def differences(found: Tree, wanted: Tree) -> list[str]:
    """Names of what is missing, too much, or of other content."""
    return [
        f"{name}: {'missing' if name not in found else 'extra' if name not in wanted else 'other'}"
        for name in sorted({*found, *wanted})
        if found.get(name) != wanted.get(name)
    ]
