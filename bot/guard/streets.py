"""Addresses: a street with a number, or a street alone where someone lives."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.guard.lexicon import is_entry, is_word, lexicon
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
    "|einde|eind|plas|zoom|vliet|wetering|hoeve|kant|gang|winde|bloem|kwartier|schans|vaart|dam|esch|es|beek|kreek|rak|spoor|ven|zijde|borch|waard|werf"
)
_WITHOUT_NUMBER = "straat|laan|steeg|gracht|singel|plantsoen|dreef|kade|weg|plein|hof|dijk|pad|str"
_NUMBER = r"""
    (?: nr\.? | nummer | no\.? | huisnummer )? [ ]?
    (?P<house> \d{1,4} )
    (?: [ ]? (?: -[ ]?\d{1,4} | -?[a-zA-Z](?![\w'’]) | bis | hs | [ivx]{1,3}(?!\w) | /[ ]?\d{1,3} ) )?
    (?! \w | [.,:/]\d | [ ]?(?:jaar|jr|jarig|mnd|maand|we[ek]|dagen|uur|keer|x|euro|procent|%|kind|mensen|personen) )
"""
_CAPITAL = r"[A-ZÀ-Ý][\w'’.\-]*"
_DWELL = (
    "(?:woon|woont|wonen|wonende|woonachtig|gewoond|verhuisd|verhuist|ingeschreven|verblijft|verblijven|adres|huisadres"
    "|woonadres|opvangadres|logeeradres|thuis|huis|langs|straat)"
)
_ONE_WORD = re.compile(
    rf"(?<![\w\-])(?:\d{{1,2}}e[ ])?(?=[A-Za-zÀ-ÿ'’\-]+[.]?,?[ ][\dnh])(?P<name>[A-Za-zÀ-ÿ'’\-]{{2,25}}?(?:(?:{_SURE})[.]?,?|{_MAYBE}))[ ]{_NUMBER}",
    re.IGNORECASE | re.VERBOSE,
)
# In lower case "weg na 7", but "laan van de vrijheid 55".
_SOLID = re.compile(r"(?:laan|plein|hof|weg|straat) (?:van|der|de) ")
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
    (?: \b(?: woont|woon|wonen|wonende|woonachtig|verblijft|logeert|ingeschreven|verhuisd|verhuist )
      | adres (?: [ ](?:van|ex|oma|opa|moeder|vader|is|haar|hem|de) ){0,3} [:=]? ) [ ] (?: (?:nu|tijdelijk|op|aan|in|naar|de|het)[ ] ){0,2}
    (?P<name> (?: [A-ZÀ-Ý][\w'’\-]*[ ] (?:(?:van|de|der|den|het|'t)[ ]){0,2} )? [A-ZÀ-Ýa-zà-ÿ][\w'’\-]{2,25} ) [ ] (?P<house> \d{1,4} ) (?: [ ]?[a-z](?![\w'’]) )?
    (?! \w | [.,:/]\d | [ ](?:jaar|jr|keer|kind|maand|we[ek]|dag|jaren|personen|mensen|uur) )
    """,
    re.IGNORECASE | re.VERBOSE,
)
# "op Tuinfluiter 23": where no other word with a capital stands.
_AT_CAPITAL = re.compile(
    r"""
    (?<= [a-zà-ÿ] ) [ ] (?: op|aan|naar|van|bij|te|adres ) [ ] (?: (?:de|het|'t)[ ] )?
    (?P<name> [A-ZÀ-Ý][a-zà-ÿ'’\-]{3,25} ) [ ] (?P<house> \d{1,3} ) (?: [ ]?[a-zA-Z](?![\w'’]) | -\d{1,3} )?
    (?! \w | [.,:/-]\d | [ ](?:jaar|jr|keer|kind|maand|we[ek]|dag|jaren|personen|mensen|uur|procent|euro|januari|februari|maart|april
       |mei|juni|juli|augustus|september|oktober|november|december) )
    | ^ (?: [Oo]p|[Aa]an|[Nn]aar ) [ ]
    (?P<name2> [A-ZÀ-Ý][a-zà-ÿ'’\-]{3,25} ) [ ] (?P<house2> \d{1,3} ) (?: [ ]?[a-zA-Z](?![\w'’]) )? (?! \w | [.,:/-]\d | [ ](?:jaar|jr|uur|keer) )
    """,
    re.VERBOSE,
)
_COUNTED = frozenset(
    "artikel boek titel hoofdstuk paragraaf bijlage stap fase groep kamer lokaal blok deel versie pagina tabel vraag route"
    " maandag dinsdag woensdag donderdag vrijdag zaterdag zondag januari februari maart april juni juli augustus september"
    " oktober november december kind ouder team gebouw categorie niveau bureau project programma windows office model".split()
)
# "Smidse 4 6789 BC": before a postcode, which may be masked already.
_BEFORE_POSTCODE = re.compile(
    r"(?<![\w\-])(?P<name>[A-ZÀ-Ý][\w'’.\-]*(?: (?:van|de|der|den|het|'t|[A-ZÀ-Ý][\w'’\-]*)){0,4}) \d{1,4}(?: ?-?[a-zA-Z](?!\w))?"
    r"(?=,? (?:[1-9]\d{3} ?[A-Za-z]{2}(?!\w)|\[postcode\]))"
)
# "De Ven 28 in Eersel": a proper name, a number and a place.
_IN_PLACE = re.compile(
    r"(?:^|(?<=[a-zà-ÿ,.:;(|] ))(?P<name>(?:(?:De|Het|'t|Den) )?[A-ZÀ-Ý][a-zà-ÿ'’\-]{2,25}) \d{1,3}(?: ?-?[a-zA-Z](?!\w))?"
    r"(?=,? (?:in|te) (?P<place>[A-ZÀ-Ý][\w\-]+))"
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
            if (
                fold(found.group()).split()[0] in {"weg", "hof", "plein", "straat", "laan"}
                and found.group()[0].islower()
            ):
                if not _SOLID.match(found.group()):
                    continue
            yield Span(skip_lead(text, found.start()), found.end(), Kind.ADDRESS, 68)
    for found in _DWELLS_AT.finditer(text):
        last = found["name"].split()[-1]
        # "in huis opslaan": a verb that ends as a street does
        verb = last.islower() and fold(last).endswith("slaan")
        if not _is_generic(last) and not verb:
            yield Span(found.start("name"), found.end(), Kind.ADDRESS, 63)
    for found in _WITH_CAPITAL.finditer(text):
        if found.start() > 0 and not _is_generic(found["name"]):
            yield Span(found.start(), found.end(), Kind.ADDRESS, 60)
    for found in _AT_CAPITAL.finditer(text):
        name = "name" if found["name"] else "name2"
        if _unknown(found[name]):
            yield Span(found.start(name), found.end(), Kind.ADDRESS, 57)
    for found in _BEFORE_POSTCODE.finditer(text):
        yield Span(skip_lead(text, found.start()), found.end(), Kind.ADDRESS, 66)
    for found in _IN_PLACE.finditer(text):
        if _unknown(found["name"].split()[-1]) and lexicon().places.holds(fold(found["place"])):
            yield Span(found.start(), found.end(), Kind.ADDRESS, 57)
    for found in _DWELLS_AT_ANY.finditer(text):
        word = is_entry(found["name"].split()[-1]) and not found["name"][0].isupper()
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
    return any(char.isupper() for char in name) and not is_entry(name) and not year and _unknown(name)


def _unknown(name: str) -> bool:
    """True for a word that is no place, organisation, month, first name or word of the field."""
    low, lists = fold(name), lexicon()
    known = lists.places.holds(low) or lists.organisations.holds(low) or low in lists.domain_words or low in _COUNTED
    return not known and low not in lists.first_names and not _is_generic(name)


def _is_generic(name: str) -> bool:
    return fold(name).strip("'").rsplit("-", 1)[-1] in lexicon().generic_streets


def _lives_there(text: str, start: int) -> bool:
    before = text[max(0, start - 45) : start]
    return re.search(rf"(?:\b|post|brief){_DWELL}\b[^.!?\n]{{0,25}}$", before, re.IGNORECASE) is not None
