"""One spelling for what people type: no invisible signs, plain digits, plain white space.

A number with zero-width spaces in it, or in Arabic or full-width digits, is still a
number.  The guard masks the normalised text, and that is what the rest of the program sees.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_ZWJ = "\u200d"
_ASCII_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_MARKS = re.compile(
    r"([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0]{3})"
    r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0]+"
)
_KEYCAP = re.compile(r"(?<=\d)[\ufe0e\ufe0f]?\u20e3?")
_BLANKS = {"\u2800", "\u3164", "\u115f", "\u1160", "\uffa0"}
_BASES = {"ı": "i", "ł": "l", "ø": "o", "đ": "d", "’": "'", "‘": "'", "ʼ": "'"}
_HYPHENS = {"\u2010", "\u2011", "\u2212", "\ufe63", "\uff0d", "\u00ad"}


def normalise(text: str) -> str:
    """The text in the form that the recognisers read. Never raises; applying it twice changes nothing."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.isascii():
        return _ASCII_CONTROL.sub("", text)
    # A long row of combining marks makes canonical ordering slow and says nothing.
    text = unicodedata.normalize("NFC", _MARKS.sub(r"\1", text))
    out: list[str] = []
    for index, char in enumerate(text):
        out.append(char if (char.isascii() and char >= " ") or char in "\n\t" else _plain(char, text, index))
    plain = _KEYCAP.sub("", "".join(out))
    return unicodedata.normalize("NFC", plain)


def _plain(char: str, text: str, index: int) -> str:
    category = unicodedata.category(char)
    if category in {"Cf", "Cc"} or char == "\u034f":
        joins_emoji = (
            char == _ZWJ and 0 < index < len(text) - 1 and not (text[index - 1].isalnum() or text[index + 1].isalnum())
        )
        return char if joins_emoji else ""
    if category == "Cs":
        return "\ufffd"
    if category in {"Zl", "Zp"}:
        return "\n"
    if category == "Zs" or char in _BLANKS:
        return " "
    if char in _HYPHENS:
        return "-"
    decimal = unicodedata.decimal(char, None)
    if decimal is not None:
        return str(decimal)
    # Full-width, mathematical and circled letters and digits; not ½, ² or ligatures with a meaning.
    if "\uff00" <= char <= "\uffef" or "\U0001d400" <= char <= "\U0001d7ff" or "\u2460" <= char <= "\u24ff":
        return unicodedata.normalize("NFKC", char)
    return char


def fold(text: str) -> str:
    """Lower case without accents, of the same length, so that positions stay valid."""
    if text.isascii():
        return text.lower()
    return "".join(_fold_char(char) for char in text)


@lru_cache(maxsize=2_000)
def _fold_char(char: str) -> str:
    if char.isascii():
        return char.lower()
    base = unicodedata.normalize("NFKD", char)[0].lower()[:1]
    return _BASES.get(base, base) or char
