"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from esplade.cli import completing

Dataset = Annotated[
    str,
    typer.Option(
        "--dataset",
        help="Data set: a folder in BEIR's layout, pydoc, or irds:ID.",
        metavar="D",
        autocompletion=completing.datasets,
    ),
]
OptionalDataset = Annotated[
    str | None,
    typer.Option(
        "--dataset",
        help="Data set: a folder in BEIR's layout, pydoc, or irds:ID.",
        metavar="D",
        autocompletion=completing.datasets,
    ),
]
Split = Annotated[
    str,
    typer.Option(
        help="Whose queries and judgments: train, dev or test.",
        autocompletion=completing.among(*completing.SPLITS),
    ),
]
Fields = Annotated[
    str | None,
    typer.Option(
        help="What of a document: title, text or title+text [title; text if none has a title].",
        autocompletion=completing.among(*completing.FIELDS),
    ),
]
OptionalFields = Annotated[
    str | None,
    typer.Option(
        help="What of a document: title, text or title+text [the encoder's own; what there is].",
        autocompletion=completing.among(*completing.FIELDS),
    ),
]
Quantise = Annotated[
    str,
    typer.Option("--quantize", "--quantise", help="scale:S, bits:N[:RANGE], or none for integers."),
]
Prune = Annotated[
    str | None,
    typer.Option(
        help="Which weights stay: top:N, threshold:T, ratio:R, mass:A, fraction:F, entropy:C, "
        "common:TIMES:RATIO, asked:FILE, quantile:P; of documents share:S, list:N; of queries "
        "match:M; joined by +.",
        metavar="RULE",
    ),
]
Algorithm = Annotated[
    str,
    typer.Option(
        help="How the same exact results are found: auto, memory, saat, maxscore or lucene.",
        autocompletion=completing.among(*completing.ALGORITHMS),
    ),
]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace a finished result.")]
AsJson = Annotated[bool, typer.Option("--json", help="Answer with one JSON object.")]
Language = Annotated[
    str | None,
    typer.Option(help="Lucene analyzer of BM25: en, ko, ... or none [the data set's language]."),
]
Threads = Annotated[int, typer.Option(min=1, help="Threads that search.")]
DropSelf = Annotated[
    bool,
    typer.Option(
        "--drop-self",
        help="Leave the document with the query's own id out of its results (ArguAna, Quora).",
    ),
]
Hits = Annotated[int, typer.Option("--k", min=1, help="Results per query.")]
Rescore = Annotated[
    Path | None,
    typer.Option(
        "--rescore",
        help="Search in two steps: the unpruned index of the same vectors, which rescores what "
        "--index finds.",
    ),
]
Candidates = Annotated[
    int | None,
    typer.Option("--candidates", min=1, help="Documents that --rescore scores again [--k]."),
]
Out = Annotated[Path, typer.Option("--out", help="Folder to write.")]
Measures = Annotated[
    str,
    typer.Option(help="Measures, as ir_measures names them.", autocompletion=completing.measures),
]
MEASURES = "RR@10 R@10 nDCG@10"
ENCODER = "Encoder: a folder, pydoc-small, or OWNER/NAME[@REVISION] of the Hugging Face hub"
Encoder = Annotated[
    str | None,
    typer.Option(
        "--encoder",
        help=f"For queries given as text. {ENCODER}.",
        autocompletion=completing.encoders,
    ),
]
Online = Annotated[
    bool,
    typer.Option(
        "--online", help="Let an encoder of the hub be downloaded; nothing is without this."
    ),
]
Device = Annotated[
    str,
    typer.Option(
        "--device",
        help="Where encoders compute: auto (a GPU if there is one), cpu, cuda, cuda:N or mps.",
        metavar="DEVICE",
        autocompletion=completing.among(*completing.DEVICES),
    ),
]
TrainingDevice = Annotated[
    str,
    typer.Option(
        "--device",
        help="Where it computes: auto (a GPU if there is one), cpu, cuda or mps.",
        metavar="DEVICE",
        autocompletion=completing.among(*completing.DEVICES),
    ),
]
Calibration = Annotated[
    Path | None,
    typer.Option(
        help="Predict times of the machine that this file of `esplade calibrate` is of [this one]."
    ),
]
Qk = Annotated[int, typer.Option(min=0, help="Largest number of terms a query keeps.")]
QueryQuantise = Annotated[
    str | None,
    typer.Option("--quantize", "--quantise", help="Quantisation of the queries [the index's own]."),
]
Corpus = Annotated[
    list[Path] | None,
    typer.Option("--corpus", help="Running text, a paragraph a line (.txt or .gz); repeatable."),
]
General = Annotated[
    bool,
    typer.Option("--general", help="Also use the data set's own general text (pydoc has some)."),
]
TrainingThreads = Annotated[
    int,
    typer.Option(min=0, help="CPU threads; 0 lets torch choose. On a busy machine take fewer."),
]
TensorBoard = Annotated[
    Path | None, typer.Option("--tensorboard", help="Folder for TensorBoard's log.")
]
