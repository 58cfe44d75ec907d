r"""Names of files made of other names: fit for every system, and never two as one.

A name that every system takes stays as it is. Another keeps what can be kept and gets ``~`` and ten
digits of its digest, so that it stays readable, and no two become the same. Windows takes no
``<>:"/\|?*``, no control characters, no point or space at the end, and no names of devices; it and
macOS take names that differ in case only for one, and macOS those of another Unicode form.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]')
_ENDS = re.compile(r"^[. ]+|[. ]+$")
_DEVICES = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9\u00b9\u00b2\u00b3])\s*(?:\..*)?", re.I
)
_OURS = re.compile(r"~[0-9a-f]{10}$")
"""How a changed name ends: one that ends so by itself is changed, too."""
LONGEST = 180
"""Bytes (UTF-8) of a name; 255 are allowed, and what is made beside it has a longer one."""


def file_name(name: str, most: int = LONGEST) -> str:
    """What a file or folder that is called after something is called.

    Args:
        name: of an encoder, a system, a rule, a data set; any text.
        most: bytes of it at most, 16 or more.
    """
    kept = _ENDS.sub("", _FORBIDDEN.sub("-", unicodedata.normalize("NFC", name)))
    if _DEVICES.fullmatch(kept):
        kept = f"_{kept}"
    if kept == name and name and not _OURS.search(name) and len(name.encode()) <= most:
        return name
    return marked(name, kept, most)


def marked(name: str, kept: str, most: int = LONGEST) -> str:
    """A changed name: what is kept of it, and ten digits of the digest of the whole.

    Args:
        name: the whole, whatever is in it.
        kept: what every system takes of it.
        most: bytes of the result.
    """
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:10]
    begin = kept.encode()[: most - len(digest) - 1].decode(errors="ignore")
    return f"{_ENDS.sub('', begin)}~{digest}"


def file_names(
    names: Iterable[str], taken: Iterable[str] = (), most: int = LONGEST
) -> dict[str, str]:
    """`file_name` of several names that stand side by side.

    Of names that differ in case only, all but one all in small letters are changed; so are those
    that are taken by something else.

    Args:
        names: each gets a name of its own.
        taken: names of other things in that folder.
        most: bytes of a name at most.

    Returns:
        By name; it depends on which names there are, not on their order.
    """
    given = list(dict.fromkeys(names))
    plain = {name: file_name(name, most) for name in given}
    others = {name.casefold() for name in taken}
    alike = Counter(one.casefold() for one in plain.values())
    return {
        name: marked(name, one, most)
        if one.casefold() in others or (alike[one.casefold()] > 1 and one != one.casefold())
        else one
        for name, one in plain.items()
    }
