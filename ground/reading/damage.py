"""What is wrong with the bytes of a file, before anybody knows in which line."""

from __future__ import annotations

COPY_AGAIN = "Copy the file again, or make it again."


class Damage(Exception):
    """A fault of bytes, and its remedy; the opener adds the file and how far it was read."""

    def __init__(self, what: str, remedy: str = COPY_AGAIN):
        super().__init__(what)
        self.what = what
        self.remedy = remedy
