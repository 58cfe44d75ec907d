"""The blocks of code of a page, and running them in their order."""

from __future__ import annotations

import io
import re
import shlex
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from commandline import Esplade

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs"
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$\n*", re.DOTALL | re.MULTILINE)
_NUMBER = re.compile(r"-?\d[\d,]*\.?\d*")


class Block(NamedTuple):
    """A block of code, and what the page says that it prints (``text`` right after it)."""

    language: str
    code: str
    printed: str | None


def blocks(text: str) -> Iterator[Block]:
    """The blocks of Python and of commands of a page."""
    found = list(_BLOCK.finditer(text))
    for number, one in enumerate(found):
        if one[1] not in ("python", "sh"):
            continue
        after = found[number + 1] if number + 1 < len(found) else None
        follows = after is not None and after.start() == one.end() and after[1] == "text"
        yield Block(one[1], one[2], after[2] if follows and after is not None else None)


def run_page(text: str, esplade: Esplade) -> None:
    """Run a page's blocks in one namespace, in the folder where the test is."""
    namespace: dict[str, Any] = {"__name__": "page"}
    for block in blocks(text):
        printed = io.StringIO()
        if block.language == "python":
            with redirect_stdout(printed):
                exec(compile(block.code, "<page>", "exec"), namespace)
        else:
            for words in commands(block.code):
                answer = esplade(*words)
                assert answer.code == 0, (words, answer.err)
                printed.write(answer.out)
        if block.printed is not None:
            alike(printed.getvalue(), block.printed)


def commands(code: str) -> list[list[str]]:
    """The arguments of the ``esplade`` commands of a block."""
    lines = code.replace("\\\n", " ").splitlines()
    found = [shlex.split(line, comments=True) for line in lines]
    assert all(words[:1] in ([], ["esplade"]) for words in found), code
    return [words[1:] for words in found if words]


def alike(ours: str, theirs: str) -> None:
    """The same words, and numbers that differ by a little: other machines round otherwise."""
    one, other = (_NUMBER.split(" ".join(text.split())) for text in (ours, theirs))
    assert [part.strip() for part in one] == [part.strip() for part in other], ours
    numbers = [[float(n.replace(",", "")) for n in _NUMBER.findall(t)] for t in (ours, theirs)]
    assert numbers[0] == pytest.approx(numbers[1], rel=0.02, abs=0.02), ours
