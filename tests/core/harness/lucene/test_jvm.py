"""The JVM inside the process: quiet, interruptible, once; and our kernel's jar."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from ground.errors import InputError
from harness.lucene import boot, build_kernel, jvm
from harness.lucene import memory as memory_limits
from harness.lucene.java import Java


def run(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if name != "OPENAI_API_KEY"}
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env=clean | environment,
        timeout=120,
        check=False,
    )


def test_it_starts_silently_and_leaves_the_environment_alone() -> None:
    done = run(
        "import os; before = dict(os.environ)\n"
        "from harness.lucene import jvm\n"
        "jvm.start(); print(jvm.kernel('Index').luceneVersion())\n"
        "assert dict(os.environ) == before\n"
        "import sys; assert 'pyserini' not in sys.modules"
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout[0].isdigit()


def test_pyserini_uses_the_same_jvm() -> None:
    done = run(
        "from harness.lucene import jvm; jvm.start()\n"
        "from pyserini.pyclass import autoclass\n"
        "print(autoclass('io.anserini.search.ScoredDoc') is not None)"
    )
    assert (done.stdout, done.returncode) == ("True\n", 0), done.stderr


def test_ctrl_c_reaches_python() -> None:
    # A shell's background jobs are started deaf to SIGINT, and hand that on.
    done = run(
        "import os, signal, time\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from harness.lucene import jvm; jvm.start()\n"
        "try:\n"
        "    os.kill(os.getpid(), signal.SIGINT); time.sleep(5)\n"
        "except KeyboardInterrupt:\n"
        "    print('cleaned up')"
    )
    assert (done.stdout, done.returncode) == ("cleaned up\n", 0), done.stderr


def test_a_jvm_started_by_somebody_else_without_our_classes() -> None:
    java = jvm.start().java
    assert java is not None
    done = run(
        "import jnius\n"
        "from harness.lucene import jvm\n"
        "try:\n"
        "    jvm.start()\n"
        "except ValueError as error:\n"
        "    print(error)",
        JAVA_HOME=str(java.home),
    )
    assert "harness.lucene.jvm.start() before anything imports pyserini" in done.stdout


def test_a_jvm_started_by_somebody_else_with_our_classes() -> None:
    java = jvm.start().java
    assert java is not None
    done = run(
        "import jnius_config\n"
        "from harness.lucene import jvm\n"
        "jnius_config.add_classpath(str(jvm.KERNEL_JAR), str(jvm.anserini_jar()))\n"
        "import jnius\n"
        "assert jvm.start().java is None\n"
        "print(jvm.kernel('Index').luceneVersion())",
        JAVA_HOME=str(java.home),
    )
    assert done.stdout[:1].isdigit(), done.stderr


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_process_is_told() -> None:
    done = run(
        "import os\n"
        "from harness.lucene import jvm; jvm.start()\n"
        "if os.fork() == 0:\n"
        "    try:\n"
        "        jvm.kernel('Index')\n"
        "    except ValueError as error:\n"
        "        print(error, flush=True)\n"
        "    os._exit(0)\n"
        "os.wait()"
    )
    assert "forked" in done.stdout
    assert "spawn" in done.stdout


def test_heap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESPLADE_HEAP", "3g")
    assert memory_limits.heap_size() == "3g"
    monkeypatch.setenv("ESPLADE_HEAP", "lots")
    with pytest.raises(InputError, match="ESPLADE_HEAP is 'lots'"):
        memory_limits.heap_size()
    monkeypatch.delenv("ESPLADE_HEAP")
    for memory, heap in ((1 << 30, "512m"), (8 << 30, "2048m"), (1 << 40, "8192m")):
        monkeypatch.setattr(memory_limits, "memory_bytes", lambda memory=memory: memory)
        assert memory_limits.heap_size() == heap


def test_heap_within_the_address_space(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory_limits, "memory_bytes", lambda: 64 << 30)
    monkeypatch.setattr(memory_limits, "_taken", lambda: 300 << 20)
    for limit, heap in ((None, "8192m"), (64 << 30, "8192m"), (6000 << 20, "2200m")):
        monkeypatch.setattr(memory_limits, "_limit", lambda name, limit=limit: limit)
        monkeypatch.delenv("ESPLADE_HEAP", raising=False)
        assert memory_limits.heap_size() == heap
    # 6,000 MB less 300 of Python and 1,300 of Java beside its heap leave 4,400.
    monkeypatch.setenv("ESPLADE_HEAP", "4400m")
    assert memory_limits.heap_size() == "4400m"
    monkeypatch.setenv("ESPLADE_HEAP", "5G")
    with pytest.raises(InputError, match="ESPLADE_HEAP is 5G.*leaves 4,400 MB"):
        memory_limits.heap_size()
    monkeypatch.delenv("ESPLADE_HEAP")
    monkeypatch.setattr(memory_limits, "_limit", lambda name: 2000 << 20)
    with pytest.raises(InputError, match="leaves 400 MB.*try ESPLADE_HEAP=300m"):
        memory_limits.heap_size()


def test_limits_of_control_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory_limits, "_CGROUPS", tmp_path)
    monkeypatch.setattr(memory_limits, "_limit", lambda name: None)
    whole = memory_limits.memory_bytes()
    (tmp_path / "memory.max").write_text("max\n")
    assert memory_limits.memory_bytes() == whole
    (tmp_path / "memory.max").write_text(f"{3 << 20}\n")
    assert memory_limits.memory_bytes() == 3 << 20
    (tmp_path / "memory").mkdir()
    (tmp_path / "memory" / "memory.limit_in_bytes").write_text(f"{2 << 20}\n")
    assert memory_limits.memory_bytes() == 2 << 20


@pytest.mark.slow
def test_a_process_with_little_address_space() -> None:
    code = (
        "import resource; size = 6_000_000 << 10\n"
        "resource.setrlimit(resource.RLIMIT_AS, (size, size))\n"
        "from harness.lucene import jvm\n"
        "print(jvm.kernel('Index').luceneVersion())"
    )
    done = run(code)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout[0].isdigit()
    refused = run(code, ESPLADE_HEAP="5g")
    assert "InputError: ESPLADE_HEAP is 5g" in refused.stderr
    doctor = run(
        "import resource; size = 1_500_000 << 10\n"
        "resource.setrlimit(resource.RLIMIT_AS, (size, size))\n"
        "import sys; sys.argv = ['esplade', 'doctor']\n"
        "from esplade.cli.main import main; main()"
    )
    assert doctor.returncode == 1
    assert "NO  java" in doctor.stdout and "ESPLADE_HEAP" in doctor.stdout


def test_options(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESPLADE_HEAP", "1g")
    monkeypatch.delenv("JAVA_TOOL_OPTIONS", raising=False)
    java = Java(tmp_path, "21.0.8", tmp_path, "PATH")
    assert boot.java_options(java) == [
        "-Xrs",
        "-Djava.awt.headless=true",
        "-Xmx1g",
        "-XX:+UseParallelGC",
    ]
    own = ["-Xmx9g", "-XX:+UseZGC"]
    assert boot.java_options(java, own) == ["-Xrs", "-Djava.awt.headless=true"]
    (tmp_path / "release").write_text('MODULES="java.base jdk.incubator.vector"\n')
    newer = Java(tmp_path, "25", tmp_path, "PATH")
    assert "--add-modules=jdk.incubator.vector" in boot.java_options(newer)
    # A process of a few seconds is better off without the optimising compiler.
    assert "-XX:TieredStopAtLevel=1" in boot.java_options(newer, brief=True)
    assert "-XX:TieredStopAtLevel=1" not in boot.java_options(newer)
    assert "--sun-misc-unsafe-memory-access=allow" in boot.java_options(newer)


def test_anserini_versions_and_the_java_they_prefer() -> None:
    assert jvm.anserini_version(Path("anserini-1.7.1-fatjar.jar")) == (1, 7, 1)
    assert jvm.preferred_java(Path("anserini-1.7.1-fatjar.jar")) == 21
    assert jvm.preferred_java(Path("anserini-2.3.0-fatjar.jar")) is None


def test_a_folder_without_anserini(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANSERINI_CLASSPATH", str(tmp_path))
    with pytest.raises(InputError, match="no anserini-.*-fatjar.jar"):
        jvm.anserini_jar()


def test_the_jar_is_built_from_the_sources_beside_it() -> None:
    assert build_kernel.manifest()["Sources-SHA256"] == build_kernel.sources_digest()[:48]


@pytest.mark.slow
def test_the_jar_can_be_built_again(tmp_path: Path) -> None:
    made_by = build_kernel.manifest()["Created-By"].removeprefix("javac ")
    version = build_kernel.compiler_version()
    if version is None:
        pytest.skip("no Java compiler")
    if jvm.anserini_version(jvm.anserini_jar()) >= (2,):
        pytest.skip("the kernel is compiled against pyserini 1")
    again = tmp_path / "kernel.jar"
    build_kernel.build(again)
    assert contents(again).keys() == contents(jvm.KERNEL_JAR).keys()
    if version == made_by:
        assert contents(again) == contents(jvm.KERNEL_JAR)


def contents(jar: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(jar) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
