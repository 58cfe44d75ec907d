"""Where the source of the documented packages lies, found without importing any of them."""

from __future__ import annotations

import importlib.util
import platform
import sysconfig
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

DOCUMENTED = ("numpy", "scipy", "pandas", "sklearn", "torch", "transformers")
"""Packages whose objects are documents, besides the standard library."""

GENERAL = (
    "PIL", "accelerate", "aiohttp", "anyio", "attr", "authlib", "click", "contourpy",
    "cryptography", "cyclopts", "datasets", "dateutil", "dill", "docutils", "fastapi", "fastmcp",
    "filelock", "flask", "fsspec", "google.protobuf", "h11", "httpx", "httpcore",
    "httpx2", "httpcore2", "huggingface_hub", "ir_measures", "jinja2", "joblib",
    "jsonschema", "keyring", "kiwisolver", "markdown_it", "matplotlib", "mcp",
    "more_itertools", "mpmath", "multiprocess", "narwhals", "networkx", "numexpr",
    "openai", "opentelemetry", "optype", "packaging", "platformdirs",
    "psutil", "pyarrow", "pycparser", "pydantic", "pydantic_settings",
    "pyparsing", "pyserini", "referencing", "requests", "rich",
    "safetensors", "sentencepiece", "sortedcontainers", "starlette", "sympy",
    "threadpoolctl", "tiktoken", "tokenizers", "tornado", "tqdm", "tzdata",
    "typer", "urllib3", "uvicorn", "watchfiles", "websockets", "werkzeug", "xxhash", "yaml",
    "yarl",
)  # fmt: skip
"""Packages whose documentation is running text for pre-training, where they are installed."""

STDLIB = "python"
_NOT_STDLIB = {"site-packages", "dist-packages", "idlelib", "lib2to3", "turtledemo", "pydoc_data",
               "ensurepip", "lib-dynload", "__phello__", "antigravity", "this"}  # fmt: skip
_SKIPPED_FOLDERS = {"test", "tests", "testing", "_vendor", "vendor", "_vendored", "vendored",
                    "externals", "extern", "_external", "third_party", "__pycache__", "benchmarks",
                    "node_modules", "conftest", "_testing", "testing_utils"}  # fmt: skip
_SKIPPED_MODULES = (
    # Compiler internals: large, and nothing of theirs is public.
    "torch._inductor", "torch._dynamo", "torch._functorch", "torch.onnx._internal",
    "torch._export", "torch._refs", "torch._decomp", "torch._prims", "torch.utils.hipify",
    "scipy._lib", "scipy._external", "numpy.f2py.symbolic",
)  # fmt: skip


@dataclass(frozen=True)
class SourceFile:
    """One module's source: its group (distribution), dotted name, and path."""

    group: str
    module: str
    path: str
    is_package: bool


def stdlib_files() -> list[SourceFile]:
    """Source files of the standard library, without tests and bundled applications."""
    root = Path(sysconfig.get_paths()["stdlib"])
    files = []
    for entry in sorted(root.iterdir()):
        name = entry.name.removesuffix(".py")
        if name in _NOT_STDLIB | _SKIPPED_FOLDERS or not name.isidentifier():
            continue
        if entry.suffix == ".py":
            files.append(SourceFile(STDLIB, name, str(entry), False))
        elif (entry / "__init__.py").exists():
            files.extend(_walk(STDLIB, name, entry))
    return files


def package_files(name: str) -> list[SourceFile]:
    """Source files of an installed package, or nothing where it is not installed."""
    folder = _folder(name)
    if folder is None:
        return []
    if folder.suffix == ".py":
        return [SourceFile(name, name, str(folder), False)]
    return list(_walk(name, name, folder))


def versions(packages: Sequence[str]) -> dict[str, str]:
    """Version of Python and of each installed package of a list, by import name."""
    distributions = metadata.packages_distributions()
    found = {STDLIB: platform.python_version()}
    for name in packages:
        owners = distributions.get(name.partition(".")[0], [])
        if owners and _folder(name) is not None:
            found[name] = metadata.version(sorted(owners)[0])
    return found


def _folder(name: str) -> Path | None:
    """A package's folder (or a module's file); parents of dotted names are not imported."""
    top, _, rest = name.partition(".")
    spec = importlib.util.find_spec(top)
    if spec is None:
        return None
    if not spec.submodule_search_locations:
        return Path(spec.origin) if spec.origin and spec.origin.endswith(".py") else None
    folder = Path(next(iter(spec.submodule_search_locations)), *rest.split(".") if rest else [])
    return folder if folder.is_dir() else None


def _walk(group: str, module: str, folder: Path) -> Iterator[SourceFile]:
    if (folder / "__init__.py").exists():
        yield SourceFile(group, module, str(folder / "__init__.py"), True)
    for entry in sorted(folder.iterdir()):
        stem = entry.name.removesuffix(".py")
        name = f"{module}.{stem}"
        if not stem.isidentifier() or stem == "__init__" or _skipped(stem, name, entry):
            continue
        if entry.suffix == ".py":
            yield SourceFile(group, name, str(entry), False)
        elif entry.is_dir() and (entry / "__init__.py").exists():
            yield from _walk(group, name, entry)


def _skipped(stem: str, name: str, entry: Path) -> bool:
    if stem in _SKIPPED_FOLDERS or stem.startswith("test_") or name.startswith(_SKIPPED_MODULES):
        return True
    # Model files of transformers are copies of one another, written by a generator.
    generated = ("modeling_", "modular_", "convert_")
    return name.startswith("transformers.models.") and stem.startswith(generated)
