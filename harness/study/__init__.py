"""The pre-training study: a grid of pre-trainings, fine-tuned and swept alike, and controls."""
