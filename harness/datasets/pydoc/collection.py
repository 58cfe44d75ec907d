"""Documents and known-item queries from documented objects."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from harness.datasets.pydoc.names import readable
from harness.datasets.pydoc.prose import Block, sentences, split_summary

SHARES = {"train": 72, "dev": 8, "test": 20}
"""Percent of the titles whose queries go into each split."""
QUERIES_PER_TITLE = {"train": 4, "dev": 1, "test": 1}
MAX_QUERIES = {"dev": 700, "test": 1500}
_MAX_TITLE_WORDS = 30
_MAX_SHARED_SUMMARY = 4
_MIN_WORDS, _MAX_WORDS = 5, 25
_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_CODE = re.compile(
    r"[=<>{}\[\]\\|@#$^~`*]|\w\(|::|->|\.\.|https?:|(?<!\be)(?<!\bi)\.[a-z_]|\b_|\d{4}"
)
_POINTER = re.compile(
    r"^(?:see|alias|same as|deprecated|equivalent to|implements?|wrapper for)\b", re.I
)
_REFERS = re.compile(
    r"^(?:see|for (?:more|further|details|examples?)|refer|please|read more|note that|deprecated|"
    r"added in|changed in|new in|(?:the )?(?:following|above|below)|this example|"
    r"as (?:shown|above)|default|check out|use it as|copyright|this code|it is used to instantiate|"
    r"an example|if you|here)\b",
    re.I,
)  # fmt: skip
_STOP = frozenset((
    "a", "an", "and", "any", "are", "as", "at", "be", "been", "but", "by", "can", "do", "does",
    "each", "either", "for", "from", "given", "has", "have", "if", "in", "into", "is", "it",
    "its", "may", "more", "must", "no", "not", "of", "on", "only", "or", "other", "same",
    "should", "so", "such", "than", "that", "the", "their", "them", "then", "there", "these",
    "this", "to", "use", "used", "uses", "using", "was", "well", "when", "where", "whether",
    "which", "while", "will", "with", "you", "your", "returns", "return", "function", "method",
    "class", "object", "value", "values",
))  # fmt: skip


@dataclass
class Entry:
    """One document: its name, title, the rest of its documentation, and its query sentences."""

    name: str
    title: str
    paragraphs: list[Block]
    queries: list[str] = field(default_factory=list)
    split: str = "train"

    def text(self) -> str:
        """The rest of the documentation, without the sentences that became queries."""
        taken = set(self.queries)
        kept = []
        for block in self.paragraphs:
            if block.kind != "described":
                rest = [s for s in sentences(block.text) if s not in taken]
                kept.append(" ".join(rest))
        return "\n".join(line for line in kept if line)


def entries(docs: Mapping[str, str]) -> list[Entry]:
    """Documents of a collection, in the order of their names.

    Left out: objects without a summary line, pointers to other objects ("See torch.abs"), and
    methods whose summary more than a few others share.

    Args:
        docs: docstring by public qualified name.
    """
    parsed = {name: split_summary(doc) for name, doc in sorted(docs.items())}
    shared = Counter(line.casefold() for line, _ in parsed.values())
    result = []
    for name, (line, rest) in parsed.items():
        if _says_something(line) and shared[line.casefold()] <= _MAX_SHARED_SUMMARY:
            short = " ".join(line.split()[:_MAX_TITLE_WORDS])
            result.append(Entry(name, f"{readable(name)}: {short}", rest))
    return result


def choose_queries(found: list[Entry]) -> None:
    """Give each entry its split and its query sentences (in place).

    A sentence that documents of several titles contain is nobody's query. Splits are by a hash
    of the title, so that documents with one title stay together, and capped by the same hash.
    """
    titles: dict[str, list[Entry]] = defaultdict(list)
    for entry in found:
        titles[entry.title.casefold()].append(entry)
    owners = _owners(found)
    for title, group in titles.items():
        split = split_of(title)
        words = _content(title)
        candidates = [s for s in _prose(group[0]) if len(owners[_key(s)]) == 1 and suits(s, words)]
        # Of many good sentences the earliest say best what the object is for.
        chosen = list(dict.fromkeys(candidates))[: QUERIES_PER_TITLE[split]]
        for entry in group:
            entry.split, entry.queries = split, chosen
    _cap(titles)


def split_of(title: str) -> str:
    """The split of a title, by a hash of its case-folded text."""
    place = int(_hash(title)[:8], 16) % 100
    for split, share in SHARES.items():
        if place < share:
            return split
        place -= share
    raise AssertionError("shares add up to 100")


def suits(sentence: str, title_words: set[str]) -> bool:
    """Whether a sentence can be a query: prose, of middling length, that says something new."""
    words = sentence.split()
    if not _MIN_WORDS <= len(words) <= _MAX_WORDS or not sentence.endswith((".", "!", "?")):
        return False
    if _CODE.search(sentence.rstrip(".")) or _REFERS.match(sentence) or not sentence[0].isupper():
        return False
    spelled = [w for w in words if _WORD.fullmatch(w.strip(".,;:!?()\"'"))]
    content = _content(sentence)
    return (
        len(spelled) >= 0.85 * len(words)
        and len(content) >= 4
        and len(content & title_words) <= 0.6 * len(content)
    )


def _says_something(summary: str) -> bool:
    """Whether a summary line is one, rather than a pointer, a signature or a parameter."""
    if len(summary.split()) < 2 or _POINTER.match(summary) or not _WORD.search(summary):
        return False
    return not re.match(r"^\w+ ?(?:\(.*\)$|:|=)", summary)


def _prose(entry: Entry) -> list[str]:
    return [s for b in entry.paragraphs if b.kind == "prose" for s in sentences(b.text)]


def _owners(found: Iterable[Entry]) -> dict[str, set[str]]:
    """Titles by sentence, for all sentences of all documents."""
    owners: dict[str, set[str]] = defaultdict(set)
    for entry in found:
        for sentence in _prose(entry):
            owners[_key(sentence)].add(entry.title.casefold())
    return owners


def _key(sentence: str) -> str:
    """Equal for sentences that differ only in digits, case and punctuation."""
    return " ".join(_WORD.findall(sentence.casefold()))


def _content(text: str) -> set[str]:
    return {w for w in _WORD.findall(text.casefold()) if w not in _STOP and len(w) > 1}


def _cap(titles: Mapping[str, list[Entry]]) -> None:
    for split, most in MAX_QUERIES.items():
        asked = [t for t, g in titles.items() if g[0].split == split and g[0].queries]
        for title in sorted(asked, key=_hash)[most:]:
            for entry in titles[title]:
                entry.queries = []


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
