"""Topics in every form, and what is wrong with them by file and line."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from ground.errors import InputError
from harness.datasets import read_topics


def topics(tmp_path: Path, text: str | bytes) -> dict[str, str]:
    path = tmp_path / "topics.txt"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_topics(path)


BLOCK = "<top>\n<num> Number: {0}\n<title> {1}\n\n<desc> Description:\nof {0}\n</top>\n"
TWO = {"N1": "drop rows", "N2": "sort & merge"}


@pytest.mark.parametrize(
    "text",
    [
        "N1\tdrop rows\nN2\tsort & merge\n",
        "\ufeffN1\tdrop rows\r\n\r\nN2\tsort & merge\r\n",
        '{"_id": "N1", "text": "drop rows"}\n{"_id": "N2", "text": "sort & merge"}\n',
        '\ufeff\n{"id": "N1", "text": "drop rows"}\n{"id": "N2", "text": "sort & merge", "x": 1}\n',
        BLOCK.format("N1", "drop rows") + BLOCK.format("N2", "sort &amp; merge"),
        "\ufeff" + (BLOCK.format("N1", "drop rows") + BLOCK.format("N2", "sort & merge")).upper()
        .replace("DROP ROWS", "drop rows").replace("SORT & MERGE", "sort & merge"),
        "<top lang='en'>\n<num>N1</num>\n<title lang='en'>drop\nrows</title>\n</top>\n"
        "<top>\n<num>N2</num><title>sort &#38; merge</title></top>",
        "<top>\n<num> Number: N1\n<dom> Domain: Computing\n<title> drop rows\n<toptype> event\n"
        "</top>\n<top><num>N2\n<title>Topic: sort &amp; merge\n<EN-desc> more\n</top>\n",
        "<?xml version='1.0'?>\n<!-- a\ncomment -->\n<topics>\n<top><num>N1<title>drop rows</top>\n"
        "<top>\n<num>N2</num>\n<query>sort & merge</query>\n<querytime>now</querytime>\n</top>\n"
        "</topics>\n",
        '<topics><topic number="N1"><query>drop rows</query></topic>'
        '<topic number="N2"><query>sort &amp; merge</query></topic></topics>',
        '<?xml version="1.0" encoding="UTF-8"?>\n<webtrack queries="2">\n'
        '  <topic number="N1" type="faceted">\n    <query>drop rows</query>\n'
        '    <description>how</description>\n    <subtopic number="1">a</subtopic>\n'
        '    <subtopic number="2"><query>b</query></subtopic>\n  </topic>\n'
        "  <topic><num>N2</num><title>sort <![CDATA[&]]> <b>merge</b></title></topic>\n"
        "</webtrack>\n",
        "<topic><number>N1</number><query>drop\n rows</query><narrative>x</narrative></topic>\n"
        "<topic><number>N2</number><query>sort &amp; merge</query></topic>\n",
        '<topic number="N1">drop rows</topic>\n<topic number="N2"> sort &amp; merge\n</topic>',
        '<Topics><Topic ID="N1" number="N1"><Title>drop rows</Title></Topic>'
        '<Topic id="N2">sort &amp; merge</Topic></Topics>',
    ],
)  # fmt: skip
def test_forms(tmp_path: Path, text: str) -> None:
    assert topics(tmp_path, text) == TWO
    assert topics(tmp_path, gzip.compress(text.encode())) == TWO


def test_words_that_look_like_tags_stay(tmp_path: Path) -> None:
    text = "<top>\n<num> 1\n<title> what is <b>bold</b> or List<String> in a < b\n</top>\n"
    assert topics(tmp_path, text) == {"1": "what is <b>bold</b> or List<String> in a < b"}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("AT&amp;T", "AT&T"),
        ("a &lt; b &gt; c", "a < b > c"),
        ("caf&eacute; &#x1F600;", "café \U0001f600"),
        ("R&D &notreal; &ampersand", "R&D &notreal; &ampersand"),
        ("&amp;lt;", "&lt;"),
    ],
)
def test_entities(tmp_path: Path, written: str, read: str) -> None:
    assert topics(tmp_path, f"<top>\n<num> 1\n<title> {written}\n</top>\n") == {"1": read}


GOOD = BLOCK.format("N1", "drop rows")
BOMB = (
    '<!DOCTYPE topics [<!ENTITY a "xxxxxxxxxx"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>\n'
    '<topics><topic number="1">&b;</topic></topics>'
)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<top>\n<num> 1\n<title> a\n" + GOOD, "line 4: a <top> in the block of line 1"),
        ("<top>\n<num> 1\n<top>\n<title> a\n</top>\n", "line 3: a <top> in the block of line 1"),
        (GOOD + "more words\n", "line 8: text outside of <top> blocks \\('more words'\\)"),
        ("words\n" + GOOD, "line 1: text outside of <top> blocks"),
        (GOOD + "words\n" + BLOCK.format("N2", "x"), "line 8: text outside of <top> blocks"),
        (GOOD + "</top>\n", "line 8: a </top> that ends no block"),
        ("<top>\nstray\n<num> 1\n<title> a\n</top>\n", "line 2: text outside of a field"),
        ("<top>\n<num> 1\n<title>a</title> stray\n</top>\n", "line 3: text outside of a field"),
        ("<top>\r<num> 1\r<title> a\r</top>\r", "line 1: a carriage return"),
        ("1\ta\r2\tb\r", "line 1: a carriage return"),
        ("<top>\n<num> 1\n<desc> a\n</top>\n", "line 1: .* no <title>; it has <num>, <desc>"),
        ("<top>\n<num> 1 2\n<title> a\n</top>\n", "line 1: the id '1 2'"),
        ("<top>\n<num> 1\n<title> a\n<title> b\n</top>\n", "line 4: a second <title> in the block"),
        ("<top>\n<num> 1\n<title> a\n<num> 2\n</top>\n", "line 4: a second <num> in the block"),
        (GOOD + GOOD, "line 8: the id 'N1' was on line 1"),
        ("\n<!-- a\n-->\n<top>\n<num> 1\n</top>\n", "line 4: this topic has no <title>"),
        ("<topics>\n</topics>\n", "neither <top> nor <topic>"),
        ("<html><body>x</body></html>", "line 1: text outside of topics"),
        ('<topics>\n<topic number="1"><disease>flu</disease></topic></topics>',
         "line 2: this topic has no <query> or <title>; it has <disease>.*qid<TAB>text"),
        ('<topics>\n<topic number="1"/></topics>', "line 2: .*it has nothing"),
        ("<topics>\n<topic><query>a</query></topic></topics>", "line 2: this topic has no number"),
        ('<topic number="1"><id>2</id><query>a</query></topic>', "has the ids 1, 2"),
        ('<topic number="1">a<desc>b</desc></topic>', "text beside <desc>|no <query>"),
        ('<topic number="1">a<query>b</query></topic>', "text beside <query>"),
        ('<topic number="1"><query>a</query>\n<query>b</query></topic>', "line 2: a second"),
        ('<topic number="1">a\n<topic number="2">b</topic></topic>', "line 2: a <topic> in"),
        ('<topic number="1">a</topic>\n<topic number="1">b</topic>', "line 2: the id '1' was on"),
        ('<topics>\n<topic number="1">R&D</topic></topics>', "line 2: malformed XML .*&amp;"),
        ('<topics>\n<topic number="1">a</topics>', "line 2: malformed XML"),
        ('<topics>\n<topic number="1">a</topic>', "malformed XML"),
        ('<topics>\nstray <topic number="1">a</topic></topics>', "line 2: text outside of topics"),
        (BOMB, "line 1: <!DOCTYPE, which is not read"),
        ('<!DOCTYPE t SYSTEM "file:///etc/passwd">\n<topic number="1">a</topic>', "line 1: <!DOC"),
        ("<topic number='1'>" + "<a>" * 50_000, "malformed XML"),
        ('{"_id": "1", "text": "a"}\n{"_id": "1", "text": "b"}\n', "line 2: the id '1' was on"),
        ('{"_id": "1", "query": "a"}\n', "line 1: the record has no `text`, but `query`"),
        ('{"id": "1", "vector": {"a": 1}}\n', "line 1: the record has no `text`, but `vector`"),
        ('{"_id": "1", "text": 5}\n', "line 1: field 'text' is a int"),
        ('[{"_id": "1"}]', "line 1: not a topic. Write lines of qid<TAB>text, JSON Lines"),
        ("1\t \n", "line 1: not a topic"),
        ("1 \ta\n\u00a01\tb\n", "line 2: the id '\\\\xa01'"),
        ("\n\n", "holds no topics"),
        ("1\ta\n2\x00\tb\n", "line 2: a NUL byte"),
    ],
)  # fmt: skip
def test_faults(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as error:
        topics(tmp_path, text)
    assert str(error.value).startswith(str(tmp_path / "topics.txt"))
