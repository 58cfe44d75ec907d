"""Every part of a report's page, as a reader uses it, in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from browsing import HOSTILE, Browser

pytestmark = pytest.mark.slow

ROWS = "#table tbody tr"


def systems(shown: Browser) -> list[str]:
    return shown.texts(f"{ROWS} td:first-child")


def test_it_loads_without_a_complaint_and_shows_hostile_texts_as_texts(shown: Browser) -> None:
    assert shown.complaints() == []
    assert shown.texts("h1") == [f"Page of {HOSTILE}"]
    assert len(shown.texts(ROWS)) == 7  # BM25, and two systems at three prunings
    assert any(HOSTILE in text for text in systems(shown))
    assert shown.run("return document.querySelectorAll('img, b').length") == 0
    assert "alert" not in (shown.run("return document.title") or "").replace(HOSTILE, "")
    assert any(HOSTILE in text for text in shown.texts("#summary p"))


def test_it_asks_for_nothing(shown: Browser) -> None:
    loaded = "return performance.getEntriesByType('resource').map((entry) => entry.name)"
    assert shown.run(loaded) == []
    # And could not: its own policy forbids it.
    refused = "return fetch('http://127.0.0.1:9/').then(() => 'asked', () => 'refused')"
    assert shown.run(refused) == "refused"


def test_dots_are_points_and_a_tip_says_what_they_are(shown: Browser) -> None:
    dots = "#plot g.points path, #plot g.points circle"
    assert shown.run("return document.querySelectorAll(arguments[0]).length", dots) == 7
    shown.run(
        "const svg = document.querySelector('#plot svg');"
        "const dot = document.querySelector(arguments[0]).getBoundingClientRect();"
        "svg.dispatchEvent(new PointerEvent('pointermove', {bubbles: true, pointerType: 'mouse',"
        "clientX: dot.x + dot.width / 2, clientY: dot.y + dot.height / 2}));",
        dots,
    )
    shown.wait("document.querySelector('#plot').textContent.includes('95% interval')")


def test_systems_are_switched_off_and_on(shown: Browser) -> None:
    shown.click("#systems input[value=plain]")
    assert len(systems(shown)) == 4 and not any("plain" in text for text in systems(shown))
    dots = "return document.querySelectorAll('#plot g.points > *').length"
    assert shown.run(dots) == 4
    shown.click("#systems input[value=plain]")
    assert len(systems(shown)) == 7


def test_measure_and_cost_are_chosen(shown: Browser) -> None:
    assert "RR@10" in shown.texts("#plot")[0]
    shown.choose("#measure", "nDCG@10")
    assert "nDCG@10" in shown.texts("#plot")[0]
    shown.choose("#cost", "index_mb")
    assert "index, MB" in shown.texts("#plot")[0]


def test_the_slider_moves_plot_table_and_queries_together(shown: Browser) -> None:
    shown.choose("#pruning", "3")
    assert shown.texts("#pruning-said") == ["1:1"]
    faded = shown.texts(f"{ROWS}.faded td:nth-child(2)")
    assert len(faded) == 4 and "1:1" not in faded
    chosen = shown.run(
        "return ['one', 'other'].map((id) => document.getElementById(id).selectedOptions[0].text)"
    )
    assert any(text.endswith("1:1") for text in chosen)
    shown.choose("#pruning", "0")
    assert shown.texts(f"{ROWS}.faded") == []


def test_the_table_is_sorted_filtered_and_its_columns_chosen(shown: Browser) -> None:
    postings = f"{ROWS} td:nth-child(5)"
    heading = shown.texts("#table th").index("postings/query")
    shown.click("#table th button", heading)
    column = f"{ROWS} td:nth-child({heading + 1})"
    values = [float(text.split()[0].replace(",", "")) for text in shown.texts(column)]
    assert values == sorted(values) and len(values) == 7, postings
    shown.click("#table th button", heading)
    values = [float(text.split()[0].replace(",", "")) for text in shown.texts(column)]
    assert values == sorted(values, reverse=True)
    shown.choose("#filter", "2:2")
    assert len(systems(shown)) == 2
    shown.click("#columns input[value=postings]")
    assert "postings/query" not in " ".join(shown.texts("#table th"))


def test_another_baseline_is_tested_against(shown: Browser) -> None:
    assert "BM25" in shown.texts("#table-note")[0]
    place = shown.run(
        "return [...document.getElementById('baseline').options].find("
        "(option) => option.text.startsWith('plain') && option.text.endsWith('0:0')).value"
    )
    shown.choose("#baseline", place)
    assert "plain 0:0" in shown.texts("#table-note")[0]
    assert shown.texts(f"{ROWS}.baseline td:first-child")[0].startswith("plain")
    assert shown.texts("#tests summary") == ["Differences from plain 0:0"]
    assert len(shown.texts("#tests tbody tr")) == 12  # six others, two measures
    shown.choose("#baseline", "")
    assert shown.texts("#table-note") == [""]


@pytest.mark.parametrize(
    ("label", "starts"), [("TSV", "system\t"), ("Markdown", "| system |"), ("LaTeX", "% needs")]
)
def test_the_table_is_copied(shown: Browser, label: str, starts: str) -> None:
    shown.run(
        "Object.defineProperty(navigator, 'clipboard', {value: {writeText: async (text) => "
        "{ window.kept = text; }}, configurable: true})"
    )
    shown.click(f"[data-copy={label}]")
    shown.wait("window.kept")
    kept = shown.run("return window.kept")
    assert kept.lstrip("%").startswith(starts.lstrip("%")) and HOSTILE.split("=")[0][1:4] in kept
    if label == "LaTeX":
        assert r"\begin{tabular}" in kept and r"nDCG@10" in kept and "$<$img" in kept


def test_queries_are_sorted_searched_and_opened(shown: Browser) -> None:
    first = ".query > button > :first-child"
    numbers = [text.replace("−", "-").replace("±", "") for text in shown.texts(first)]
    assert [float(n) for n in numbers] == sorted(map(float, numbers), reverse=True)
    assert len(numbers) == 4
    shown.choose("#search", "bold")
    assert shown.texts(".query > button > :last-child") == ["● sort </script><b>bold</b>"]
    shown.click(".query > button")
    shown.wait("document.querySelector('.opened table.terms')")
    opened = shown.texts(".opened")[0]
    assert "sort a list <script>alert(2)</script>" in opened and "relevant 1" in opened
    assert "added" in opened and "dropped" in opened
    assert shown.complaints() == []
    shown.click(".query > button")
    assert shown.run("return document.querySelector('.opened').hidden")


def test_two_points_are_chosen_and_losses_come_first(shown: Browser) -> None:
    budget, best = (shown.run("return state[arguments[0]]", name) for name in ("other", "one"))
    before = shown.texts(".query > button > :first-child")
    shown.choose("#one", str(budget))
    shown.choose("#other", str(best))
    after = shown.texts(".query > button > :first-child")
    turned = str.maketrans("+−", "−+")
    assert sorted(after) == sorted(text.translate(turned) for text in before)
    shown.click("#turn")
    assert shown.texts("#turn") == ["losses first"]
    assert shown.texts(".query > button > :first-child") == after[::-1]


def test_more_queries_are_listed_when_asked_for(shown: Browser) -> None:
    shown.run("change({shown: 3})")
    assert len(shown.texts(".query")) == 3 and shown.texts("#more") == ["1 more"]
    shown.click("#more")
    assert len(shown.texts(".query")) == 4 and shown.texts("#more") == []


def test_differences_are_left_out_when_asked_for(shown: Browser) -> None:
    assert shown.texts("#table td small")
    shown.click("#with-differences")
    assert shown.texts("#table td small") == []


def test_what_makes_up_the_cost_is_shown(shown: Browser) -> None:
    titles = shown.texts("#lists h3")
    for title in ("Postings a query", "Lengths of postings lists", "Terms a document"):
        assert title in titles
    assert "Weights of documents" in titles and "Impacts in the index" in titles
    assert shown.texts("#costly tbody tr")
    assert shown.run("return document.querySelectorAll('#lists svg').length") == 5


def test_where_numbers_come_from_is_told(shown: Browser) -> None:
    commands = shown.texts("#points pre")
    assert len(commands) == 7 and all("esplade search --index" in text for text in commands)
    origins = shown.texts("#origins > dl dt")
    assert "hostile, split test, title" in origins and "with" in origins
    assert any("docid" in text or "document id" in text for text in shown.texts("#points dd"))


def test_it_fits_a_phone(browser: Browser, page: Path) -> None:
    browser.open(page.as_uri(), width=360)
    assert browser.run("return document.documentElement.scrollWidth") <= 360
    browser.click(".query > button")
    browser.wait("document.querySelector('.opened table.terms')")
    assert browser.run("return document.documentElement.scrollWidth") <= 360


def test_it_is_dark_where_the_reader_is(browser: Browser, page: Path) -> None:
    paper = "return getComputedStyle(document.body).backgroundColor"
    browser.open(page.as_uri(), dark=True)
    assert browser.run(paper) == "rgb(22, 24, 26)"
    browser.open(page.as_uri())
    assert browser.run(paper) == "rgb(255, 255, 255)"


def test_it_prints_without_its_controls(shown: Browser) -> None:
    printed = shown.command("Page.printToPDF", printBackground=True)
    assert printed["data"].startswith("JVBERi0")  # %PDF-
    shown.command("Emulation.setEmulatedMedia", media="print", features=[])
    hidden = "return getComputedStyle(document.getElementById('controls')).display"
    assert shown.run(hidden) == "none"


def test_without_its_script_the_table_is_still_there(browser: Browser, page: Path) -> None:
    browser.command("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.driver.get(page.as_uri())
        found = browser.driver.find_elements("css selector", "noscript table tr")
        assert len(found) == 8
    finally:
        browser.command("Emulation.setScriptExecutionDisabled", value=False)
