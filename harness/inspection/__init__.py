"""What an encoder makes of texts, for people to look at."""
