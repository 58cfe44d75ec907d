"""The output vocabulary U, counted or given, and the input tokenizer."""
