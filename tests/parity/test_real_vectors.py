"""Every algorithm against brute force on titles and queries that people wrote."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest
from repository import DATA

from esplade.folder_encoder import FolderEncoder
from esplade.loading import PRETRAINED, encoder_folder
from harness.datasets import load_dataset
from harness.encoding.parts import encode_texts
from harness.pruning import NONE, Rule
from harness.quantisation.quantiser import Quantiser, quantise
from harness.retrieval import exact
from harness.retrieval.indexing import IndexSettings, index_vectors
from harness.retrieval.searching import prepare_queries

TITLES, QUERIES = 3000, 100


@pytest.mark.slow
def test_acmcr(tmp_path: Path) -> None:
    if not (DATA / "acmcr").is_dir():
        pytest.skip("no acmcr: set ESPLADE_DATA to a folder of data sets")
    data = load_dataset(DATA / "acmcr")
    encoder = FolderEncoder(encoder_folder(PRETRAINED))
    titles = {d.id: d.content("title") for d in islice(data.docs(), TITLES)}
    asked = dict(islice(data.queries("test").items(), QUERIES))
    documents = encode_texts(encoder, titles, "doc")
    queries = encode_texts(encoder, asked, "query")
    quantiser = Quantiser.parse("scale:100")
    for dk, qk in ((0, 0), (20, 5)):
        pruned = documents.with_matrix(Rule.top(dk).apply(documents.matrix))
        impacts = quantise(pruned, quantiser)[0]
        settings = IndexSettings(Rule.top(dk) if dk else NONE, quantiser)
        with index_vectors(documents, tmp_path / f"dk{dk}", settings) as index:
            prepared = prepare_queries(queries, index, Rule.top(qk)).vectors
            wanted = exact.search(impacts, prepared, 1000)
            for algorithm in ("memory", "saat", "maxscore", "lucene"):
                for threads in (1, 3):
                    run = index.search(prepared, 1000, threads, algorithm=algorithm).run
                    for (_, ids, scores), hits in zip(run, wanted, strict=True):
                        assert ids.tolist() == [impacts.ids[row] for row in hits.rows]
                        assert scores.tolist() == hits.scores.tolist()
