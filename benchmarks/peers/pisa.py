"""PISA through pyterrier-pisa, on an index made from a CIFF file."""

import sys
import tempfile
import types
from array import array
from contextlib import closing

import pandas as pd
from serve import load_queries, serve


def ciff_to_pisa(source, base):
    """Write PISA's binary collection (sequences of uint32: length, values) from a CIFF file."""
    from ciff_toolkit.read import CiffReader

    with closing(CiffReader(source)) as reader:
        header = reader.read_header()
        with (
            open(base + ".docs", "wb") as docs,
            open(base + ".freqs", "wb") as freqs,
            open(base + ".terms", "w", encoding="utf-8") as terms,
        ):
            array("I", [1, header.num_docs]).tofile(docs)
            for postings in reader.read_postings_lists():
                terms.write(postings.term + "\n")
                number, numbers = 0, array("I", [len(postings.postings)])
                for posting in postings.postings:
                    number += posting.docid
                    numbers.append(number)
                numbers.tofile(docs)
                impacts = [posting.tf for posting in postings.postings]
                array("I", [len(impacts), *impacts]).tofile(freqs)
        with open(base + ".sizes", "wb") as sizes, open(base + ".documents", "w") as documents:
            lengths = array("I", [header.num_docs])
            for record in reader.read_documents():
                documents.write(record.collection_docid + "\n")
                lengths.append(record.doclength)
            lengths.tofile(sizes)


try:
    import pyciff  # noqa: F401
except ImportError:
    sys.modules["pyciff"] = types.SimpleNamespace(ciff_to_pisa=ciff_to_pisa)

from pyterrier_pisa import PisaIndex  # noqa: E402

ciff, path = sys.argv[1:3]
folder = tempfile.TemporaryDirectory()
index = PisaIndex.from_ciff(ciff, folder.name + "/index", stemmer="none")
queries = load_queries(path)
frame = pd.DataFrame({"qid": [q for q, _ in queries], "query_toks": [v for _, v in queries]})
retrievers = {}


def search(request):
    """One call for all queries; query weights are integers and stay as they are."""
    key = (request["algorithm"], request["k"], request.get("threads", 1))
    if key not in retrievers:
        algorithm, k, threads = key
        retrievers[key] = index.quantized(
            num_results=k, threads=threads, query_algorithm=algorithm, toks_scale=1.0
        )
    return retrievers[key](frame)


def results(found):
    """Per query, in rank order."""
    grouped = dict(iter(found.groupby("qid", sort=False)))
    return [
        [q, grouped[q]["docno"].tolist(), [round(s) for s in grouped[q]["score"]]]
        if q in grouped
        else [q, [], []]
        for q, _ in queries
    ]


serve(search, results)
