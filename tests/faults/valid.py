"""Valid files, small, with what tempts a reader: several scripts, numbers of each kind."""

from __future__ import annotations

CORPUS = (
    '{"_id": "d1", "title": "Sort numbers", "text": "How to sort."}\n'
    '{"_id": "d2", "title": "Dateien löschen", "text": "Wie man Dateien löscht."}\n'
    '{"_id": "d3", "title": "셋", "text": ""}\n'
    '{"_id": 4, "title": "Drop duplicate rows", "metadata": {"n": [1, 2.5]}}\n'
).encode()
QUERIES = (
    '{"_id": "q1", "text": "sort numbers"}\n'
    '{"_id": "q2", "text": "드롭 rows"}\n'
    '{"_id": "q3", "text": "delete"}\n'
).encode()
HEADED = b"query-id\tcorpus-id\tscore\nq1\td1\t1\nq2\td2\t2\nq3\t4\t0\n"
COLUMNS = b"q1 0 d1 1\nq2 0 d2 2\nq2 0 d3 0\nq3 0 4 -1\n"
RUN = (
    b"q1 Q0 d1 1 2.5 tag\nq1 Q0 d2 2 1.25 tag\nq2 Q0 d2 1 7 tag\nq2 Q0 d3 2 7 tag\n"
    b"q3 Q0 4 1 1e-3 tag\n"
)
VECTORS = (
    '{"id": "d1", "contents": "", "vector": {"a": 1.25, "b": 2}}\n'
    '{"id": "d2", "contents": "", "vector": {"b": 3, "c": 0.5, "d": 0}}\n'
    '{"id": "d3", "vector": {"셋": 1, "a": 7}}\n'
).encode()
METADATA = (
    b'{"tag": "mine", "method": {"retrieval": "impacts", "qk": 7, "dk": 20, "pruning": "7:20"}, '
    b'"resources": {"index_bytes": 1234, "seconds": 1.5}}\n'
)
STUDY = b"""name = "small"
keep = ["runs"]

[dataset]
path = "nowhere"
documents = 100

[corpus]
source = "titles"
repeat_texts = 8

[model]
layers = 1
hidden = 8
heads = 2
dropout = 0.2

[pretrain]
steps = 4
lr = 1e-3
bf16 = false

[finetune]
batch = 2

[seeds]
init = [1, 2]
order = [7]

[sweep]
grid = "0:0,2:3"

[factors.corpus]
overlap = { corpus.source = "titles" }
indep = { corpus.source = "general" }

[longer]
overlap = [6, 8]
"""
FOLDER = {"corpus.jsonl": CORPUS, "queries.jsonl": QUERIES, "qrels/test.tsv": HEADED}

TOPICS = "q1\tsort numbers\nq2\t드롭 rows\nq3\tdelete it\n".encode()
BLOCKS = """<top>
<num> Number: 301
<title> sort &amp; print numbers
<desc> Description:
How are numbers sorted?
</top>

<top>
<num>302</num>
<title>드롭 rows</title>
</top>
""".encode()
XML = """<?xml version="1.0" encoding="UTF-8"?>
<topics>
<topic number="1"><query>sort &amp; print</query><narrative>Any way.</narrative></topic>
<topic><number>2</number><title>드롭 rows</title></topic>
<topic number="3">delete it</topic>
</topics>
""".encode()
NEGATIVES = (
    b'{"query_id": "q1", "positives": [{"id": "d4", "score": 9.5}],'
    b' "negatives": [{"id": "d7", "score": 3}, "d9"]}\n'
    b'{"query_id": "q2", "negatives": ["d4"]}\n{"query_id": "q3"}\n'
)
WORDS = "sort\nnumbers\n셋\nlöschen\nrows\n".encode()
TEXT = "A first paragraph.\nEin zweiter, schöner.\n셋째 문단\nThe end.\n".encode()
CARD = b'{"name": "mine", "language": "en", "note": 1}\n'
