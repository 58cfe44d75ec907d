"""Tables, figures and one self-contained page, all from stored per-query values."""
