"""Output vocabularies that are not counted: a given list of words, or a tokenizer's own pieces."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from transformers import PreTrainedTokenizerBase

from encoders.vocabulary.vocabulary import Vocabulary, is_word, nfkc, words
from ground.errors import InputError
from ground.reading import numbered_text_lines


@dataclass(frozen=True)
class GivenWords:
    """A list of words as U.

    Attributes:
        vocabulary: the words in the order of the list, in the form in which text is split.
        repeated: lines left out because their word stands further up, or differs from it only
            in case or in compatibility characters.
        unreachable: words that no text is ever split into ("c++", "isn"): they can be terms, but
            masked-word pre-training never sees them.
    """

    vocabulary: Vocabulary
    repeated: int
    unreachable: tuple[str, ...]


def given_words(path: Path, size: int | None = None) -> GivenWords:
    """Read a list of words, one a line, plain or ``.gz``; NFKC and lower case are applied.

    Args:
        path: the list; empty lines are skipped.
        size: words to keep, from the top; all when omitted.

    Raises:
        InputError: the file cannot be read, is empty, or a line holds several words.
    """
    chosen: dict[str, None] = {}
    lines = 0
    for number, line in numbered_text_lines(path):
        if not line.strip():
            continue
        lines += 1
        word = nfkc(line).lower().strip()
        if not is_word(word):
            raise InputError(
                f"{path}, line {number}: {line.strip()[:80]!r} holds white space, so it cannot "
                f"be a term. Put exactly one word on each line, without counts."
            )
        chosen.setdefault(word, None)
    if not chosen:
        raise InputError(f"The word list {path} is empty. Put one word on each line.")
    kept = tuple(chosen)[:size]
    unreachable = tuple(word for word in kept if words(word) != [word])
    return GivenWords(Vocabulary(kept), lines - len(chosen), unreachable)


def piece_vocabulary(tokenizer: PreTrainedTokenizerBase, size: int | None = None) -> Vocabulary:
    """The pieces of a tokenizer as U, in the order of their ids: plain SPLADE.

    Word ``v`` of U is input piece ``v``, so that a masked-LM head's rows are U's rows. Pieces
    within a word keep their mark (``##ing``), special tokens are terms like any other. Masked-word
    pre-training has labels for whole words that are a piece as they stand, and for nothing else;
    the others' rows learn in fine-tuning.

    Args:
        tokenizer: any Hugging Face tokenizer.
        size: rows of the head, where there are more than pieces; the rest is ``[unused:ID]``.
    """
    pieces = {i: piece for piece, i in tokenizer.get_vocab().items()}
    rows = max(size or 0, max(pieces) + 1)
    names = [_as_term(pieces.get(i, f"[unused:{i}]")) for i in range(rows)]
    seen: set[str] = set()
    for i, name in enumerate(names):
        if name in seen:
            names[i] = f"{name}[{i}]"
        seen.add(names[i])
    return Vocabulary(tuple(names))


def _as_term(piece: str) -> str:
    """A piece without white space, which no term may hold: escaped as in Python."""
    return "".join(f"\\u{ord(c):04x}" if c.isspace() else c for c in piece) or "[empty]"
