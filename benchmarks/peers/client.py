"""Talking to a peer's process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
OURS = ("esplade_search", "stock_pyserini")


def peers_python() -> Path | None:
    """The Python of the peers' environment; None where there is none."""
    found = Path(os.environ.get("ESPLADE_PEERS", ".venv-peers/bin/python"))
    return found if found.is_file() else None


class Peer:
    """A peer that has loaded an index and waits for requests.

    Args:
        script: name of its script beside this file.
        index: what it searches: an index folder, or a CIFF file.
        queries: JSON Lines of integer vectors.
        tree: checkout that is ours.
    """

    def __init__(
        self, script: str, index: Path, queries: Path, tree: Path = HERE.parents[1]
    ) -> None:
        python = Path(sys.executable) if script in OURS else peers_python()
        if python is None:
            raise FileNotFoundError("no environment of peers; see benchmarks/peers/README.md")
        environment = os.environ | {"OPENAI_API_KEY": "unused", "HF_HUB_OFFLINE": "1"}
        environment["PYTHONPATH"] = str(tree) if script in OURS else ""
        self._log = (queries.parent / f"{script}-{tree.name}.log").open("w")
        self._process = subprocess.Popen(
            [python, HERE / f"{script}.py", index, queries],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            env=environment,
        )
        self._answer()

    def ask(self, **request: Any) -> dict[str, Any]:
        """Send a request and wait for its answer."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()
        self._log.close()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            end = Path(self._log.name).read_text(errors="replace").splitlines()[-8:]
            raise RuntimeError("a peer died:\n" + "\n".join(end))
        return dict(json.loads(line))
