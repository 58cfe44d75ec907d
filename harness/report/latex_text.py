"""Any text as LaTeX that pdflatex sets, whatever characters it has."""

from __future__ import annotations

import unicodedata

_COMMANDS = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{c: "\\" + c for c in "&%$#_{}"},
    # In TeX's oldest fonts these are other characters.
    **{"<": "$<$", ">": "$>$", "|": r"\textbar{}", '"': "''"},
    "`": r"\textasciigrave{}",
    # Behind the end of a row they would be its argument.
    **{"[": "{[}", "*": "{*}"},
    **{"–": "--", "—": "---", "…": r"\dots{}", "•": r"\textbullet{}"},
    **{"‘": "`", "’": "'", "“": "``", "”": "''", "„": ",,"},
    **{"«": r"$\ll$", "»": r"$\gg$"},  # their own commands are of one font encoding
    **{"ß": r"\ss{}", "ẞ": "SS", "æ": r"\ae{}", "Æ": r"\AE{}", "œ": r"\oe{}", "Œ": r"\OE{}"},
    **{"ø": r"\o{}", "Ø": r"\O{}", "ł": r"\l{}", "Ł": r"\L{}", "ı": r"\i{}", "ȷ": r"\j{}"},
    **{"©": r"\textcopyright{}", "®": r"\textregistered{}", "™": r"\texttrademark{}"},
    **{"§": r"\S{}", "¶": r"\P{}", "£": r"\pounds{}", "€": r"\texteuro{}"},
    **{"¡": r"\textexclamdown{}", "¿": r"\textquestiondown{}"},
}
_MATHS = {
    **{"≤": r"\leq", "≥": r"\geq", "≠": r"\neq", "≈": r"\approx", "±": r"\pm", "×": r"\times"},
    **{"÷": r"\div", "·": r"\cdot", "→": r"\rightarrow", "←": r"\leftarrow", "∞": r"\infty"},
    **{"−": "-", "µ": r"\mu", "°": r"^\circ", "¬": r"\neg", "▲": r"\blacktriangle"},
    **{"▼": r"\blacktriangledown", "∆": r"\Delta", "√": r"\surd", "∈": r"\in", "∩": r"\cap"},
    **{"∪": r"\cup", "′": r"'", "²": "^2", "³": "^3", "¹": "^1", "½": r"\frac12"},
}
_SMALL = dict(
    zip(
        "αβγδεζηθικλμνξπρστυφχψω",
        (
            *("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota"),
            *("kappa", "lambda", "mu", "nu", "xi", "pi", "rho", "sigma", "tau", "upsilon"),
            *("phi", "chi", "psi", "omega"),
        ),
        strict=True,
    )
)
_CAPITALS = "ΓΔΘΛΞΠΣΥΦΨΩ"
"""The others look like Latin ones, and have no command."""
_GREEK = {
    **{letter: f"\\{word}" for letter, word in _SMALL.items()},
    **{capital: f"\\{_SMALL[capital.lower()].capitalize()}" for capital in _CAPITALS},
}
_ACCENTS = {
    **{"\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0304": "=", "\u0306": "u"},
    **{"\u0307": ".", "\u0308": '"', "\u030a": "r", "\u030b": "H", "\u030c": "v", "\u0323": "d"},
    **{"\u0327": "c", "\u0331": "b"},
}
_KNOWN = {**_COMMANDS, **{c: f"${m}$" for c, m in {**_GREEK, **_MATHS}.items()}}
_LIGATURES = ("--", "–-", "-–", ",,", "''")
"""Pairs that would become one sign."""


def latex(text: str) -> str:
    r"""Text with every character that LaTeX would take for something else escaped.

    Accented letters become their commands and mathematical signs their symbols, in either of
    pdflatex's font encodings. What it has no letters for (Hangul, for instance) is set as it is by
    XeLaTeX, LuaLaTeX and tectonic, and as code points by pdflatex.
    """
    result, unknown, before = "", "", ""
    for character in unicodedata.normalize("NFC", _printable(text)):
        known = _known(character)
        if known is None:
            unknown += character
        else:
            parted = "{}" if before + character in _LIGATURES else ""
            result += _other(unknown) + parted + known
            unknown = ""
        before = character
    return result + _other(unknown)


def _printable(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _known(character: str) -> str | None:
    if character in _KNOWN:
        return _KNOWN[character]
    if character.isascii():
        return character
    parts = unicodedata.normalize("NFD", character)
    base, marks = parts[0], parts[1:]
    if base.isascii() and base.isalpha() and marks in _ACCENTS:
        letter = f"\\{base}" if base in "ij" else base
        return f"\\{_ACCENTS[marks]}{{{letter}}}"
    return None


def _other(characters: str) -> str:
    if not characters:
        return ""
    points = " ".join(f"U+{ord(c):04X}" for c in characters)
    return rf"{{\ifdefined\Umathcode {characters}\else {points}\fi}}"
