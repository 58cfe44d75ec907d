"""Block-Max Pruning, on an index made from a CIFF file (impacts of at most 8 bits)."""

import sys
import tempfile

from bmp import Searcher, ciff2bmp
from serve import load_queries, serve

ciff, path = sys.argv[1:3]
folder = tempfile.TemporaryDirectory()
ciff2bmp(ciff, folder.name + "/index.bmp", 32, False)
searcher = Searcher(folder.name + "/index.bmp")
queries = load_queries(path)


def search(request):
    """A call a query, as its PyTerrier retriever does; alpha and beta 1 are exact."""
    options = {"k": request["k"], "alpha": request.get("alpha", 1.0)}
    options["beta"] = request.get("beta", 1.0)
    return [searcher.search(vector, **options) for _, vector in queries]


def results(found):
    """Per query, in rank order."""
    pairs = zip(queries, found, strict=True)
    return [[q, list(docs), [round(s) for s in scores]] for (q, _), (docs, scores) in pairs]


serve(search, results)
