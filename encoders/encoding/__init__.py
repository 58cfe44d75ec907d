"""Texts to sparse rows, and statistics of logits."""
