"""The pages that people read, and the scripts that make those of them that are made of code."""
