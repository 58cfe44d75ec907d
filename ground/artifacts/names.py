"""What marks a folder as a finished result of ours."""

MANIFEST = "MANIFEST"
"""The file's name; without an extension, because Anserini's collections take ``*.json`` for
documents."""
SCHEMA = 1
