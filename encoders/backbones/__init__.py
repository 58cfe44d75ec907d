"""Pre-trained backbones under a new expanded head, and what is changed of them before."""
