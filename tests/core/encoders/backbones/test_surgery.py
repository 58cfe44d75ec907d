from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from tiny_encoder import TEXTS, tiny_encoder
from transformers import (
    BertConfig,
    BertForMaskedLM,
    BertModel,
    DistilBertConfig,
    DistilBertModel,
    ModernBertConfig,
    ModernBertModel,
)

from encoders.backbones.loading import encoder_from_backbone
from encoders.backbones.surgery import Changes
from encoders.checkpoints.loading import load_encoder, save_encoder
from encoders.encoding.encode import encode
from encoders.model.fresh import untied
from encoders.vocabulary.vocabulary import Vocabulary
from ground.errors import InputError

WORDS = Vocabulary(("cat", "slowest", "snake_case", "garden", "파일과"))
SIZE = {"hidden_size": 16, "num_attention_heads": 2, "intermediate_size": 32}


def saved(folder: Path, model: object) -> str:
    tokenizer = tiny_encoder().tokenizer
    assert tokenizer is not None
    model.save_pretrained(folder)  # type: ignore[attr-defined]
    tokenizer.save_pretrained(folder)
    return str(folder)


def bert(folder: Path, kind: type = BertModel, layers: int = 3) -> str:
    torch.manual_seed(0)
    tokenizer = tiny_encoder().tokenizer
    assert tokenizer is not None
    config = BertConfig(vocab_size=len(tokenizer), num_hidden_layers=layers, **SIZE)
    return saved(folder, kind(config))


def test_the_first_layers_are_taken(tmp_path: Path) -> None:
    folder = bert(tmp_path / "bert")
    whole = encoder_from_backbone(folder, WORDS).eval()
    model = encoder_from_backbone(folder, WORDS, Changes(layers=2)).eval()
    assert model.config.backbone_config.num_hidden_layers == 2
    ids = torch.tensor([[2, 9, 10, 3]])
    mask = torch.ones_like(ids)
    states = whole.backbone(input_ids=ids, attention_mask=mask, output_hidden_states=True)
    torch.testing.assert_close(model.states(ids, mask), states.hidden_states[2])
    save_encoder(model, tmp_path / "out")
    assert torch.equal(load_encoder(tmp_path / "out").states(ids, mask), model.states(ids, mask))
    with pytest.raises(InputError, match="--layers 4: the backbone has 3 layers"):
        encoder_from_backbone(folder, WORDS, Changes(layers=4))


@pytest.mark.parametrize("kind", ["distilbert", "modernbert"])
def test_other_architectures_lose_layers_too(tmp_path: Path, kind: str) -> None:
    tokenizer = tiny_encoder().tokenizer
    assert tokenizer is not None
    size = len(tokenizer)
    if kind == "distilbert":
        config = DistilBertConfig(vocab_size=size, dim=16, n_layers=3, n_heads=2, hidden_dim=32)
        model: object = DistilBertModel(config)
    else:
        wide = ModernBertConfig(vocab_size=size, num_hidden_layers=3, pad_token_id=0, **SIZE)
        model = ModernBertModel(wide)
    folder = saved(tmp_path / kind, model)
    made = encoder_from_backbone(folder, WORDS, Changes(layers=1)).eval()
    save_encoder(made, tmp_path / "out")
    again = load_encoder(tmp_path / "out")
    assert again.config.backbone_config.num_hidden_layers == 1
    assert (encode(made, TEXTS) != encode(again, TEXTS)).nnz == 0


def test_words_become_pieces(tmp_path: Path) -> None:
    folder = bert(tmp_path / "bert")
    plain = encoder_from_backbone(folder, WORDS)
    model = encoder_from_backbone(folder, WORDS, Changes(whole_words=True))
    assert plain.tokenizer is not None and model.tokenizer is not None
    assert len(plain.tokenizer.tokenize("slowest")) > 1
    for word in WORDS.words:
        assert model.tokenizer.tokenize(word) == [word]
    before = plain.backbone.get_input_embeddings().weight
    after = model.backbone.get_input_embeddings().weight
    old = len(plain.tokenizer)
    assert torch.equal(after[:old], before)
    pieces = plain.tokenizer("slowest", add_special_tokens=False)["input_ids"]
    mean = before[pieces].mean(dim=0)
    row = after[model.tokenizer.convert_tokens_to_ids("slowest")]
    torch.testing.assert_close(row, mean / mean.norm() * before.norm(dim=1).mean())
    # The head starts as the identity, and a word's row is its piece's.
    assert torch.equal(model.head.dense.weight, torch.eye(16))
    assert torch.equal(model.head.weight[1], row)


def test_pieces_that_texts_never_use_are_dropped(tmp_path: Path) -> None:
    folder = bert(tmp_path / "bert")
    plain = encoder_from_backbone(folder, WORDS).eval()
    text = "the cat sat on the mat"
    changes = Changes(keep_pieces=1)
    model = encoder_from_backbone(folder, WORDS, changes, [text]).eval()
    assert plain.tokenizer is not None and model.tokenizer is not None
    kept = model.tokenizer.get_vocab()
    assert set(plain.tokenizer.all_special_tokens) <= kept.keys()
    # Special tokens and single characters always stay, so that every text can be read.
    assert all(len(piece.removeprefix("##")) == 1 or piece.startswith("[") for piece in kept)
    assert not (set("abc") - kept.keys())
    roomy = Changes(keep_pieces=len(kept) + 4)
    model = encoder_from_backbone(folder, WORDS, roomy, [text]).eval()
    assert len(model.tokenizer or ()) == len(kept) + 4
    assert model.config.backbone_config.vocab_size == len(kept) + 4
    ids = plain.tokenizer(text)["input_ids"]
    fewer = (model.tokenizer or plain.tokenizer)(text)["input_ids"]
    if len(ids) == len(fewer):
        left, right = (torch.tensor([one]) for one in (ids, fewer))
        mask = torch.ones_like(left)
        torch.testing.assert_close(plain.states(left, mask), model.states(right, mask))
    save_encoder(model, tmp_path / "out")
    again = load_encoder(tmp_path / "out")
    assert (encode(model, TEXTS) != encode(again, TEXTS)).nnz == 0


def test_a_masked_lm_brings_its_head(tmp_path: Path) -> None:
    folder = bert(tmp_path / "bert", BertForMaskedLM, layers=1)
    masked_lm = BertForMaskedLM.from_pretrained(folder)
    model = encoder_from_backbone(folder, WORDS)
    assert model.tokenizer is not None
    head = masked_lm.cls.predictions
    torch.testing.assert_close(model.head.dense.weight, head.transform.dense.weight)
    pieces = model.tokenizer("slowest", add_special_tokens=False)["input_ids"]
    torch.testing.assert_close(model.head.weight[1], head.decoder.weight[pieces].mean(dim=0))
    torch.testing.assert_close(model.head.bias[1], head.decoder.bias[pieces].mean())
    changes = Changes(whole_words=True, keep_pieces=100)
    cut = encoder_from_backbone(folder, WORDS, changes, TEXTS)
    torch.testing.assert_close(cut.head.weight[1], model.head.weight[1])
    pieces_as_terms = encoder_from_backbone(folder, None).eval()
    ids = torch.tensor([[2, 9, 10, 3]])
    mask = torch.ones_like(ids)
    masked_lm.eval()
    torch.testing.assert_close(
        pieces_as_terms.head(pieces_as_terms.states(ids, mask)),
        masked_lm(input_ids=ids, attention_mask=mask).logits,
        rtol=1e-4,
        atol=1e-5,
    )


def test_weights_that_lack_something_are_refused(tmp_path: Path) -> None:
    import safetensors.torch

    folder = Path(bert(tmp_path / "bert"))
    weights = safetensors.torch.load_file(folder / "model.safetensors")
    name = next(key for key in weights if "layer.1." in key)
    del weights[name]
    safetensors.torch.save_file(weights, folder / "model.safetensors", {"format": "pt"})
    with pytest.raises(InputError, match="lack"):
        encoder_from_backbone(str(folder), WORDS)


def test_words_with_one_row_for_input_and_output(tmp_path: Path) -> None:
    folder = bert(tmp_path / "bert")
    changes = Changes(layers=1, whole_words=True, tied=True)
    model = encoder_from_backbone(folder, WORDS, changes).eval()
    apart = encoder_from_backbone(folder, WORDS, replace(changes, tied=False)).eval()
    assert torch.equal(model.head.weight, apart.head.weight)
    assert (encode(model, TEXTS) != encode(apart, TEXTS)).nnz == 0
    names = dict(model.named_parameters())
    assert "head.weight" not in names and "head.weight" in dict(apart.named_parameters())
    # What is learnt of a word's output row is learnt of its input row.
    model.head.weight.sum().backward()
    gradient = model.backbone.get_input_embeddings().weight.grad
    assert gradient[model.head.rows].eq(1).all() and int(gradient.any(dim=1).sum()) == len(WORDS)
    for int8 in (False, True):
        save_encoder(model, tmp_path / f"tied{int8}", int8=int8)
        again = load_encoder(tmp_path / f"tied{int8}")
        assert again.config.tied_rows and torch.equal(again.head.rows, model.head.rows)
    assert (encode(load_encoder(tmp_path / "tiedFalse"), TEXTS) != encode(model, TEXTS)).nnz == 0
    plain = untied(model)
    assert not plain.config.tied_rows and "head.weight" in plain.state_dict()
    assert (encode(plain, TEXTS) != encode(model, TEXTS)).nnz == 0


@pytest.mark.slow
def test_tied_rows_are_trained(tmp_path: Path) -> None:
    from trainings import EMLM, sentences

    from encoders.pretraining.pretrain import pretrain

    changes = Changes(layers=1, whole_words=True, tied=True)
    words = Vocabulary(tuple(dict.fromkeys(" ".join(sentences(60)).split())))
    model = encoder_from_backbone(bert(tmp_path / "bert"), words, changes)
    before = model.head.weight.detach().clone()
    pretrain(model, sentences(60), tmp_path / "out", replace(EMLM, steps=3))
    again = load_encoder(tmp_path / "out")
    assert torch.equal(again.head.weight, model.head.weight)
    assert not torch.equal(again.head.weight, before)
