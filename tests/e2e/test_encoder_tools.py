"""vocab, stats, inspect and export-encoder from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commandline import Collection, Esplade
from foreign_models import masked_lm, save
from tiny_encoder import TEXTS, tiny_encoder

from encoders.checkpoints.loading import load_encoder, save_encoder
from encoders.vocabulary.given_words import piece_vocabulary


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("encoders") / "tiny"
    save_encoder(tiny_encoder(), folder)
    return folder


@pytest.fixture(scope="module")
def bert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save(*masked_lm("bert"), tmp_path_factory.mktemp("foreign") / "bert")


@pytest.fixture
def text(tmp_path: Path) -> Path:
    (tmp_path / "text.txt").write_text("\n".join(TEXTS), encoding="utf-8")
    return tmp_path / "text.txt"


def test_vocab_counts_cuts_and_reports(esplade: Esplade, text: Path, tmp_path: Path) -> None:
    out = tmp_path / "v.txt"
    held = tmp_path / "held.txt"
    held.write_text("the cat 파일을 zebra zebra\n", encoding="utf-8")
    asked = ("vocab", "--corpus", text, "--size", 60, "--min-count", 1, "--workers", 1)
    answer = esplade(*asked, "--out", out, "--coverage", f"ko={held}", "--json")
    assert answer.code == 0, answer.err
    found = json.loads(answer.out)
    assert 40 < found["words"] == len(out.read_text().splitlines()) <= 60
    assert out.read_text().startswith("the\n")
    everything = found["coverage"][0]
    assert (everything["language"], everything["words"], everything["share"]) == ("ko", 5, 0.6)
    assert everything["missing"] == [{"word": "zebra", "count": 2}]
    assert esplade(*asked, "--out", out).code == 2
    cut = esplade("vocab", "--corpus", text, "--size", 3, "--out", tmp_path / "cut.txt")
    assert cut.code == 0 and (tmp_path / "cut.txt").read_text() == "the\ndog\nand\n"
    table = esplade("vocab", "--words", out, "--coverage", held, "--format", "md")
    assert "| held.txt | – | all | 5 | 60.00 | 4 | 75.00 | zebra (2) |" in table.out


def test_vocab_covers_a_data_set(esplade: Esplade, collection: Collection, text: Path) -> None:
    answer = esplade("vocab", "--corpus", text, "--coverage", collection.folder, "--format", "csv")
    assert answer.code == 0, answer.err
    names = {line.split(",test")[0].split(",en")[0] for line in answer.out.splitlines()[1:]}
    assert any("documents (title)" in name for name in names)
    assert any("test queries" in name for name in names)


def test_vocab_of_a_list_and_of_pieces(
    esplade: Esplade, text: Path, bert: Path, tmp_path: Path
) -> None:
    (tmp_path / "list.txt").write_text("The\nthe\nC++\n", encoding="utf-8")
    given = esplade("vocab", "--words", tmp_path / "list.txt", "--out", tmp_path / "a.txt")
    assert given.code == 0 and (tmp_path / "a.txt").read_text() == "the\nc++\n"
    assert "1 repeated" in given.err and "'c++'" in given.err
    pieces = esplade("vocab", "--wordpieces", bert, "--out", tmp_path / "b.txt")
    assert pieces.code == 0, pieces.err
    assert (tmp_path / "b.txt").read_text().startswith("[PAD]\n[UNK]\n")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ((), "Nothing to do"),
        (("--out", "v.txt"), "no text to count"),
        (("--out", "v.txt", "--words", "w", "--dataset", "pydoc"), "as it is"),
        (("--out", "v.txt", "--words", "w", "--wordpieces", "p"), "as it is"),
        (("--out", "v.txt", "--words", "nowhere.txt"), "does not exist"),
        (("--out", "v.txt", "--wordpieces", "nowhere"), "no folder"),
        (("--words", "TEXT", "--coverage", "nowhere"), "nowhere"),
    ],
)
def test_vocab_refuses(
    options: tuple[str, ...], message: str, esplade: Esplade, text: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    text.write_text("one\ntwo\n")
    answer = esplade("vocab", *(str(text) if option == "TEXT" else option for option in options))
    assert answer.code == 2 and message in answer.err
    assert not (tmp_path / "v.txt").exists()


def test_stats(esplade: Esplade, tiny: Path, bert: Path, collection: Collection) -> None:
    asked = ("stats", "--encoder", tiny, "--encoder", bert, "--dataset", collection.folder)
    answer = esplade(*asked, "--depths", "3,all", "--json")
    assert answer.code == 0, answer.err
    found = json.loads(answer.out)["encoders"]
    assert set(found) == {"tiny", "bert"}
    assert found["tiny"]["documents"] + found["tiny"]["empty"] == 61
    assert found["tiny"]["doc-score-avg@3"] > found["tiny"]["doc-score-avg@all"]
    table = esplade(*asked, "--sample", 7, "--format", "md").out
    assert "| tiny | 7 |" in table and "non-neg-terms-std (per term)" in table
    assert esplade(*asked, "--depths", "0").code == 2


def test_inspect(esplade: Esplade, tiny: Path, bert: Path, collection: Collection) -> None:
    text = "the cat chased"
    shown = esplade("inspect", text, "--encoder", tiny, "--grid", "0:0,3:4", "--k", 5)
    assert shown.code == 0, shown.err
    assert "qk 3 leaves 3 terms" in shown.out and "(5 shown)" in shown.out
    found = esplade("inspect", text, "--encoder", tiny, "--side", "doc", "--grid", "3:4", "--json")
    (one,) = json.loads(found.out)["inspected"]
    assert (one["encoder"], one["side"]) == ("tiny", "doc")
    assert one["texts"][0]["prunings"][0]["terms"] == 4
    side_by_side = ("inspect", "--encoder", tiny, "--encoder", bert)
    given = (*side_by_side, "--dataset", collection.folder, "--examples", 2)
    table = esplade(*given, "--format", "md").out
    assert "**Query expansions**" in table and "**Document expansions**" in table
    assert "| query | qk | tiny | bert |" in table
    assert esplade(*given, text).code == 2
    assert esplade("inspect", "--encoder", tiny).code == 2
    assert esplade("inspect", text, "--encoder", tiny, "--side", "left").code == 2


@pytest.mark.slow
def test_export_encoder(esplade: Esplade, tiny: Path, bert: Path, tmp_path: Path) -> None:
    for encoder, form in ((tiny, "custom"), (bert, "plain")):
        out = tmp_path / form
        answer = esplade("export-encoder", "--encoder", encoder, "--out", out, "--json")
        assert answer.code == 0, answer.err
        assert json.loads(answer.out) == {"out": str(out), "form": form}
        assert load_encoder(out).config.output_size == load_encoder(encoder).config.output_size
        again = ("export-encoder", "--encoder", encoder, "--out", out)
        assert esplade(*again).code == 2
        assert "trust_remote_code" in esplade(*again, "--overwrite").err or form == "plain"
    refused = esplade("export-encoder", "--encoder", tiny, "--out", tiny)
    assert refused.code == 2 and "an input of this command" in refused.err


def test_a_foreign_encoder_encodes_a_data_set(
    esplade: Esplade, bert: Path, collection: Collection, tmp_path: Path
) -> None:
    asked = ("encode", "--encoder", bert, "--dataset", collection.folder, "--part", "queries")
    answer = esplade(*asked, "--out", tmp_path / "queries", "--json")
    assert answer.code == 0, answer.err
    assert json.loads(answer.out)["rows"] == 8


@pytest.mark.slow
def test_plain_splade_is_pretrained_over_pieces(esplade: Esplade, tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text("\n".join(TEXTS * 5), encoding="utf-8")
    asked = ("pretrain", "--vocab", "pieces", "--corpus", tmp_path / "text.txt")
    size = ("--wordpieces", 200, "--layers", 1, "--hidden", 16, "--batch", 2, "--steps", 2)
    answer = esplade(*asked, *size, "--evaluate-every", 2, "--out", tmp_path / "encoder")
    assert answer.code == 0, answer.err
    model = load_encoder(tmp_path / "encoder")
    assert model.tokenizer is not None
    assert model.vocabulary == piece_vocabulary(model.tokenizer)
    assert len(model.vocabulary) == model.config.backbone_config.vocab_size
