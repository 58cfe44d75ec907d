"""Tiny masked LMs with the tokenizers that their families have: multilingual, cased, byte-level."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import transformers as hf
from tokenizers import (
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
    trainers,
)

TEXTS = [
    "The cat sat on the mat",
    "Die Katze saß auf der Matte, ÄRGERLICH",
    "고양이가 매트 위에 앉았다",
    "Кошка сидела на коврике",
    "猫坐在垫子上",
    "",
    "👍 unseen, the  the",
    "the cat " * 40,
]
LONGEST = 24
_SIZE = {"num_hidden_layers": 1, "num_attention_heads": 2, "hidden_size": 16}
_BERT = {**_SIZE, "intermediate_size": 32, "max_position_embeddings": 40}


def _wordpiece(lowercase: bool) -> Any:
    """As BERT's: accents go only where case does."""
    raw = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    raw.normalizer = normalizers.BertNormalizer(lowercase=lowercase, handle_chinese_chars=True)
    raw.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    raw.train_from_iterator(
        TEXTS[:5], trainers.WordPieceTrainer(vocab_size=150, special_tokens=special)
    )
    return _wrapped(raw, *special)


def _unigram() -> Any:
    """As XLM-R's: SentencePiece's unigrams, ``<s>`` and ``</s>``, padding behind position 1."""
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    letters = sorted({c for text in TEXTS[:5] for c in text if c != " "})
    words = sorted({f"▁{word}" for text in TEXTS[:3] for word in text.split()})
    scored = [(one, 0.0) for one in special] + [("▁", -3.0)]
    scored += [(one, -2.0) for one in words] + [(one, -6.0) for one in letters]
    raw = Tokenizer(models.Unigram(scored, unk_id=3, byte_fallback=False))
    raw.normalizer = normalizers.Sequence([normalizers.NFKC()])
    raw.pre_tokenizer = pre_tokenizers.Metaspace()
    raw.decoder = decoders.Metaspace()
    return _wrapped(raw, "<pad>", "<unk>", "<s>", "</s>", "<mask>")


def _byte_level() -> Any:
    """As ModernBERT's: byte pairs with BERT's special tokens at the end, and runs of spaces."""
    raw = Tokenizer(models.BPE())
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    raw.decoder = decoders.ByteLevel()
    special = ["[UNK]", "[CLS]", "[SEP]", "[PAD]", "[MASK]", "  "]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=320, special_tokens=special, initial_alphabet=alphabet)
    raw.train_from_iterator(TEXTS[:5], trainer)
    return _wrapped(raw, "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


def _wrapped(raw: Tokenizer, pad: str, unknown: str, begin: str, end: str, mask: str) -> Any:
    ids = [(name, raw.token_to_id(name)) for name in (begin, end)]
    raw.post_processor = processors.TemplateProcessing(
        single=f"{begin} $A {end}", pair=f"{begin} $A {end} $B {end}", special_tokens=ids
    )
    return hf.PreTrainedTokenizerFast(
        tokenizer_object=raw,
        pad_token=pad,
        unk_token=unknown,
        cls_token=begin,
        sep_token=end,
        mask_token=mask,
        model_max_length=LONGEST,
    )


def _modernbert(size: int, tokenizer: Any) -> Any:
    # Rows of the head are rounded up: there are more of them than pieces.
    settings = {"vocab_size": size + 7, "intermediate_size": 32, "max_position_embeddings": 40}
    ids = {f"{name}_token_id": getattr(tokenizer, f"{name}_token_id") for name in ("cls", "sep")}
    ids |= {"pad_token_id": tokenizer.pad_token_id, "bos_token_id": None, "eos_token_id": None}
    return hf.ModernBertForMaskedLM(hf.ModernBertConfig(**settings, **ids, **_SIZE))


def _distilbert(size: int, tokenizer: Any) -> Any:
    sizes = {"dim": 16, "n_layers": 1, "n_heads": 2, "hidden_dim": 32}
    settings = hf.DistilBertConfig(vocab_size=size, max_position_embeddings=40, **sizes)
    return hf.DistilBertForMaskedLM(settings)


FAMILIES: dict[str, tuple[Callable[[], Any], Callable[[int, Any], Any]]] = {
    "xlm-roberta": (
        _unigram,
        lambda size, tokenizer: hf.XLMRobertaForMaskedLM(
            hf.XLMRobertaConfig(vocab_size=size, pad_token_id=1, **_BERT)
        ),
    ),
    "mbert": (
        lambda: _wordpiece(lowercase=False),
        lambda size, tokenizer: hf.BertForMaskedLM(hf.BertConfig(vocab_size=size, **_BERT)),
    ),
    "modernbert": (_byte_level, _modernbert),
    "distilbert": (lambda: _wordpiece(lowercase=True), _distilbert),
}


def family(name: str, seed: int = 1) -> tuple[Any, Any]:
    """A masked LM with logits of both signs, and the tokenizer of its family."""
    tokenizer = FAMILIES[name][0]()
    torch.manual_seed(seed)
    model = FAMILIES[name][1](len(tokenizer), tokenizer).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.3 * torch.randn(parameter.shape))
    return model, tokenizer
