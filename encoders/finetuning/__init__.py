"""ESPLADE fine-tuning: pairs and their batches, the loss, and what watches it."""
