"""A whole training as one file: vocabulary, pre-training, negatives, fine-tuning, sweep."""
