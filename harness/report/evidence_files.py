"""What evidence is called on disk: `harness.evidence` writes it, pages read it."""

KIND = "evidence"
QUERIES, RESULTS, LISTS = "queries.parquet", "results.parquet", "lists.json"
