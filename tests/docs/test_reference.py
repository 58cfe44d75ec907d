"""The reference says what the code says."""

from __future__ import annotations

from typing import Any

import pytest

from docs.commands_page import commands, entries
from docs.generate import FOLDER, PAGES
from esplade.cli.app import command


@pytest.mark.parametrize("page", PAGES)
def test_the_page_is_current(page: str) -> None:
    written = (FOLDER / page).read_text(encoding="utf-8")
    assert written == PAGES[page](), "Run python -m docs.generate."


def test_the_page_has_every_option_that_the_commands_take() -> None:
    tree: Any = command()
    for name, function in commands():
        one = tree
        for word in name.split():
            one = one.commands[word]
        taken = {opt for p in one.params for opt in (*p.opts, *p.secondary_opts)}
        own = {opt for opt in taken if opt.startswith("-")}
        shown = {word for entry in entries(function)[1] for word in entry.names.split()}
        known = {word.rstrip(",") for word in shown if word.startswith("-")}
        assert own - {"--help"} == known | {"--quiet", "--verbose", "--debug", "--log-file"}, name
