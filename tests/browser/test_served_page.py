"""A served page has all queries, for this machine only."""

from __future__ import annotations

import shutil
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing import Browser

from esplade.reports import open_report
from ground.errors import InputError

pytestmark = pytest.mark.slow


@pytest.fixture
def server(page: Path) -> Iterator[Any]:
    with open_report(page) as found:
        threading.Thread(target=found.serve_forever, daemon=True).start()
        yield found
        found.shutdown()


def answer(url: str, host: str | None = None) -> tuple[int, bytes]:
    request = urllib.request.Request(url, headers={"Host": host} if host else {})
    try:
        with urllib.request.urlopen(request, timeout=20) as found:
            return found.status, found.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def test_a_query_is_asked_for_as_it_is_opened(server: Any, browser: Browser) -> None:
    browser.open(server.url)
    browser.run("for (const id of Object.keys(DETAILS)) delete DETAILS[id];")
    browser.click(".query > button")
    browser.wait("document.querySelector('.opened table.terms')")
    assert browser.complaints() == []


def test_nothing_else_is_answered(server: Any) -> None:
    assert answer(server.url)[0] == 200
    status, body = answer(f"{server.url}query?id=q1")
    assert status == 200 and b'"asked"' in body
    assert answer(f"{server.url}query?id=none")[0] == 404
    assert answer(f"{server.url}../../etc/passwd")[0] == 404
    assert answer(server.url, host="elsewhere.example")[0] == 403
    assert server.server_address[0] == "127.0.0.1"


def test_a_page_without_its_data_is_not_served(page: Path, tmp_path: Path) -> None:
    alone = tmp_path / "page.html"
    shutil.copy(page, alone)
    with pytest.raises(InputError, match=r"page.data is not there"):
        open_report(alone)
    with pytest.raises(InputError, match="is not there"):
        open_report(tmp_path / "none.html")
