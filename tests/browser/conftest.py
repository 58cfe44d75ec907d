"""A headless browser, and a page about two sweeps whose every text is hostile."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import HOSTILE, Browser

TITLES = {
    "d1": "sort a list <script>alert(2)</script>",
    "d2": "read a file & close it",
    "d3": 'write "quoted" lines',
    "d4": "merge two lists",
    "d5": "remove a folder",
}
QUERIES = {
    "q1": "sort </script><b>bold</b>",
    "q2": "read and close",
    "q3": "merge lists",
    "q4": "lines with quotes",
}
JUDGED = {"q1": {"d1": 1}, "q2": {"d2": 1}, "q3": {"d4": 1, "d1": 0}, "q4": {"d3": 1}}
GRID = "0:0,2:2,1:1"


def vectors(path: Path, rows: dict[str, dict[str, float]]) -> Path:
    lines = [json.dumps({"id": i, "contents": "", "vector": v}) for i, v in rows.items()]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def weights(texts: dict[str, str], more: dict[str, float]) -> dict[str, dict[str, float]]:
    """A weight a word, smaller and smaller, and terms that no text has."""
    found = {}
    for name, text in texts.items():
        words = [w.strip('"&<>/()') for w in text.replace("<", " <").split()]
        own = {w: 2.0 - 0.1 * i for i, w in enumerate(dict.fromkeys(filter(None, words)))}
        found[name] = {**own, **more}
    return found


@pytest.fixture(scope="session")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import esplade

    folder = tmp_path_factory.mktemp("browser")
    data = esplade.Dataset.from_dicts(TITLES, QUERIES, JUDGED, name="hostile")
    sweeps = []
    for name, more in ((HOSTILE, {"thing": 0.4}), ("plain", {"thing": 0.9, "other": 0.8})):
        documents = vectors(folder / f"{len(sweeps)}-docs.jsonl", weights(TITLES, more))
        queries = vectors(folder / f"{len(sweeps)}-queries.jsonl", weights(QUERIES, more))
        made = esplade.sweep(
            data,
            grid=GRID,
            out=folder / f"sweep-{len(sweeps)}",
            vectors=documents,
            queries=queries,
            name=name,
            measures="RR@10 nDCG@10",
            language="none",
        )
        sweeps.append(made.path)
    return esplade.report(sweeps, folder / "page.html", dataset=data, title=f"Page of {HOSTILE}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    webdriver = pytest.importorskip("selenium.webdriver")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    driver = shutil.which("chromedriver")
    if chromium is None or driver is None:
        pytest.skip("needs Chromium and its driver: apt-get install chromium chromium-driver")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    found = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    yield Browser(found)
    found.quit()


@pytest.fixture
def shown(browser: Browser, page: Path) -> Browser:
    """The page, opened anew."""
    browser.open(page.as_uri())
    return browser
