"""Pairs made from running text: a later sentence of a paragraph asks for what it belongs to.

Small collections have few queries. A later sentence and the first sentence of the same paragraph
(or the title above the text) speak of the same thing in other words, which is what a query and a
title do; the inverse cloze task (Lee et al., 2019) in its simplest form.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import regex  # type: ignore[import-untyped]

from encoders.finetuning.pairs import MADE_UP, RankingData
from encoders.vocabulary.vocabulary import words

_END = regex.compile(r"(?<=[.!?。！？])\s+(?=[\p{Lu}\p{Lo}\p{N}\"'(])")
_MIN_WORDS, _MAX_WORDS = 4, 40
_MOST_OWN_WORDS = 3
"""Words of a query made of a document's own words: most queries of title search have as many."""


def sentences(text: str) -> list[str]:
    """Split a text after sentence-final punctuation that white space and a capital follow."""
    lines = (line.strip() for line in text.splitlines())
    return [part for line in lines if line for part in _END.split(line)]


def sentence_pairs(
    paragraphs: Iterable[str], *, limit: int, seed: int, exclude: Collection[str] = ()
) -> list[tuple[str, str]]:
    """Draw (later sentence, first sentence) pairs, one a paragraph, at most ``limit``."""
    rng = random.Random(seed)
    found = []
    for paragraph in paragraphs:
        parts = [part for part in sentences(paragraph) if _fits(part) and part not in exclude]
        if len(parts) > 1:
            found.append((rng.choice(parts[1:]), parts[0]))
    return rng.sample(found, min(limit, len(found)))


def text_pairs(titles: Mapping[str, str], texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield (sentence of the text, document id) for documents that have a title and a text."""
    for document in titles:
        for sentence in sentences(texts.get(document, "")):
            if _fits(sentence):
                yield sentence, document


def crop_pairs(contents: Mapping[str, str], *, seed: int) -> Iterator[tuple[str, str]]:
    """Yield (random half of a document's words, document id), for documents of three words or more.

    Teaches which of the words that query and document share weigh most, the rare ones of few
    queries among them (random cropping, Izacard et al., arXiv 2112.09118).
    """
    rng = random.Random(seed)
    for document, content in contents.items():
        parts = content.split()
        if len(parts) >= 3:
            kept = sorted(rng.sample(range(len(parts)), max(2, len(parts) // 2)))
            yield " ".join(parts[i] for i in kept), document


def own_word_pairs(
    contents: Mapping[str, str], *, count: int, seed: int
) -> Iterator[tuple[str, str]]:
    """Yield (one to three of a document's own words, document id), up to ``count`` a document.

    Words are drawn by their rarity, log(1 + documents / documents with it): a word that few
    documents have is what finds them, and pairs of real queries alone show most such words to
    an encoder never. Nothing but the collection is needed, which is known when it is indexed.
    """
    rng = random.Random(seed)
    parts = {
        document: list(dict.fromkeys(words(content))) for document, content in contents.items()
    }
    frequency = Counter(word for own in parts.values() for word in own)
    for document, own in parts.items():
        rarity = [math.log1p(len(parts) / frequency[word]) for word in own]
        drawn = (_draw(own, rarity, rng) for _ in range(count if own else 0))
        for query in dict.fromkeys(drawn):
            yield query, document


def _draw(own: Sequence[str], weights: Sequence[float], rng: random.Random) -> str:
    """One to three of the words, without replacement, in their order."""
    size = rng.randint(1, min(_MOST_OWN_WORDS, len(own)))
    # Efraimidis and Spirakis (2006): the largest keys are a weighted sample.
    keys = [rng.random() ** (1 / weight) for weight in weights]
    chosen = sorted(range(len(own)), key=keys.__getitem__)[-size:]
    return " ".join(own[i] for i in sorted(chosen))


def with_synthetic(
    data: RankingData,
    *,
    texts: Mapping[str, str] | None = None,
    cropped: Mapping[str, str] | None = None,
    own_words: int = 0,
    paragraphs: Iterable[str] = (),
    limit: int = 0,
    seed: int = 0,
    exclude: Collection[str] = (),
) -> RankingData:
    """Add synthetic pairs to real ones.

    Args:
        data: the real queries, documents and judgments.
        texts: text by document id; the sentences of documents that answer a query of ``data``
            become queries for them. Other documents are left alone: they may belong to a test.
        cropped: content by document id of documents that are also trained on with half of
            their own words as the query.
        own_words: queries made of its own words for each document of ``data``.
        paragraphs: running text that is no part of the collection.
        limit: most pairs drawn from ``paragraphs``.
        seed: decides which.
        exclude: sentences never used: the queries of other splits, which may be repeated in the
            text of documents of this one.
    """
    queries, documents = dict(data.queries), dict(data.documents)
    relevant = {query: list(ids) for query, ids in data.relevant.items()}
    answers = {d: documents[d] for q in data.queries for d in relevant[q] if d in documents}
    asked = {(text, d) for q, text in data.queries.items() for d in relevant[q]}
    for i, (sentence, document) in enumerate(text_pairs(answers, texts or {})):
        if sentence not in exclude and (sentence, document) not in asked:
            queries[f"{MADE_UP}text{i}"], relevant[f"{MADE_UP}text{i}"] = sentence, [document]
    for i, (crop, document) in enumerate(crop_pairs(cropped or {}, seed=seed)):
        queries[f"{MADE_UP}crop{i}"], relevant[f"{MADE_UP}crop{i}"] = crop, [document]
    made = own_word_pairs(data.documents, count=own_words, seed=seed) if own_words else ()
    for i, (query, document) in enumerate(made):
        queries[f"{MADE_UP}own{i}"], relevant[f"{MADE_UP}own{i}"] = query, [document]
    drawn = sentence_pairs(paragraphs, limit=limit, seed=seed, exclude=exclude)
    for i, (query, first) in enumerate(drawn):
        name = f"{MADE_UP}general{i}"
        queries[name], documents[name], relevant[name] = query, first, [name]
    return replace(data, queries=queries, documents=documents, relevant=relevant)


def _fits(sentence: str) -> bool:
    return _MIN_WORDS <= len(words(sentence)) <= _MAX_WORDS
