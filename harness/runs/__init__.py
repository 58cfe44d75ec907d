"""What a run leaves on disk: the TREC file, its metadata, its values per query."""
