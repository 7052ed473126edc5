"""Postcodes, with the house number that follows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.guard.spans import Kind, Span

_HOUSE = r"""
    (?: [ ]? (?: ,?[ ]?huis(?:nummer|nr\.?) | nr\.? | nummer | hnr\.? | no\.? )?
        (?: [ ]? | -[ ]? | ,[ ](?:huisnummer|huisnr\.?|hnr\.?|nummer|nr\.?)[ ] | ,[ ]?(?=\d{1,5}[ ]?[a-z]?[ ]?(?:[.,;)]|$)) ) \d{1,5} (?: [ ]?[a-z](?![a-z]) )? (?: [ ]?-[ ]?\d{1,4} )?
        (?! \d | [ ]?(?:jaar|jr|kind|keer|x|uur|dagen|euro|maand|we[ek]) )
    )?
"""
_POSTCODE = re.compile(
    rf"""
    (?<! [\w.,:/\-€] )
    (?P<digits> [1-9]\d{{3}} ) (?P<gap> [ ]? ) (?P<letters> [a-z]{{2}} )
    (?! [\w'’] | -[a-z] )
    {_HOUSE}
    """,
    re.IGNORECASE | re.VERBOSE,
)
_CUE = re.compile(
    r"(?:\bpostcode|\bpc|\bwoont|\bwonen(?:de)?|\badres|\[adres\]|\d ?[a-z]?,)[ :=,]{0,3}(?:is |op |aan |in )?$",
    re.IGNORECASE,
)
_DIGITS_ONLY = re.compile(r"\bpostcode(?:gebied)?[ :=]{0,3}(?:is )?(?P<value>[1-9]\d{3})(?!\w)", re.IGNORECASE)
# Words and abbreviations of two letters that follow a year or an amount.
_NOT_LETTERS = frozenset(
    "is in op en of de te om ik ze we er je al zo nu na ja he oh ah ok af an as at be by do go hi id if it me my no"
    " on or so to up us vs was km kg cm ml mg st pp eu bv nv uu gr mm ha nr ca dd tm mb gb kb mn zn hé"
    " bw jw pw vt gi ap fg po vo om wa ns tv pc pi pm am ad nc ex pk wo oz ie sr sv rv ib ot et el il la le un una"
    " dr mr mw dh jr ze hm bv vb id ig ivm nl sd sa ss ov oa ed ea tt ww wd rw lb hh vp zv".split()
)
# Never given out as the letters of a postcode.
_NEVER = {"SA", "SD", "SS"}


def find_postcode(text: str) -> Iterator[Span]:
    """Postcodes, with a house number that follows; not a year before a short word."""
    for found in _POSTCODE.finditer(text):
        if found["letters"].upper() in _NEVER:
            continue
        cued = _CUE.search(text[max(0, found.start() - 30) : found.start()]) is not None
        if cued or _stands_alone(found["digits"], found["gap"], found["letters"]):
            yield Span(found.start(), found.end(), Kind.POSTCODE, 66)
    for found in _DIGITS_ONLY.finditer(text):
        yield Span(found.start("value"), found.end("value"), Kind.POSTCODE, 64)


def _stands_alone(digits: str, gap: str, letters: str) -> bool:
    """True when this is a postcode whatever stands before it: "1234 AB", "1234ab", not "2024 is"."""
    if letters.lower() in _NOT_LETTERS:
        year = 1900 <= int(digits) <= 2099
        return not gap and not year and not letters.islower()
    return (
        not gap
        or letters.isupper()
        or (letters.islower() and not 1900 <= int(digits) <= 2099 and int(digits) % 100 != 0)
    )
