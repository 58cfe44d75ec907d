"""Configuration and model: a backbone under an expanded masked-LM head, pooled to weights."""
