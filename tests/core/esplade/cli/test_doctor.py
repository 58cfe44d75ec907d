from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer

from esplade import health as module
from esplade.cli.doctor import doctor
from harness.lucene import analyzers


def run(capsys: pytest.CaptureFixture[str], as_json: bool = False) -> tuple[int, str]:
    with pytest.raises(typer.Exit) as exit_:
        doctor(as_json)
    return exit_.value.exit_code, capsys.readouterr().out


@pytest.fixture(autouse=True)
def no_thai(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trying all analyzers takes seconds: it is done in a test of its own."""
    monkeypatch.setattr(analyzers, "unusable_languages", lambda: {"th": "no data for Thai"})


@pytest.mark.slow
def test_every_analyzer_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    found = analyzers.unusable_languages()
    assert found.keys() <= {"th"}
    assert all("has no data for Thai" in message for message in found.values())


def test_all_is_well(capsys: pytest.CaptureFixture[str]) -> None:
    code, text = run(capsys)
    assert code == 0, text
    assert "and esplade's kernel runs on it" in text
    assert "ok  analyzers     25 of 26 languages" in text and "no data for Thai" in text
    assert "Java, in the order in which it was looked for:" in text
    code, text = run(capsys, as_json=True)
    report = json.loads(text)
    assert report["ok"] is True
    assert [place["reason"] for place in report["tried"]].count("") == 1
    names = {finding["name"] for finding in report["findings"]}
    assert {"java", "anserini", "lucene", "torch", "cores", "memory"} <= names


def test_a_missing_package_and_an_unsuitable_java(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(module._NEEDED, "no-such-package", "testing")
    monkeypatch.setenv("ESPLADE_JAVA_HOME", str(tmp_path / "nowhere"))
    code, text = run(capsys)
    assert code == 1
    assert "NO  no-such-package" in text
    assert "-m pip install no-such-package" in text
    assert f"ESPLADE_JAVA_HOME is {tmp_path / 'nowhere'}" in text
    assert json.loads(run(capsys, as_json=True)[1])["ok"] is False
