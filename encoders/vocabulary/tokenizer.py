"""Train the input tokenizer of a fresh encoder: BERT's WordPiece over NFKC, lower-cased text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from tokenizers.trainers import WordPieceTrainer
from transformers import PreTrainedTokenizerFast

from ground.halves import mended

SPECIAL_TOKENS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
_CONTINUES = "##"
_MAX_WORD = 64


def train_wordpiece(
    texts: Iterable[str],
    size: int,
    *,
    min_frequency: int = 2,
    max_length: int = 512,
    whole: Sequence[str] = (),
) -> PreTrainedTokenizerFast:
    """Train a WordPiece tokenizer; equal texts give equal tokenizers.

    Accents are kept, because stripping them by decomposition (BERT's default) takes Hangul
    syllables apart. A sixth of the pieces at most are single characters, and as many their forms
    within a word, so that a script of thousands of syllables leaves room for words.

    Args:
        texts: the training text.
        size: the number of pieces, special tokens included.
        min_frequency: pairs that are rarer are not merged.
        max_length: the longest input of the encoder, in tokens.
        whole: words that become pieces beside those ``size``, so that each is one token of the
            input; then words are not cut at an underscore, as they are not in U.
    """
    pre_tokenizer = pre_tokenizers.Whitespace() if whole else pre_tokenizers.BertPreTokenizer()
    words = _count(texts, _pipeline(models.WordPiece(unk_token="[UNK]"), pre_tokenizer))
    characters = _alphabet(words, max(size // 6, 32))
    within = {character for word in words for character in word[1:]}
    single = [*characters, *(_CONTINUES + c for c in characters if c in within)]
    trained = _pipeline(models.WordPiece(unk_token="[UNK]"), pre_tokenizer)
    # The trainer numbers single characters in the order of a hash table, and breaks ties between
    # merges by those numbers; characters that are given as special tokens have fixed numbers.
    trainer = WordPieceTrainer(
        vocab_size=size,
        min_frequency=min_frequency,
        special_tokens=[*SPECIAL_TOKENS, *single],
        initial_alphabet=characters,
        limit_alphabet=len(characters),
        show_progress=False,
    )
    trained.train_from_iterator(_in_order(words), trainer=trainer)
    pieces = trained.get_vocab(with_added_tokens=True)
    for word in whole:
        pieces.setdefault(word, len(pieces))
    model = models.WordPiece(pieces, unk_token="[UNK]", max_input_chars_per_word=_MAX_WORD)
    tokenizer = _pipeline(model, pre_tokenizer)
    tokenizer.post_processor = _bert_template(tokenizer)
    return _wrap(tokenizer, max_length)


def whole_word_pipeline() -> tuple[Any, Any]:
    """Normaliser and splitter under which a text's words are those that U is counted in."""
    return _normalizer(), pre_tokenizers.Whitespace()


def _normalizer() -> Any:
    return normalizers.Sequence(
        [
            normalizers.NFKC(),
            normalizers.BertNormalizer(strip_accents=False, lowercase=True),
        ]
    )


def _pipeline(model: models.WordPiece, pre_tokenizer: Any) -> Tokenizer:
    tokenizer = Tokenizer(model)
    tokenizer.normalizer = _normalizer()
    tokenizer.pre_tokenizer = pre_tokenizer
    tokenizer.decoder = decoders.WordPiece(prefix=_CONTINUES)
    return tokenizer


def _count(texts: Iterable[str], tokenizer: Tokenizer) -> Counter[str]:
    counts: Counter[str] = Counter()
    for text in texts:
        form = tokenizer.normalizer.normalize_str(mended(text))
        counts.update(word for word, _ in tokenizer.pre_tokenizer.pre_tokenize_str(form))
    return counts


def _alphabet(words: Counter[str], limit: int) -> list[str]:
    """The most frequent characters, by frequency descending, then code point."""
    counts: Counter[str] = Counter()
    for word, n in words.items():
        for character in word:
            counts[character] += n
    return [c for _, c in sorted((-n, c) for c, n in counts.items())[:limit]]


def _in_order(words: Counter[str]) -> Iterable[str]:
    for word, n in sorted(words.items()):
        for _ in range(n):
            yield word


def _bert_template(tokenizer: Tokenizer) -> Any:
    ids = [(token, tokenizer.token_to_id(token)) for token in ("[CLS]", "[SEP]")]
    return processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=ids
    )


def _wrap(tokenizer: Tokenizer, max_length: int) -> PreTrainedTokenizerFast:
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer,
        model_max_length=max_length,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
    )
