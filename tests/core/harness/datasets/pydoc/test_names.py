"""Which objects are documented, and under which names, from small sources made by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.datasets.pydoc.locate import SourceFile
from harness.datasets.pydoc.names import Names, readable
from harness.datasets.pydoc.source import Scan, scan


def read(tmp_path: Path, files: dict[str, str]) -> list[Scan]:
    """Scan sources given by path inside a package ``pkg``."""
    scans = []
    for name, source in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
        module = name.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        package = name.endswith("__init__.py")
        scans.append(scan(SourceFile("pkg", module, str(path), package)))
    return scans


def documented(tmp_path: Path, files: dict[str, str]) -> dict[str, str]:
    return Names(read(tmp_path, files)).documented()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("numpy.linalg.norm", "numpy linalg norm"),
        ("sklearn.linear_model.HuberRegressor", "sklearn linear model Huber Regressor"),
        ("http.server.HTTPServer", "http server HTTP Server"),
        ("torch.nn.Conv2d", "torch nn Conv2d"),
        ("scipy.signal.tf2sos", "scipy signal tf2sos"),
        ("sklearn.cluster.OPTICS", "sklearn cluster OPTICS"),
    ],
)
def test_readable(name: str, words: str) -> None:
    assert readable(name) == words


def test_objects_are_named_where_users_find_them(tmp_path: Path) -> None:
    docs = documented(
        tmp_path,
        {
            "pkg/__init__.py": "from pkg.sub import *\nfrom ._private import Shown as Renamed\n",
            "pkg/_private.py": (
                'class Shown:\n    """A shown class."""\n'
                '    def method(self):\n        """A method."""\n'
                '    def _hidden(self):\n        """No."""\n'
                'class Unshown:\n    """Nobody imports me."""\n'
            ),
            "pkg/sub/__init__.py": "from ._impl import work\n__all__ = ['work']\n",
            "pkg/sub/_impl.py": 'def work():\n    """Do the work."""\n',
        },
    )
    assert docs == {
        "pkg.Renamed": "A shown class.",
        "pkg.Renamed.method": "A method.",
        "pkg.work": "Do the work.",
    }


def test_star_import_cycles_end(tmp_path: Path) -> None:
    files = {
        "pkg/__init__.py": "from .a import *\nfrom .b import *\n",
        "pkg/a.py": "from .b import *\n",
        "pkg/b.py": 'from .a import *\ndef f():\n    """It works."""\n',
    }
    assert documented(tmp_path, files) == {"pkg.f": "It works."}


def test_docstrings_added_to_compiled_functions(tmp_path: Path) -> None:
    docs = documented(
        tmp_path,
        {
            "torch/__init__.py": "",
            "torch/_docs.py": (
                "import torch\n"
                'add_docstr(torch.abs, r"""abs(x)\n\nThe absolute value {x}.""".format(x=1))\n'
                'add_docstr_all("neg", "The negation.")\n'
            ),
            "torch/ops.py": 'solve = _add_docstr(c.solve, "Solve it.")\n',
        },
    )
    assert docs["torch.abs"].endswith("The absolute value {x}.")
    assert docs["torch.Tensor.neg"] == "The negation."
    assert docs["torch.ops.solve"] == "Solve it."


def test_a_file_that_cannot_be_parsed_says_nothing(tmp_path: Path) -> None:
    assert documented(tmp_path, {"pkg/__init__.py": "def f(:\n"}) == {}


@pytest.mark.slow
def test_nothing_is_imported() -> None:
    import subprocess
    import sys

    code = (
        "import sys\n"
        "from harness.datasets.pydoc import builder\n"
        "builder.versions(); builder.locate.package_files('torch')\n"
        "print([m for m in ('torch', 'sklearn', 'transformers', 'scipy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
