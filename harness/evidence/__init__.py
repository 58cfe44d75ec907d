"""What stands behind a table's numbers, query by query: terms, results, and what makes up the cost.

::

    DATA/queries.parquet    a row a (point, query): its text, its terms before and after pruning
    DATA/results.parquet    a row a (point, query, rank): a document, judged, its score in parts
    DATA/lists.json         lengths of lists, terms of documents, weights, which lists cost most

Any tool that reads Parquet reads them; a report shows as much of them as fits its page.
"""

from harness.evidence.collecting import collect, write_evidence
from harness.evidence.kept import key_of, material_of_evidence
from harness.evidence.model import Material
from harness.evidence.texts import material_of
from harness.report.evidence_files import KIND

__all__ = [
    "KIND",
    "Material",
    "collect",
    "key_of",
    "material_of",
    "material_of_evidence",
    "write_evidence",
]
