"""EMLM pre-training: masked words of U are predicted from WordPieces."""
