"""What a pre-training study's results say about a claim: effects, intervals, counts, verdicts."""
