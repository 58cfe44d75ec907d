"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Dataset = Annotated[
    str,
    typer.Option(
        "--dataset", help="Data set: a folder in BEIR's layout, pydoc, or irds:ID.", metavar="D"
    ),
]
OptionalDataset = Annotated[
    str | None,
    typer.Option(
        "--dataset", help="Data set: a folder in BEIR's layout, pydoc, or irds:ID.", metavar="D"
    ),
]
Split = Annotated[str, typer.Option(help="Whose queries and judgments: train, dev or test.")]
Fields = Annotated[str, typer.Option(help="What of a document: title, text or title+text.")]
OptionalFields = Annotated[
    str | None,
    typer.Option(help="What of a document: title, text or title+text [the encoder's own]."),
]
Quantise = Annotated[
    str,
    typer.Option("--quantize", "--quantise", help="scale:S, bits:N[:RANGE], or none for integers."),
]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace a finished result.")]
AsJson = Annotated[bool, typer.Option("--json", help="Answer with one JSON object.")]
Language = Annotated[
    str | None,
    typer.Option(help="Lucene analyzer of BM25: en, ko, ... or none [the data set's language]."),
]
Threads = Annotated[int, typer.Option(min=1, help="Threads that search.")]
Hits = Annotated[int, typer.Option("--k", min=1, help="Results per query.")]
Out = Annotated[Path, typer.Option("--out", help="Folder to write.")]
Measures = Annotated[str, typer.Option(help="Measures, as ir_measures names them.")]
MEASURES = "RR@10 R@10 nDCG@10"
