"""Seismic (pyseismic-lsr), approximate, on the integer vectors that every engine here is given."""

import json
import sys

import numpy as np
import seismic
from serve import load_queries, serve

documents, path = sys.argv[1:3]
queries = load_queries(path)
columns = {}
indexes = {}


def read():
    """The documents as Seismic takes them."""
    ids, offsets, components, values = [], [0], [], []
    with open(documents, encoding="utf-8") as stream:
        for line in stream:
            record = json.loads(line)
            vector = record["vector"]
            pairs = sorted((columns.setdefault(t, len(columns)), w) for t, w in vector.items())
            ids.append(record["id"])
            components.append(np.array([c for c, _ in pairs], dtype=np.int64))
            values.append(np.array([w for _, w in pairs], dtype=np.float32))
            offsets.append(offsets[-1] + len(pairs))
    made = seismic.SeismicDataset()
    flat = np.concatenate(components), np.concatenate(values)
    made.add_documents_by_id(ids, *flat, np.array(offsets, dtype=np.int64))
    return made


dataset = read()


def build(settings):
    """The index of these settings, built once."""
    key = json.dumps(settings, sort_keys=True)
    if key not in indexes:
        indexes[key] = seismic.SeismicIndex.build_from_dataset(dataset, num_threads=0, **settings)
    return indexes[key]


STRING = seismic.get_seismic_string()
# Seismic knows a component by its number, written out.
KNOWN = [[(str(columns[t]), w) for t, w in v.items() if t in columns] for _, v in queries]
TOKENS = [np.array([c for c, _ in pairs], dtype=STRING) for pairs in KNOWN]
WEIGHTS = [np.array([w for _, w in pairs], dtype=np.float32) for pairs in KNOWN]
NAMES = np.array([q for q, _ in queries], dtype=STRING)


def search(request):
    """One call for all queries, in one thread."""
    return build(request["build"]).batch_search(
        NAMES,
        TOKENS,
        WEIGHTS,
        k=request["k"],
        query_cut=request["query_cut"],
        heap_factor=request["heap_factor"],
        num_threads=1,
    )


def results(found):
    """Per query, in rank order; a batch comes back in any order."""
    rows = {row[0]: rows for rows in found for row in rows[:1]}
    return [
        [query, [row[2] for row in rows.get(query, ())], [round(r[1]) for r in rows.get(query, ())]]
        for query, _ in queries
    ]


serve(search, results)
