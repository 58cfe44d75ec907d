"""What we claim about speed and exactness, side by side with others, in one run."""
