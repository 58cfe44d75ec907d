"""Float weights become the integers that Lucene stores; what is lost with that."""
