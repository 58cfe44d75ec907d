"""Teachers: dense models and BM25, whose scores a sparse encoder learns."""
