"""Names made of other names: every system takes them, and no two become one."""

from __future__ import annotations

import re
import unicodedata

import pytest

from ground.artifacts import file_name, file_names

HOSTILE = [
    *("a/b", "a\\b", "a:b", "a*b", "a?b", 'a"b', "a<b", "a>b", "a|b", "a\0b", "a\nb", "a\x7fb"),
    *("..", ".", "", " ", "a.", "a ", " a", ".a", "a. .", "-/-", "/", "//"),
    *("con", "CON", "nul", "nul.txt", "com1", "LPT9.log", "aux .x", "COM\u00b9", "conin$"),
    *("x" * 300, "x" * 299 + "y", "가" * 100, "🙂" * 90, "\ud800"),
    *("e\u0301", "~0123456789", "a~0123456789"),
]
WINDOWS = re.compile(r'[^<>:"/\\|?*\x00-\x1f]*[^<>:"/\\|?*\x00-\x1f. ]')
DEVICES = {"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in "0123456789")}


@pytest.mark.parametrize(
    "name",
    [
        *(
            "pydoc-tiny",
            "bm25",
            "dk20",
            "d-share0.4+top5",
            "my encoder",
            "인코더",
            "naïve",
            "a.b_c",
        ),
        *("SPLADE-v3", "vectors", "x" * 180, "console", "com", "com10", "q7", "a~b"),
    ],
)
def test_ordinary_names_stay(name: str) -> None:
    assert file_name(name) == name


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_become_names(name: str) -> None:
    found = file_name(name)
    assert WINDOWS.fullmatch(found) and not found.startswith((" ", "."))
    assert len(found.encode()) <= 180
    assert found.split(".")[0].rstrip().lower() not in DEVICES
    assert found == unicodedata.normalize("NFC", found)
    assert re.search(r"~[0-9a-f]{10}$", found)


def test_two_names_never_become_one() -> None:
    made = {file_name(name) for name in HOSTILE}
    assert len(made) == len(HOSTILE)
    assert len({one.casefold() for one in made}) == len(HOSTILE)
    again = {file_name(one) for one in made}
    assert not again & made


def test_they_stay_readable() -> None:
    assert re.fullmatch(r"owner-name~[0-9a-f]{10}", file_name("owner/name"))
    assert re.fullmatch(r"_con~[0-9a-f]{10}", file_name("con"))
    assert file_name("가" * 100).startswith("가" * 50)


def test_names_that_differ_in_case_only() -> None:
    found = file_names(["Tiny", "tiny", "TINY", "other"])
    assert found["tiny"] == "tiny" and found["other"] == "other"
    assert len({one.casefold() for one in found.values()}) == 4
    assert found == file_names(["other", "TINY", "tiny", "Tiny"])
    assert file_names(["Tiny"]) == {"Tiny": "Tiny"}


def test_what_is_taken_by_something_else() -> None:
    found = file_names(["BM25", "bm25", "x"], taken=["bm25"])
    assert found["x"] == "x" and not {"bm25"} & {one.casefold() for one in found.values()}
