"""Addresses: a street with a number, or a street alone where someone lives."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.guard.lexicon import is_word, lexicon
from bot.guard.normalise import fold
from bot.guard.spans import Kind, Span

# Endings that are a street nearly always, and those that are one only with more evidence.
_SURE = (
    "straat|straatje|str|laan|laantje|steeg|gracht|singel|plantsoen|plein|pleintje|kade|dreef|boulevard|allee|dijk"
    "|weg|wegje|dwarsweg"
)
_MAYBE = (
    "passage|baan|pad|hof|hofje|erf|oord|burg|veld|velden|akker|akkers|kamp|berg|horst|wal|wijk|ring|poort|markt"
    "|brink|weide|tuin|park|donk|heide|oever|haven|hoek|meent|meer|laar|bos|beemd|wijde|rede|stede|sluis|zand|gaarde"
    "|kwartier|schans|vaart|dam|esch|es|beek|kreek|rak|spoor|ven|zijde|borch|waard|werf"
)
_WITHOUT_NUMBER = "straat|laan|steeg|gracht|singel|plantsoen|dreef|kade|weg|plein|hof|dijk|pad|str"
_NUMBER = r"""
    (?: nr\.? | nummer | no\.? | huisnummer )? [ ]?
    (?P<house> \d{1,4} )
    (?: [ ]? (?: -[ ]?\d{1,4} | [a-z](?![\w'’]) | bis | hs | [ivx]{1,3}(?!\w) | /[ ]?\d{1,3} ) )?
    (?! \w | [.,:/]\d )
"""
_CAPITAL = r"[A-ZÀ-Ý][\w'’.\-]*"
_DWELL = (
    "(?:woon|woont|wonen|wonende|woonachtig|gewoond|verhuisd|verhuist|ingeschreven|verblijft|verblijven|adres|huisadres"
    "|woonadres|opvangadres|logeeradres|thuis|huis|langs|straat)"
)
_ONE_WORD = re.compile(
    rf"(?<![\w\-])(?P<name>[A-Za-zÀ-ÿ'’\-]{{2,25}}?(?:{_SURE}|{_MAYBE})),?[ ]{_NUMBER}", re.IGNORECASE | re.VERBOSE
)
_SURE_ENDING = re.compile(rf"(?:{_SURE})$")
_MORE_WORDS = re.compile(
    rf"""
    (?<! [\w\-] )
    (?: \d{{1,2}}e[ ] )?
    (?: [A-ZÀ-Ý'’][\w'’.\-]*[ ] )
    (?: (?: {_CAPITAL} | van|de|der|den|het|'t|ten|ter|op|in|aan|en | \d{{1,4}}e? ) [ ] ){{0,4}}?
    (?: [A-ZÀ-Ý][\w'’\-]* )?
    (?: straat|laan|weg|plein|kade|dreef|steeg|gracht|singel|plantsoen|hof|dijk|park|pad|boulevard|voorhout )
    ,?[ ] {_NUMBER}
    """,
    re.VERBOSE,
)
_LAAN_VAN = re.compile(
    rf"""
    (?<! [\w\-] )
    (?: (?:[Ll]aan|[Pp]lein|[Ww]eg|[Ss]traat|[Hh]of) [ ] (?: van[ ](?:de[ ]|den[ ]|der[ ]|het[ ])? | de[ ] | der[ ] )?
        [A-Za-zÀ-ÿ'’]+ (?: -[A-Za-zÀ-ÿ'’]+ )?
      | Plein[ ]19\d\d )
    [ ] {_NUMBER}
    """,
    re.VERBOSE,
)
_DWELLS_AT = re.compile(
    rf"""
    \b{_DWELL}\b [ :]{{1,2}}
    (?: (?:nu|nog|tijdelijk|samen|met|is|bij|oma|opa|haar|moeder|vader|hem|naar|sinds[ ]kort|\[naam\]) [ ] ){{0,4}}
    (?: (?:aan|in|op|bij)[ ] )? (?: (?:de|het|'t)[ ] )?
    (?P<name>
        (?: (?:[A-ZÀ-Ý][\w'’\-]*|van|de|der|den) [ ] ){{0,3}}?
        [A-Za-zÀ-ÿ'’\-]{{2,25}} (?:{_WITHOUT_NUMBER})
    )\b
    (?: ,?[ ] {_NUMBER} )?
    """,
    re.IGNORECASE | re.VERBOSE,
)
_WITH_CAPITAL = re.compile(
    r"(?<![\w\-])(?P<name>[A-ZÀ-Ý][a-zà-ÿ'’\-]{2,25}(?:straat|laan|steeg|gracht|singel|plantsoen|dreef))(?![\w\-])"
)
_DWELLS_AT_ANY = re.compile(
    r"""
    \b(?: woont|woon|wonen|woonachtig | adres(?:[ ]is|:)? ) [ ] (?: (?:nu|tijdelijk|op|aan|in)[ ] ){0,2}
    (?P<name> [A-ZÀ-Ýa-zà-ÿ][\w'’\-]{3,25} ) [ ] (?P<house> \d{1,4} ) (?: [ ]?[a-z](?![\w'’]) )?
    (?! \w | [.,:/]\d | [ ](?:jaar|jr|keer|kind|maand|we[ek]|dag|jaren|personen|mensen|uur) )
    """,
    re.IGNORECASE | re.VERBOSE,
)
# Capitalised words that open a sentence before a street and are no part of it.
_LEAD = re.compile(
    r"(?:Hij|Zij|Ze|Het|De|Adres|Moeder|Vader|Mevrouw|Meneer|Client|Cliënt|Op|Aan|In|Bij|Woont|Mijn|Onze|Dit|Dat)[ ]"
)


def find_address(text: str) -> Iterator[Span]:
    """A street with a number; a street alone after "woont" or with a capital in a sentence."""
    for found in _ONE_WORD.finditer(text):
        if _is_street(text, found):
            yield Span(found.start(), found.end(), Kind.ADDRESS, 65)
    for pattern in (_MORE_WORDS, _LAAN_VAN):
        for found in pattern.finditer(text):
            yield Span(skip_lead(text, found.start()), found.end(), Kind.ADDRESS, 68)
    for found in _DWELLS_AT.finditer(text):
        if not _is_generic(found["name"].split()[-1]):
            yield Span(found.start("name"), found.end(), Kind.ADDRESS, 63)
    for found in _WITH_CAPITAL.finditer(text):
        if found.start() > 0 and not _is_generic(found["name"]):
            yield Span(found.start(), found.end(), Kind.ADDRESS, 60)
    for found in _DWELLS_AT_ANY.finditer(text):
        word = is_word(found["name"]) and not found["name"][0].isupper()
        if not word and not lexicon().places.holds(fold(found["name"])):
            yield Span(found.start("name"), found.end(), Kind.ADDRESS, 58)


def skip_lead(text: str, start: int) -> int:
    """The position after a capitalised word that only opens the sentence."""
    lead = _LEAD.match(text, start)
    return lead.end() if lead else start


def _is_street(text: str, found: re.Match[str]) -> bool:
    name = found["name"]
    if _is_generic(name):
        return False
    year = re.fullmatch(r"(?:19|20)\d\d", found["house"]) is not None
    if year and is_word(name):
        return False
    if _lives_there(text, found.start()):
        return True
    if _SURE_ENDING.search(fold(name).strip("'")):
        return True
    return any(char.isupper() for char in name) and not is_word(name) and not year


def _is_generic(name: str) -> bool:
    return fold(name).strip("'").rsplit("-", 1)[-1] in lexicon().generic_streets


def _lives_there(text: str, start: int) -> bool:
    before = text[max(0, start - 45) : start]
    return re.search(rf"\b{_DWELL}\b[^.!?\n]{{0,25}}$", before, re.IGNORECASE) is not None
