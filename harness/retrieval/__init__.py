"""Vectors to an index, queries to a ranking and to what finding it cost."""
